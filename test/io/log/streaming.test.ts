import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Log, openLog, readLog, writeLog } from '../../../io/log/index.ts';
import { writeText } from '../../../io/text/index.ts';
import { fixedWindows, type PCollection, Pipeline, sum } from '../../../model/index.ts';
import { directRunner } from '../../../runners/direct/index.ts';
import { contentOf, newLog } from './support.ts';

/** Sends numbers that are their own timestamps. */
const sendNumbers = (log: Log, from: number, to: number) =>
  log
    .producer({ topic: 'in', partitions: 2, valueFormat: 'json' })
    .send(Array.from({ length: to - from }, (_, i) => ({ value: from + i, timestamp: from + i })));

/** Runs a job on the log's numbers until it has seen `until` of them; then it is stopped. */
async function runUntil(log: Log, until: number, build: (numbers: PCollection<number>) => void): Promise<string> {
  const stop = new AbortController();
  let seen = 0;
  const p = new Pipeline();
  const numbers = p
    .apply(
      readLog({
        file: log.file,
        topic: 'in',
        valueFormat: 'json',
        pollInterval: 5,
        maxOutOfOrder: 1_000,
        group: 'job',
      }),
    )
    .map(({ value }) => {
      if ((seen += 1) === until) stop.abort();
      return Number(value);
    });
  build(numbers);
  const stateDirectory = path.join(path.dirname(log.file), 'state');
  const { state } = await p.run(directRunner({ stateDirectory, epochInterval: 10 }), { stop: stop.signal });
  return state;
}

const copy = (log: Log) => (numbers: PCollection<number>) => {
  numbers.apply(writeLog({ file: log.file, topic: 'out', valueFormat: 'json' }));
};

const copied = (log: Log): readonly number[] =>
  contentOf(log, 'out')
    .flat()
    .map(Number)
    .sort((a, b) => a - b);

describe('a job that tails a log', () => {
  test('goes on behind what it has read, and copies each record once', async () => {
    const log = newLog();
    sendNumbers(log, 0, 10);
    expect(await runUntil(log, 10, copy(log))).toBe('STOPPED');
    expect(copied(log)).toEqual(Array.from({ length: 10 }, (_, i) => i));
    expect(log.committed('job', 'in').map(({ next }) => next)).toEqual([5, 5]);
    sendNumbers(log, 10, 16);
    expect(await runUntil(log, 6, copy(log))).toBe('STOPPED');
    expect(copied(log)).toEqual(Array.from({ length: 16 }, (_, i) => i));
  });

  test('gets what another connection writes while it runs', async () => {
    const log = newLog();
    sendNumbers(log, 0, 4);
    const other = openLog(log.file);
    let sent = 4;
    await runUntil(log, 40, (numbers) => {
      copy(log)(
        numbers.map((n) => {
          // Each record that is read leads to more, until there are enough.
          if (sent < 40) sendNumbers(other, sent, (sent += 4));
          return n;
        }),
      );
    });
    other.close();
    expect(copied(log)).toEqual(Array.from({ length: 40 }, (_, i) => i));
  });

  test('keeps open windows in its state, and writes a file of each that is over', async () => {
    const log = newLog();
    const output = path.join(path.dirname(log.file), 'sums');
    const sums = (numbers: PCollection<number>) => {
      numbers
        .windowInto(fixedWindows({ size: 10_000 }))
        .combineGlobally(sum, { withoutDefaults: true })
        .map(String)
        .apply(writeText({ files: `${output}/` }));
    };
    sendNumbers(log, 0, 3);
    await runUntil(log, 3, sums);
    const producer = log.producer({ topic: 'in', valueFormat: 'json' });
    // One record in each partition moves the watermark of both behind the window. What is due then may come after a restart.
    for (const timestamp of [20_000, 21_000]) {
      producer.send([0, 1].map((partition) => ({ value: 100, timestamp, partition })));
      await runUntil(log, 2, sums);
    }
    const files = readdirSync(output).filter((name) => name.endsWith('.txt'));
    expect(files).toEqual(['part-1970-01-01T00-00-00Z_1970-01-01T00-00-10Z-pane-00000-00000-of-00001.txt']);
    expect(readFileSync(path.join(output, files[0] ?? ''), 'utf8')).toBe('3\n');
  });

  test('is refused where retention was faster, and where its topic was made anew', async () => {
    const log = newLog();
    log.createTopic('in', { partitions: 2, retention: { maxRecords: 5 } });
    sendNumbers(log, 0, 10);
    await runUntil(log, 10, copy(log));
    sendNumbers(log, 10, 40);
    await expect(runUntil(log, 1, copy(log))).rejects.toThrow(
      /topic in partition \d: offset 5 is to be read, and retention has removed all before 15\. 10 records would be skipped\./,
    );
    log.deleteTopic('in');
    sendNumbers(log, 0, 10);
    await expect(runUntil(log, 1, copy(log))).rejects.toThrow(
      'this topic was deleted and made again since it was read.',
    );
    expect(copied(log)).toEqual(Array.from({ length: 10 }, (_, i) => i));
  });
});
