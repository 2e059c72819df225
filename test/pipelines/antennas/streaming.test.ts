import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Progress } from 'viga';
import { openLog } from 'viga/io/log';
import { describe, expect, test } from 'vitest';
import { randomOfTick } from '../../../pipelines/antennas/messages/random.ts';
import { type SimulatorSettings, textsOfTick } from '../../../pipelines/antennas/messages/simulator.ts';
import { csvFiles, fileOf, filesOf, jsonLines, line, runAntennas, scratch, stored, table } from './run.ts';

// What only streaming knows, and what the two modes have to agree on: the same files over the same messages.

const ALERTS = ['alerts.csv'];

/** The messages of a simulation as they would stand in a file. */
function recorded(seed: number, ticks: number): readonly string[] {
  const settings: SimulatorSettings = {
    seed,
    start: Date.parse('2020-09-19T19:00:00Z'),
    ticks,
    disorder: 'none',
    maxOutOfOrder: 60_000,
    allowedLateness: 3_600_000,
    isRealtime: false,
  };
  return Array.from({ length: ticks }, (_, tick) => textsOfTick(settings, tick)).flat();
}

/** The same lines, each up to a minute later than another that comes behind it. */
function shuffled(lines: readonly string[], seed: number): readonly string[] {
  const random = randomOfTick(seed, 0);
  return lines
    .map((text) => ({ text, at: (JSON.parse(text) as { timestamp: number }).timestamp + random.below(61) }))
    .sort((a, b) => a.at - b.at)
    .map(({ text }) => text);
}

describe('streaming and batch write the same files', () => {
  test.each([1, 2, 3])('over simulated messages in disorder, seed %i', async (seed) => {
    const folder = scratch();
    const [streaming, batch] = [path.join(folder, 'streaming'), path.join(folder, 'batch')];
    const given = { ticks: 700, disorder: 'within', seed } as const;
    await runAntennas(streaming, { ...given, mode: 'streaming' });
    await runAntennas(batch, given);
    expect(csvFiles(streaming, ALERTS)).toEqual(csvFiles(batch));
    expect(Object.keys(csvFiles(batch))).toHaveLength(7);
    expect(table(batch, 'bytes_agg_user').length).toBeGreaterThan(60);
    const messages = (output: string) =>
      jsonLines(path.join(output, 'rejected'))
        .map(({ message }) => message)
        .sort();
    expect(messages(streaming)).toEqual(messages(batch));
  });

  test('whatever bundles there are, and when elements have to become bytes', async () => {
    const folder = scratch();
    const strict = { seed: 1, bundleSizes: true, encode: true, mutation: true, permute: true };
    const given = { ticks: 200, disorder: 'within', seed: 4, window: '30s' } as const;
    await runAntennas(`${folder}/streaming`, { ...given, mode: 'streaming' }, { strict });
    await runAntennas(`${folder}/strict`, given, { strict: { ...strict, seed: 2 } });
    await runAntennas(`${folder}/batch`, given);
    expect(csvFiles(`${folder}/strict`)).toEqual(csvFiles(`${folder}/batch`));
    expect(csvFiles(`${folder}/streaming`, ALERTS)).toEqual(csvFiles(`${folder}/batch`));
  });

  test.each([1, 2, 3])('over a file in any order within --max-out-of-order, shuffled by seed %i', async (seed) => {
    const folder = scratch();
    const lines = recorded(7, 700);
    const [streaming, batch] = [path.join(folder, 'streaming'), path.join(folder, 'batch')];
    await runAntennas(streaming, { mode: 'streaming', input: fileOf(folder, 'late.jsonl', shuffled(lines, seed)) });
    await runAntennas(batch, { input: fileOf(folder, 'in.jsonl', lines) });
    expect(csvFiles(streaming, ALERTS)).toEqual(csvFiles(batch));
  });

  test('over a topic of a log', async () => {
    const folder = scratch();
    const lines = shuffled(recorded(8, 400), 1);
    const file = path.join(folder, 'antennas.log');
    const log = openLog(file);
    log.producer({ topic: 'devices', valueFormat: 'string' }).send(lines.map((value) => ({ value })));
    log.close();
    const [streaming, batch] = [path.join(folder, 'streaming'), path.join(folder, 'batch')];
    await runAntennas(streaming, { mode: 'streaming', input: `log:${file}#devices`, until: 'end' });
    await runAntennas(batch, { input: `log:${file}#devices` });
    expect(csvFiles(streaming, ALERTS)).toEqual(csvFiles(batch));
    expect(table(batch, 'bytes_agg_app')).toHaveLength(1 + 4 * 2);
  });

  test('over a topic that is written to while it is read, when the job drains', async () => {
    const folder = scratch();
    const lines = recorded(10, 400);
    const file = path.join(folder, 'antennas.log');
    const log = openLog(file);
    const producer = log.producer({ topic: 'devices', valueFormat: 'string' });
    const send = (some: readonly string[]) => producer.send(some.map((value) => ({ value })));
    send(lines.slice(0, 3_000));
    const drain = new AbortController();
    let isFirstHalf = true;
    const onProgress = ({ steps }: Progress): void => {
      const read = steps.find(({ step }) => step.startsWith('ReadMessages/'))?.elementsOut ?? 0;
      if (read === 3_000 && isFirstHalf) {
        isFirstHalf = false;
        send(lines.slice(3_000));
      }
      if (read === lines.length) drain.abort();
    };
    const [streaming, batch] = [path.join(folder, 'streaming'), path.join(folder, 'batch')];
    const given = { mode: 'streaming', input: `log:${file}#devices` } as const;
    const { state } = await runAntennas(streaming, given, {}, { drain: drain.signal, onProgress });
    log.close();
    expect(state).toBe('DRAINED');
    await runAntennas(batch, { input: `log:${file}#devices` });
    expect(csvFiles(streaming, ALERTS)).toEqual(csvFiles(batch));
  });

  test('over raw messages of an earlier run', async () => {
    const folder = scratch();
    const [first, streaming, batch] = ['first', 'streaming', 'batch'].map((name) => path.join(folder, name)) as [
      string,
      string,
      string,
    ];
    await runAntennas(first, { mode: 'streaming', ticks: 400, seed: 9 });
    await runAntennas(streaming, { mode: 'streaming', input: `parquet:${first}/raw` });
    await runAntennas(batch, { input: `parquet:${first}/raw` });
    expect(csvFiles(streaming)).toEqual(csvFiles(first));
    expect(csvFiles(batch)).toEqual(csvFiles(first, ALERTS));
  });
});

