import { expect, test } from 'vitest';
import {
  hours,
  minutes,
  type PCollection,
  Pipeline,
  read,
  seconds,
  type Sink,
  valueState,
  write,
} from '../../../index.ts';
import { directRunner } from '../../../runners/direct/index.ts';
import { MemoryDisk } from '../../../runners/state/index.ts';
import { hostOf, Ledger } from './ledger.ts';
import { type Action, listSource } from './list-source.ts';

const COUNT = 30;
const all = Array.from({ length: COUNT }, (_, n) => n);

/** A number each second. */
const actions: readonly Action<number>[] = all.flatMap((n) => [{ give: [[n, n] as const] }, { rest: 1_000 }]);

type Build = (numbers: PCollection<number>, wait: (milliseconds: number) => Promise<void>) => PCollection<number>;

/** A job whose step `build` meets a number 10 that it does not get through, in the first run of it. */
function job(build: Build) {
  const disk = new MemoryDisk('state');
  const ledger = new Ledger<number>();
  let runs = 0;
  return {
    ledger,
    /** Runs it until `stopAt` seconds of its time have passed. */
    async run(stopAt?: number) {
      runs++;
      const isFirst = runs === 1;
      const host = hostOf(disk);
      const warnings: string[] = [];
      const stop = new AbortController();
      let stoppedAt = 0;
      if (stopAt !== undefined) {
        host.clock.setTimer(stopAt, () => {
          stoppedAt = host.clock.now();
          stop.abort();
        });
      }
      const p = new Pipeline();
      build(p.apply(read(listSource(actions), { isBounded: false, name: 'Numbers' })), (milliseconds) =>
        isFirst ? new Promise((resolve) => host.clock.setTimer(milliseconds, resolve)) : Promise.resolve(),
      ).apply(write(ledger.sink('out')));
      const runner = directRunner({
        host: { ...host, warn: (message) => warnings.push(message) },
        stateDirectory: 'state',
        maxFailedShare: 1,
      });
      const { state } = await p.run(runner, { stop: stop.signal });
      return { state, warnings, stopTook: host.clock.now() - stoppedAt };
    },
  };
}

const slowCalls: Build = (numbers, wait) =>
  numbers.map(async (n) => {
    if (n === 10) await wait(hours(1));
    return n;
  });

const inBundles: Build = (numbers, wait) =>
  numbers.parDo({
    name: 'Bundles',
    async process(n) {
      if (n === 10) await wait(hours(1));
      return [n];
    },
    finishBundle: () => undefined,
  });

const changingState: Build = (numbers, wait) =>
  numbers
    .keyBy((n) => n % 3, { name: 'Key' })
    .parDo({
      name: 'State',
      state: { last: valueState<number>() },
      async process({ value }, { state }) {
        state.last.write(value);
        if (value === 10) await wait(hours(1));
        return [value];
      },
    });

test('a run that is to stop waits for no call that can be saved', async () => {
  const { run, ledger } = job(slowCalls);
  const stopped = await run(15_500);
  expect(stopped).toMatchObject({ state: 'STOPPED', warnings: [] });
  expect(stopped.stopTook).toBeLessThan(500);
  // What came before it is written.
  expect(ledger.rows).toEqual(all.slice(0, 10));
  expect((await run()).state).toBe('DONE');
  expect(ledger.rows).toEqual(all);
});

test('a call that is nearly over is waited for, and not made again', async () => {
  const calls: number[] = [];
  const { run, ledger } = job((numbers, wait) =>
    numbers.map(async (n) => {
      calls.push(n);
      await wait(50);
      return n;
    }),
  );
  // In the middle of the call for 11.
  expect(await run(11_025)).toMatchObject({ state: 'STOPPED', warnings: [] });
  expect((await run()).state).toBe('DONE');
  expect(calls).toEqual(all);
  expect(ledger.rows).toEqual(all);
});

test.each([
  ['a bundle that is open', inBundles, 'Bundles', 'its bundle, which Bundles is told the end of, is open'],
  ['a call that has changed state', changingState, 'State', 'a call has changed state and goes on'],
])('a stop gives up its epoch for %s, says so, and all of it is done again', async (_what, build, step, why) => {
  const { run, ledger } = job(build);
  const { state, warnings, stopTook } = await run(30_500);
  expect(state).toBe('STOPPED');
  expect(stopTook).toBeLessThan(seconds(8));
  expect(warnings).toEqual([
    expect.stringMatching(new RegExp(`^${step}: ${why}.*waited for 10 s\\. Until it is over nothing becomes durable`)),
    expect.stringMatching(
      new RegExp(
        `^${step}: the last epoch of a run that is to stop was waited for 5 s in vain, as ${why}.*is done again`,
      ),
    ),
  ]);
  expect(ledger.rows).toEqual(all.slice(0, 10));
  expect((await run()).state).toBe('DONE');
  expect(ledger.rows).toEqual(all);
});

test('a run stops although its sink does not answer, and the next one gives it all', async () => {
  const disk = new MemoryDisk('state');
  const rows: number[] = [];
  const run = async (hangs: boolean, stopAt?: number) => {
    const host = hostOf(disk);
    const stop = new AbortController();
    const sink: Sink<number, never> = {
      kind: 'sink',
      name: 'Out',
      guarantee: 'transactional',
      open: () => Promise.reject(new Error('it gets epochs only')),
      commit: () => Promise.reject(new Error('it gets epochs only')),
      async deliver({ batches }) {
        if (hangs) await new Promise(() => undefined);
        for (const { values } of batches()) rows.push(...values);
      },
    };
    const p = new Pipeline();
    p.apply(read(listSource(actions), { isBounded: false, name: 'Numbers' })).apply(write(sink));
    if (stopAt !== undefined) host.clock.setTimer(stopAt, () => stop.abort());
    const { state } = await p.run(directRunner({ host, stateDirectory: 'state' }), { stop: stop.signal });
    return { state, ended: host.clock.now() };
  };
  // In the middle of it, and when all is read and only the sink is waited for.
  for (const at of [5_500, seconds(60)]) {
    const { state, ended } = await run(true, at);
    expect(state).toBe('STOPPED');
    expect(ended).toBeLessThan(at + seconds(10));
  }
  expect((await run(false)).state).toBe('DONE');
  expect(rows).toEqual(all);
});

test('an epoch that waits for a call is told once, and made when the call is over', async () => {
  const { run, ledger } = job((numbers, wait) =>
    numbers.parDo({
      name: 'Bundles',
      async process(n) {
        if (n === 10) await wait(minutes(2));
        return [n];
      },
      startBundle: () => undefined,
    }),
  );
  const { state, warnings } = await run();
  expect(state).toBe('DONE');
  expect(warnings).toHaveLength(1);
  expect(ledger.rows).toEqual(all);
});
