import { showValue, type KV, kv, type PCollection, type PTransform, ptransform } from '../model/index.ts';

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
    input.flatMap(({ key, value }) => Array.from(iterable(fn(value, key)), (one) => kv(key, one)), { name: 'Values' }),
  );

/** Of what is no iterable, a promise for one, Array.from would make nothing without a word. */
function iterable<U>(values: Iterable<U>): Iterable<U> {
  if (typeof Object(values)[Symbol.iterator] === 'function') return values;
  throw new TypeError(
    `its function returned ${showValue(values)}, which can't be iterated. What it returns are the values for one. Return an array, [] for none, synchronously.`,
  );
}
