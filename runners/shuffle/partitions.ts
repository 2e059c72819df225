import { type BoundedWindow, CoderError, hashKey, isIntervalWindow, windowKey } from '../../model/index.ts';
import type { BlockFile, BlockSequence } from './block-file.ts';
import type { Row } from './group-table.ts';
import type { RowCodec } from './row-codec.ts';
import type { Spill } from './spill.ts';

const PARTITIONS = 64;
const BITS = 6;
/** Deeper than this a hash has no bits left to tell keys apart by. */
const DEEPEST = 4;

/** Rows that have the same bits in their hashes. */
export interface Partition {
  readonly rows: () => Iterable<Row>;
  readonly bytes: number;
  /** How many of its rows are on disk. */
  readonly count: number;
  /** Whether all its rows have one hash: dividing it again would be of no use. */
  readonly isOneHash: boolean;
}

interface Slot {
  readonly sequence: BlockSequence;
  readonly firstHash: number;
  isOneHash: boolean;
  /** Rows that have no bytes, an instance of a class for example: they stay in memory. */
  kept: Row[];
}

/** Gives rows that belong to one group, or whose windows may become one, the same 32 bits. */
export type RowHash = (row: Pick<Row, 'key' | 'window'>) => number;

/** For windows that may merge: all of a key's are together. */
export const hashOfKey: RowHash = ({ key }) => hashKey(key);

/** For windows that stay as they are: few keys in very many windows are divided as well. */
export function hashOfKeyAndWindow(): RowHash {
  let last: BoundedWindow | undefined;
  let hash = 0;
  return ({ key, window }) => {
    if (window !== last) {
      last = window;
      hash = Math.imul(hashKey(isIntervalWindow(window) ? window.start : windowKey(window)), 0x9e3779b1);
    }
    return hashKey(key) ^ hash;
  };
}

/**
 * Rows on disk, divided by their hashes so that each part can be grouped on its own, and again by the next bits where a
 * part is too large (performance.md: beyond 150,000 keys this is also faster than one Map).
 */
export class Partitions {
  readonly level: number;
  readonly #codec: RowCodec;
  readonly #file: BlockFile;
  readonly #slots: (Slot | undefined)[] = new Array<Slot | undefined>(PARTITIONS).fill(undefined);
  readonly #hashOf: RowHash;
  readonly #warn: (reason: string) => void;

  constructor(spill: Spill, codec: RowCodec, hashOf: RowHash, level = 0) {
    this.level = level;
    this.#codec = codec;
    this.#hashOf = hashOf;
    this.#file = spill.file();
    this.#warn = spill.warn;
  }

  get canDivide(): boolean {
    return this.level < DEEPEST;
  }

  /** The row may be changed and appended again. */
  append(row: Row): void {
    const hash = this.#hashOf(row);
    const slot = this.#slot((hash >>> (this.level * BITS)) & (PARTITIONS - 1), hash);
    if (hash !== slot.firstHash) slot.isOneHash = false;
    try {
      this.#codec.encode(row, slot.sequence.writer);
    } catch (error) {
      if (!(error instanceof CoderError)) throw error;
      this.#warn(error.message);
      slot.kept.push({ ...row });
      return;
    }
    slot.sequence.wrote();
  }

  *all(): Iterable<Partition> {
    for (const slot of this.#slots) {
      if (slot === undefined) continue;
      const { sequence, isOneHash } = slot;
      yield { rows: () => this.#rows(slot), bytes: sequence.bytes, count: sequence.count, isOneHash };
    }
  }

  remove(): void {
    this.#file.remove();
  }

  *#rows({ sequence, kept }: Slot): Iterable<Row> {
    for (const reader of sequence.blocks()) {
      while (!reader.isAtEnd()) yield this.#codec.decode(reader);
    }
    yield* kept;
  }

  #slot(index: number, hash: number): Slot {
    let slot = this.#slots[index];
    if (slot === undefined) {
      slot = { sequence: this.#file.sequence(), firstHash: hash, isOneHash: true, kept: [] };
      this.#slots[index] = slot;
    }
    return slot;
  }
}
