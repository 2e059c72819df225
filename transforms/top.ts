import type { CombineFn } from '../model/index.ts';
import { atLeastOne } from './at-least-one.ts';
import { offer } from './bounded-heap.ts';
import { type Comparable, type Comparator, naturalOrder, totalOrder } from './natural-order.ts';

/**
 * A combiner: the `n` greatest inputs, the greatest first; fewer where there are not as many.
 *
 * Without `compare` inputs are numbers, texts, bigints, booleans or dates. Inputs that compare equal are put in order by
 * their canonical bytes, so the result never depends on which came first. Only `n` inputs are held at a time. Use it
 * with `combineGlobally` or `combinePerKey`.
 *
 * @throws PipelineError if `n` is not a whole number of 1 or more.
 * @example
 * import { create, kv, largest, Pipeline } from 'viga';
 * import { directRunner } from 'viga/runners/direct';
 * import { assertThat } from 'viga/testing';
 * const p = new Pipeline();
 * const scores = p.apply(create([kv('ana', 7), kv('ana', 9), kv('ana', 8)]));
 * assertThat(scores.combinePerKey(largest(2))).containsInAnyOrder([kv('ana', [9, 8])]);
 * const longest = p.apply(create(['to', 'question'])).combineGlobally(largest(1, (a, b) => a.length - b.length));
 * assertThat(longest).containsInAnyOrder([['question']]);
 * await p.run(directRunner());
 */
export function largest<T extends Comparable>(n: number): CombineFn<T, T[], readonly T[]>;
export function largest<T>(n: number, compare: Comparator<T>): CombineFn<T, T[], readonly T[]>;
// Without a comparator T is Comparable: the first signature says so.
export function largest<T>(
  n: number,
  compare: Comparator<T> = naturalOrder as Comparator<unknown>,
): CombineFn<T, T[], readonly T[]> {
  atLeastOne('largest', 'n', n, 'largest(10)');
  return greatest('largest', n, totalOrder(compare));
}

/**
 * A combiner: the `n` least inputs, the least first; otherwise like {@link largest}.
 *
 * @throws PipelineError if `n` is not a whole number of 1 or more.
 * @example
 * import { create, Pipeline, smallest } from 'viga';
 * import { directRunner } from 'viga/runners/direct';
 * import { assertThat } from 'viga/testing';
 * const p = new Pipeline();
 * assertThat(p.apply(create([3, 1, 2])).combineGlobally(smallest(2))).containsInAnyOrder([[1, 2]]);
 * await p.run(directRunner());
 */
export function smallest<T extends Comparable>(n: number): CombineFn<T, T[], readonly T[]>;
export function smallest<T>(n: number, compare: Comparator<T>): CombineFn<T, T[], readonly T[]>;
// As above: without a comparator T is Comparable.
export function smallest<T>(
  n: number,
  compare: Comparator<T> = naturalOrder as Comparator<unknown>,
): CombineFn<T, T[], readonly T[]> {
  atLeastOne('smallest', 'n', n, 'smallest(10)');
  const order = totalOrder(compare);
  return greatest('smallest', n, (a, b) => order(b, a));
}

function greatest<T>(name: string, n: number, order: Comparator<T>): CombineFn<T, T[], readonly T[]> {
  return {
    name,
    createAccumulator: () => [],
    addInput(heap, input) {
      offer(heap, input, n, order);
      return heap;
    },
    mergeAccumulators(heaps) {
      const all: T[] = [];
      for (const heap of heaps) for (const value of heap) offer(all, value, n, order);
      return all;
    },
    extractOutput: (heap) => heap.toSorted((a, b) => order(b, a)),
  };
}
