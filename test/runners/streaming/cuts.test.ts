import { beforeEach, expect, test } from 'vitest';
import {
  bagState,
  type Duration,
  eventTimer,
  minutes,
  type PCollection,
  Pipeline,
  processingTimer,
  read,
  seconds,
  valueState,
  write,
} from '../../../index.ts';
import { directRunner } from '../../../runners/direct/index.ts';
import { MemoryDisk } from '../../../runners/state/index.ts';
import { hostOf, Ledger } from './ledger.ts';
import { type Action, listSource } from './list-source.ts';

/** What outlives a process: the state of the job, and what it has written. */
let disk: MemoryDisk;
let tables: Record<string, Ledger<number>>;
beforeEach(() => {
  disk = new MemoryDisk('state');
  tables = { fast: new Ledger(), slow: new Ledger(), rejected: new Ledger() };
});

const COUNT = 60;

/** A number each second, of the clock and of event time. */
const actions: readonly Action<number>[] = Array.from({ length: COUNT }, (_, i) => [
  { give: [[i, i * 1_000] as const] },
  { watermark: i * 1_000 },
  { rest: 1_000 },
]).flat();

const all = Array.from({ length: COUNT }, (_, i) => i);

/** What a process that runs the job has to do with. */
interface Surroundings {
  /** Resolves after a while; in a process that is not to crash at once. */
  readonly wait: (for_: Duration) => Promise<void>;
  readonly called: (n: number) => void;
}

type Build = (numbers: PCollection<number>, around: Surroundings) => PCollection<unknown>;

const table = (name: string) => write((tables[name] as Ledger<number>).sink(name));

const written = (name: string): number[] => (tables[name] as Ledger<number>).rows.toSorted((a, b) => a - b);

/** Runs a job whose branch `build` is slow beside one that is not; with `crashAt` until that number. */
async function run(build: Build, { crashAt, stop }: { crashAt?: number; stop?: AbortSignal }) {
  const host = hostOf(disk);
  const called: number[] = [];
  const p = new Pipeline();
  const numbers = p.apply(read(listSource(actions), { isBounded: false, name: 'Read' }), { name: 'Numbers' });
  p.apply(read(listSource(actions), { isBounded: false, name: 'Read' }), { name: 'Others' })
    .map(
      (n) => {
        if (n === crashAt) throw new Error('a crash');
        return n;
      },
      { name: 'Watch' },
    )
    .apply(table('fast'));
  build(numbers, {
    wait: (delay) => new Promise((resolve) => host.clock.setTimer(crashAt === undefined && !stop ? 0 : delay, resolve)),
    called: (n) => called.push(n),
  })
    .map(Number, { name: 'Row' })
    .apply(table('slow'));
  const running = p.run(
    directRunner({ host, stateDirectory: 'state', maxFailedShare: 1 }),
    stop === undefined ? {} : { stop },
  );
  return { called, host, state: crashAt === undefined ? (await running).state : await running.catch(String) };
}

/** Jobs that are slow in every way that is not waited for, and give out what is given. */
const SLOW: Readonly<Record<string, Build>> = {
  'a map whose calls go on beside each other': (numbers, { wait, called }) =>
    numbers.map(async (n) => {
      called(n);
      if (n % 7 === 1) await wait(minutes(10));
      return n;
    }),
  'a filter': (numbers, { wait }) =>
    numbers.filter(async (n) => {
      await wait(n === 3 ? minutes(10) : 1);
      return true;
    }),
  'a step after a fan-out, whose outputs wait': (numbers, { wait }) =>
    numbers
      .flatMap((n) => Array.from({ length: 3 }, (_, i) => ({ n, i })))
      .map(
        async (one) => {
          await wait(one.n === 2 ? minutes(10) : 1);
          return one;
        },
        { concurrency: 2 },
      )
      .filter(({ i }) => i === 1)
      .map(({ n }) => n),
  'two slow steps after each other': (numbers, { wait }) =>
    numbers
      .map(
        async (n) => {
          await wait(n === 9 ? minutes(10) : 2);
          return n;
        },
        { concurrency: 3 },
      )
      .map(
        async (n) => {
          await wait(n === 4 ? minutes(10) : 3);
          return n;
        },
        { concurrency: 2 },
      ),
  'a stage of its own, with a queue before it': (numbers, { wait }) =>
    numbers
      .keyBy((n) => n)
      .parDo({ name: 'Keyed', state: { seen: valueState<number>() }, process: ({ value }) => [value] })
      .keyBy((n) => n)
      .parDo({
        name: 'Slow',
        state: { seen: valueState<number>() },
        async process({ value }, { state }) {
          await wait(value === 5 ? minutes(10) : 1);
          state.seen.write(value);
          return [value];
        },
      }),
  'calls that keep state, some of them done and behind one that is not': (numbers, { wait }) =>
    numbers
      .keyBy((n) => n % 5)
      .parDo({
        name: 'Count',
        concurrency: 8,
        state: { sum: valueState<number>(), seen: bagState<number>() },
        async process({ value }, { state }) {
          await wait(value === 6 ? minutes(10) : 1);
          state.seen.add(value);
          // Each number comes once, so that what was counted twice would be given twice.
          return [...state.seen.read()].filter((n) => n === value);
        },
      }),
  'a timer whose function waits': (numbers, { wait }) =>
    numbers
      .keyBy((n) => n)
      .parDo({
        name: 'Timer',
        state: { value: valueState<number>() },
        timers: { due: eventTimer() },
        process({ value }, { state, timers, timestamp }) {
          state.value.write(value);
          timers.due.set(timestamp + 500);
        },
        onTimer: {
          async due({ key, state }) {
            await wait(key === 5 ? minutes(10) : 1);
            return state.value.read() === key ? [key] : [-1];
          },
        },
      }),
  'a timer of the clock that waits for a call of its key': (numbers, { wait }) =>
    numbers
      .keyBy(() => 0)
      .parDo({
        name: 'Clock',
        concurrency: 4,
        state: { last: valueState<number>() },
        timers: { due: processingTimer() },
        async process({ value }, { timers }) {
          if (value === 0) timers.due.setAfter(seconds(3));
          if (value === 2) await wait(minutes(10));
          return value === 1 ? [] : [value];
        },
        onTimer: { due: () => [1] },
      }),
};

