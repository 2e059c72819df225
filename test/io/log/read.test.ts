import { describe, expect, test } from 'vitest';
import { logSource, OffsetOutOfRangeError, openLog, readLog, TopicRecreatedError } from '../../../io/log/index.ts';
import { type DeadLetter, fixedWindows, type PCollection, Pipeline } from '../../../model/index.ts';
import { directRunner } from '../../../runners/direct/index.ts';
import { assertSourceLaws, assertThat, testPipeline } from '../../../testing/index.ts';
import { sum } from '../../../model/index.ts';
import { newLog, readNow, send, sourceContext } from './support.ts';

describe('a bounded read', () => {
  test('gives what is there when it starts, with keys, timestamps and places', async () => {
    const log = newLog();
    const producer = log.producer({ topic: 't', partitions: 2, keyFormat: 'string', valueFormat: 'json' });
    producer.send([
      { key: 'k', value: { n: 1 }, timestamp: 5, partition: 1 },
      { value: { n: 2 }, timestamp: 9, partition: 1 },
      { value: { n: 3 }, timestamp: 7, partition: 0 },
    ]);
    await testPipeline((p) => {
      const records = p.apply(
        readLog({ file: log.file, topic: 't', keyFormat: 'string', valueFormat: 'json', until: 'end' }),
      );
      expect(records.isBounded).toBe(true);
      const seen = records.map(({ key, value, partition, offset }, { timestamp }) => ({
        key,
        value,
        partition,
        offset,
        timestamp,
      }));
      assertThat(seen).containsInAnyOrder([
        { key: 'k', value: { n: 1 }, partition: 1, offset: 0, timestamp: 5 },
        { key: null, value: { n: 2 }, partition: 1, offset: 1, timestamp: 9 },
        { key: null, value: { n: 3 }, partition: 0, offset: 0, timestamp: 7 },
      ]);
    });
  });

  test('does not read what comes while it reads', async () => {
    const log = newLog();
    send(log, 't', ['a', 'b']);
    const source = logSource({ file: log.file, topic: 't', valueFormat: 'string', until: 'end' });
    const restriction = await source.initialRestriction(undefined, sourceContext);
    send(log, 't', ['c']);
    const { values, result, coordinates } = await readNow(source, restriction);
    expect(values.map(({ value }) => value)).toEqual(['a', 'b']);
    expect(result).toBeUndefined();
    expect(coordinates).toEqual([0, 1].map((offset) => `${log.file} topic t partition 0 offset ${offset}`));
  });

  test('reads only the partitions that were asked for, from where it was told to', async () => {
    const log = newLog();
    log.createTopic('t', { partitions: 3 });
    for (const partition of [0, 1, 2])
      send(
        log,
        't',
        ['a', 'b', 'c'].map((x) => x + partition),
        partition,
      );
    const { values } = await readNow(
      logSource({
        file: log.file,
        topic: 't',
        partitions: [0, 2],
        start: { 2: 2 },
        until: 'end',
        valueFormat: 'string',
      }),
    );
    expect(values.map(({ value }) => value).sort()).toEqual(['a0', 'b0', 'c0', 'c2']);
  });

  test('takes event time from the records, and groups by it', async () => {
    const log = newLog();
    log.producer({ topic: 't', valueFormat: 'json' }).send([1, 2, 11].map((at) => ({ value: { at }, timestamp: 0 })));
    await testPipeline((p) => {
      const counts = p
        .apply(
          readLog({
            file: log.file,
            topic: 't',
            valueFormat: 'json',
            until: 'end',
            // What this topic holds is known here.
            timestamp: ({ value }) => (value as { at: number }).at,
            maxOutOfOrder: 5,
          }),
        )
        .windowInto(fixedWindows({ size: 10 }))
        .map(() => 1)
        .combineGlobally(sum, { withoutDefaults: true });
      assertThat(counts).containsInAnyOrder([2, 1]);
    });
  });

  test('sets records aside whose bytes are not of the format, with their place', async () => {
    const log = newLog();
    send(log, 't', ['1', '{', '3']);
    const p = new Pipeline();
    const dead: PCollection<DeadLetter<unknown>>[] = [];
    const good = p.apply(
      readLog({
        file: log.file,
        topic: 't',
        valueFormat: 'json',
        until: 'end',
        deadLetters: (failed) => dead.push(failed),
      }),
    );
    assertThat(good.map(({ value }) => value)).containsInAnyOrder([1, 3]);
    assertThat((dead[0] as PCollection<DeadLetter<unknown>>).map(({ coordinate }) => coordinate)).containsInAnyOrder([
      `${log.file} topic t partition 0 offset 1`,
    ]);
    await p.run(directRunner());
    const strict = new Pipeline();
    strict.apply(readLog({ file: log.file, topic: 't', valueFormat: 'json', until: 'end' }));
    await expect(strict.run(directRunner())).rejects.toThrow(
      `${log.file} topic t partition 0 offset 1: "{" is no JSON`,
    );
  });

  test('keeps the laws of sources, however partitions and batches are cut', async () => {
    const log = newLog();
    log.createTopic('t', { partitions: 3 });
    for (const partition of [0, 1]) {
      send(
        log,
        't',
        Array.from({ length: 1_500 }, (_, i) => `${partition}/${i}`),
        partition,
      );
    }
    await assertSourceLaws(logSource({ file: log.file, topic: 't', valueFormat: 'string', until: 'end' }), {
      moments: 10,
    });
  });
});

