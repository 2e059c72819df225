/**
 * The rows of timers. Each timer has one by its name, which says when it fires; one by its time, in the order in which timers
 * fire; and, if its output timestamp is another one, one by that. The first byte of a key says which.
 *
 * What is not in memory is read from the front: a cursor for each order stands before the first row whose timer may not have
 * been in memory since the last spill. So timers are read once, some at a time, when they come due.
 */
import { ByteReader, ByteWriter, type StateEntry, type StateSpace, type Timestamp } from '../../model/index.ts';
import {
  bytesOf,
  type HeldTimer,
  readId,
  readName,
  type SetTimer,
  textIn,
  type TimerName,
  type TimerTimes,
  writeIdValue,
} from './held-timer.ts';
import { endOf, readTimestamp, writeTimestamp } from './row-keys.ts';

const BY_NAME = 1;
/** By time, of timers whose output timestamp is the same, and of all others. */
const BY_TIME = 2;
const BY_TIME_APART = 3;
const BY_OUTPUT = 4;

/** A row of an order. */
interface OrderedRow extends TimerName {
  readonly at: Timestamp;
  readonly entry: StateEntry;
}

/** A timer that was read from its rows. */
export type StoredTimer = SetTimer & TimerName;

/** Whether a timer is in memory, whatever its rows say. */
export type IsHeld = (name: TimerName) => boolean;

export class TimerRows {
  readonly #space: StateSpace;
  readonly #key = new ByteWriter(256);
  readonly #value = new ByteWriter(256);
  readonly #together: Cursor;
  readonly #apart: Cursor;
  readonly #outputs: Cursor;

  constructor(space: StateSpace, isHeld: IsHeld) {
    this.#space = space;
    this.#together = new Cursor(space, BY_TIME, isHeld);
    this.#apart = new Cursor(space, BY_TIME_APART, isHeld);
    this.#outputs = new Cursor(space, BY_OUTPUT, isHeld);
  }

  timesOf({ owner, name }: TimerName): TimerTimes | undefined {
    const value = this.#space.get(bytesOf(String.fromCharCode(BY_NAME) + owner + name));
    return value === undefined ? undefined : readTimes(value);
  }

  /** The timers of a key and window. */
  *of(owner: string): Iterable<TimerName & { readonly times: TimerTimes }> {
    const prefix = bytesOf(String.fromCharCode(BY_NAME) + owner);
    for (const { key, value } of this.#space.scan(prefix, endOf(prefix))) {
      yield { owner, name: textIn(key, prefix.length), times: readTimes(value) };
    }
  }

  /** Writes, or deletes, the row by name of a timer that has changed. */
  writeName({ owner, name, timestamp, outputTimestamp, isSet, stored }: HeldTimer): void {
    const key = bytesOf(String.fromCharCode(BY_NAME) + owner + name);
    if (!isSet) {
      if (stored !== undefined) this.#space.delete(key);
      return;
    }
    const value = this.#value;
    value.reset();
    writeTimestamp(timestamp, value);
    writeTimestamp(outputTimestamp, value);
    this.#space.put(key, written(value));
  }

  /** Writes the rows by time of a timer that has changed, and deletes those that it had. */
  writeTimes(timer: HeldTimer): void {
    const { timestamp, outputTimestamp, isSet, stored } = timer;
    const isWhereItWas =
      isSet && stored !== undefined && stored.timestamp === timestamp && stored.outputTimestamp === outputTimestamp;
    if (isWhereItWas) return;
    if (stored !== undefined) this.#deleteTimes(timer, stored);
    if (!isSet) return;
    const value = this.#value;
    value.reset();
    const isApart = timestamp !== outputTimestamp;
    if (isApart) writeTimestamp(outputTimestamp, value);
    writeIdValue(timer, value);
    this.#space.put(this.#orderKey(isApart ? BY_TIME_APART : BY_TIME, timestamp, timer), written(value));
    if (isApart) this.#space.put(this.#orderKey(BY_OUTPUT, outputTimestamp, timer), new Uint8Array(0));
  }

  /** Deletes all rows of a timer that is not in memory. */
  delete(timer: TimerName, times: TimerTimes): void {
    this.#space.delete(bytesOf(String.fromCharCode(BY_NAME) + timer.owner + timer.name));
    this.#deleteTimes(timer, times);
  }

  /** The first timer that is not in memory. */
  first(): (TimerName & { readonly timestamp: Timestamp }) | undefined {
    const row = this.#firstCursor().peek();
    return row === undefined ? undefined : { timestamp: row.at, owner: row.owner, name: row.name };
  }

