import { describe, expect, test } from 'vitest';
import {
  asIterable,
  combiningState,
  counter,
  type DoFnContext,
  eventTimer,
  flatten,
  type Host,
  type KV,
  kv,
  outputTag,
  type PCollection,
  Pipeline,
  processingTimer,
  reshuffleStep,
  type StateSpace,
  sum,
  type TimerSpec,
  valueState,
} from '../../../model/index.ts';
import { nodeHost } from '../../../host/index.ts';
import { create } from '../../../transforms/index.ts';
import { directRunner } from '../../../runners/direct/index.ts';
import { bothPaths } from '../../helpers/runners.ts';

type Pair = KV<string, number>;

/** What a collection holds when the run is over. */
function seen<T>(collection: PCollection<T>): T[] {
  const all: T[] = [];
  collection.map((element) => void all.push(element));
  return all;
}

const pairs = (p: Pipeline, n: number, keys = 3): PCollection<Pair> =>
  p.apply(create(Array.from({ length: n }, (_, i) => kv(`k${i % keys}`, i))));

const total = { total: combiningState(sum) };

/** The sum of each key, told when all its elements are there. */
const totalsOf = (input: PCollection<Pair>, name = 'Totals'): PCollection<Pair> =>
  input.parDo({
    name,
    state: total,
    process({ value }: Pair, { state }): Pair[] {
      state.total.add(value);
      return [];
    },
    onWindowExpiration: ({ key, state }) => [kv(key, state.total.read())],
  });

/** The same space, and who writes to it. */
const watched = (space: StateSpace, wrote: () => void): StateSpace => ({
  get: (key) => space.get(key),
  put(key, value) {
    wrote();
    space.put(key, value);
  },
  delete: (key) => space.delete(key),
  scan: (from, to) => space.scan(from, to),
  deleteRange: (from, to) => space.deleteRange(from, to),
});

describe.each(bothPaths)('on the $path path', ({ runner }) => {
  test('what a keyed step keeps comes out when all its input is there, and goes on to groupings', async () => {
    const p = new Pipeline();
    const sums = totalsOf(flatten([pairs(p, 3_000), pairs(p, 3_000).apply(reshuffleStep())]));
    const all = seen(sums.map(({ value }) => value).combineGlobally(sum));
    const result = await p.run(runner());
    expect(all).toEqual([2 * ((3_000 * 2_999) / 2)]);
    expect(result.steps.find(({ step }) => step === 'Totals')).toMatchObject({ elementsIn: 6_000, elementsOut: 3 });
  });

  test('keyed steps follow each other', async () => {
    const p = new Pipeline();
    const first = totalsOf(pairs(p, 30));
    const again = first
      .keyBy(() => 'all')
      .parDo({
        state: { count: valueState<number>() },
        process({ value }: KV<string, Pair>, { state }) {
          const n = (state.count.read() ?? 0) + 1;
          state.count.write(n);
          return [`${n}: ${value.value > 0}`];
        },
      });
    const all = seen(again);
    await p.run(runner());
    expect(all).toEqual(['1: true', '2: true', '3: true']);
  });

  test('side inputs are there, also those that have the same source, and in step with the windows', async () => {
    const p = new Pipeline();
    const input = pairs(p, 9);
    const other = p.apply(create([100]));
    const summed = (side: PCollection<unknown>, name: string): PCollection<number> =>
      input.parDo({
        name,
        state: total,
        sideInputs: { side: asIterable(side) },
        process({ value }: Pair, { state, sideInputs }) {
          state.total.add(value);
          return [[...sideInputs.side].length + state.total.read()];
        },
      });
    const own = seen(summed(input, 'Own'));
    const others = seen(summed(other, 'Other'));
    await p.run(runner());
    expect(own.toSorted()).toEqual([0, 3, 9, 1, 5, 12, 2, 7, 15].map((n) => n + 9).toSorted());
    expect(others.toSorted()).toEqual([0, 3, 9, 1, 5, 12, 2, 7, 15].map((n) => n + 1).toSorted());
  });

  test('timers in processing time are dropped at the end, even those that are due', async () => {
    const p = new Pipeline();
    const all = seen(
      pairs(p, 3).parDo({
        timers: { clock: processingTimer(), event: eventTimer() },
        process: (_: Pair, { timers }): string[] => {
          timers.clock.setAfter(0);
          timers.event.setAfter(5);
          return [];
        },
        onTimer: { clock: () => ['clock'], event: ({ key }) => [key] },
      }),
    );
    await p.run(runner());
    expect(all.toSorted()).toEqual(['k0', 'k1', 'k2']);
  });

  test('bundles end after timers too, and metrics of timers count for the step', async () => {
    const log: string[] = [];
    const fired = counter('test', 'fired');
    const p = new Pipeline();
    const { main, other } = pairs(p, 2).parDo({
      name: 'Life',
      timers: { due: eventTimer() },
      outputs: { other: outputTag<string>() },
      setup: () => 'resource',
      startBundle: () => void log.push('start'),
      process: (_: Pair, { timers }): string[] => {
        timers.due.set(5);
        return [];
      },
      finishBundle: () => void log.push('finish'),
      teardown: () => void log.push('down'),
      onTimer: {
        due: async ({ key, emit, resource }) => {
          await null;
          log.push(`${key} ${resource}`);
          fired.inc();
          emit.other(key);
          return [key];
        },
      },
    });
    const [all, others] = [seen(main), seen(other)];
    const result = await p.run(runner());
    expect(log).toEqual(['start', 'finish', 'start', 'k0 resource', 'k1 resource', 'finish', 'down']);
    expect([all, others]).toEqual([
      ['k0', 'k1'],
      ['k0', 'k1'],
    ]);
    expect(result.metric(fired, 'Life')).toEqual({ attempted: 2, committed: 2 });
  });

  test('a timer that fails ends the run with an error that says which, of which key', async () => {
    const p = new Pipeline();
    pairs(p, 1).parDo({
      name: 'Fails',
      timers: { due: eventTimer() },
      process: (_: Pair, { timers }) => timers.due.set(5),
      onTimer: {
        due: () => {
          throw new Error('no luck');
        },
      },
    });
    await expect(p.run(runner())).rejects.toMatchObject({
      name: 'ElementError',
      step: 'Fails',
      element: '"k0"',
      message: expect.stringMatching(/^Fails: the timer 'due' of the key "k0" failed: no luck\. /),
    });
  });

  test.each([1, 2, 3])('a strict run with the seed %s gives the same', async (seed) => {
    const p = new Pipeline();
    const all = seen(totalsOf(pairs(p, 100)).map(({ key, value }) => `${key} ${value}`));
    const orders = seen(
      pairs(p, 20, 1).parDo({
        state: { last: valueState<number>() },
        process({ value }: Pair, { state }) {
          const before = state.last.read();
          state.last.write(value);
          return [before !== undefined && before > value];
        },
      }),
    );
    await p.run(runner({ strict: { seed, bundleSizes: true, encode: true, mutation: true, permute: true } }));
    expect(all.toSorted()).toEqual(['k0 1683', 'k1 1617', 'k2 1650']);
    expect(orders).toContain(true);
  });
});

