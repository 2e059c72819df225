import { type KV, type PCollection, type PTransform, ptransform } from '../model/index.ts';

/**
 * The value of each key-value pair. Timestamp, windows and pane are kept.
 *
 * @example
 * import { create, kv, Pipeline, values } from 'viga';
 * import { directRunner } from 'viga/runners/direct';
 * import { assertThat } from 'viga/testing';
 * const p = new Pipeline();
 * assertThat(p.apply(create([kv('a', 1), kv('b', 2)])).apply(values())).containsInAnyOrder([1, 2]);
 * await p.run(directRunner());
 */
export const values = <V>(): PTransform<PCollection<KV<unknown, V>>, PCollection<V>> =>
  ptransform('Values', (input) => input.map((pair) => pair.value, { name: 'Value' }));
