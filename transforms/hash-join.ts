import { asMultimap, type KV, kv, type PCollection, type PTransform, ptransform } from '../model/index.ts';

/**
 * Joins a large keyed collection with a small one that fits into memory: the large one is not shuffled.
 *
 * A pair for each combination of a left and a right value with the same key. `small` is a side input, so its windows need
 * not be the same: an element sees the window that holds the end of its own. Timestamp, windows and pane of the left element
 * are kept.
 *
 * @throws PipelineError if the small collection has merging windows, as sessions.
 * @example
 * import { create, innerHashJoin, kv, Pipeline } from 'viga';
 * import { directRunner } from 'viga/runners/direct';
 * import { assertThat } from 'viga/testing';
 * const p = new Pipeline();
 * const orders = p.apply(create([kv('es', 20), kv('xx', 5)]), { name: 'Orders' });
 * const countries = p.apply(create([kv('es', 'Spain'), kv('pt', 'Portugal')]), { name: 'Countries' });
 * assertThat(orders.apply(innerHashJoin(countries))).containsInAnyOrder([kv('es', [20, 'Spain'])]);
 * await p.run(directRunner());
 */
export const innerHashJoin = <K, L, R>(
  small: PCollection<KV<K, R>>,
): PTransform<PCollection<KV<K, L>>, PCollection<KV<K, readonly [left: L, right: R]>>> =>
  ptransform('InnerHashJoin', (input) => lookUp(input, small, []));

/**
 * Joins like {@link innerHashJoin} and keeps left values without partner: their right value is null.
 *
 * @example
 * import { create, kv, leftHashJoin, Pipeline } from 'viga';
 * import { directRunner } from 'viga/runners/direct';
 * import { assertThat } from 'viga/testing';
 * const p = new Pipeline();
 * const orders = p.apply(create([kv('es', 20), kv('xx', 5)]), { name: 'Orders' });
 * const countries = p.apply(create([kv('es', 'Spain')]), { name: 'Countries' });
 * assertThat(orders.apply(leftHashJoin(countries))).containsInAnyOrder([kv('es', [20, 'Spain']), kv('xx', [5, null])]);
 * await p.run(directRunner());
 */
export const leftHashJoin = <K, L, R>(
  small: PCollection<KV<K, R>>,
): PTransform<PCollection<KV<K, L>>, PCollection<KV<K, readonly [left: L, right: R | null]>>> =>
  ptransform('LeftHashJoin', (input) => lookUp(input, small, [null]));

const lookUp = <K, L, R, N>(
  input: PCollection<KV<K, L>>,
  small: PCollection<KV<K, R>>,
  ofNone: readonly N[],
): PCollection<KV<K, readonly [L, R | N]>> =>
  input.flatMap(
    ({ key, value }, { sideInputs }) => {
      const found: readonly (R | N)[] = sideInputs.small.get(key);
      return (found.length === 0 ? ofNone : found).map((right) => kv(key, [value, right] as const));
    },
    { name: 'LookUp', sideInputs: { small: asMultimap(small) } },
  );