test('keys that memory has no room for go to disk and come back', async () => {
  const spilled: string[] = [];
  const host = nodeHost();
  const openStateStore: Host['openStateStore'] = async (directory) => {
    const store = await host.openStateStore(directory);
    return {
      ...store,
      close: () => store.close(),
      space: (name) => watched(store.space(name), () => spilled.push(name)),
    };
  };
  const p = new Pipeline();
  const all = seen(totalsOf(pairs(p, 40_000, 20_000)).map(({ value }) => value));
  await p.run(directRunner({ host: { ...host, openStateStore }, memoryLimit: 1 }));
  expect(all).toHaveLength(20_000);
  expect(all.reduce((sum, n) => sum + n)).toBe((40_000 * 39_999) / 2);
  expect(new Set(spilled)).toEqual(new Set(['Totals/cells']));
});

test('what has no bytes stays in memory, with a warning that says why', async () => {
  const warnings: string[] = [];
  const p = new Pipeline();
  const all = seen(
    pairs(p, 40_000, 20_000).parDo({
      name: 'Functions',
      state: { kept: valueState<() => number>() },
      process({ value }: Pair, { state }) {
        const before = state.kept.read()?.() ?? 0;
        state.kept.write(() => before + value);
        return [before];
      },
    }),
  );
  await p.run(directRunner({ memoryLimit: 1 }), { onWarning: (warning) => warnings.push(warning) });
  expect(all.filter((before) => before > 0)).toHaveLength(19_999);
  expect(warnings).toEqual([expect.stringContaining("stays in memory: Functions: what the state 'kept' holds")]);
});

test('a DoFn that is an object of a class keeps its functions, in strict runs too', async () => {
  type Context = DoFnContext<typeof total, { due: TimerSpec }, {}, {}, undefined>;
  class Totals {
    readonly prefix = 'sum';
    readonly state = total;
    readonly timers = { due: eventTimer() };
    process({ value }: Pair, { state, timers }: Context): string[] {
      state.total.add(value);
      timers.due.set(5);
      return [];
    }
    readonly onTimer = { due: (): string[] => [`${this.prefix} timer`] };
    onWindowExpiration({ key, state }: Context & { readonly key: string }): string[] {
      return [`${this.prefix} of ${key}: ${state.total.read()}`];
    }
  }
  for (const options of [{}, { strict: { seed: 1, bundleSizes: true, encode: true, mutation: true, permute: true } }]) {
    const p = new Pipeline();
    // Inference does not look into classes.
    const all = seen(pairs(p, 3, 1).parDo(new Totals() as never) as unknown as PCollection<string>);
    await p.run(directRunner(options));
    expect(all).toEqual(['sum timer', 'sum of k0: 3']);
  }
});
