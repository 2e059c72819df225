import { count, type KV, type PCollection, type PTransform, ptransform } from '../model/index.ts';

/**
 * Counts how often each element occurs, per window.
 *
 * Elements are equal as keys are: by content. To count all elements call `combineGlobally(count)`, to count the values of
 * each key `combinePerKey(count)`.
 *
 * @example
 * import { countPerElement, create, kv, Pipeline } from 'viga';
 * import { directRunner } from 'viga/runners/direct';
 * import { assertThat } from 'viga/testing';
 * const p = new Pipeline();
 * const counts = p.apply(create(['to', 'be', 'to'])).apply(countPerElement());
 * assertThat(counts).containsInAnyOrder([kv('to', 2), kv('be', 1)]);
 * await p.run(directRunner());
 */
export const countPerElement = <T>(): PTransform<PCollection<T>, PCollection<KV<T, number>>> =>
  ptransform('CountPerElement', (input) =>
    input.keyBy((element) => element, { name: 'Key' }).combinePerKey(count, { name: 'Count' }),
  );

/**
 * Counts all elements; an empty collection in the global window gives 0.
 *
 * In other windows there is one count for each window that has elements.
 *
 * @example
 * import { countGlobally, create, Pipeline } from 'viga';
 * import { directRunner } from 'viga/runners/direct';
 * import { assertThat } from 'viga/testing';
 * const p = new Pipeline();
 * assertThat(p.apply(create(['a', 'b'])).apply(countGlobally())).containsInAnyOrder([2]);
 * await p.run(directRunner());
 */
export const countGlobally = (): PTransform<PCollection<unknown>, PCollection<number>> =>
  ptransform('CountGlobally', (input) =>
    input.combineGlobally(count, { name: 'Count', withoutDefaults: input.windowing.windowFn.spec.kind !== 'global' }),
  );

/**
 * Counts the values of each key, per window.
 *
 * @example
 * import { countPerKey, create, kv, Pipeline } from 'viga';
 * import { directRunner } from 'viga/runners/direct';
 * import { assertThat } from 'viga/testing';
 * const p = new Pipeline();
 * const visits = p.apply(create([kv('ana', '/'), kv('ana', '/about')])).apply(countPerKey());
 * assertThat(visits).containsInAnyOrder([kv('ana', 2)]);
 * await p.run(directRunner());
 */
export const countPerKey = <K>(): PTransform<PCollection<KV<K, unknown>>, PCollection<KV<K, number>>> =>
  ptransform('CountPerKey', (input) => input.combinePerKey(count, { name: 'Count' }));
