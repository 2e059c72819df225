import { type KV, type PCollection, type PTransform, ptransform } from '../model/index.ts';

/**
 * The key of each key-value pair. Timestamp, windows and pane are kept.
 *
 * @example
 * import { create, keys, kv, Pipeline } from 'viga';
 * import { directRunner } from 'viga/runners/direct';
 * import { assertThat } from 'viga/testing';
 * const p = new Pipeline();
 * assertThat(p.apply(create([kv('a', 1), kv('b', 2)])).apply(keys())).containsInAnyOrder(['a', 'b']);
 * await p.run(directRunner());
 */
export const keys = <K>(): PTransform<PCollection<KV<K, unknown>>, PCollection<K>> =>
  ptransform('Keys', (input) => input.map((pair) => pair.key, { name: 'Key' }));
