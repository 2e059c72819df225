import {
  type BoundedWindow,
  ByteReader,
  ByteWriter,
  isIntervalWindow,
  type PrimitiveKey,
  type StateSpace,
  windowKey,
} from '../../model/index.ts';
import { endOf, readKey, readWholeWindow, writeKey, writeWindow } from './row-keys.ts';

/** So many deletions of a window wait for the next save; more go to the space at once. */
const MOST_DELETED = 4096;

/** What a table has of one window. */
export interface WindowEntries<E> {
  readonly window: BoundedWindow;
  readonly name: string;
  /** What the keys of its rows begin with. */
  readonly prefix: Uint8Array;
  /** In memory, in front of the rows. */
  readonly held: Map<PrimitiveKey, E>;
  /** Rows that are still there and count no more. */
  readonly deleted: Set<PrimitiveKey>;
  /** Whether it may have rows. */
  hasRows: boolean;
  /** Whether rows were deleted since it was last seen that there are some. */
  mayBeEmpty: boolean;
  /** Counts the changes of its rows. */
  version: number;
  /** Whether each of its rows belongs to an entry that is held or deleted: what is not in memory does not exist. */
  isComplete: boolean;
}

/** A row of a window, by its key's form. */
export interface WindowRow {
  readonly form: PrimitiveKey;
  readonly value: Uint8Array;
}

/** The windows of a table, those that have only rows as well. */
export class WindowMap<E> {
  readonly #space: StateSpace | undefined;
  readonly #windows = new Map<string, WindowEntries<E>>();
  readonly #writer = new ByteWriter(256);
  #last: WindowEntries<E> | undefined;
  #isRestored: boolean;

  constructor(space: StateSpace | undefined) {
    this.#space = space;
    this.#isRestored = space === undefined;
  }

  find(window: BoundedWindow): WindowEntries<E> | undefined {
    const last = this.#last;
    if (last !== undefined && isSame(last.window, window)) return last;
    if (!this.#isRestored) this.#restore();
    const found = this.#windows.get(windowKey(window));
    if (found !== undefined) this.#last = found;
    return found;
  }

  make(window: BoundedWindow): WindowEntries<E> {
    return this.find(window) ?? this.#add(window, false);
  }

  /** All windows as they are now; they may be changed while these are gone through. */
  all(): readonly WindowEntries<E>[] {
    if (!this.#isRestored) this.#restore();
    return [...this.#windows.values()];
  }

  get(entries: WindowEntries<E>, form: PrimitiveKey): Uint8Array | undefined {
    if (entries.isComplete || entries.deleted.has(form)) return undefined;
    return this.#space?.get(this.#rowKey(entries, form));
  }

  put(entries: WindowEntries<E>, form: PrimitiveKey, value: Uint8Array): void {
    this.#space?.put(this.#rowKey(entries, form), value);
    entries.hasRows = true;
    entries.version += 1;
  }

  /** The rows of a window in order, deleted ones left out; it may be changed meanwhile. */
  *rows(entries: WindowEntries<E>): Iterable<WindowRow> {
    if (this.#space === undefined || !entries.hasRows) return;
    const end = endOf(entries.prefix);
    for (let from: Uint8Array | undefined = entries.prefix; from !== undefined; ) {
      const { version } = entries;
      let next: Uint8Array | undefined;
      for (const { key, value } of this.#space.scan(from, end)) {
        if (entries.version !== version) {
          // A scan reads ahead: what was written since it began may not be in it.
          next = key;
          break;
        }
        const form = readKey(new ByteReader(key, entries.prefix.length));
        if (!entries.deleted.has(form)) yield { form, value };
      }
      from = next;
    }
  }

  /** Whether there is an entry, in memory or on disk. */
  isInhabited(entries: WindowEntries<E>): boolean {
    if (entries.held.size > 0) return true;
    if (entries.isComplete) return false;
    if (entries.mayBeEmpty && first(this.rows(entries)) === undefined) return false;
    entries.mayBeEmpty = false;
    return true;
  }

  /** Takes note that a row counts no more. */
  addDeleted(entries: WindowEntries<E>, form: PrimitiveKey): void {
    entries.deleted.add(form);
    entries.mayBeEmpty = true;
    if (entries.deleted.size >= MOST_DELETED) this.flushDeleted(entries);
  }

  /** Deletes the rows that count no more. */
  flushDeleted(entries: WindowEntries<E>): void {
    if (entries.deleted.size === 0) return;
    if (entries.isComplete && entries.held.size === 0) {
      this.remove(entries);
      return;
    }
    for (const form of entries.deleted) this.#space?.delete(this.#rowKey(entries, form));
    entries.deleted.clear();
    entries.version += 1;
  }

  /** Takes a window away, and its rows. */
  remove(entries: WindowEntries<E>): void {
    if (entries.hasRows) this.#space?.deleteRange(entries.prefix, endOf(entries.prefix));
    entries.deleted.clear();
    entries.version += 1;
    this.#windows.delete(entries.name);
    if (this.#last === entries) this.#last = undefined;
  }

  /** Gives the memory of all entries back; each must have its row. */
  forget(): void {
    for (const entries of this.#windows.values()) {
      if (entries.held.size === 0) continue;
      entries.held.clear();
      entries.isComplete = false;
      entries.mayBeEmpty = false;
    }
  }

  #add(window: BoundedWindow, hasRows: boolean): WindowEntries<E> {
    const name = windowKey(window);
    const entries: WindowEntries<E> = {
      window,
      name,
      prefix: prefixOf(window),
      held: new Map(),
      deleted: new Set(),
      hasRows,
      mayBeEmpty: false,
      version: 0,
      isComplete: !hasRows,
    };
    this.#windows.set(name, entries);
    return entries;
  }

  /** Finds the windows that have rows: one look for each. */
  #restore(): void {
    this.#isRestored = true;
    for (let from: Uint8Array | undefined = new Uint8Array(0); from !== undefined; ) {
      const row = first(this.#space?.scan(from) ?? []);
      if (row === undefined) return;
      const window = readWholeWindow(new ByteReader(row.key), new ByteReader(row.value));
      from = endOf(this.#add(window, true).prefix);
    }
  }

  /** Good until the next one is made. */
  #rowKey(entries: WindowEntries<E>, form: PrimitiveKey): Uint8Array {
    const writer = this.#writer;
    writer.reset();
    writer.writeRaw(entries.prefix);
    writeKey(form, writer);
    return writer.bytes.subarray(0, writer.position);
  }
}

const isSame = (a: BoundedWindow, b: BoundedWindow): boolean =>
  a === b || (isIntervalWindow(a) && isIntervalWindow(b) && a.start === b.start && a.end === b.end);

function prefixOf(window: BoundedWindow): Uint8Array {
  const writer = new ByteWriter(64);
  writeWindow(window, writer);
  return writer.toBytes();
}

function first<T>(items: Iterable<T>): T | undefined {
  for (const item of items) return item;
  return undefined;
}
