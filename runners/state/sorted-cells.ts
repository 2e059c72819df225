import {
  type BoundedWindow,
  ByteReader,
  ByteWriter,
  type Timestamp,
  type TimestampedValue,
} from '../../model/index.ts';
import type { CellCollection, CollectionSpec } from './collection-spec.ts';
import { KeyGroups, RowCounter } from './key-groups.ts';
import { endOf, readTimestamp, writeTimestamp } from './row-keys.ts';

/** A value in memory. */
interface Held<T> {
  readonly timestamp: Timestamp;
  /** The number of its row; values of one timestamp are ordered by it. */
  readonly row: number;
  readonly value: T;
  /** Whether it was removed: what is yet to be written may still have it. */
  isGone: boolean;
}

/** What one key has in one window. */
interface Values<T> {
  readonly prefix: Uint8Array;
  held: Held<T>[];
  /** Where those begin that were not removed. */
  start: number;
  /** Whether they are in order of time, then row. */
  isSorted: boolean;
  /** Those that have no row yet, and some that were removed since they were added: so many at most. */
  added: Held<T>[];
  addedGone: number;
  /** Rows with lower numbers are not in memory; undefined if there are none. */
  coldBefore: number | undefined;
  hasRows: boolean;
}

/**
 * Values ordered by a timestamp, for each key and window; those of one timestamp in the order in which they were added.
 *
 * Each value has a row, so a range is read and cleared without the rest. Adding reads nothing.
 */
export class SortedCells<T> implements CellCollection {
  readonly #spec: CollectionSpec<T>;
  readonly #values: KeyGroups<Values<T>>;
  readonly #counter: RowCounter;
  readonly #key = new ByteWriter(256);
  readonly #value = new ByteWriter();
  #changed: Values<T>[] = [];

