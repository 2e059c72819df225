import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fixedWindows, Pipeline, read, seconds } from '../../../index.ts';
import { writeSqlite } from '../../../io/sqlite/index.ts';
import { directRunner } from '../../../runners/direct/index.ts';
import { virtualHost } from '../../helpers/virtual-host.ts';
import { type Action, listSource } from './list-source.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'viga-epochs-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** 40 elements, one a second of event time, with rests between so that epochs are cut. */
const actions: readonly Action<number>[] = Array.from({ length: 40 }, (_, i) => [
  { give: [[i, i * 1_000] as const] },
  { watermark: i * 1_000 },
  { rest: 300 },
]).flat();

/** Lists the numbers of windows of ten seconds in a table; `onNumber` is called for each number as it passes. */
function pipelineOf(onNumber: (n: number) => unknown = () => undefined): Pipeline {
  const p = new Pipeline();
  p.apply(read(listSource(actions), { isBounded: false, name: 'Numbers' }))
    .map(
      (n) => {
        onNumber(n);
        return n;
      },
      { name: 'Watch' },
    )
    .windowInto(fixedWindows({ size: seconds(10) }))
    .keyBy((n) => (n % 2 === 0 ? 'even' : 'odd'))
    .groupByKey({ name: 'Group' })
    .map(({ key, value }, { window }) => ({ key, window: window.maxTimestamp, values: [...value].sort().join() }))
    .apply(
      writeSqlite({
        name: 'Out',
        database: join(directory, 'out.db'),
        table: 'sums',
        mode: 'insert',
        createTable: { key: 'TEXT', window: 'INTEGER', values: 'TEXT' },
      }),
    );
  return p;
}

const state = (): string => join(directory, 'state');
/** What is written; nothing before the first epoch that has something is. */
function rows(): unknown[] {
  const database = new DatabaseSync(join(directory, 'out.db'));
  const isThere = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'sums'").get() !== undefined;
  return isThere ? database.prepare('SELECT * FROM sums ORDER BY window, key').all() : [];
}

async function expected(): Promise<unknown[]> {
  await pipelineOf().run(directRunner({ host: virtualHost() }));
  const all = rows();
  rmSync(join(directory, 'out.db'));
  expect(all).toHaveLength(8);
  return all;
}

test('a run that crashed goes on at its last epoch: nothing is lost or doubled', async () => {
  const all = await expected();
  for (const at of [0, 7, 10, 25, 39]) {
    const run = (onNumber?: (n: number) => unknown) =>
      pipelineOf(onNumber).run(directRunner({ host: virtualHost(), stateDirectory: state() }));
    const crash = run((n) => {
      if (n === at) throw new Error('a crash');
    });
    await expect(crash).rejects.toThrow('a crash');
    const result = await run();
    expect(result.state).toBe('DONE');
    expect(rows(), `crash at ${at}`).toEqual(all);
    rmSync(join(directory, 'out.db'));
    rmSync(state(), { recursive: true });
  }
});

test('a run that was told to stop is saved, and goes on when it is started again', async () => {
  const all = await expected();
  const stop = new AbortController();
  const stopping = pipelineOf((n) => n === 25 && stop.abort());
  const stopped = await stopping.run(directRunner({ host: virtualHost(), stateDirectory: state() }), {
    stop: stop.signal,
  });
  expect(stopped.state).toBe('STOPPED');
  // A file is slow beside a clock that jumps: what the sink did not take in time the next run gives it.
  expect(rows().length).toBeLessThan(all.length);
  const result = await pipelineOf().run(directRunner({ host: virtualHost(), stateDirectory: state() }));
  expect(result.state).toBe('DONE');
  expect(rows()).toEqual(all);
});

test('a finished job that is started again does nothing', async () => {
  const run = () => pipelineOf().run(directRunner({ host: virtualHost(), stateDirectory: state() }));
  await run();
  const all = rows();
  expect((await run()).state).toBe('DONE');
  expect(rows()).toEqual(all);
});

test('a run that is drained gives out what is open and is finished', async () => {
  const drain = new AbortController();
  const draining = pipelineOf((n) => n === 25 && drain.abort());
  const drained = await draining.run(directRunner({ host: virtualHost(), stateDirectory: state() }), {
    drain: drain.signal,
  });
  expect(drained.state).toBe('DRAINED');
  const values = rows().flatMap((row) => (row as { values: string }).values.split(',').map(Number));
  // All that was read, each once: the source never ends by itself here.
  expect(values.sort((a, b) => a - b)).toEqual(values.map((_, i) => i));
  expect(values.length).toBeGreaterThan(5);
});
