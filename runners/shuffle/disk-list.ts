import { type Coder, CoderError, ElementError, iterableData, type IterableData, messageOf } from '../../model/index.ts';
import type { BlockFile, BlockSequence } from './block-file.ts';

/** What lists on disk share. */
export interface DiskListSpec {
  /** The grouping whose values they are. */
  readonly step: string;
  readonly file: BlockFile;
  readonly coder: Coder<unknown>;
  /** Told why a value stays in memory. */
  readonly warn: (reason: string) => void;
}

/** A list of values that grows on disk; those that have no bytes stay in memory. */
export class DiskList {
  readonly #spec: DiskListSpec;
  readonly #sequence: BlockSequence;
  readonly #kept: unknown[] = [];

  constructor(spec: DiskListSpec) {
    this.#spec = spec;
    this.#sequence = spec.file.sequence();
  }

  add(value: unknown): void {
    const { coder, warn } = this.#spec;
    const { writer } = this.#sequence;
    const start = writer.position;
    try {
      coder.encode(value, writer);
    } catch (error) {
      if (!(error instanceof CoderError)) throw error;
      writer.position = start;
      warn(error.message);
      this.#kept.push(value);
      return;
    }
    this.#sequence.wrote();
  }

  /** All of it, once nothing is added any more. */
  values(): Iterable<unknown> {
    return new DiskValues(this.#spec, this.#sequence, this.#kept);
  }
}

/** Values that lie on disk: read as they are iterated, as often as asked for. */
class DiskValues implements IterableData<unknown> {
  readonly [iterableData] = true as const;
  readonly #spec: DiskListSpec;
  readonly #sequence: BlockSequence;
  readonly #kept: readonly unknown[];

  constructor(spec: DiskListSpec, sequence: BlockSequence, kept: readonly unknown[]) {
    this.#spec = spec;
    this.#sequence = sequence;
    this.#kept = kept;
  }

  *[Symbol.iterator](): Iterator<unknown> {
    const { coder, step } = this.#spec;
    try {
      for (const reader of this.#sequence.blocks()) {
        while (!reader.isAtEnd()) yield coder.decode(reader);
      }
    } catch (error) {
      // As an error of the grouping: the function that iterates is not at fault, nor is its element.
      throw new ElementError(
        step,
        undefined,
        `values of a group could not be read back from disk: ${messageOf(error)} They did not fit into memory. Raise the memory limit, or mend the disk that TMPDIR lies on.`,
        { cause: error },
      );
    }
    for (const value of this.#kept) yield value;
  }
}