describe('a tailing read', () => {
  const tail = (file: string) => logSource({ file, topic: 't', valueFormat: 'string', pollInterval: 7 });

  test('is unbounded, idle when it has caught up, and goes on when resumed', async () => {
    const log = newLog();
    send(log, 't', ['a', 'b']);
    const source = tail(log.file);
    expect(source.isLive).toBe(true);
    const first = await readNow(source);
    expect(source.isBounded?.(first.tracker.currentRestriction())).toBe(false);
    expect(first.values.map(({ value }) => value)).toEqual(['a', 'b']);
    expect(first.timestamps).toEqual([0, 1]);
    expect(first).toMatchObject({ result: { resumeAfter: 7 }, isIdle: true });
    expect(first.tracker.progress()).toEqual({ completed: 2, remaining: 0 });
    const rest = first.tracker.trySplit(0);
    first.tracker.checkDone();
    // Another process writes; the position has been stored as JSON meanwhile.
    const other = openLog(log.file);
    send(other, 't', ['c']);
    other.close();
    const second = await readNow(source, structuredClone(rest?.residual));
    expect(second.values.map(({ value, offset }) => [value, offset])).toEqual([['c', 2]]);
  });

  test('splits into its partitions, and tells what remains of each', async () => {
    const log = newLog();
    log.createTopic('t', { partitions: 2 });
    send(log, 't', ['a'], 1);
    const source = tail(log.file);
    const all = await source.initialRestriction(undefined, sourceContext);
    const parts = (await source.split?.(all, 1, sourceContext)) ?? [];
    expect(parts.map(({ ranges }) => ranges)).toEqual([
      [{ partition: 0, from: 0, to: null }],
      [{ partition: 1, from: 0, to: null }],
    ]);
    const { tracker } = await readNow(source, parts[1]);
    expect(tracker.remaining?.()).toMatchObject({ ranges: [{ partition: 1, from: 1, to: null }] });
    expect(source.size?.(all)).toBeUndefined();
    expect(source.truncate?.(all)).toBeUndefined();
  });

  test('ends with a named error where retention was faster, never with a gap', async () => {
    const log = newLog();
    log.createTopic('t', { retention: { maxRecords: 2 } });
    send(log, 't', ['a', 'b']);
    const source = tail(log.file);
    const { tracker } = await readNow(source);
    const rest = tracker.trySplit(0)?.residual;
    send(log, 't', ['c', 'd', 'e']);
    await expect(readNow(source, rest)).rejects.toThrow(OffsetOutOfRangeError);
    await expect(readNow(source, rest)).rejects.toThrow(
      'offset 2 is to be read, and retention has removed all before 3',
    );
  });

  test('refuses a topic that was made anew, and a log that is shorter than what was read', async () => {
    const log = newLog();
    send(log, 't', ['a', 'b']);
    const source = tail(log.file);
    const { tracker } = await readNow(source);
    const rest = tracker.trySplit(0)?.residual;
    await expect(readNow(source, rest && { ...rest, ranges: [{ partition: 0, from: 5, to: null }] })).rejects.toThrow(
      'offset 5 is to be read, and the log ends at 2. It is not the file that was read before',
    );
    log.deleteTopic('t');
    send(log, 't', ['x', 'y', 'z']);
    await expect(readNow(source, rest)).rejects.toThrow(TopicRecreatedError);
    await expect(readNow(source, rest)).rejects.toThrow('Start with a new state directory.');
  });

  test('notes for its group how far durable records go', async () => {
    const log = newLog();
    send(log, 't', ['a', 'b']);
    const source = logSource({ file: log.file, topic: 't', group: 'totals' });
    const { tracker } = await readNow(source);
    const rest = tracker.remaining?.();
    if (rest !== undefined) await source.finalize?.(rest, sourceContext);
    expect(log.committed('totals', 't').map(({ next }) => next)).toEqual([2]);
  });

  test('does not wait for a writer that is in the middle of its transaction', async () => {
    const log = newLog();
    send(log, 't', ['a']);
    const { DatabaseSync } = await import('node:sqlite');
    const writer = new DatabaseSync(log.file);
    writer.exec("BEGIN IMMEDIATE; INSERT INTO records VALUES (1, 0, 1, 0, NULL, x'62', NULL)");
    const { values } = await readNow(tail(log.file));
    writer.exec('ROLLBACK');
    writer.close();
    expect(values.map(({ value }) => value)).toEqual(['a']);
  });
});

