import {
  type BoundedWindow,
  type ByteReader,
  type ByteWriter,
  type KeyEncoder,
  type PrimitiveKey,
  type StateSpace,
  tableKey,
  windowKey,
} from '../../model/index.ts';

/** Writes what a cell holds, and reads it back. */
export interface CellCodec<C> {
  encode(content: C, writer: ByteWriter): void;
  decode(reader: ByteReader): C;
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
  readonly space: StateSpace | undefined;
  readonly codec: CellCodec<C>;
  readonly keys: KeyEncoder;
  readonly codegen: boolean;
}

/** Cells of one step, by window, then key. */
export class CellTable<C> {
  readonly #spec: CellTableSpec<C>;
  readonly #windows = new Map<string, { readonly window: BoundedWindow; readonly cells: Map<PrimitiveKey, Cell<C>> }>();

  constructor(spec: CellTableSpec<C>) {
    this.#spec = spec;
  }

  find(window: BoundedWindow, key: unknown): Cell<C> | undefined {
    return this.#windows.get(windowKey(window))?.cells.get(tableKey(key, this.#spec.keys.encode));
  }

  /** Puts a new cell where none is. */
  add(window: BoundedWindow, key: unknown, content: C): Cell<C> {
    const name = windowKey(window);
    let found = this.#windows.get(name);
    if (found === undefined) {
      found = { window, cells: new Map() };
      this.#windows.set(name, found);
    }
    const cell: Cell<C> = { key, window, content, isChanged: true };
    found.cells.set(tableKey(key, this.#spec.keys.encode), cell);
    return cell;
  }

  delete(window: BoundedWindow, key: unknown): void {
    const name = windowKey(window);
    const found = this.#windows.get(name);
    found?.cells.delete(tableKey(key, this.#spec.keys.encode));
    if (found?.cells.size === 0) this.#windows.delete(name);
  }

  /** Windows that have cells, in no order. */
  *windows(): Iterable<BoundedWindow> {
    for (const { window } of [...this.#windows.values()]) yield window;
  }

  /** The cells of a window; it may be changed and cells deleted meanwhile. */
  *in(window: BoundedWindow): Iterable<Cell<C>> {
    yield* [...(this.#windows.get(windowKey(window))?.cells.values() ?? [])];
  }
}
