import type { ElementContext, PCollection, PTransform, SideInputs, StepOptions } from '../model/index.ts';

/** How {@link mapConcurrently} makes its calls. */
export interface ConcurrencyOptions<T, V extends SideInputs = Record<never, never>>
  extends Omit<StepOptions<T, V>, 'concurrency' | 'unordered'> {
  /** How many calls may be under way at a time. */
  readonly concurrency: number;
  /** Results come in the order of their inputs; one that takes long holds back those behind it. Default true. */
  readonly ordered?: boolean;
}

/**
 * Calls an async function for each element, several at a time, but never more than `concurrency`: for services that take
 * their time. Timestamp, windows and pane are kept.
 *
 * @throws PipelineError if `concurrency` is not a whole number of 1 or more.
 * @example
 * import { create, mapConcurrently, Pipeline } from 'viga';
 * import { directRunner } from 'viga/runners/direct';
 * import { assertThat } from 'viga/testing';
 * const lookUp = async (id: number): Promise<string> => `user ${id}`;
 * const p = new Pipeline();
 * const users = p.apply(create([1, 2])).apply(mapConcurrently(lookUp, { concurrency: 8, ordered: false }));
 * assertThat(users).containsInAnyOrder(['user 1', 'user 2']);
 * await p.run(directRunner());
 */
export function mapConcurrently<T, U, V extends SideInputs = Record<never, never>>(
  fn: (element: T, context: ElementContext<V>) => PromiseLike<U> | U,
  { ordered = true, ...options }: ConcurrencyOptions<T, V>,
): PTransform<PCollection<T>, PCollection<U>> {
  return {
    name: 'MapConcurrently',
    expand: (input) => input.map(fn, { name: 'Call', ...options, unordered: !ordered }),
  };
}
