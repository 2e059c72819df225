import {
  type BoundedWindow,
  ByteReader,
  ByteWriter,
  type KeyEncoder,
  type PrimitiveKey,
  type StateSpace,
  tableKey,
} from '../../model/index.ts';
import { HeldSizes, LEAST_TO_SPILL } from './held-sizes.ts';
import { readWholeKey, skipWindowValue, writeKeyValue, writeWindowValue } from './row-keys.ts';
import { type WindowEntries, WindowMap, type WindowRow } from './window-map.ts';

/** Writes what a cell holds, and reads it back. */
export interface CellCodec<C> {
  encode(content: C, writer: ByteWriter): void;
  decode(reader: ByteReader): C;
  /** About how many bytes it has in all, where `encode` writes some of it elsewhere. */
  readonly bytesOf?: ((content: C) => number) | undefined;
}

/** What one key has in one window. Not to be kept past the element or timer that it was asked for: it may go to disk. */
export interface Cell<C> {
  readonly key: unknown;
  readonly window: BoundedWindow;
  content: C;
  /** Set by whoever changes the content: the next cut writes it. */
  isChanged: boolean;
}

/** What a table takes from its step and its run. */
export interface CellTableSpec<C> {
  /** For the rows of this table alone; undefined where nothing is kept but in memory. */
  readonly space: StateSpace | undefined;
  readonly codec: CellCodec<C>;
  readonly keys: KeyEncoder;
  readonly codegen: boolean;
}

/** So many empty places do not matter. */
const LEAST_OUT = 1024;

/** A cell in memory, and what its table knows of it. */
interface HeldCell<C> extends Cell<C> {
  /** Its key as Maps and rows have it. */
  readonly form: PrimitiveKey;
  /** Whether it may have a row. */
  isStored: boolean;
  /** Its place among those that were handed out since the last save, so that it may be changed; -1 if it was not. */
  outAt: number;
  isDeleted: boolean;
}

/**
 * Cells of one step, by window, then key.
 *
 * Those in memory are in front of those in the space: a cell is read from its row when it is asked for, and written by
 * `save` when it has changed. Rows are ordered by window, then key, so that the cells of a window are read in one go. A
 * table that is made on a space with rows has their cells.
 */
export class CellTable<C> {
  readonly #spec: CellTableSpec<C>;
  readonly #windows: WindowMap<HeldCell<C>>;
  readonly #sizes = new HeldSizes({ entry: 210 });
  readonly #writer = new ByteWriter();
  /** Cells that were handed out since the last save: no other can have changed. */
  #out: (HeldCell<C> | undefined)[] = [];
  /** How many places of it are empty. */
  #taken = 0;
  #looks = 0;
  /** Counted, so that whoever goes through a window knows that there was one. */
  #spills = 0;

  constructor(spec: CellTableSpec<C>) {
    this.#spec = spec;
    this.#windows = new WindowMap(spec.space);
  }

  find(window: BoundedWindow, key: unknown): Cell<C> | undefined {
    const entries = this.#windows.find(window);
    if (entries === undefined) return undefined;
    const cell = this.#held(entries, tableKey(key, this.#spec.keys.encode));
    if (cell !== undefined) this.#handOut(cell);
    return cell;
  }

