import { type PCollection, type PTransform, ptransform } from '../model/index.ts';

export { flatten } from '../model/index.ts';

/**
 * Gives the items of each iterable as elements of their own: what {@link toList} or a grouping put together comes apart.
 *
 * Timestamp, windows and pane are those of the iterable.
 *
 * @example
 * import { create, flattenIterables, Pipeline } from 'viga';
 * import { directRunner } from 'viga/runners/direct';
 * import { assertThat } from 'viga/testing';
 * const p = new Pipeline();
 * assertThat(p.apply(create([[1, 2], [], [3]])).apply(flattenIterables())).containsInAnyOrder([1, 2, 3]);
 * await p.run(directRunner());
 */
export const flattenIterables = <T>(): PTransform<PCollection<Iterable<T>>, PCollection<T>> =>
  ptransform('FlattenIterables', (input) => input.flatMap((items) => items, { name: 'Items' }));
