import { ByteReader, ByteWriter, type StateSpace, type Timestamp } from '../../model/index.ts';
import { readTimestamp, writeTimestamp } from '../state/index.ts';

/** So many rows are read at a time. */
const AHEAD = 256;

/** A timestamp and how often it is owed. */
interface HoldRow {
  readonly timestamp: Timestamp;
  readonly count: number;
}

/** Timestamps that are owed and have no room in memory, or were there at the last cut: a row each, in the order of time. */
export class HoldRows {
  readonly #space: StateSpace;
  readonly #key = new ByteWriter(8);
  readonly #value = new ByteWriter(8);
  /** The first rows as they were read, and which of them is next; those before it are deleted. */
  #ahead: readonly HoldRow[] = [];
  #at = 0;

  constructor(space: StateSpace) {
    this.#space = space;
  }

  get isEmpty(): boolean {
    return this.#read(1).length === 0;
  }

  /** Replaces what there is of a timestamp. */
  set(timestamp: Timestamp, count: number): void {
    const key = this.#keyOf(timestamp);
    if (count === 0) this.#space.delete(key);
    else {
      this.#value.reset();
      this.#value.writeVarint(count);
      this.#space.put(key, this.#value.toBytes());
    }
  }

  add(timestamp: Timestamp, count: number): void {
    const stored = this.#space.get(this.#keyOf(timestamp));
    this.set(timestamp, (stored === undefined ? 0 : new ByteReader(stored).readVarint()) + count);
  }

  /**
   * The first timestamp that is owed with what memory has `beside` its row. Rows before it are deleted, and `passed` is told
   * of each. Undefined if there is no row left.
   */
  first(beside: (timestamp: Timestamp) => number, passed: (timestamp: Timestamp) => void): Timestamp | undefined {
    for (;;) {
      if (this.#at === this.#ahead.length) {
        this.#ahead = this.#read(AHEAD);
        this.#at = 0;
      }
      const row = this.#ahead[this.#at];
      if (row === undefined || row.count + beside(row.timestamp) > 0) return row?.timestamp;
      this.#at++;
      this.set(row.timestamp, 0);
      passed(row.timestamp);
    }
  }

  /** Rows were changed: they are read again. */
  rewind(): void {
    this.#ahead = [];
    this.#at = 0;
  }

  #read(most: number): readonly HoldRow[] {
    const rows: HoldRow[] = [];
    for (const { key, value } of this.#space.scan()) {
      rows.push({ timestamp: readTimestamp(new ByteReader(key)), count: new ByteReader(value).readVarint() });
      if (rows.length === most) break;
    }
    return rows;
  }

  #keyOf(timestamp: Timestamp): Uint8Array {
    this.#key.reset();
    writeTimestamp(timestamp, this.#key);
    return this.#key.toBytes();
  }
}
