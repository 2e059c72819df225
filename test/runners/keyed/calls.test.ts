import { describe, expect, test } from 'vitest';
import {
  bagState,
  type Cells,
  type CombineFn,
  combiningState,
  eventTimer,
  fixedWindows,
  mapState,
  orderedListState,
  processingTimer,
  setState,
  slidingWindows,
  sum,
  type Timers,
  type TimerSpec,
  valueState,
  type Yielded,
} from '../../../model/index.ts';
import { keyedStep, PATHS } from './step.ts';

// Calls of a keyed step: what they see of each other, and what a failed one leaves behind.

/** The inputs themselves; the accumulator is changed where it is. */
const all: CombineFn<number, number[], readonly number[]> = {
  name: 'all',
  createAccumulator: () => [],
  addInput(accumulator, input) {
    accumulator.push(input);
    return accumulator;
  },
  mergeAccumulators: (accumulators) => [...accumulators].flat(),
  extractOutput: (accumulator) => accumulator,
};

const cells = {
  value: valueState<number>(),
  bag: bagState<number>(),
  sum: combiningState(sum),
  all: combiningState(all),
  map: mapState<string, number>(),
  set: setState<number>(),
  list: orderedListState<number>(),
};

interface Handles {
  readonly state: Cells<typeof cells>;
  readonly timers: Timers<{ readonly event: TimerSpec; readonly clock: TimerSpec }>;
}

/** Turns of the event loop that a call takes. */
const turns = async (n: number): Promise<void> => {
  for (let i = 0; i < n; i++) await new Promise((resolve) => setImmediate(resolve));
};

