import { type KV, kv, type PCollection, type PTransform, ptransform } from '../model/index.ts';

/**
 * Makes the value of each key-value pair its key, and the key its value. Timestamp, windows and pane are kept.
 *
 * @example
 * import { create, kv, Pipeline, swap } from 'viga';
 * import { directRunner } from 'viga/runners/direct';
 * import { assertThat } from 'viga/testing';
 * const p = new Pipeline();
 * assertThat(p.apply(create([kv('a', 1)])).apply(swap())).containsInAnyOrder([kv(1, 'a')]);
 * await p.run(directRunner());
 */
export const swap = <K, V>(): PTransform<PCollection<KV<K, V>>, PCollection<KV<V, K>>> =>
  ptransform('Swap', (input) => input.map((pair) => kv(pair.value, pair.key), { name: 'Pair' }));
