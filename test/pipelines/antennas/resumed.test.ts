import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CancelledError, type Progress } from 'viga';
import { openLog } from 'viga/io/log';
import { expect, test } from 'vitest';
import { randomOfTick } from '../../../pipelines/antennas/messages/random.ts';
import { csvFiles, filesOf, jsonLines, type Given, line, runAntennas, scratch, stored, table } from './run.ts';

// What a run leaves behind when it is cut off, and started again with the same state directory.

const given: Given = { mode: 'streaming', ticks: 2_000, disorder: 'within', seed: 11 };

/** Runs for so many milliseconds at most; tells whether the run was finished. */
async function runFor(output: string, state: string, ms: number, how: 'signal' | 'stop'): Promise<boolean> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), ms);
  try {
    const runner = { stateDirectory: state, epochInterval: 20 };
    const { state: ended } = await runAntennas(output, given, runner, { [how]: abort.signal });
    return ended === 'DONE';
  } catch (error) {
    if (error instanceof CancelledError) return false;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

test.each(['signal', 'stop'] as const)(
  'a run that is cut off again and again (by its %s) writes what one run writes',
  async (how) => {
    const folder = scratch();
    const [streaming, batch, state] = [`${folder}/streaming`, `${folder}/batch`, `${folder}/state`];
    await runAntennas(batch, { ...given, mode: 'batch' });
    const random = randomOfTick(5, how === 'stop' ? 1 : 0);
    let cuts = 0;
    while (cuts < 6 && !(await runFor(streaming, state, 50 + random.below(300), how))) cuts++;
    expect(cuts).toBeGreaterThan(0);
    expect(await runFor(streaming, state, 60_000, how)).toBe(true);
    expect(csvFiles(streaming, ['alerts.csv'])).toEqual(csvFiles(batch));
    for (const name of ['bytes_agg_user', 'users_over_quota_1h']) {
      expect(stored(streaming, name), name).toEqual(table(batch, name).slice(1));
    }
    const messages = (output: string) =>
      jsonLines(path.join(output, 'rejected'))
        .map(({ message }) => message)
        .sort();
    expect(messages(streaming)).toEqual(messages(batch));
    // Read again they are the same messages, none of them twice.
    await runAntennas(`${folder}/again`, { input: `parquet:${streaming}/raw` });
    expect(csvFiles(`${folder}/again`)).toEqual(csvFiles(batch));
    const before = filesOf(streaming);
    expect(await runFor(streaming, state, 10_000, how), 'a finished run has nothing left to do').toBe(true);
    expect(filesOf(streaming)).toEqual(before);
  },
  120_000,
);

test('a job that followed a topic ends with what is there when it is started again with --until=end', async () => {
  const folder = scratch();
  const [streaming, batch] = [`${folder}/streaming`, `${folder}/batch`];
  const file = `${folder}/antennas.log`;
  const log = openLog(file);
  const producer = log.producer({ topic: 'devices', valueFormat: 'string', partitions: 2 });
  const send = (from: number) =>
    producer.send(Array.from({ length: 100 }, (_, index) => ({ value: line(index, from + index) })));
  send(0);
  const job = { mode: 'streaming', input: `log:${file}#devices` } as const;
  const runner = { stateDirectory: `${folder}/state`, epochInterval: 20 };
  const stop = new AbortController();
  const onProgress = ({ steps }: Progress): void => {
    const read = steps.find(({ step }) => step.startsWith('ReadMessages/'))?.elementsOut ?? 0;
    if (read === 100) stop.abort();
  };
  expect((await runAntennas(streaming, job, runner, { stop: stop.signal, onProgress })).state).toBe('STOPPED');
  send(100);
  log.close();
  expect((await runAntennas(streaming, { ...job, until: 'end' }, runner)).state).toBe('DONE');
  await runAntennas(batch, { input: `log:${file}#devices` });
  expect(csvFiles(streaming, ['alerts.csv'])).toEqual(csvFiles(batch));
}, 30_000);

/** Starts the program as it is started from a shell, with the options of {@link given}. */
function start(output: string, state: string): ChildProcess {
  const root = path.resolve(import.meta.dirname, '../../..');
  const options = ['--ticks=6000', '--disorder', '--seed=12', `--output=${output}`, `--state-dir=${state}`, '--quiet'];
  const args = ['--disable-warning=ExperimentalWarning', 'pipelines/antennas.ts', ...options];
  return spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
}

test('a process that is killed again and again leaves what one run leaves', async () => {
  const folder = scratch();
  const [streaming, batch, state] = [`${folder}/streaming`, `${folder}/batch`, `${folder}/state`];
  await runAntennas(batch, { ticks: 6_000, disorder: 'within', seed: 12 });
  const random = randomOfTick(5, 2);
  for (let kill = 0; kill < 4; kill++) {
    const child = start(streaming, state);
    const ended = once(child, 'close');
    // Not before it has begun to keep anything.
    while (child.exitCode === null && !existsSync(state)) await sleep(10);
    await sleep(200 + random.below(600));
    child.kill('SIGKILL');
    await ended;
  }
  const [code] = await once(start(streaming, state), 'close');
  expect(code).toBe(0);
  expect(csvFiles(streaming, ['alerts.csv'])).toEqual(csvFiles(batch));
}, 120_000);
