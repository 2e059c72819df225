import { expect, test } from 'vitest';
import { Pipeline, read, write } from '../../../index.ts';
import { directRunner } from '../../../runners/direct/index.ts';
import { MemoryDisk } from '../../../runners/state/index.ts';
import { hostOf, Ledger } from './ledger.ts';
import { listSource } from './list-source.ts';

const COUNT = 400;
const all = Array.from({ length: COUNT }, (_, n) => n);
const even = all.filter((n) => n % 2 === 0);
const odd = all.filter((n) => n % 2 === 1);

/** A job that rejects what `isBad`, ten numbers every 100 ms, and where it writes to. */
function job() {
  const disk = new MemoryDisk('state');
  const taken = new Ledger<number>();
  const rejected = new Ledger<number>();
  const source = listSource<number>(
    Array.from({ length: COUNT / 10 }, (_, i) => [
      { give: Array.from({ length: 10 }, (__, j) => [i * 10 + j, i] as const) },
      { rest: 100 },
    ]).flat(),
  );
  const run = (isBad: (n: number) => boolean, { crashAt, share }: { crashAt?: number; share?: number }) => {
    const p = new Pipeline();
    p.apply(read(source, { isBounded: false, name: 'Numbers' }))
      .map(
        (n) => {
          if (isBad(n)) throw new Error('bad');
          return n;
        },
        {
          name: 'Check',
          deadLetters: (failed) =>
            failed.map(({ element }) => element, { name: 'Element' }).apply(write(rejected.sink('rejected'))),
        },
      )
      .map(
        (n) => {
          if (n === crashAt) throw new Error('a crash');
          return n;
        },
        { name: 'Crash' },
      )
      .apply(write(taken.sink('taken')));
    const failedShare = share === undefined ? {} : { maxFailedShare: share };
    return p.run(directRunner({ host: hostOf(disk), stateDirectory: 'state', ...failedShare }));
  };
  return { run, taken, rejected };
}

const sorted = ({ rows }: Ledger<number>): number[] => rows.toSorted((a, b) => a - b);

test('what a step rejects is a dead letter once, wherever the job crashes', async () => {
  for (let crashAt = 1; crashAt < COUNT; crashAt += 38) {
    const { run, taken, rejected } = job();
    const isEven = (n: number): boolean => n % 2 === 0;
    const crash = crashAt | 1;
    await expect(run(isEven, { crashAt: crash, share: 1 })).rejects.toThrow('a crash');
    expect((await run(isEven, { share: 1 })).state).toBe('DONE');
    expect(sorted(taken), `crash at ${crash}`).toEqual(odd);
    expect(sorted(rejected), `crash at ${crash}`).toEqual(even);
  }
});

test('a step that fails too often stops the job, and a mended program goes on where it stopped', async () => {
  const { run, taken, rejected } = job();
  await expect(run((n) => n >= 100, {})).rejects.toMatchObject({ name: 'PipelineError', step: 'Check' });
  const before = rejected.rows.length;
  // A hundred are needed at least; the brake looks at each epoch.
  expect(before).toBeGreaterThanOrEqual(100);
  expect(before).toBeLessThan(250);
  expect((await run(() => false, {})).state).toBe('DONE');
  expect(rejected.rows).toHaveLength(before);
  expect([...taken.rows, ...rejected.rows].sort((a, b) => a - b)).toEqual(all);
});

test('a sink that is down for minutes gets all of it once it is back', async () => {
  const disk = new MemoryDisk('state');
  const host = hostOf(disk);
  const ledger = new Ledger<number>(() => host.clock.now() < 120_000);
  const p = new Pipeline();
  const actions = all.flatMap((n) => [{ give: [[n, n] as const] }, { rest: 100 }]);
  p.apply(read(listSource<number>(actions), { isBounded: false, name: 'Numbers' })).apply(write(ledger.sink('down')));
  expect((await p.run(directRunner({ host: { ...host, warn: () => undefined }, stateDirectory: 'state' }))).state).toBe(
    'DONE',
  );
  expect(ledger.attempts).toBeGreaterThan(5);
  expect(ledger.rows).toEqual(all);
});
