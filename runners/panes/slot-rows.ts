import {
  type BoundedWindow,
  ByteReader,
  ByteWriter,
  type PrimitiveKey,
  type StateEntry,
  type StateSpace,
} from '../../model/index.ts';
import {
  type CellCodec,
  endOf,
  readKey,
  readWholeKey,
  readWholeWindow,
  skipWindowValue,
  writeKey,
  writeKeyValue,
  writeWindow,
  writeWindowValue,
} from '../state/index.ts';
import { readUint32, writeUint32 } from './uint32.ts';

/** The name of the row that says which generation is the next. */
const NEXT = new Uint8Array(1);

/** What the rows of a key hold, in the order in which they were begun. */
export interface RowGroup {
  readonly key: unknown;
  readonly form: PrimitiveKey;
  readonly parts: readonly unknown[];
}

/**
 * What the slots of open windows hold, as rows: by window, key and generation.
 *
 * A generation ends when slots are forgotten, and for lists with each save. Within one, a row is put in place of the last;
 * across generations the rows of a key are parts of what it holds, so nothing has to be read before the window fires.
 */
export class SlotRows {
  readonly #rows: StateSpace;
  readonly #counter: StateSpace;
  readonly #held: CellCodec<unknown>;
  readonly #key = new ByteWriter(256);
  readonly #value = new ByteWriter();
  /** Rows from this generation on hold what is in memory as well. */
  #inMemory: number;
  #generation: number;

  constructor(rows: StateSpace, counter: StateSpace, held: CellCodec<unknown>) {
    this.#rows = rows;
    this.#counter = counter;
    this.#held = held;
    const next = counter.get(NEXT);
    this.#generation = next === undefined ? 0 : new ByteReader(next).readVarint();
    this.#inMemory = this.#generation;
    this.#saveNext();
  }

  /** The windows that have rows: one look for each. */
  *windows(): Iterable<BoundedWindow> {
    for (let from: Uint8Array | undefined = new Uint8Array(0); from !== undefined; ) {
      const row = firstOf(this.#rows.scan(from));
      if (row === undefined) return;
      const window = readWholeWindow(new ByteReader(row.key), new ByteReader(row.value));
      yield window;
      from = endOf(prefixOf(window));
    }
  }

  put(window: BoundedWindow, form: PrimitiveKey, key: unknown, held: unknown): void {
    const writer = this.#key;
    writer.reset();
    writeWindow(window, writer);
    writeKey(form, writer);
    writeUint32(this.#generation, writer);
    const value = this.#value;
    value.reset();
    writeWindowValue(window, value);
    writeKeyValue(form, key, value);
    this.#held.encode(held, value);
    this.#rows.put(writer.bytes.subarray(0, writer.position), value.bytes.subarray(0, value.position));
  }

  /** What is put from now on does not take the place of what was put before. */
  endGeneration(): void {
    this.#generation++;
    this.#saveNext();
  }

  /** The slots are empty: what rows hold is in memory no more. */
  forget(): void {
    this.endGeneration();
    this.#inMemory = this.#generation;
  }

  /** The rows of a window, key by key; parts that are in memory are left out. */
  *groups(window: BoundedWindow): Iterable<RowGroup> {
    const prefix = prefixOf(window);
    let group: { key: unknown; form: PrimitiveKey; parts: unknown[] } | undefined;
    for (const row of this.#rows.scan(prefix, endOf(prefix))) {
      const keyReader = new ByteReader(row.key, prefix.length);
      const form = readKey(keyReader);
      const reader = new ByteReader(row.value);
      skipWindowValue(window, reader);
      const key = readWholeKey(form, reader);
      if (group === undefined || !Object.is(group.form, form)) {
        if (group !== undefined) yield group;
        group = { key, form, parts: [] };
      }
      if (readUint32(keyReader) < this.#inMemory) group.parts.push(this.#held.decode(reader));
    }
    if (group !== undefined) yield group;
  }

  /** Deletes the rows of a key. */
  deleteKey(window: BoundedWindow, form: PrimitiveKey): void {
    const writer = this.#key;
    writer.reset();
    writeWindow(window, writer);
    writeKey(form, writer);
    const from = writer.toBytes();
    this.#rows.deleteRange(from, endOf(from));
  }

  deleteWindow(window: BoundedWindow): void {
    const prefix = prefixOf(window);
    this.#rows.deleteRange(prefix, endOf(prefix));
  }

  /** The slots of a job that starts again are empty: it begins with a generation of its own. */
  #saveNext(): void {
    const writer = this.#value;
    writer.reset();
    writer.writeVarint(this.#generation + 1);
    this.#counter.put(NEXT, writer.bytes.subarray(0, writer.position));
  }
}

function prefixOf(window: BoundedWindow): Uint8Array {
  const writer = new ByteWriter(64);
  writeWindow(window, writer);
  return writer.toBytes();
}

function firstOf(rows: Iterable<StateEntry>): StateEntry | undefined {
  for (const row of rows) return row;
  return undefined;
}
