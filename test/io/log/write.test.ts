import { expect, test } from 'vitest';
import { logSink, openLog, readLog, writeLog } from '../../../io/log/index.ts';
import { type DeadLetter, minutes, type PCollection, Pipeline } from '../../../model/index.ts';
import { directRunner } from '../../../runners/direct/index.ts';
import { assertSinkLaws } from '../../../testing/index.ts';
import { create, generate } from '../../../transforms/index.ts';
import { contentOf, delivery, newFile, newLog, sinkContext } from './support.ts';

const textSink = (file: string) => logSink<string>({ file, topic: 't', valueFormat: 'string' });

test('a pipeline writes records with key, timestamp and headers, and makes the topic', async () => {
  const file = newFile();
  const p = new Pipeline();
  const clicks = p.apply(
    create([
      { user: 'anna', at: minutes(1) },
      { user: 'ben', at: minutes(2) },
    ]),
  );
  clicks
    .withTimestamps(({ at }) => at)
    .apply(
      writeLog({
        file,
        topic: 'clicks',
        partitions: 2,
        keyFormat: 'string',
        valueFormat: 'json',
        key: ({ user }) => user,
        headers: ({ user }) => [{ key: 'of', value: Buffer.from(user) }],
      }),
    );
  await p.run(directRunner());
  const log = openLog(file);
  const records = log.consumer({ topic: 'clicks', keyFormat: 'string', valueFormat: 'json' }).poll();
  expect(log.offsets('clicks')).toHaveLength(2);
  log.close();
  expect(
    records.map(({ key, value, timestamp, headers }) => [
      key,
      value,
      timestamp,
      Buffer.from(headers[0]?.value ?? []).toString(),
    ]),
  ).toEqual(
    expect.arrayContaining([
      ['anna', { user: 'anna', at: 60_000 }, 60_000, 'anna'],
      ['ben', { user: 'ben', at: 120_000 }, 120_000, 'ben'],
    ]),
  );
});

test('a run that fails writes nothing', async () => {
  const log = newLog();
  const p = new Pipeline();
  const texts = p.apply(create(['a', 'b']));
  texts.apply(writeLog({ file: log.file, topic: 't', valueFormat: 'string' }));
  texts.map((text) => {
    if (text === 'b') throw new Error('no b');
    return text;
  });
  await expect(p.run(directRunner())).rejects.toThrow('no b');
  expect(log.topics()).toEqual([]);
});

test('one topic is copied to another, exactly', async () => {
  const log = newLog();
  const p = new Pipeline();
  p.apply(generate({ count: 5_000, element: (i) => `record ${i}` })).apply(
    writeLog({ file: log.file, topic: 'a', partitions: 3, valueFormat: 'string' }),
  );
  await p.run(directRunner());
  const copy = new Pipeline();
  copy.apply(readLog({ file: log.file, topic: 'a', until: 'end' })).apply(
    writeLog({
      file: log.file,
      topic: 'b',
      partitions: 3,
      value: ({ value }) => value,
      partition: ({ partition }) => partition,
    }),
  );
  await copy.run(directRunner());
  const records = contentOf(log, 'b').flat();
  expect(records).toHaveLength(5_000);
  expect(new Set(records).size).toBe(5_000);
  expect(contentOf(log, 'b')).toEqual(contentOf(log, 'a'));
});

test('an element that can not be a record is set aside, or ends the run', async () => {
  const log = newLog();
  const p = new Pipeline();
  const dead: PCollection<DeadLetter<unknown>>[] = [];
  p.apply(create<unknown>(['good', 5])).apply(
    writeLog({ file: log.file, topic: 't', valueFormat: 'string', deadLetters: (failed) => dead.push(failed) }),
  );
  const letters: unknown[] = [];
  dead[0]?.map(({ element, error }) => void letters.push([element, error.message]));
  await p.run(directRunner());
  expect(contentOf(log, 't')).toEqual([['good']]);
  expect(letters).toEqual([[5, expect.stringContaining('topic t: 5 is no text that has UTF-8')]]);
  const strict = new Pipeline();
  strict
    .apply(create(['x']))
    .apply(writeLog({ file: log.file, topic: 't', valueFormat: 'string', timestamp: () => Number.NaN }));
  await expect(strict.run(directRunner())).rejects.toThrow('timestamp gave NaN. It is stored with the record.');
});

test('an epoch is appended once, however often it is delivered, and by whichever process', async () => {
  const log = newLog();
  const sink = textSink(log.file);
  expect(await sink.delivered?.('job-a', sinkContext())).toBeUndefined();
  await sink.deliver?.(delivery(1, [['a'], ['b']]), sinkContext());
  await sink.deliver?.(delivery(1, [['a'], ['b']]), sinkContext());
  await textSink(log.file).deliver?.(delivery(1, [['a'], ['b']]), sinkContext());
  await sink.deliver?.(delivery(4, [['c']]), sinkContext());
  expect(contentOf(log, 't')).toEqual([['a', 'b', 'c']]);
  expect(await sink.delivered?.('job-a', sinkContext())).toBe(4);
  expect(await sink.delivered?.('job-b', sinkContext())).toBeUndefined();
  await expect(textSink(log.file).deliver?.(delivery(3, [['x']]), sinkContext())).rejects.toThrow(
    'WriteLog is to write its epoch 3, and the ledger here has epoch 4 of its job, which this process did not write.',
  );
  await sink.deliver?.(delivery(1, [['other job']], 0, 'job-b'), sinkContext());
  expect(contentOf(log, 't')).toEqual([['a', 'b', 'c', 'other job']]);
});

test('a delivery that fails half-way leaves the log as it was', async () => {
  const log = newLog();
  const sink = textSink(log.file);
  const broken = {
    ...delivery<string>(1, []),
    *batches() {
      yield* delivery(1, [['a']]).batches();
      throw new Error('the spool can not be read');
    },
  };
  await expect(sink.deliver?.(broken, sinkContext())).rejects.toThrow('the spool can not be read');
  expect(log.topics()).toEqual([]);
  expect(await sink.delivered?.('job-a', sinkContext())).toBeUndefined();
  const rejected: unknown[] = [];
  // What the types forbid may still come.
  await sink.deliver?.(delivery(1, [['a', 7 as unknown as string, 'b']]), sinkContext(rejected));
  expect(contentOf(log, 't')).toEqual([['a', 'b']]);
  expect(rejected).toEqual([7]);
});

test('a write keeps to the retention of its topic', async () => {
  const log = newLog();
  const sink = logSink<string>({ file: log.file, topic: 't', valueFormat: 'string', retention: { maxRecords: 2 } });
  await sink.deliver?.(delivery(1, [['a', 'b', 'c']]), sinkContext());
  expect(contentOf(log, 't')).toEqual([['b', 'c']]);
});

test('the laws of sinks hold', async () => {
  await assertSinkLaws({
    elements: ['a', 'b', 'c'],
    create() {
      const log = newLog();
      return {
        sink: textSink(log.file),
        visible: () => (log.topics().length === 0 ? [] : contentOf(log, 't')),
      };
    },
  });
});

test('a commit whose staged records somebody removed says so', async () => {
  const log = newLog();
  const sink = textSink(log.file);
  const context = sinkContext();
  const writer = await sink.open(context);
  await writer.write([...delivery(1, [['a']]).batches()][0] as never);
  const staged = await writer.prepare();
  await context.host.disk.remove(staged.directory);
  await expect(sink.commit(staged, context)).rejects.toThrow('are gone, and the log does not have them');
});
