import { CoderError, hashKey } from '../../model/index.ts';
import { BlockFile, type BlockSequence } from './block-file.ts';
import type { Row } from './group-table.ts';
import type { RowCodec } from './row-codec.ts';
import type { Spill } from './spill.ts';

const PARTITIONS = 64;
const BITS = 6;
/** Deeper than this a hash has no bits left to tell keys apart by. */
const DEEPEST = 4;

/** Rows whose keys have the same bits in their hashes. */
export interface Partition {
  readonly rows: () => Iterable<Row>;
  readonly bytes: number;
  /** Whether all its keys have one hash: dividing it again would be of no use. */
  readonly isOneHash: boolean;
}

interface Slot {
  readonly sequence: BlockSequence;
  readonly firstHash: number;
  isOneHash: boolean;
  /** Rows that have no bytes, an instance of a class for example: they stay in memory. */
  kept: Row[];
}

/**
 * Rows on disk, divided by the hash of their keys so that each part can be grouped on its own, and again by the next bits
 * where a part is too large (performance.md: beyond 150,000 keys this is also faster than one Map).
 */
export class Partitions {
  readonly level: number;
  readonly #codec: RowCodec;
  readonly #file: BlockFile;
  readonly #slots: (Slot | undefined)[] = new Array<Slot | undefined>(PARTITIONS).fill(undefined);
  readonly #warn: (reason: string) => void;

  constructor(spill: Spill, codec: RowCodec, level = 0) {
    this.level = level;
    this.#codec = codec;
    this.#file = new BlockFile(spill.file());
    this.#warn = spill.warn;
  }

  get canDivide(): boolean {
    return this.level < DEEPEST;
  }

  append(row: Row): void {
    const hash = hashKey(row.key);
    const slot = this.#slot((hash >>> (this.level * BITS)) & (PARTITIONS - 1), hash);
    if (hash !== slot.firstHash) slot.isOneHash = false;
    try {
      this.#codec.encode(row, slot.sequence.writer);
    } catch (error) {
      if (!(error instanceof CoderError)) throw error;
      this.#warn(error.message);
      slot.kept.push(row);
      return;
    }
    slot.sequence.wrote();
  }

  *all(): Iterable<Partition> {
    for (const slot of this.#slots) {
      if (slot === undefined) continue;
      const { sequence, isOneHash } = slot;
      yield { rows: () => this.#rows(slot), bytes: sequence.bytes, isOneHash };
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