  constructor(spec: CollectionSpec<T>) {
    this.#spec = spec;
    this.#counter = new RowCounter(spec.space);
    this.#values = new KeyGroups(spec, { entry: 80, group: 640 }, (prefix) => {
      const { hasCold } = this.#values;
      const coldBefore = hasCold ? this.#counter.upcoming : undefined;
      return { prefix, held: [], start: 0, isSorted: true, added: [], addedGone: 0, coldBefore, hasRows: hasCold };
    });
  }

  add(window: BoundedWindow, key: unknown, { timestamp, value }: TimestampedValue<T>): void {
    const of = this.#values.make(window, key);
    const held: Held<T> = { timestamp, row: this.#counter.take(), value, isGone: false };
    of.isSorted &&= timestamp >= (of.held.at(-1)?.timestamp ?? timestamp);
    of.held.push(held);
    this.#values.sizes.count += 1;
    this.#values.sizes.sample(value, this.#spec.codec);
    if (this.#spec.space !== undefined && of.added.push(held) === 1) this.#changed.push(of);
  }

  /** The values with `from <= timestamp < to`. What is added while they are read does not come; what is cleared may. */
  range(window: BoundedWindow, key: unknown, from: Timestamp, to: Timestamp): Iterable<TimestampedValue<T>> {
    return { [Symbol.iterator]: () => this.#range(this.#values.make(window, key), from, to) };
  }

  /** Removes the first values with `timestamp < to`, so many at most, and gives them. */
  take(window: BoundedWindow, key: unknown, to: Timestamp, most: number): readonly TimestampedValue<T>[] {
    const of = this.#values.make(window, key);
    const taken: Held<T>[] = [];
    for (const held of this.#merged(of, Number.NEGATIVE_INFINITY, to)) if (taken.push(held) >= most) break;
    const last = taken.at(-1);
    if (last === undefined) return [];
    const { coldBefore = 0 } = of;
    this.#remove(of, of.start, of.start + taken.filter(({ row }) => row >= coldBefore).length);
    if (of.hasRows) this.#spec.space?.deleteRange(of.prefix, endOf(this.#rowKey(of.prefix, last.timestamp, last.row)));
    return taken.map(valueOf);
  }

  isEmpty(window: BoundedWindow, key: unknown): boolean {
    const everything = this.range(window, key, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
    for (const _ of everything) return false;
    return true;
  }

  clearRange(window: BoundedWindow, key: unknown, from: Timestamp, to: Timestamp): void {
    const of = this.#values.make(window, key);
    this.#sort(of);
    this.#remove(of, firstAtOrAfter(of, from), firstAtOrAfter(of, to));
    if (of.hasRows && from < to) {
      this.#spec.space?.deleteRange(this.#rowKey(of.prefix, from), this.#rowKey(of.prefix, to));
    }
  }

  clear(window: BoundedWindow, key: unknown): void {
    const of = this.#values.make(window, key);
    if (of.hasRows) this.#spec.space?.deleteRange(of.prefix, endOf(of.prefix));
    this.#values.sizes.count -= of.held.length - of.start;
    Object.assign(of, {
      held: [],
      start: 0,
      isSorted: true,
      added: [],
      addedGone: 0,
      coldBefore: undefined,
      hasRows: false,
    });
    this.#values.release(window, key);
  }

  deleteWindow(window: BoundedWindow): void {
    for (const of of this.#values.deleteWindow(window)) {
      of.added = [];
      this.#values.sizes.count -= of.held.length - of.start;
    }
  }

  save(): void {
    const changed = this.#changed;
    this.#changed = [];
    for (const of of changed) {
      for (const held of of.added) if (!held.isGone) this.#write(of, held);
      of.added = [];
      of.addedGone = 0;
    }
    this.#counter.save();
  }

  bytes(): number {
    return this.#values.sizes.bytes();
  }

  get canSpill(): boolean {
    return this.#values.canSpill;
  }

  spill(): void {
    if (this.#spec.space === undefined) return;
    this.save();
    this.#values.forget();
  }

  *#range(of: Values<T>, from: Timestamp, to: Timestamp): Generator<TimestampedValue<T>> {
    for (const held of this.#merged(of, from, to)) yield valueOf(held);
  }

  /** What is in memory and what is on disk, merged. Of one timestamp, what is on disk was there first. */
  *#merged(of: Values<T>, from: Timestamp, to: Timestamp): Generator<Held<T>> {
    const held = this.#heldIn(of, from, to);
    let next = held.next();
    for (const cold of this.#coldIn(of, from, to)) {
      for (; next.done !== true && next.value.timestamp < cold.timestamp; next = held.next()) yield next.value;
      yield cold;
    }
    for (; next.done !== true; next = held.next()) yield next.value;
  }

  /** By index: the array grows at its end only, and what is removed makes a new one, or is behind `start`. */
  *#heldIn(of: Values<T>, from: Timestamp, to: Timestamp): Generator<Held<T>> {
    this.#sort(of);
    const { held } = of;
    const end = firstAtOrAfter(of, to);
    for (let at = firstAtOrAfter(of, from); at < end; at += 1) yield held[at] as Held<T>; // within the array
  }

  #sort(of: Values<T>): void {
    if (of.isSorted) return;
    of.held = of.held.slice(of.start).sort((a, b) => a.timestamp - b.timestamp || a.row - b.row);
    of.start = 0;
    of.isSorted = true;
  }

  /** Removes those between two places. Many are removed one by one from the front: that moves none of the others. */
  #remove(of: Values<T>, from: number, to: number): void {
    if (from >= to) return;
    for (let at = from; at < to; at += 1) (of.held[at] as Held<T>).isGone = true; // within the array
    this.#values.sizes.count -= to - from;
    if (from === of.start) of.start = to;
    else of.held = of.held.toSpliced(from, to - from);
    if (of.start > of.held.length / 2) {
      of.held = of.held.slice(of.start);
      of.start = 0;
    }
    of.addedGone += to - from;
    if (of.addedGone <= of.added.length / 2) return;
    of.added = of.added.filter(({ isGone }) => !isGone);
    of.addedGone = 0;
  }

  *#coldIn({ prefix, coldBefore }: Values<T>, from: Timestamp, to: Timestamp): Generator<Held<T>> {
    const { space, codec } = this.#spec;
    if (space === undefined || coldBefore === undefined || from >= to) return;
    for (const row of space.scan(this.#rowKey(prefix, from), this.#rowKey(prefix, to))) {
      const key = new ByteReader(row.key, prefix.length);
      const timestamp = readTimestamp(key);
      const number = readTimestamp(key);
      if (number >= coldBefore) continue;
      yield { timestamp, row: number, value: codec.decode(new ByteReader(row.value)), isGone: false };
    }
  }

  #write(of: Values<T>, { timestamp, row, value }: Held<T>): void {
    const writer = this.#value;
    writer.reset();
    this.#spec.codec.encode(value, writer);
    this.#values.sizes.see(writer.position);
    this.#spec.space?.put(this.#rowKey(of.prefix, timestamp, row), writer.bytes.subarray(0, writer.position));
    of.hasRows = true;
  }

  #rowKey(prefix: Uint8Array, timestamp: Timestamp, row?: number): Uint8Array {
    const key = this.#key;
    key.reset();
    key.writeRaw(prefix);
    writeTimestamp(timestamp, key);
    if (row !== undefined) writeTimestamp(row, key);
    return key.toBytes();
  }
}

const valueOf = <T>({ timestamp, value }: Held<T>): TimestampedValue<T> => ({ timestamp, value });

/** Where the first value of a time, or a later one, stands in order. */
function firstAtOrAfter({ held, start }: Values<unknown>, timestamp: Timestamp): number {
  let low = start;
  let high = held.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const isBefore = (held[middle] as Held<unknown>).timestamp < timestamp; // within the array
    if (isBefore) low = middle + 1;
    else high = middle;
  }
  return low;
}