  /** Puts a new cell where none is. */
  add(window: BoundedWindow, key: unknown, content: C): Cell<C> {
    const entries = this.#windows.make(window);
    const form = tableKey(key, this.#spec.keys.encode);
    const wasDeleted = entries.deleted.delete(form);
    const cell: HeldCell<C> = {
      key,
      window,
      content,
      isChanged: true,
      form,
      isStored: wasDeleted || !entries.isComplete,
      outAt: -1,
      isDeleted: false,
    };
    this.#hold(entries, cell);
    this.#handOut(cell);
    return cell;
  }

  delete(window: BoundedWindow, key: unknown): void {
    const entries = this.#windows.find(window);
    if (entries === undefined) return;
    const form = tableKey(key, this.#spec.keys.encode);
    const cell = entries.held.get(form);
    if (cell !== undefined) this.#letGo(entries, cell);
    const mayHaveRow = cell === undefined ? !entries.isComplete : cell.isStored;
    if (mayHaveRow) this.#windows.addDeleted(entries, form);
    else if (entries.held.size === 0 && entries.isComplete && entries.deleted.size === 0) this.#windows.remove(entries);
  }

  /** Deletes all cells of a window; faster than one by one. */
  deleteWindow(window: BoundedWindow): void {
    const entries = this.#windows.find(window);
    if (entries === undefined) return;
    for (const cell of entries.held.values()) this.#letGo(entries, cell);
    this.#windows.remove(entries);
  }

  /** Windows that have cells, in no order. */
  *windows(): Iterable<BoundedWindow> {
    for (const entries of this.#windows.all()) {
      if (this.#windows.isInhabited(entries)) yield entries.window;
    }
  }

  /**
   * The cells of a window, in no order; cells may be changed, added and deleted meanwhile. A cell that was read from disk
   * goes back when the next one is asked for, unless it has changed.
   */
  *in(window: BoundedWindow): Iterable<Cell<C>> {
    const entries = this.#windows.find(window);
    if (entries === undefined) return;
    const forms = new Set(entries.held.keys());
    for (const form of forms) {
      // Asked for again: it may have been deleted, or gone to disk.
      const cell = this.#held(entries, form);
      if (cell === undefined) continue;
      this.#handOut(cell);
      yield cell;
    }
    if (!entries.isComplete) yield* this.#onDisk(entries, forms);
  }

  /** Writes what has changed since the last time into the space; the next commit makes it durable. */
  save(): void {
    if (this.#spec.space === undefined) return;
    const out = this.#out.filter((cell) => cell !== undefined);
    this.#out = [];
    this.#taken = 0;
    // In about the order of rows: neighbors are written together, and a large table is gone through once.
    out.sort(byRow);
    for (const cell of out) {
      cell.outAt = -1;
      if (cell.isChanged) this.#write(cell);
    }
    for (const entries of this.#windows.all()) this.#windows.flushDeleted(entries);
  }

  /** About how much memory the cells take. */
  bytes(): number {
    // Contents change while nothing is written: those that were handed out are looked at, one now and then.
    this.#looks += 1;
    const cell = this.#out[this.#looks % Math.max(1, this.#out.length)];
    if (cell !== undefined) this.#sizes.sample(cell.content, this.#spec.codec);
    return this.#sizes.bytes();
  }

  get canSpill(): boolean {
    return this.#spec.space !== undefined && this.bytes() >= LEAST_TO_SPILL;
  }

  /** Writes what has changed, and gives the memory of all cells back. No cell may be in use. */
  spill(): void {
    if (this.#spec.space === undefined) return;
    this.save();
    this.#windows.forget();
    this.#sizes.clear();
    this.#spills += 1;
  }

  *#onDisk(entries: WindowEntries<HeldCell<C>>, seen: ReadonlySet<PrimitiveKey>): Iterable<Cell<C>> {
    const spills = this.#spills;
    let areAllHeld = true;
    for (const row of this.#windows.rows(entries)) {
      if (!seen.has(row.form)) {
        const cell = entries.held.get(row.form) ?? this.#load(entries, row);
        // At a cut that comes before the next cell is asked for, it is written.
        this.#handOut(cell);
        try {
          yield cell;
        } finally {
          this.#putBack(entries, cell);
        }
      }
      areAllHeld &&= entries.held.has(row.form) || entries.deleted.has(row.form);
    }
    if (areAllHeld && spills === this.#spills) entries.isComplete = true;
  }

  /** After a cell from disk was used: it stays in memory only if it has to be written. */
  #putBack(entries: WindowEntries<HeldCell<C>>, cell: HeldCell<C>): void {
    if (cell.isDeleted) return;
    if (!cell.isChanged) {
      this.#takeBack(cell);
      if (entries.held.get(cell.form) === cell) this.#drop(entries, cell);
      return;
    }
    // It was changed, even if all memory was given back meanwhile.
    if (entries.held.get(cell.form) !== cell) this.#hold(entries, cell);
    this.#handOut(cell);
  }

  /** A cell in memory, or read from its row. */
  #held(entries: WindowEntries<HeldCell<C>>, form: PrimitiveKey): HeldCell<C> | undefined {
    const held = entries.held.get(form);
    if (held !== undefined || entries.isComplete) return held;
    const value = this.#windows.get(entries, form);
    return value === undefined ? undefined : this.#load(entries, { form, value });
  }

  #hold(entries: WindowEntries<HeldCell<C>>, cell: HeldCell<C>): void {
    if (!entries.held.has(cell.form)) this.#sizes.count += 1;
    entries.held.set(cell.form, cell);
  }

  #drop(entries: WindowEntries<HeldCell<C>>, cell: HeldCell<C>): void {
    if (entries.held.delete(cell.form)) this.#sizes.count -= 1;
  }

  #letGo(entries: WindowEntries<HeldCell<C>>, cell: HeldCell<C>): void {
    cell.isDeleted = true;
    this.#takeBack(cell);
    this.#drop(entries, cell);
  }

  #handOut(cell: HeldCell<C>): void {
    if (cell.outAt >= 0 || this.#spec.space === undefined) return;
    // A run without cuts never saves: what was deleted must not take room for that.
    if (this.#taken > this.#out.length / 2 + LEAST_OUT) {
      this.#out = this.#out.filter((out) => out !== undefined);
      for (const [at, out] of this.#out.entries()) if (out !== undefined) out.outAt = at;
      this.#taken = 0;
    }
    cell.outAt = this.#out.push(cell) - 1;
  }

  #takeBack(cell: HeldCell<C>): void {
    if (cell.outAt < 0) return;
    this.#out[cell.outAt] = undefined;
    this.#taken += 1;
    cell.outAt = -1;
  }

  #write(cell: HeldCell<C>): void {
    const writer = this.#writer;
    writer.reset();
    const size = this.#spec.codec.bytesOf?.(cell.content);
    writeWindowValue(cell.window, writer);
    writeKeyValue(cell.form, cell.key, writer);
    this.#spec.codec.encode(cell.content, writer);
    this.#sizes.see(size ?? writer.position);
    this.#windows.put(this.#windows.make(cell.window), cell.form, writer.bytes.subarray(0, writer.position));
    cell.isStored = true;
    cell.isChanged = false;
  }

  #load(entries: WindowEntries<HeldCell<C>>, { form, value }: WindowRow): HeldCell<C> {
    const reader = new ByteReader(value);
    skipWindowValue(entries.window, reader);
    const key = readWholeKey(form, reader);
    const cell: HeldCell<C> = {
      key,
      window: entries.window,
      content: this.#spec.codec.decode(reader),
      isChanged: false,
      form,
      isStored: true,
      outAt: -1,
      isDeleted: false,
    };
    this.#hold(entries, cell);
    return cell;
  }
}

/** About the order of rows: of keys of one type, and strings of one length, the same. */
function byRow({ form: a }: HeldCell<unknown>, { form: b }: HeldCell<unknown>): number {
  if (typeof a === 'string' && typeof b === 'string' && a.length !== b.length) return a.length - b.length;
  if (a === b || a === null || b === null) return 0;
  return a < b ? -1 : 1;
}
