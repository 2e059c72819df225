import { describe, expect, test } from 'vitest';
import {
  asList,
  asMap,
  asSingleton,
  type CombineFn,
  ConnectorError,
  counter,
  customWindows,
  type CustomWindowsSpec,
  ElementError,
  fixedWindows,
  interval,
  type IntervalWindow,
  kv,
  type OffsetRange,
  OffsetTracker,
  OptionsError,
  outputAt,
  type PCollection,
  Pipeline,
  read,
  slidingWindows,
  type Source,
} from '../../../model/index.ts';
import { create } from '../../../transforms/index.ts';
import { bothPaths } from '../../helpers/runners.ts';

const numbers = (p: Pipeline): PCollection<number> => p.apply(create([1, 2], { timestamps: [3, 12], name: 'In' }));
const side = <T>(p: Pipeline, elements: readonly T[]): PCollection<T> => p.apply(create(elements, { name: 'Side' }));

const adder: CombineFn<number, number, number> = {
  name: 'adder',
  createAccumulator: () => 0,
  addInput: (a, n) => a + n,
  mergeAccumulators: (all) => [...all].reduce((a, b) => a + b, 0),
  extractOutput: (a) => a,
};
// Async, which the types refuse.
const later = (async () => 1) as never;

const failures: readonly (readonly [what: string, build: (p: Pipeline) => unknown, message: RegExp])[] = [
  ['an async addInput', (p) => numbers(p).combineGlobally({ ...adder, addInput: later }), /adder\): .*promise.*sync/],
  [
    'an async createAccumulator',
    (p) => numbers(p).combineGlobally({ ...adder, createAccumulator: later }),
    /adder\): .*promise.*sync/,
  ],
  [
    'an async extractOutput',
    (p) => numbers(p).combineGlobally({ ...adder, extractOutput: later }),
    /adder\): .*promise.*sync/,
  ],
  [
    'an async extractOutput of nothing',
    (p) => p.apply(create<number>([])).combineGlobally({ ...adder, extractOutput: later }),
    /DefaultIfEmpty: .*promise.*sync/,
  ],
  [
    'outputs that are none',
    (p) => numbers(p).flatMap(() => 5 as never, { name: 'F' }),
    /^F: its function returned 5, /,
  ],
  ['what is thrown and no error', (p) => throwing(p, { code: 5 }), /^T: \{"code":5\}$/],
  [
    'a window without an end',
    (p) => numbers(p).windowInto(customWindows({ name: 'W', assign: () => [{} as never] })),
    /^WindowInto\(W\): the window function W gave a window whose maxTimestamp is undefined\./,
  ],
  [
    'an interval of nothing',
    (p) => numbers(p).windowInto(customWindows({ name: 'W', assign: () => [interval(Number.NaN, 1 / 0)] })),
    /^WindowInto\(W\): .* maxTimestamp is Infinity/,
  ],
  [
    'a merge that gives no list',
    (p) => merging(p, (async () => []) as never),
    /^CombinePerKey\(adder\): merge of the window function W gave \[promise\]\./,
  ],
  [
    'a merge that gives a window without an end',
    (p) => merging(p, (merged) => [{ merged, result: {} as never }]),
    /^CombinePerKey\(adder\): merge of the window function W gave \[\{"merged"/,
  ],
  [
    'a merge that throws',
    (p) => merging(p, () => JSON.parse('{')),
    /^CombinePerKey\(adder\): merge of the window function W failed: .* Mend what it throws\.$/,
  ],
  [
    'an output at no time',
    (p) => numbers(p).parDo({ name: 'P', process: (n) => [outputAt(n, Number.NaN)] }),
    /^P: an output has the timestamp NaN\. Event time/,
  ],
  [
    'an output beyond time',
    (p) => numbers(p).parDo({ name: 'P', process: (n) => [outputAt(n, 1e20)] }),
    /^P: an output has the timestamp 100000000000000000000\. Event time/,
  ],
  [
    'two singletons',
    (p) =>
      numbers(p).map((_, { sideInputs }) => sideInputs.s, {
        name: 'M',
        sideInputs: { s: asSingleton(side(p, [1, 2])) },
      }),
    /^M: the side input 's' has 2 elements/,
  ],
  [
    'a key twice in a map',
    (p) =>
      numbers(p).map((_, { sideInputs }) => sideInputs.s.size, {
        name: 'M',
        sideInputs: { s: asMap(side(p, [kv('a', 1), kv('b', 1), kv('b', 2)])) },
      }),
    /^M: the side input 's' has the key "b" more than once/,
  ],
  [
    'a side input whose windows depend on its elements',
    (p) => {
      const byElement = customWindows({ name: 'Own', assign: (_, n: number) => [interval(n, n.valueOf() + 1)] });
      const own = asList(side(p, [1]).windowInto(byElement));
      numbers(p).map((_, { sideInputs }) => sideInputs.s, { name: 'M', sideInputs: { s: own } });
    },
    /^M: the side input 's' is in windows that Own makes from its elements.*Re-window it/,
  ],
];

function merging(p: Pipeline, merge: CustomWindowsSpec<IntervalWindow, unknown>['merge'] & object): void {
  numbers(p)
    .windowInto(customWindows({ name: 'W', assign: (at) => [interval(at, at + 100)], merge }))
    .keyBy(() => 'key')
    .combinePerKey(adder);
}

function throwing(p: Pipeline, what: unknown): void {
  numbers(p).map(
    () => {
      throw what;
    },
    { name: 'T' },
  );
}

describe.each(bothPaths)('$path', ({ runner }) => {
  test.each(failures)('%s: the error says so', async (_, build, message) => {
    const p = new Pipeline();
    build(p);
    const error = await p.run(runner()).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ElementError);
    expect((error as Error).message).toMatch(message);
  });

  test.each(['512MB', Number.NaN, 0])('a memory limit of %s is refused', async (memoryLimit) => {
    const p = new Pipeline();
    numbers(p);
    const running = p.run(runner({ memoryLimit: memoryLimit as number }));
    await expect(running).rejects.toThrow(OptionsError);
    await expect(running).rejects.toThrow(/^memoryLimit is .*Pass a number/);
  });

  test.each([undefined, { seed: 1, bundleSizes: true, encode: true, mutation: true, permute: true }])(
    'a DoFn may be an object of a class: %o',
    async (strict) => {
      class Numbered {
        readonly name = 'Numbered';
        readonly calls: string[] = [];
        #last = 0;
        setup(): string {
          this.#last = 10;
          return 'open';
        }
        startBundle(): void {
          this.calls.push('start');
        }
        process(n: number, { resource }: { readonly resource: string }): string[] {
          return [`${resource} ${n + this.#last}`];
        }
        finishBundle(): void {
          this.calls.push('finish');
        }
        teardown(): void {
          this.calls.push(`teardown ${this.#last}`);
        }
      }
      const numbered = new Numbered();
      const p = new Pipeline();
      const seen: string[] = [];
      numbers(p)
        .parDo(numbered)
        .map((text) => void seen.push(text));
      await p.run(runner(strict === undefined ? {} : { strict }));
      expect(seen.toSorted()).toEqual(['open 11', 'open 12']);
      expect(new Set(numbered.calls)).toEqual(new Set(['start', 'finish', 'teardown 10']));
    },
  );

  test.each([
    [
      'a timestamp that is none',
      { values: [1], timestamps: Number.NaN },
      /^Odd\/Read: its reader gave the timestamp NaN/,
    ],
    ['one among many', { values: [1, 2], timestamps: Float64Array.of(1, 1e20) }, /gave the timestamp 1000000000/],
    ['values that are none', { values: 5 as never }, /^Odd\/Read: its reader gave 5 for values\./],
  ])('a reader that gives %s: the error says so', async (_, batch, message) => {
    const p = new Pipeline();
    const odd: Source<number, OffsetRange, number> = {
      kind: 'source',
      name: 'Odd',
      initialRestriction: () => ({ from: 0, to: 1 }),
      createTracker: (range) => new OffsetTracker(range),
      async read(_element, tracker, output) {
        if (tracker.tryClaim(0)) await output.emit(batch);
        return undefined;
      },
    };
    p.apply(read(odd));
    await expect(p.run(runner())).rejects.toThrow(ConnectorError);
    await expect(p.run(runner())).rejects.toThrow(message);
  });

  test('a reader that never ends, of a step that is said to end, is refused before anything is read', async () => {
    const p = new Pipeline();
    const endless: Source<number, OffsetRange, number> = {
      kind: 'source',
      name: 'Endless',
      initialRestriction: () => ({ from: 0, to: Number.MAX_SAFE_INTEGER }),
      isBounded: () => false,
      createTracker: (range) => new OffsetTracker(range),
      read: () => expect.fail('it is not read'),
    };
    p.apply(read(endless));
    await expect(p.run(runner())).rejects.toThrow(
      /^Endless\/Read: what it reads never ends, though the step says that it does\. .*Give isBounded: false/,
    );
  });

  test('metrics of a step that is not there are asked for in vain', async () => {
    const p = new Pipeline();
    const seen = counter('test', 'seen');
    numbers(p).map(() => seen.inc(), { name: 'See' });
    const result = await p.run(runner());
    expect(result.metric(seen, 'See').committed).toBe(2);
    expect(() => result.metric(seen, 'Sea')).toThrow(/^Sea: the pipeline has no such step\..*"See"/);
  });

  test('elements between two sliding windows are in none, and are lost', async () => {
    const p = new Pipeline();
    const seen: number[] = [];
    numbers(p)
      .windowInto(slidingWindows({ size: 5, period: 10 }))
      .map((n) => void seen.push(n));
    await p.run(runner());
    expect(seen).toEqual([1, 2]);
    const q = new Pipeline();
    q.apply(create([1, 2, 3], { timestamps: [3, 7, 12] }))
      .windowInto(slidingWindows({ size: 5, period: 10 }))
      .map((n) => void seen.push(n * 10));
    await q.run(runner());
    expect(seen).toEqual([1, 2, 10, 30]);
  });

  test('a function that takes the rest of its parameters is given the context', async () => {
    const p = new Pipeline();
    const seen: unknown[] = [];
    // Parameters of the rest are not counted by the length of a function.
    const wrapped =
      <A extends unknown[], R>(fn: (...args: A) => R) =>
      (...args: A): R =>
        fn(...args);
    numbers(p)
      .windowInto(fixedWindows({ size: 10 }))
      .map(
        wrapped((n: number, { window }: { window: { maxTimestamp: number } }) => seen.push([n, window.maxTimestamp])),
      );
    await p.run(runner());
    expect(seen).toEqual([
      [1, 9],
      [2, 19],
    ]);
  });
});
