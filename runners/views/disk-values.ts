import {
  type ByteReader,
  type Coder,
  ConnectorError,
  iterableData,
  type IterableData,
  learningCoder,
  messageOf,
} from '../../model/index.ts';
import type { BlockFile, BlockSequence } from '../shuffle/index.ts';

/** Values of one place are read alone: a block has few others. */
const BLOCK_BYTES = 4 << 10;

/** What values on disk take from their collection. */
export interface DiskValuesSpec {
  /** Whose output they are. */
  readonly step: string;
  readonly file: BlockFile;
  readonly codegen: boolean;
}

/** Values that lie on disk: they are read as they are iterated, as often as asked for, or each by its place. */
export class DiskValues implements IterableData<unknown> {
  readonly [iterableData] = true as const;
  readonly #step: string;
  readonly #sequence: BlockSequence;
  readonly #coder: Coder<unknown>;
  /** Of each block: the place of its first value. */
  readonly #starts: number[] = [0];
  /** The values of the block that was looked at last, by the number of the block. */
  #last: { readonly block: number; readonly values: readonly unknown[] } | undefined;
  #length = 0;

  constructor({ step, file, codegen }: DiskValuesSpec) {
    this.#step = step;
    this.#sequence = file.sequence(BLOCK_BYTES);
    this.#coder = learningCoder({ codegen });
  }

  get length(): number {
    return this.#length;
  }

  /** What they take on disk. */
  get bytes(): number {
    return this.#sequence.bytes;
  }

  /** @throws CoderError for a value that has no bytes; then it is not among them. */
  add(value: unknown): void {
    this.#coder.encode(value, this.#sequence.writer);
    this.#length += 1;
    this.#sequence.wrote();
    if (this.#sequence.fullBlocks === this.#starts.length) this.#starts.push(this.#length);
    this.#last = undefined;
  }

  at(index: number): unknown {
    if (index >= this.#length) return undefined;
    const block = this.#blockOf(index);
    if (this.#last?.block !== block) {
      const values = this.#reading(() => [...this.#decoded(this.#sequence.block(block))]);
      this.#last = { block, values };
    }
    return this.#last.values[index - (this.#starts[block] ?? 0)];
  }

  [Symbol.iterator](): Iterator<unknown> {
    return this.from(0);
  }

  /** The values from a place on. */
  *from(index: number): Generator<unknown> {
    const block = this.#blockOf(index);
    let at = this.#starts[block] ?? 0;
    const blocks = this.#sequence.blocks(block)[Symbol.iterator]();
    for (;;) {
      const { done, value: reader } = this.#reading(() => blocks.next());
      if (done) return;
      for (const value of this.#decoded(reader)) if (at++ >= index) yield value;
    }
  }

  *#decoded(reader: ByteReader): Iterable<unknown> {
    while (!reader.isAtEnd()) yield this.#reading(() => this.#coder.decode(reader));
  }

  #blockOf(index: number): number {
    let from = 0;
    let to = this.#starts.length - 1;
    while (from < to) {
      const middle = (from + to + 1) >>> 1;
      if ((this.#starts[middle] as number) <= index)
        from = middle; // it is below the length
      else to = middle - 1;
    }
    return from;
  }

  /** As an error of the collection: the function that reads is not at fault, nor is its element. */
  #reading<T>(read: () => T): T {
    try {
      return read();
    } catch (cause) {
      throw new ConnectorError(
        this.#step,
        `elements of a side input could not be read back from disk: ${messageOf(cause)} They did not fit into memory. Raise the memory limit, or mend the disk that TMPDIR lies on.`,
        { cause },
      );
    }
  }
}