test('the database holds the rows of the CSV files, with the last pane of each', async () => {
  const folder = scratch();
  await runAntennas(folder, { mode: 'streaming', ticks: 700, disorder: 'within', seed: 4 });
  for (const name of ['bytes_agg_antenna', 'bytes_agg_user_1h', 'users_over_quota_1h', 'alerts']) {
    expect(stored(folder, name), name).toEqual(table(folder, name).slice(1));
  }
});

test('messages from a future that no clock has reached make no others late; what is too late is left to batch', async () => {
  const folder = scratch();
  const [streaming, batch] = [path.join(folder, 'streaming'), path.join(folder, 'batch')];
  // Messages wait, and nothing is late, until the users have been read: so there are more than come by then.
  const given = { ticks: 3_500, disorder: 'beyond', seed: 6, allowedLateness: '0s' } as const;
  await runAntennas(streaming, { ...given, mode: 'streaming' });
  await runAntennas(batch, given);
  const sums = (output: string) =>
    new Map(
      table(output, 'bytes_agg_app')
        .slice(1)
        .map((row) => [row.replace(/,\d+$/, ''), Number(row.split(',')[2])]),
    );
  const [fewer, all] = [sums(streaming), sums(batch)];
  const future = [...all].filter(([row]) => (row.split(',')[1] ?? '') >= '2020-09-19T20');
  expect(future.length).toBeGreaterThan(10);
  for (const [row, sum] of future) expect(fewer.get(row), row).toBe(sum);
  const total = (of: ReadonlyMap<string, number>) => [...of.values()].reduce((one, other) => one + other, 0);
  // About one in a hundred is later than allowed; if the watermark had followed the future, nearly all would be.
  expect(total(fewer)).toBeLessThan(total(all));
  expect(total(fewer)).toBeGreaterThan(0.98 * total(all));
  // What comes late to a window is not a file for each message.
  const perWindow = Map.groupBy(filesOf(`${streaming}/raw`), (file) => file.split('-pane-')[0]);
  const files = Math.max(...Array.from(perWindow.values(), ({ length }) => length));
  expect(files).toBeGreaterThan(1);
  expect(files).toBeLessThan(5);
  // What was too late to count was kept, and batch counts it.
  await runAntennas(path.join(folder, 'later'), { input: `parquet:${streaming}/raw` });
  expect(csvFiles(path.join(folder, 'later'))).toEqual(csvFiles(batch));
});

test('without messages the tables have no rows', async () => {
  const folder = scratch();
  await runAntennas(folder, { mode: 'streaming', input: fileOf(folder, 'in.jsonl', []) });
  expect(Object.values(csvFiles(folder)).map((text) => text.split('\n').length)).toEqual(Array(8).fill(2));
});

test('a tick takes a second with --realtime', async () => {
  const folder = scratch();
  const { elapsedMs } = await runAntennas(folder, { mode: 'streaming', ticks: 3, realtime: true });
  expect(elapsedMs).toBeGreaterThan(1_000);
  expect(table(folder, 'bytes_agg_user')).toHaveLength(21);
});

describe('alerts', () => {
  test('come once per user and hour, as soon as what has come is more than the quota', async () => {
    const folder = scratch();
    const users = path.join(folder, 'users.csv');
    writeFileSync(users, 'id,email,quota\n00000000-0000-0000-0000-000000000001,a@x,10\n');
    const lines = [line(10, 0), line(1, 1), line(50, 2), line(11, 3_600), line(10, 7_200)];
    await runAntennas(folder, { mode: 'streaming', users, input: fileOf(folder, 'in.jsonl', lines) });
    expect(table(folder, 'alerts')).toEqual([
      'email,date,quota',
      'a@x,2020-09-19T19:00:00Z,10',
      'a@x,2020-09-19T20:00:00Z,10',
    ]);
    expect(stored(folder, 'alerts')).toEqual(table(folder, 'alerts').slice(1));
    expect(table(folder, 'users_over_quota_1h').slice(1)).toEqual([
      'a@x,2020-09-19T19:00:00Z,10,61',
      'a@x,2020-09-19T20:00:00Z,10,11',
    ]);
  });

  test('are of streaming only', async () => {
    const folder = scratch();
    await runAntennas(folder, { ticks: 1 });
    expect(filesOf(folder)).not.toContain('alerts.csv');
  });
});
