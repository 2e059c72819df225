import { beforeEach, describe, expect, test } from 'vitest';
import {
  afterCount,
  eventTimer,
  fixedWindows,
  type KV,
  type PCollection,
  Pipeline,
  read,
  repeatedly,
  seconds,
  sessions,
  sum,
  valueState,
  write,
} from '../../../index.ts';
import type { Host } from '../../../model/index.ts';
import { directRunner } from '../../../runners/direct/index.ts';
import { MemoryDisk } from '../../../runners/state/index.ts';
import { hostOf, Ledger } from './ledger.ts';
import { type Action, listSource } from './list-source.ts';

// Much fires at once, and what takes it is slow: cuts fall in between, and so do crashes.

/** Milliseconds between two cuts. */
const INTERVAL = 50;
/** What a call takes, in milliseconds. */
const CALL = 0.1;
const KEYS = 8_000;

let disk: MemoryDisk;
let ledger: Ledger<number>;
let others: Ledger<number>;
beforeEach(() => {
  disk = new MemoryDisk('state');
  ledger = new Ledger();
  others = new Ledger();
});

type Pair = KV<number, number>;

/** What a job has to do with. */
interface Surroundings {
  readonly host: Host;
  /** Takes a call's time; at the crash, if there is to be one, it throws. */
  readonly spend: () => void;
  /** The same for a call that waits outside. */
  readonly wait: () => Promise<void>;
}

/** Makes a host on which calls take time. */
function surroundings(crashAfter: number): Surroundings {
  const host = hostOf(disk);
  let spent = 0;
  let calls = 0;
  const count = (): void => {
    calls++;
    if (calls > crashAfter) throw new Error('a crash');
  };
  const clock: Host['clock'] = {
    now: () => host.clock.now() + spent,
    monotonic: () => host.clock.monotonic() + spent,
    setTimer: (delay, fire, options) => host.clock.setTimer(delay, fire, options),
  };
  return {
    host: { ...host, clock },
    spend() {
      spent += CALL;
      count();
    },
    async wait() {
      await new Promise<void>((resolve) => clock.setTimer(30, resolve));
      count();
    },
  };
}

type Build = (pairs: PCollection<Pair>, around: Surroundings) => PCollection<number>;

const ten = fixedWindows({ size: seconds(10) });

/** The step behind what fires, fused into its stage or behind its queue. */
const slow = (pairs: PCollection<Pair>, { spend }: Surroundings): PCollection<number> =>
  pairs.map(
    ({ key }) => {
      spend();
      return key;
    },
    { name: 'Slow' },
  );

/** Everything of which much can be due at once; all give each key once. */
const SYNC: Readonly<Record<string, Build>> = {
  'windows of a grouping': (pairs, around) => slow(pairs.windowInto(ten).combinePerKey(sum), around),
  'lists, and a step that is told of its bundles': (pairs, { spend }) =>
    pairs
      .windowInto(ten)
      .groupByKey()
      .parDo({
        name: 'Slow',
        startBundle: () => undefined,
        process({ key }) {
          spend();
          return [key];
        },
        finishBundle: () => undefined,
      }),
  'windows whose panes go on, then expire': (pairs, around) =>
    slow(
      pairs
        .windowInto(ten, {
          trigger: repeatedly(afterCount(2)),
          allowedLateness: seconds(5),
          accumulationMode: 'discarding',
        })
        .combinePerKey(sum),
      around,
    ),
  sessions: (pairs, around) => slow(pairs.windowInto(sessions({ gap: seconds(5) })).combinePerKey(sum), around),
  'timers in event time': (pairs, around) =>
    slow(
      pairs.parDo({
        name: 'Step',
        timers: { due: eventTimer() },
        process: (_pair, { timers }) => timers.due.set(seconds(10)),
        onTimer: { due: ({ key }) => [{ key, value: 1 }] },
      }),
      around,
    ),
  'ends of windows with state': (pairs, around) =>
    slow(
      pairs.windowInto(ten).parDo({
        name: 'Step',
        state: { kept: valueState<number>() },
        process: (_pair, { state }) => state.kept.write(1),
        onWindowExpiration: ({ key }) => [{ key, value: 1 }],
      }),
      around,
    ),
  'elements in order of time': (pairs, around) =>
    slow(pairs.parDo({ name: 'Step', requiresTimeSortedInput: true, process: (pair) => [pair] }), around),
  'elements of one key in order of time': (pairs, { spend }) =>
    pairs
      .map(({ key }) => ({ key: 'one', value: key }))
      .parDo({
        name: 'Step',
        requiresTimeSortedInput: true,
        process({ value }) {
          spend();
          return [value];
        },
      }),
};

