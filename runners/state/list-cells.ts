import { type BoundedWindow, ByteReader, ByteWriter } from '../../model/index.ts';
import type { CellCollection, CollectionSpec } from './collection-spec.ts';
import { KeyGroups, RowCounter } from './key-groups.ts';
import { endOf, writeTimestamp } from './row-keys.ts';

/** A row of about this size is full. */
const FULL_ROW = 16 * 1024;
/** A smaller row is written again with what was added, so that lists that grow slowly do not have a row for each value. */
const SMALL_ROW = 1024;
const COUNT_BYTES = 4;

/** The end of a list: what was added since memory was last given back. All before it is on disk alone. */
interface Tail<T> {
  readonly prefix: Uint8Array;
  values: T[];
  /** How many of them are in rows. */
  saved: number;
  /** The last row, while it is small: its number, and which value is its first. */
  open: { readonly row: number; readonly start: number } | undefined;
  /** Rows with lower numbers are not in memory; undefined if there are none. */
  coldBefore: number | undefined;
  isChanged: boolean;
}

/**
 * A list for each key and window: values in the order in which they were added.
 *
 * Rows hold some values each and are written once they are full, so a list is never written as a whole, and one that is
 * larger than memory is read row by row. Adding reads nothing.
 */
export class ListCells<T> implements CellCollection {
  readonly #spec: CollectionSpec<T>;
  readonly #tails: KeyGroups<Tail<T>>;
  readonly #counter: RowCounter;
  readonly #key = new ByteWriter(256);
  readonly #value = new ByteWriter();
  #changed: Tail<T>[] = [];

  constructor(spec: CollectionSpec<T>) {
    this.#spec = spec;
    this.#counter = new RowCounter(spec.space);
    this.#tails = new KeyGroups(spec, { entry: 24, group: 560 }, (prefix) => this.#newTail(prefix));
  }

  add(window: BoundedWindow, key: unknown, value: T): void {
    const tail = this.#tails.make(window, key);
    tail.values.push(value);
    this.#tails.sizes.count += 1;
    this.#tails.sizes.sample(value, this.#spec.codec);
    if (tail.isChanged || this.#spec.space === undefined) return;
    tail.isChanged = true;
    this.#changed.push(tail);
  }

  /** The values, in order. What is added while they are read does not come; what is cleared meanwhile may. */
  read(window: BoundedWindow, key: unknown): Iterable<T> {
    return { [Symbol.iterator]: () => this.#read(this.#tails.make(window, key)) };
  }

  isEmpty(window: BoundedWindow, key: unknown): boolean {
    for (const _ of this.read(window, key)) return false;
    return true;
  }

  clear(window: BoundedWindow, key: unknown): void {
    const tail = this.#tails.make(window, key);
    if (tail.saved > 0 || tail.coldBefore !== undefined) {
      this.#spec.space?.deleteRange(tail.prefix, endOf(tail.prefix));
    }
    this.#tails.sizes.count -= tail.values.length;
    // A new array: the old one may be being read.
    Object.assign(tail, { values: [], saved: 0, open: undefined, coldBefore: undefined, isChanged: false });
    this.#tails.release(window, key);
  }

  deleteWindow(window: BoundedWindow): void {
    for (const tail of this.#tails.deleteWindow(window)) {
      tail.isChanged = false;
      this.#tails.sizes.count -= tail.values.length;
    }
  }

  save(): void {
    const changed = this.#changed;
    this.#changed = [];
    for (const tail of changed) if (tail.isChanged) this.#write(tail);
    this.#counter.save();
  }

  bytes(): number {
    return this.#tails.sizes.bytes();
  }

  get canSpill(): boolean {
    return this.#tails.canSpill;
  }

  spill(): void {
    if (this.#spec.space === undefined) return;
    this.save();
    this.#tails.forget();
  }

  #newTail(prefix: Uint8Array): Tail<T> {
    const coldBefore = this.#tails.hasCold ? this.#counter.upcoming : undefined;
    return { prefix, values: [], saved: 0, open: undefined, coldBefore, isChanged: false };
  }

  *#read(tail: Tail<T>): Generator<T> {
    const { values, coldBefore, prefix } = tail;
    const { length } = values;
    if (coldBefore !== undefined && this.#spec.space !== undefined) {
      // A copy: the key's memory is used again while rows are read.
      const end = new Uint8Array(this.#rowKey(prefix, coldBefore));
      for (const { value } of this.#spec.space.scan(prefix, end)) yield* this.#decode(value);
    }
    for (let i = 0; i < length; i += 1) yield values[i] as T; // within what was there
  }

  *#decode(row: Uint8Array): Generator<T> {
    const reader = new ByteReader(row);
    const count = new DataView(row.buffer, row.byteOffset).getUint32(0);
    reader.position = COUNT_BYTES;
    for (let i = 0; i < count; i += 1) yield this.#spec.codec.decode(reader);
  }

  /** Writes what is not in a row yet: full rows, and a last one that may be written again. */
  #write(tail: Tail<T>): void {
    tail.isChanged = false;
    let { open } = tail;
    for (let start = open?.start ?? tail.saved; start < tail.values.length; ) {
      const row = open?.row ?? this.#counter.take();
      const end = this.#writeRow(tail, row, start);
      open = this.#value.position < SMALL_ROW ? { row, start } : undefined;
      start = end;
    }
    tail.open = open;
    tail.saved = tail.values.length;
  }

  /** Writes as many values as have room in a row; gives where they end. */
  #writeRow({ prefix, values }: Tail<T>, row: number, start: number): number {
    const value = this.#value;
    value.reset();
    value.writeRaw(new Uint8Array(COUNT_BYTES));
    let end = start;
    while (end < values.length && value.position < FULL_ROW) {
      const before = value.position;
      this.#spec.codec.encode(values[end] as T, value); // within the array
      this.#tails.sizes.see(value.position - before);
      end += 1;
    }
    const { bytes, position } = value;
    new DataView(bytes.buffer, bytes.byteOffset).setUint32(0, end - start);
    this.#spec.space?.put(this.#rowKey(prefix, row), bytes.subarray(0, position));
    return end;
  }

  /** Good until the next one is made. */
  #rowKey(prefix: Uint8Array, row: number): Uint8Array {
    const key = this.#key;
    key.reset();
    key.writeRaw(prefix);
    writeTimestamp(row, key);
    return key.bytes.subarray(0, key.position);
  }
}
