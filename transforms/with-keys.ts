import { type KV, type PCollection, type PTransform, ptransform } from '../model/index.ts';

/**
 * Gives all elements the same key, or each the one that a function computes, as `keyBy` does.
 *
 * All values of one key are grouped in one place, so a constant key is for small collections.
 *
 * @example
 * import { create, kv, Pipeline, withKeys } from 'viga';
 * import { directRunner } from 'viga/runners/direct';
 * import { assertThat } from 'viga/testing';
 * const p = new Pipeline();
 * const words = p.apply(create(['to', 'not']));
 * assertThat(words.apply(withKeys('all'))).containsInAnyOrder([kv('all', 'to'), kv('all', 'not')]);
 * assertThat(words.apply(withKeys((word) => word.length))).containsInAnyOrder([kv(2, 'to'), kv(3, 'not')]);
 * await p.run(directRunner());
 */
export function withKeys<T, K>(key: (element: T) => K): PTransform<PCollection<T>, PCollection<KV<K, T>>>;
export function withKeys<T, const K>(key: K): PTransform<PCollection<T>, PCollection<KV<K, T>>>;
export function withKeys<T, K>(key: K | ((element: T) => K)): PTransform<PCollection<T>, PCollection<KV<K, T>>> {
  // A function can't be a key, so it is never meant as one.
  const keyOf = typeof key === 'function' ? (key as (element: T) => K) : () => key;
  return ptransform('WithKeys', (input) => input.keyBy(keyOf, { name: 'Key' }));
}
