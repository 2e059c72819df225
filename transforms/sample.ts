import { type CombineFn, hashKey } from '../model/index.ts';
import { atLeastOne } from './at-least-one.ts';
import { offer } from './bounded-heap.ts';

/** What {@link sample} can be asked for. */
export interface SampleOptions<in T> {
  /** Another seed gives another sample. Default 0. */
  readonly seed?: number;
  /**
   * What tells elements apart, an id for example: the sample is then a function of the ids and the seed alone, the same on
   * every runner and in any order.
   */
  readonly by?: (element: T) => unknown;
}

/** An element with the number it was drawn for. */
interface Draw<out T> {
  readonly priority: number;
  readonly value: T;
}

/** What a sample is made of so far; `history` is a hash of all inputs of this accumulator. */
export interface SampleAccumulator<T> {
  history: number;
  readonly draws: Draw<T>[];
}

/**
 * A combiner: a random sample of `n` inputs without replacement, each with the same chance; all where there are not as many.
 *
 * Each input gets a number, a hash of its content, of the seed, and of the inputs before it; the `n` least are the sample.
 * So a run that gets the same elements in the same order gives the same sample, and equal elements are drawn apart. With
 * `by` the order does not matter, and elements with equal ids are taken or left together.
 *
 * Source: bottom-k sampling; E. Cohen and H. Kaplan, "Summarizing data using bottom-k sketches", PODC 2007.
 *
 * @throws PipelineError if `n` is not a whole number of 1 or more.
 * @example
 * import { create, Pipeline, sample } from 'viga';
 * import { directRunner } from 'viga/runners/direct';
 * import { assertThat } from 'viga/testing';
 * const p = new Pipeline();
 * const three = p.apply(create([1, 2, 3, 4, 5])).combineGlobally(sample(3, { seed: 42 }));
 * assertThat(three.map((numbers) => new Set(numbers).size)).containsInAnyOrder([3]);
 * await p.run(directRunner());
 */
export function sample<T>(n: number, options: SampleOptions<T> = {}): CombineFn<T, SampleAccumulator<T>, readonly T[]> {
  atLeastOne('sample', 'n', n, 'sample(100)');
  const { seed = 0, by } = options;
  const start = hashKey(seed);
  const take = (draws: Draw<T>[], draw: Draw<T>): void => offer(draws, draw, n, byPriority);
  return {
    name: 'sample',
    createAccumulator: () => ({ history: start, draws: [] }),
    addInput(accumulator, value) {
      const base = by === undefined ? accumulator.history : start;
      const identity = by === undefined ? value : by(value);
      // Undefined can't be a key; as an element it is one like any other.
      const priority = hashKey((base ^ (identity === undefined ? 1 : hashKey(identity))) | 0);
      accumulator.history = priority;
      take(accumulator.draws, { priority, value });
      return accumulator;
    },
    mergeAccumulators(accumulators) {
      const all: SampleAccumulator<T> = { history: start, draws: [] };
      for (const { history, draws } of accumulators) {
        all.history = hashKey((all.history ^ history) | 0);
        for (const draw of draws) take(all.draws, draw);
      }
      return all;
    },
    extractOutput: ({ draws }) => draws.toSorted((a, b) => byPriority(b, a)).map(({ value }) => value),
  };
}

// The heap keeps the greatest, so the least priority counts as the greatest.
const byPriority = (a: Draw<unknown>, b: Draw<unknown>): number => b.priority - a.priority;

/**
 * A combiner: any `n` inputs, whichever come first; cheaper than a random {@link sample}, and biased.
 *
 * @throws PipelineError if `n` is not a whole number of 1 or more.
 * @example
 * import { create, Pipeline, sampleAny } from 'viga';
 * import { directRunner } from 'viga/runners/direct';
 * import { assertThat } from 'viga/testing';
 * const p = new Pipeline();
 * const two = p.apply(create(['a', 'b', 'c'])).combineGlobally(sampleAny(2));
 * assertThat(two.map((letters) => letters.length)).containsInAnyOrder([2]);
 * await p.run(directRunner());
 */
export function sampleAny<T>(n: number): CombineFn<T, T[], readonly T[]> {
  atLeastOne('sampleAny', 'n', n, 'sampleAny(10)');
  return {
    name: 'sampleAny',
    createAccumulator: () => [],
    addInput(kept, input) {
      if (kept.length < n) kept.push(input);
      return kept;
    },
    mergeAccumulators(accumulators) {
      const all: T[] = [];
      for (const kept of accumulators) all.push(...kept.slice(0, n - all.length));
      return all;
    },
    extractOutput: (kept) => [...kept],
  };
}
