import { type KV, kv, type PCollection, type PTransform, ptransform } from '../model/index.ts';

/**
 * Turns the value of each key-value pair into any number of others, each under the same key.
 *
 * Timestamp, windows and pane are kept.
 *
 * @example
 * import { create, flatMapValues, kv, Pipeline } from 'viga';
 * import { directRunner } from 'viga/runners/direct';
 * import { assertThat } from 'viga/testing';
 * const p = new Pipeline();
 * const letters = p.apply(create([kv(1, 'ab'), kv(2, '')])).apply(flatMapValues((word) => [...word]));
 * assertThat(letters).containsInAnyOrder([kv(1, 'a'), kv(1, 'b')]);
 * await p.run(directRunner());
 */
export const flatMapValues = <K, V, U>(
  fn: (value: V, key: K) => Iterable<U>,
): PTransform<PCollection<KV<K, V>>, PCollection<KV<K, U>>> =>
  ptransform('FlatMapValues', (input) =>
    input.flatMap(({ key, value }) => Array.from(fn(value, key), (one) => kv(key, one)), { name: 'Values' }),
  );
