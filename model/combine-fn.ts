import type { Coder } from './coder.ts';

/**
 * How many inputs become one output, step by step, so that parts can be combined before they meet.
 *
 * `addInput` and `mergeAccumulators` may change the accumulator they are given first and return it. `extractOutput` may
 * change its accumulator too, and give it out, or a part of it: where an accumulator is to be added to afterwards (panes that
 * accumulate, a combining state), it gets a copy, made by `accumulatorCoder` or as plain data. Only what can't be written so,
 * an instance of a class say, it gets itself. All functions are sync. The order of inputs and merges must not change the output
 * (Beam model, "Combine").
 */
export interface CombineFn<in I, A, out O> {
  readonly name: string;
  readonly createAccumulator: () => A;
  readonly addInput: (accumulator: A, input: I) => A;
  readonly mergeAccumulators: (accumulators: Iterable<A>) => A;
  readonly extractOutput: (accumulator: A) => O;
  /** Makes an accumulator smaller before it is stored or sent. */
  readonly compact?: ((accumulator: A) => A) | undefined;
  readonly accumulatorCoder?: Coder<A> | undefined;
}

/** The combiner of two values that is associative and commutative: all that many aggregations need. */
function fold<I, A>(name: string, zero: A, add: (a: A, input: I) => A, merge: (a: A, b: A) => A): CombineFn<I, A, A> {
  return {
    name,
    createAccumulator: () => zero,
    addInput: add,
    mergeAccumulators(accumulators) {
      let all = zero;
      for (const accumulator of accumulators) all = merge(all, accumulator);
      return all;
    },
    extractOutput: (accumulator) => accumulator,
  };
}

/**
 * The sum of numbers; 0 of none.
 *
 * @example
 * import { Pipeline, create, sum } from 'viga';
 * import { assertThat } from 'viga/testing';
 * import { directRunner } from 'viga/runners/direct';
 * const p = new Pipeline();
 * assertThat(p.apply(create([1, 2, 3])).combineGlobally(sum)).containsInAnyOrder([6]);
 * await p.run(directRunner());
 */
export const sum: CombineFn<number, number, number> = fold(
  'sum',
  0,
  (a, b: number) => a + b,
  (a, b) => a + b,
);

/** The sum of bigints, exact at any size; 0n of none. */
export const sumBigint: CombineFn<bigint, bigint, bigint> = fold(
  'sumBigint',
  0n,
  (a, b: bigint) => a + b,
  (a, b) => a + b,
);

/** How many inputs there are. */
export const count: CombineFn<unknown, number, number> = fold(
  'count',
  0,
  (a, _input: unknown) => a + 1,
  (a, b) => a + b,
);

// Of two, not of any number: given to `reduce`, Math.min would compare the index and the array as well.
const smaller = (a: number, b: number): number => Math.min(a, b);
const larger = (a: number, b: number): number => Math.max(a, b);

/** The smallest number; `Infinity` of none. NaN among the inputs gives NaN. */
export const min: CombineFn<number, number, number> = fold('min', Number.POSITIVE_INFINITY, smaller, smaller);

/** The largest number; `-Infinity` of none. NaN among the inputs gives NaN. */
export const max: CombineFn<number, number, number> = fold('max', Number.NEGATIVE_INFINITY, larger, larger);

/** The sum and the number of inputs that a mean is made of. */
export interface MeanAccumulator {
  sum: number;
  count: number;
}

/** The arithmetic mean; NaN of none. */
export const mean: CombineFn<number, MeanAccumulator, number> = {
  name: 'mean',
  createAccumulator: () => ({ sum: 0, count: 0 }),
  addInput(accumulator, input) {
    accumulator.sum += input;
    accumulator.count++;
    return accumulator;
  },
  mergeAccumulators(accumulators) {
    const all = { sum: 0, count: 0 };
    for (const { sum, count } of accumulators) {
      all.sum += sum;
      all.count += count;
    }
    return all;
  },
  extractOutput: ({ sum, count }) => sum / count,
};
