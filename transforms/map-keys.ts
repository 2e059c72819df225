import { type KV, kv, type PCollection, type PTransform, ptransform } from '../model/index.ts';

/**
 * Turns the key of each key-value pair into another; the value stays. Timestamp, windows and pane are kept.
 *
 * For values there is the method `mapValues`.
 *
 * @example
 * import { create, kv, mapKeys, Pipeline } from 'viga';
 * import { directRunner } from 'viga/runners/direct';
 * import { assertThat } from 'viga/testing';
 * const p = new Pipeline();
 * const upper = p.apply(create([kv('a', 1)])).apply(mapKeys((key) => key.toUpperCase()));
 * assertThat(upper).containsInAnyOrder([kv('A', 1)]);
 * await p.run(directRunner());
 */
export const mapKeys = <K, V, L>(
  fn: (key: K, value: V) => L,
): PTransform<PCollection<KV<K, V>>, PCollection<KV<L, V>>> =>
  ptransform('MapKeys', (input) => input.map((pair) => kv(fn(pair.key, pair.value), pair.value), { name: 'Key' }));