test.each(Object.keys(SLOW))('%s holds no epoch up, and nothing is lost or doubled by a crash', async (name) => {
  const build = SLOW[name];
  if (build === undefined) throw new Error(name);
  expect((await run(build, { crashAt: 40 })).state).toContain('a crash');
  // What the other branch gave out is durable and written, but for the last epochs.
  expect(written('fast').length).toBeGreaterThanOrEqual(25);
  const before = written('slow');
  expect(before.length).toBeLessThan(40);
  expect((await run(build, {})).state).toBe('DONE');
  expect(written('slow')).toEqual(all);
  expect(written('fast')).toEqual(all);
});

test('a call that goes on while epochs are cut is made once', async () => {
  const build = SLOW['a map whose calls go on beside each other'];
  const { called, state } = await run(build as Build, { stop: new AbortController().signal });
  expect(state).toBe('DONE');
  expect(called).toEqual(all);
  expect(written('slow')).toEqual(all);
});

test('a run that is asked to stop does not wait for a call that takes long; it is made again', async () => {
  const stop = new AbortController();
  const build: Build = (numbers, { wait, called }) =>
    numbers.map(async (n) => {
      called(n);
      if (n === 10) stop.abort();
      if (n === 10) await wait(minutes(60));
      return n;
    });
  const stopped = await run(build, { stop: stop.signal });
  expect(stopped.state).toBe('STOPPED');
  expect(stopped.host.clock.now()).toBeLessThan(seconds(20));
  const finished = await run(build, {});
  expect(finished.state).toBe('DONE');
  expect(finished.called[0]).toBe(10);
  expect(written('slow')).toEqual(all);
});

test('what a DoFn has between startBundle and finishBundle is waited for', async () => {
  const log: string[] = [];
  const build: Build = (numbers, { wait }) =>
    numbers.parDo({
      name: 'Bundles',
      startBundle: () => void log.push('start'),
      async process(n) {
        if (n === 3) await wait(minutes(1));
        return [n];
      },
      finishBundle: () => void log.push('finish'),
    });
  expect((await run(build, { crashAt: 40 })).state).toContain('a crash');
  expect((await run(build, {})).state).toBe('DONE');
  expect(written('slow')).toEqual(all);
});

test('elements that were rejected while another call goes on become dead letters once', async () => {
  const build: Build = (numbers, { wait }) =>
    numbers.map(
      async (n) => {
        if (n === 5) await wait(minutes(10));
        if (n % 2 === 0) throw new Error('even');
        return n;
      },
      {
        name: 'Odd',
        deadLetters: (failed) => failed.map(({ element }) => element, { name: 'Element' }).apply(table('rejected')),
      },
    );
  expect((await run(build, { crashAt: 40 })).state).toContain('a crash');
  expect((await run(build, {})).state).toBe('DONE');
  expect(written('slow')).toEqual(all.filter((n) => n % 2 === 1));
  expect(written('rejected')).toEqual(all.filter((n) => n % 2 === 0));
});
