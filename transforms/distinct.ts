import { type CombineFn, type PCollection, type PTransform, ptransform } from '../model/index.ts';

/** Keeps one of its inputs, whichever comes first. */
function anyOne<T>(): CombineFn<T, readonly T[], T> {
  const none: readonly T[] = [];
  return {
    name: 'anyOne',
    createAccumulator: () => none,
    addInput: (kept, input) => (kept.length === 0 ? [input] : kept),
    mergeAccumulators(accumulators) {
      for (const kept of accumulators) if (kept.length > 0) return kept;
      return none;
    },
    // Outputs are made per key, and a key has at least one value.
    extractOutput: (kept) => kept[0] as T,
  };
}

/**
 * Keeps one of each kind of equal elements, per window.
 *
 * Elements are equal as keys are: by content, whatever the order of fields. The output has the timestamp of the end of its
 * window.
 *
 * @example
 * import { create, distinct, Pipeline } from 'viga';
 * import { directRunner } from 'viga/runners/direct';
 * import { assertThat } from 'viga/testing';
 * const p = new Pipeline();
 * assertThat(p.apply(create(['a', 'b', 'a'])).apply(distinct())).containsInAnyOrder(['a', 'b']);
 * await p.run(directRunner());
 */
export const distinct = <T>(): PTransform<PCollection<T>, PCollection<T>> =>
  ptransform('Distinct', (input) => oneOfEach(input, (element) => element));

/**
 * Keeps one element per key, per window; which one is not specified.
 *
 * @example
 * import { create, distinctBy, Pipeline } from 'viga';
 * import { directRunner } from 'viga/runners/direct';
 * import { assertThat } from 'viga/testing';
 * const p = new Pipeline();
 * const words = p.apply(create(['to', 'be', 'not'])).apply(distinctBy((word) => word.length));
 * assertThat(words.map((word) => word.length)).containsInAnyOrder([2, 3]);
 * await p.run(directRunner());
 */
export const distinctBy = <T, K>(key: (element: T) => K): PTransform<PCollection<T>, PCollection<T>> =>
  ptransform('DistinctBy', (input) => oneOfEach(input, key));

const oneOfEach = <T, K>(input: PCollection<T>, key: (element: T) => K): PCollection<T> =>
  input
    .keyBy(key, { name: 'Key' })
    .combinePerKey(anyOne<T>(), { name: 'One' })
    .map((pair) => pair.value, { name: 'Value' });