/** The same with calls that change state, then wait; of few keys. */
const ASYNC: Readonly<Record<string, Build>> = {
  'timers in event time': (pairs, { wait }) =>
    pairs
      .parDo({
        name: 'Step',
        timers: { due: eventTimer() },
        state: { kept: valueState<number>() },
        process: (_pair, { timers }) => timers.due.set(seconds(10)),
        onTimer: {
          async due({ key, state }) {
            state.kept.write(1);
            await wait();
            return [{ key, value: 1 }];
          },
        },
      })
      .map(({ key }) => key),
  'ends of windows': (pairs, { wait }) =>
    pairs
      .windowInto(ten)
      .parDo({
        name: 'Step',
        state: { kept: valueState<number>() },
        process: (_pair, { state }) => state.kept.write(1),
        async onWindowExpiration({ key, state }) {
          state.kept.write(2);
          await wait();
          return [{ key, value: 1 }];
        },
      })
      .map(({ key }) => key),
  'elements in order of time': (pairs, { wait }) =>
    pairs
      .map(({ key }) => ({ key: key % 7, value: key }))
      .parDo({
        name: 'Step',
        requiresTimeSortedInput: true,
        state: { kept: valueState<number>() },
        async process(pair, { state }) {
          state.kept.write(1);
          await wait();
          return [pair];
        },
      })
      .map(({ value }) => value),
  'elements of a batch': (pairs, { wait }) =>
    pairs
      .parDo({
        name: 'Step',
        state: { kept: valueState<number>() },
        async process(pair, { state }) {
          state.kept.write(1);
          await wait();
          return [pair];
        },
      })
      .map(({ key }) => key),
};

/** When each epoch reached the sink. */
type Times = number[];

async function run(build: Build, keys: number, crashAfter = Number.POSITIVE_INFINITY): Promise<Times> {
  const around = surroundings(crashAfter);
  const { host } = around;
  const times: Times = [];
  const all = Array.from({ length: keys }, (_, key) => [{ key, value: 1 }, 1_000 + key] as const);
  const actions: readonly Action<Pair>[] = [{ give: all }, { watermark: 1_000 + keys }, { watermark: seconds(60) }];
  const ticks: readonly Action<number>[] = Array.from({ length: 40 }, (_, i) => [
    { give: [[i, i * 20]] as const },
    { rest: 20 },
  ]).flat();
  const p = new Pipeline();
  build(p.apply(read(listSource(actions), { isBounded: false, name: 'Read' }), { name: 'Pairs' }), around)
    .map(Number, { name: 'Row' })
    .apply(write(ledger.sink('rows')));
  p.apply(read(listSource(ticks), { isBounded: false, name: 'Read' }), { name: 'Ticks' })
    .map(
      (tick) => {
        times.push(host.clock.monotonic());
        return tick;
      },
      { name: 'Tick' },
    )
    .apply(write(others.sink('ticks')));
  const running = p.run(directRunner({ host, stateDirectory: 'state', epochInterval: INTERVAL }));
  if (crashAfter < keys) await expect(running).rejects.toThrow('a crash');
  else await running;
  return times;
}

const largest = (times: Times): number => Math.max(...times.map((time, i) => time - (times[i - 1] ?? 0)));

describe.each(Object.entries(SYNC))('while much fires at once: %s', (_name, build) => {
  test('epochs are cut within it, and a crash there neither loses nor doubles anything', async () => {
    // A bundle takes about a hundred.
    const times = await run(build, KEYS, KEYS * 0.7);
    expect(largest(times)).toBeLessThan(0.4 * KEYS * CALL);
    const before = ledger.rows.length;
    expect(before).toBeGreaterThan(KEYS / 10);
    await run(build, KEYS, KEYS * 0.25);
    expect(ledger.rows.length).toBeGreaterThanOrEqual(before);
    await run(build, KEYS);
    expect(ledger.rows.toSorted((a, b) => a - b)).toEqual(Array.from({ length: KEYS }, (_, key) => key));
    expect(others.rows.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, i) => i));
  });
});

describe.each(Object.entries(ASYNC))('while calls wait that have changed state: %s', (_name, build) => {
  const keys = 400;

  test('epochs are cut between two of them, and a crash there neither loses nor doubles anything', async () => {
    await run(build, keys, keys * 0.7);
    const before = ledger.rows.length;
    expect(before).toBeGreaterThan(keys / 2);
    await run(build, keys);
    expect(ledger.rows.toSorted((a, b) => a - b)).toEqual(Array.from({ length: keys }, (_, key) => key));
  });
});
