import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Host, Pipeline, read, type Sink, write } from '../../../model/index.ts';
import { directRunner } from '../../../runners/direct/index.ts';
import { hostThatTells } from './host-that-tells.ts';
import { type Action, listSource } from './list-source.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'viga-outbox-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** A number in each second, so that each comes in an epoch of its own. */
const actions: readonly Action<number>[] = Array.from({ length: 12 }, (_, i) => [
  { give: [[i, i] as const] },
  { rest: 1_500 },
]).flat();

/** The last epoch that is durable. */
let committed = 0;
const noteCommit = (epoch: number): void => {
  committed = epoch;
};

/**
 * A sink that keeps a list of the epochs it was handed, and of the elements of those that it did not have: its ledger
 * begins with `has`. `onDeliver` may take its time, and may refuse.
 */
function listingSink(has?: number, onDeliver: (host: Host) => void | Promise<void> = () => undefined) {
  let last = has ?? 0;
  const epochs: number[] = [];
  const values: number[] = [];
  const early: number[] = [];
  const sink: Sink<number> = {
    kind: 'sink',
    name: 'Table',
    guarantee: 'transactional',
    open: () => Promise.reject(new Error('it gets epochs only')),
    commit: () => Promise.reject(new Error('it gets epochs only')),
    async deliver({ epoch, batches }, { host }) {
      await onDeliver(host);
      if (epoch > committed) early.push(epoch);
      epochs.push(epoch);
      if (epoch <= last) return;
      last = epoch;
      for (const batch of batches()) values.push(...batch.values);
    },
    delivered: () => Promise.resolve(has),
  };
  return { sink, epochs, values, early };
}

/** Runs the job on its state until it stops after `stopAt`, or to its end. */
async function run(sink: Sink<number>, stopAt?: number, onNumber: (n: number) => void = () => undefined) {
  const stop = new AbortController();
  const p = new Pipeline();
  p.apply(read(listSource(actions), { isBounded: false, name: 'Numbers' }))
    .map((n) => {
      onNumber(n);
      if (n === stopAt) stop.abort();
      return n;
    })
    .apply(write(sink, { name: 'Out' }));
  return p.run(directRunner({ host: hostThatTells(noteCommit), stateDirectory: path.join(folder, 'state') }), {
    stop: stop.signal,
  });
}

test('what a sink has is handed to it again by the next run only if it came with the last epoch of the one before', async () => {
  const first = listingSink();
  await run(first.sink, 6);
  expect(first.epochs.length).toBeGreaterThan(4);
  const second = listingSink(first.epochs.at(-1));
  await run(second.sink);
  const again = second.epochs.filter((epoch) => first.epochs.includes(epoch));
  expect(again.length).toBeLessThanOrEqual(1);
  if (again.length > 0) expect(again).toEqual([first.epochs.at(-1)]);
  expect(new Set([...first.values, ...second.values]).size).toBe(12);
});

test('a sink gets what an epoch has for it when that is durable, not before, and under its number', async () => {
  // While it takes one epoch elements of the next ones come.
  const first = listingSink(
    undefined,
    ({ clock }) => new Promise<void>((resolve) => void clock.setTimer(2_500, resolve)),
  );
  await run(first.sink, 6);
  const second = listingSink(first.epochs.at(-1));
  await run(second.sink);
  expect([...first.early, ...second.early]).toEqual([]);
  expect([...first.values, ...second.values]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
});

test('what a sink did not get before the process ended it gets from the next one', async () => {
  const refusing = listingSink(undefined, () => {
    throw new Error('the end');
  });
  await expect(run(refusing.sink)).rejects.toThrow('the end');
  const { sink, values } = listingSink();
  await run(sink);
  expect(values).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
});

test('a state that is older than its sink is refused before anything is read', async () => {
  await run(listingSink().sink, 3);
  const seen: number[] = [];
  const { sink, epochs } = listingSink(1_000);
  await expect(run(sink, undefined, (n) => seen.push(n))).rejects.toThrow(
    /^Table\/Out: .*the sink has epoch 1000 of this job and the state directory stands at \d+: a restored backup, or another copy of the directory\./,
  );
  expect(seen).toEqual([]);
  expect(epochs).toEqual([]);
});
