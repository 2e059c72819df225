import { createElements, type PBegin, type PCollection, type PTransform, type Timestamp } from '../model/index.ts';

/** What {@link create} can be asked for. */
export interface CreateOptions {
  /** One per element, in milliseconds. Without them all elements have the lowest timestamp. */
  readonly timestamps?: readonly Timestamp[];
  /** Names the step. Default `Create`. */
  readonly name?: string;
}

/**
 * Makes a collection of the elements of an array.
 *
 * They are in the global window and no trigger has fired them. The array is copied; the elements are not. Meant for tests
 * and small tables: what is large comes from a source, or from `generate`.
 *
 * @throws PipelineError if there are not as many timestamps as elements, or one is no instant.
 * @example
 * import { create, Pipeline } from 'viga';
 * import { directRunner } from 'viga/runners/direct';
 * import { assertThat } from 'viga/testing';
 * const p = new Pipeline();
 * const words = p.apply(create(['to', 'be'], { timestamps: [0, 1_000] }));
 * assertThat(words.map((word) => word.toUpperCase())).containsInAnyOrder(['BE', 'TO']);
 * await p.run(directRunner());
 */
export function create<T>(elements: readonly T[], options: CreateOptions = {}): PTransform<PBegin, PCollection<T>> {
  const elementsOnly = createElements(elements, options.timestamps);
  return options.name === undefined ? elementsOnly : { ...elementsOnly, name: options.name };
}