test.each([
  [{ until: 'now' as 'end' }, `until is "now" but must be 'end'`],
  [{ maxOutOfOrder: -1 }, 'maxOutOfOrder is -1 ms but must be 0 or more'],
  [{ pollInterval: 0 }, 'pollInterval is 0 ms but must be more than 0'],
  [{ file: ':memory:' }, 'Give the path of a file'],
  [{ file: undefined as unknown as string }, 'database is undefined. Each step opens its own connection'],
  [{ topic: 'a b' }, 'topic is "a b", which is no name of one'],
  [{ topic: undefined as unknown as string }, 'topic is undefined, which is no name of one'],
])('a read with %j is refused', (options, message) => {
  expect(() => readLog({ file: 'events.log', topic: 't', ...options })).toThrow(message);
});

test('a log or topic that is not there is named', async () => {
  const read = (file: string) => readNow(logSource({ file, topic: 't' }));
  await expect(read('/tmp/no-such.log')).rejects.toThrow('/tmp/no-such.log: there is no such log.');
  const log = newLog();
  log.createTopic('u');
  await expect(read(log.file)).rejects.toThrow(`${log.file} topic t: there is no such topic. The log has: u.`);
});

test('what was begun without an end is read, when an end is asked for, up to where the log is then', async () => {
  const log = newLog();
  const producer = log.producer({ topic: 't', valueFormat: 'string', partitions: 2 });
  producer.send([
    { value: 'a', partition: 0 },
    { value: 'b', partition: 1 },
  ]);
  const options = { file: log.file, topic: 't', valueFormat: 'string' } as const;
  const first = await readNow(logSource(options));
  expect(first.result).toEqual({ resumeAfter: 100 });
  producer.send([{ value: 'c', partition: 0 }]);
  const second = await readNow(logSource({ ...options, until: 'end' }), first.tracker.remaining?.());
  expect(second.values.map(({ value }) => value)).toEqual(['c']);
  expect(second.result).toBeUndefined();
  second.tracker.checkDone();
  // An end that was set stays.
  producer.send([{ value: 'd', partition: 0 }]);
  const third = await readNow(logSource({ ...options, until: 'end' }), second.tracker.remaining?.());
  expect(third.values).toEqual([]);
});
