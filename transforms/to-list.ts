import type { CombineFn } from '../model/index.ts';

/**
 * A combiner: all inputs in one array, in no order.
 *
 * The array is held in memory. Where it may be large, group by key and iterate, or use `asIterable` as a side input.
 *
 * @example
 * import { create, Pipeline, toList } from 'viga';
 * import { directRunner } from 'viga/runners/direct';
 * import { assertThat } from 'viga/testing';
 * const p = new Pipeline();
 * const list = p.apply(create([2, 1])).combineGlobally(toList());
 * assertThat(list.map((numbers) => numbers.toSorted((a, b) => a - b))).containsInAnyOrder([[1, 2]]);
 * await p.run(directRunner());
 */
export const toList = <T>(): CombineFn<T, T[], readonly T[]> => ({
  name: 'toList',
  createAccumulator: () => [],
  addInput(list, input) {
    list.push(input);
    return list;
  },
  mergeAccumulators(lists) {
    const all: T[] = [];
    for (const list of lists) for (const value of list) all.push(value);
    return all;
  },
  // A copy: an accumulating window goes on adding to the accumulator.
  extractOutput: (list) => [...list],
});
