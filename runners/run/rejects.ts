import { DEAD_LETTERS, ElementError, type Step } from '../../model/index.ts';
import { type Batch, BatchBuilder, deadLetterOf } from '../execution/index.ts';
import type { Origin } from './source-batch.ts';

/** Records that a reader could not make elements of, until they go to the dead letters of its step. */
export class Rejects {
  readonly #step: Step;
  readonly #origin: Origin;
  readonly #letters = new BatchBuilder();

  constructor(step: Step, origin: Origin) {
    this.#step = step;
    this.#origin = origin;
  }

  get length(): number {
    return this.#letters.length;
  }

  /** @throws ElementError where the step has no dead letters. */
  add(record: unknown, error: Error, coordinate?: string): void {
    const { path, outputs } = this.#step;
    if (!outputs.has(DEAD_LETTERS)) {
      if (error instanceof ElementError) throw error;
      throw new ElementError(path, record, error.message, { cause: error, coordinate });
    }
    const { timestamp, windows, pane } = this.#origin;
    const letter = deadLetterOf(path, error, { element: record, timestamp, windows, attempts: 1, coordinate });
    this.#letters.add(letter, timestamp, windows, pane);
  }

  take(): Batch {
    return this.#letters.take();
  }
}
