import type { CombineFn, KV, PCollection, PTransform } from '../model/index.ts';
import { ptransform } from '../model/index.ts';

/**
 * Combines the values that a grouping put together.
 *
 * For values that have not been grouped, `combinePerKey` is much cheaper: it never holds them.
 *
 * @example
 * import { combineGroupedValues, create, kv, Pipeline, sum } from 'viga';
 * import { directRunner } from 'viga/runners/direct';
 * import { assertThat } from 'viga/testing';
 * const p = new Pipeline();
 * const groups = p.apply(create([kv('a', 1), kv('a', 2)])).groupByKey();
 * assertThat(groups.apply(combineGroupedValues(sum))).containsInAnyOrder([kv('a', 3)]);
 * await p.run(directRunner());
 */
export const combineGroupedValues = <K, V, A, O>(
  fn: CombineFn<V, A, O>,
): PTransform<PCollection<KV<K, Iterable<V>>>, PCollection<KV<K, O>>> =>
  ptransform(`CombineGroupedValues(${fn.name})`, (input) =>
    input.mapValues(
      (values) => {
        let accumulator = fn.createAccumulator();
        for (const value of values) accumulator = fn.addInput(accumulator, value);
        return fn.extractOutput(accumulator);
      },
      { name: 'Combine' },
    ),
  );