describe.each(PATHS)('on the $path path', ({ codegen }) => {
  test.each([
    ['throws', (n: number): unknown => [n]],
    ['throws between outputs', undefined],
    ['rejects', async (n: number): Promise<unknown> => (await turns(1), [n])],
  ])('a call that %s leaves no trace where dead letters were asked for', async (_how, give) => {
    const snapshot = (state: Handles['state']): unknown => ({
      value: state.value.read(),
      bag: [...state.bag.read()],
      sum: state.sum.read(),
      all: state.all.read(),
      map: [...state.map.entries()].sort(),
      set: [...state.set.read()].sort(),
      list: [...state.list.read()],
    });
    const fill = ({ state, timers }: Handles, n: number): void => {
      state.value.write(n);
      state.bag.add(n);
      state.sum.add(n);
      state.all.add(n);
      state.map.set('a', n);
      state.map.set(`k${n}`, n);
      state.set.add(n);
      state.list.add({ value: n, timestamp: 10 - n });
      timers.event.set(n);
      timers.clock.set(n);
    };
    const spoil = ({ state, timers }: Handles): void => {
      fill({ state, timers }, 5);
      state.map.delete('a');
      state.map.delete('k1');
      state.set.delete(1);
      state.list.clearRange(0, 9);
      state.value.clear();
      state.bag.clear();
      state.bag.add(9);
      state.all.clear();
      timers.event.clear();
      timers.event.set(90);
      timers.clock.clear();
      timers.event.set(7, { tag: 'other' });
    };
    const step = keyedStep(
      {
        state: cells,
        timers: { event: eventTimer(), clock: processingTimer() },
        deadLetters: () => undefined,
        process: ({ value }, context): Yielded<unknown> => {
          if (value === 'read') return [snapshot(context.state)];
          if (value !== 'fail') return fill(context, value);
          if (give === undefined) {
            return (function* () {
              yield 1;
              spoil(context);
              throw new Error('bad');
            })();
          }
          const given = give(1);
          if (given instanceof Promise) {
            return given.then(() => {
              spoil(context);
              throw new Error('bad');
            });
          }
          spoil(context);
          throw new Error('bad');
        },
        onTimer: { event: ({ timestamp, tag }) => [`event ${tag}${timestamp}`], clock: () => ['clock'] },
      },
      { codegen },
    );
    await step.elements(
      ['k', 1],
      ['k', 2],
      ['k', 'read'],
      ['k', 'fail'],
      ['k', 'read'],
      ['new', 'fail'],
      ['new', 'read'],
    );
    const [before, after, fresh] = step.values;
    expect(after).toEqual(before);
    expect(before).toMatchObject({ value: 2, bag: [1, 2], sum: 3, all: [1, 2], set: [1, 2] });
    expect(fresh).toMatchObject({ value: undefined, bag: [], sum: 0, all: [], map: [], set: [], list: [] });
    expect(step.deadLetters.map(({ element }) => element)).toEqual([
      { key: 'k', value: 'fail' },
      { key: 'new', value: 'fail' },
    ]);
    await step.watermark(1_000);
    expect(step.values.slice(3)).toEqual(['event 2']);
    await step.clock(2);
    expect(step.values.slice(4)).toEqual(['clock']);
  });

  test('what a combining state has given out, a part of its accumulator or what was taken from it, stays as it was', async () => {
    const kept = (extractOutput: (all: { seen: number[] }) => number[]) =>
      combiningState<number, { seen: number[] }, number[]>({
        name: 'kept',
        createAccumulator: () => ({ seen: [] }),
        addInput(all, input) {
          all.seen.push(input);
          return all;
        },
        mergeAccumulators: (all) => ({ seen: [...all].flatMap(({ seen }) => seen) }),
        extractOutput,
      });
    const step = keyedStep(
      {
        state: { part: kept(({ seen }) => seen), taken: kept(({ seen }) => seen.splice(0)) },
        process({ value }, { state }) {
          state.part.add(value as number);
          state.taken.add(value as number);
          return [[state.part.read(), state.taken.read()]];
        },
      },
      { codegen },
    );
    await step.elements(['k', 1], ['k', 2]);
    expect(step.values).toEqual([
      [[1], [1]],
      [
        [1, 2],
        [1, 2],
      ],
    ]);
  });

  test('a call that is tried again starts from the state that was there before it', async () => {
    let calls = 0;
    const step = keyedStep(
      {
        state: { seen: combiningState(sum) },
        retry: { attempts: 3, backoff: 0 },
        async process(_, { state }) {
          state.seen.add(1);
          await null;
          if (++calls < 3) throw new Error('not yet');
          return [state.seen.read()];
        },
      },
      { codegen },
    );
    await step.elements(['k', 1]);
    expect([calls, step.values]).toEqual([3, [1]]);
  });

  test('with concurrency calls of different keys overlap, and those of one key follow each other', async () => {
    const log: string[] = [];
    let open = 0;
    let most = 0;
    const step = keyedStep(
      {
        state: { last: valueState<number>() },
        timers: { due: eventTimer() },
        concurrency: 4,
        async process({ key, value }, { state, timers }) {
          most = Math.max(most, ++open);
          const before = state.last.read();
          await turns(value % 3);
          // Nobody else has written meanwhile.
          expect(state.last.read()).toBe(before);
          state.last.write(value);
          timers.due.set(value, { tag: `${value}` });
          log.push(`${key}${value}`);
          open--;
        },
        onTimer: {
          async due({ key, tag, state }) {
            most = Math.max(most, ++open);
            await turns(Number(tag) % 2);
            log.push(`${key}:${tag}:${state.last.read()}`);
            open--;
          },
        },
      },
      { codegen },
    );
    const keys = ['a', 'b', 'c'];
    await step.elements(...[2, 1, 3].flatMap((n) => keys.map((key) => [key, n] as const)));
    const of = (key: string): string[] => log.filter((entry) => entry.startsWith(key)).map((entry) => entry.slice(1));
    expect(most).toBeGreaterThan(1);
    expect(keys.map(of)).toEqual(keys.map(() => ['2', '1', '3']));
    most = 0;
    await step.watermark(10);
    expect(most).toBeGreaterThan(1);
    expect(keys.map((key) => of(key).slice(3))).toEqual(keys.map(() => [':1:3', ':2:3', ':3:3']));
  });

  test('without concurrency one call ends before the next begins, of whatever key', async () => {
    const log: string[] = [];
    const step = keyedStep(
      {
        state: { last: valueState<number>() },
        async *process({ key }, { state }) {
          log.push(`${key} begins`);
          yield 1;
          await turns(1);
          state.last.write(1);
          yield 2;
          log.push(`${key} ends`);
        },
      },
      { codegen },
    );
    await step.elements(['a', 1], ['b', 1], ['a', 1]);
    expect(log).toEqual(['a', 'b', 'a'].flatMap((key) => [`${key} begins`, `${key} ends`]));
  });

  test('a generator keeps the state of its own key until its last output', async () => {
    const step = keyedStep(
      {
        state: { count: combiningState(sum) },
        *process({ key, value }, { state }) {
          for (let i = 0; i < value; i++) {
            state.count.add(1);
            yield key;
          }
          yield state.count.read();
        },
      },
      { codegen },
    );
    await step.elements(['a', 700], ['b', 1], ['a', 1]);
    expect(step.values.filter((value) => typeof value === 'number')).toEqual([700, 1, 701]);
  });

  test('an element in several windows is one call in each, and those that are over are dropped', async () => {
    const step = keyedStep(
      {
        state: { count: combiningState(sum) },
        process(_, { state, window }) {
          state.count.add(1);
          return [`${window.maxTimestamp} ${state.count.read()}`];
        },
      },
      { codegen, windowFn: slidingWindows({ size: 10, period: 5 }) },
    );
    await step.elements(['k', 1, 7]);
    await step.watermark(10);
    await step.elements(['k', 2, 7]);
    expect(step.values).toEqual(['14 1', '9 1', '14 2']);
    expect(step.late).toEqual([{ key: 'k', value: 2 }]);
  });

  test.each([
    ['is no pair', 5 as never, /keeps state or timers by key, and was given 5.*keyBy/],
    ['has no key', { value: 1 } as never, /which has none.*filter elements without a key/],
    ['has a key that can not group', { key: () => 1, value: 1 } as never, /its key can't keep anything: .*plain data/],
  ])('an element that %s is an error, or a dead letter', async (_what, element, message) => {
    const doFn = { state: cells, process: () => [] };
    const pass = async (options: object) => {
      const step = keyedStep({ ...doFn, ...options }, { codegen });
      await step.pass(element);
      return step;
    };
    await expect(pass({})).rejects.toMatchObject({ name: 'ElementError', step: 'Keep' });
    await expect(pass({})).rejects.toThrow(message);
    const { deadLetters } = await pass({ deadLetters: () => undefined });
    expect(deadLetters).toHaveLength(1);
    expect(deadLetters[0]?.error.message).toMatch(message);
  });

  test('elements come in order of time where that was asked for, with timers in their places', async () => {
    const log: string[] = [];
    const step = keyedStep(
      {
        requiresTimeSortedInput: true,
        timers: { due: eventTimer() },
        process({ key, value }, { timers, timestamp }) {
          log.push(`${key}${value}`);
          if (value === 1) timers.due.set(timestamp + 5);
        },
        onTimer: { due: ({ key, timestamp }) => void log.push(`${key} timer ${timestamp}`) },
      },
      { codegen },
    );
    await step.elements(['a', 3, 30], ['a', 1, 10], ['b', 2, 20], ['a', 2, 20], ['a', 2.5, 20]);
    expect([log, step.operator.hold()]).toEqual([[], 10]);
    await step.watermark(19);
    expect([log.splice(0), step.operator.hold()]).toEqual([['a1', 'a timer 15'], 20]);
    await step.elements(['a', 1.9, 19], ['a', 1.8, 18]);
    expect(step.late).toEqual([{ key: 'a', value: 1.8 }]);
    await step.watermark(25);
    expect(log.filter((entry) => entry.startsWith('a'))).toEqual(['a1.9', 'a2', 'a2.5']);
    await step.end();
    expect(log.at(-1)).toBe('a3');
  });

  test('elements that wait are let in one by one where their calls are async', async () => {
    const log: string[] = [];
    const step = keyedStep(
      {
        requiresTimeSortedInput: true,
        concurrency: 8,
        async process({ key, value }) {
          await turns(2 - (value % 3));
          log.push(`${key}${value}`);
        },
      },
      { codegen, windowFn: fixedWindows({ size: 100 }), allowedLateness: 50 },
    );
    await step.elements(...[4, 3, 2, 1, 0].flatMap((n) => [['a', n, n] as const, ['b', n, n] as const]));
    await step.watermark(50);
    expect(log.filter((entry) => entry.startsWith('a'))).toEqual(['a0']);
    await step.end();
    expect(log.filter((entry) => entry.startsWith('b'))).toEqual(['b0', 'b1', 'b2', 'b3', 'b4']);
    expect(step.late).toEqual([]);
  });
});