  /** Reads the next timers that are not in memory, in order, the first one among them. */
  take(count: number): readonly StoredTimer[] {
    const cursor = this.#firstCursor();
    return cursor.take(count).map(({ owner, name, at, entry }) => {
      const value = new ByteReader(entry.value);
      const outputTimestamp = cursor === this.#apart ? readTimestamp(value) : at;
      return { owner, name, timestamp: at, outputTimestamp, ...readId({ owner, name }, value) };
    });
  }

  /** The earliest output timestamp of those that are not in memory. */
  hold(): Timestamp | undefined {
    const together = this.#together.peek()?.at;
    const apart = this.#outputs.peek()?.at;
    return together === undefined || (apart !== undefined && apart < together) ? apart : together;
  }

  /** After rows were deleted: what was seen of them may be gone. */
  afterDelete(): void {
    for (const cursor of [this.#together, this.#apart, this.#outputs]) cursor.lookAgain();
  }

  /** After memory was given back: all rows are to be read again. */
  restart(): void {
    for (const cursor of [this.#together, this.#apart, this.#outputs]) cursor.restart();
  }

  #deleteTimes(timer: TimerName, { timestamp, outputTimestamp }: TimerTimes): void {
    const isApart = timestamp !== outputTimestamp;
    this.#space.delete(this.#orderKey(isApart ? BY_TIME_APART : BY_TIME, timestamp, timer));
    if (isApart) this.#space.delete(this.#orderKey(BY_OUTPUT, outputTimestamp, timer));
  }

  #firstCursor(): Cursor {
    const together = this.#together.peek();
    const apart = this.#apart.peek();
    if (apart === undefined) return this.#together;
    return together === undefined || isBefore(apart, together) ? this.#apart : this.#together;
  }

  /** Good until the next one is made. */
  #orderKey(order: number, at: Timestamp, { owner, name }: TimerName): Uint8Array {
    const key = this.#key;
    key.reset();
    key.writeByte(order);
    writeTimestamp(at, key);
    key.writeRaw(bytesOf(owner));
    key.writeRaw(bytesOf(name));
    return written(key);
  }
}

/** Reads the rows of one order, those of timers in memory left out. */
class Cursor {
  readonly #space: StateSpace;
  readonly #order: number;
  readonly #isHeld: IsHeld;
  #from: Uint8Array;
  /** The row at `#from`, once it was looked at. */
  #next: OrderedRow | undefined;
  #isAtEnd = false;

  constructor(space: StateSpace, order: number, isHeld: IsHeld) {
    this.#space = space;
    this.#order = order;
    this.#isHeld = isHeld;
    this.#from = Uint8Array.of(order);
  }

  peek(): OrderedRow | undefined {
    if (this.#next !== undefined && !this.#isHeld(this.#next)) return this.#next;
    if (this.#isAtEnd) return undefined;
    [this.#next] = this.#read(1);
    if (this.#next === undefined) this.#isAtEnd = true;
    else this.#from = this.#next.entry.key;
    return this.#next;
  }

  take(count: number): readonly OrderedRow[] {
    const rows = this.#read(count);
    const last = rows.at(-1);
    this.#next = undefined;
    if (last === undefined) this.#isAtEnd = true;
    else this.#from = last.entry.key;
    return rows;
  }

  lookAgain(): void {
    this.#next = undefined;
  }

  restart(): void {
    this.#from = Uint8Array.of(this.#order);
    this.#next = undefined;
    this.#isAtEnd = false;
  }

  #read(count: number): OrderedRow[] {
    const rows: OrderedRow[] = [];
    for (const entry of this.#space.scan(this.#from, Uint8Array.of(this.#order + 1))) {
      const key = new ByteReader(entry.key, 1);
      const at = readTimestamp(key);
      const row = { at, entry, ...readName(key) };
      if (!this.#isHeld(row) && rows.push(row) === count) break;
    }
    return rows;
  }
}

function readTimes(value: Uint8Array): TimerTimes {
  const reader = new ByteReader(value);
  const timestamp = readTimestamp(reader);
  return { timestamp, outputTimestamp: readTimestamp(reader) };
}

const isBefore = (a: OrderedRow, b: OrderedRow): boolean =>
  a.at !== b.at ? a.at < b.at : a.owner !== b.owner ? a.owner < b.owner : a.name < b.name;

const written = (writer: ByteWriter): Uint8Array => writer.bytes.subarray(0, writer.position);
