import { type BoundedWindow, ByteReader, ByteWriter, type StateEntry, type StateSpace } from '../../model/index.ts';
import { type CellCodec, endOf, readKey, readWholeKey, skipWindowValue, writeWindowValue } from '../state/index.ts';
import { compareBytes } from './compare-bytes.ts';

/** What a key has in all runs, in the order in which the runs were begun. */
export interface RunGroup {
  readonly key: unknown;
  readonly parts: readonly unknown[];
}

/** Where the rows of a run lie. */
export interface RunPlace {
  readonly space: StateSpace;
  readonly window: BoundedWindow;
  /** What the keys of its rows begin with. */
  readonly prefix: Uint8Array;
  readonly held: CellCodec<unknown>;
}

/** A run that is read, entry by entry; what was passed is deleted from the store by and by. */
export interface RunReader {
  /** The key of the present entry: where it lies. */
  readonly bytes: Uint8Array;
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly key: unknown;
  readonly part: unknown;
  /** Goes to the next entry. Returns false after the last one. */
  next(): boolean;
  /** Deletes all that was passed. */
  trim(): void;
}

/** Reads a run that was written with many entries to a row. */
export class BlockRun implements RunReader {
  bytes: Uint8Array = new Uint8Array(0);
  keyStart = 0;
  keyEnd = 0;
  key: unknown;
  part: unknown;
  readonly #place: RunPlace;
  readonly #end: Uint8Array | undefined;
  /** The row that is read now. */
  #row: Uint8Array | undefined;
  /** Where its first entry lies. */
  #first = 0;
  #reader = new ByteReader(this.bytes);

  constructor(place: RunPlace) {
    this.#place = place;
    this.#end = endOf(place.prefix);
  }

  next(): boolean {
    const { held } = this.#place;
    if (this.#reader.position >= this.bytes.length && !this.#load()) return false;
    const reader = this.#reader;
    this.keyStart = reader.position;
    const form = readKey(reader);
    this.keyEnd = reader.position;
    this.key = readWholeKey(form, reader);
    this.part = held.decode(reader);
    return true;
  }

  trim(): void {
    if (this.#row === undefined || this.keyStart === this.#first) return;
    const { space, window, prefix } = this.#place;
    const key = new ByteWriter(256);
    key.writeRaw(prefix);
    key.writeRaw(this.bytes.subarray(this.keyStart, this.keyEnd));
    const value = new ByteWriter(this.bytes.length);
    writeWindowValue(window, value);
    value.writeRaw(this.bytes.subarray(this.keyStart));
    space.delete(this.#row);
    this.#row = key.toBytes();
    this.#first = this.keyStart;
    space.put(this.#row, value.bytes.subarray(0, value.position));
  }

  /** Goes to the next row; the last one is done with. */
  #load(): boolean {
    const { space, prefix, window } = this.#place;
    if (this.#row !== undefined) space.delete(this.#row);
    const [row] = space.scan(this.#row ?? prefix, this.#end);
    this.#row = row?.key;
    if (row === undefined) return false;
    this.bytes = row.value;
    this.#reader = new ByteReader(row.value);
    skipWindowValue(window, this.#reader);
    this.#first = this.#reader.position;
    return true;
  }
}

/** So many rows are deleted at a time. */
const ROWS = 1_024;

/** Reads a run of one entry to a row, as saves write them; a key may have several of them, in the order of their pieces. */
export class RowRun implements RunReader {
  bytes: Uint8Array = new Uint8Array(0);
  readonly keyStart: number;
  keyEnd = 0;
  key: unknown;
  part: unknown;
  readonly #place: RunPlace;
  readonly #rows: Iterator<StateEntry>;
  #passed = 0;

  constructor(place: RunPlace) {
    const { space, prefix } = place;
    this.#place = place;
    this.keyStart = prefix.length;
    this.#rows = space.scan(prefix, endOf(prefix))[Symbol.iterator]();
  }

  next(): boolean {
    const { window, held, space, prefix } = this.#place;
    const row = this.#rows.next();
    if (row.done === true) {
      if (this.#passed > 0) space.deleteRange(prefix, endOf(prefix));
      return false;
    }
    this.bytes = row.value.key;
    const form = readKey(new ByteReader(this.bytes, this.keyStart));
    // The number of the piece is behind it.
    this.keyEnd = this.bytes.length - 4;
    const reader = new ByteReader(row.value.value);
    skipWindowValue(window, reader);
    this.key = readWholeKey(form, reader);
    this.part = held.decode(reader);
    this.#passed++;
    if (this.#passed > ROWS) this.trim();
    return true;
  }

  trim(): void {
    if (this.#passed < 2) return;
    this.#place.space.deleteRange(this.#place.prefix, this.bytes);
    this.#passed = 1;
  }
}

/** Reads runs side by side: key by key, in the order of their bytes. */
export class RunMerge {
  /** A binary heap by present key, then by which run was begun first. */
  readonly #heap: { readonly run: RunReader; readonly number: number }[] = [];

  constructor(runs: readonly RunReader[]) {
    runs.forEach((run, number) => {
      if (run.next()) this.#heap.push({ run, number });
    });
    for (let at = this.#heap.length >>> 1; at >= 0; at--) this.#sink(at);
  }

  /** Takes what the next key has. */
  next(): RunGroup | undefined {
    const first = this.#heap[0]?.run;
    if (first === undefined) return undefined;
    const { key, bytes, keyStart, keyEnd } = first;
    const parts: unknown[] = [];
    for (let top: RunReader | undefined = first; top !== undefined; top = this.#heap[0]?.run) {
      if (compareBytes(top.bytes, top.keyStart, top.keyEnd, bytes, keyStart, keyEnd) !== 0) break;
      parts.push(top.part);
      this.#pass();
    }
    return { key, parts };
  }

  /** Deletes from the store what was taken. */
  trim(): void {
    for (const { run } of this.#heap) run.trim();
  }

  #pass(): void {
    const heap = this.#heap;
    if (heap[0]?.run.next() !== true) {
      const last = heap.pop();
      if (last !== undefined && heap.length > 0) heap[0] = last;
    }
    this.#sink(0);
  }

  #sink(from: number): void {
    const heap = this.#heap;
    const moved = heap[from];
    if (moved === undefined) return;
    let at = from;
    for (;;) {
      const left = heap[2 * at + 1];
      const right = heap[2 * at + 2];
      if (left === undefined) break;
      const isRight = right !== undefined && isBefore(right, left);
      const below = isRight ? right : left;
      if (!isBefore(below, moved)) break;
      heap[at] = below;
      at = 2 * at + (isRight ? 2 : 1);
    }
    heap[at] = moved;
  }
}

type Numbered = { readonly run: RunReader; readonly number: number };

function isBefore({ run: a, number: first }: Numbered, { run: b, number: second }: Numbered): boolean {
  const order = compareBytes(a.bytes, a.keyStart, a.keyEnd, b.bytes, b.keyStart, b.keyEnd);
  return order === 0 ? first < second : order < 0;
}
