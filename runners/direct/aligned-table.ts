import {
  type BoundedWindow,
  type KeyEncoder,
  ON_TIME_AND_ONLY,
  type PrimitiveKey,
  tableKey,
  type Timestamp,
  type TimestampCombiner,
  windowKey,
} from '../../model/index.ts';
import { type Batch, ownCopy, singletonLists, type Windows } from '../execution/index.ts';
import type { AddToGroup, GroupTable, Pair, Row } from './group-table.ts';
import type { Reducer } from './reducer.ts';
import { SizeSample } from './size-sample.ts';

/** What is kept for one key in one window. */
interface Cell {
  readonly key: unknown;
  value: unknown;
  timestamp: Timestamp;
}

type Cells = Map<PrimitiveKey, Cell>;

interface WindowCells {
  readonly window: BoundedWindow;
  readonly cells: Cells;
}

/** What a table needs to know of its step. */
export interface TableSpec {
  readonly step: string;
  readonly reducer: Reducer;
  readonly timestampCombiner: TimestampCombiner;
  readonly keys: KeyEncoder;
  readonly codegen: boolean;
  /** Told when the table has one more cell, so that it can be emptied before it is too large. */
  readonly onGrowth: (size: number) => void;
  readonly failed: (error: unknown, pair: Pair) => Error;
}

/** Of how many lists of windows the cells are remembered by identity. */
const REMEMBERED = 10_000;
/** What a cell takes in a Map, its key not counted: three fields, the entry, its share of empty slots. */
const CELL_BYTES = 96;
/** Elements of one output batch. */
export const OUTPUT_BATCH = 1_024;

/**
 * Groups by window, then key, for windows that never merge: `Map<window, Map<key, cell>>`.
 *
 * Invariant: the Map of a window stays the same object while the table lives, emptied in place, since `add` holds on to it.
 */
export class AlignedTable implements GroupTable {
  readonly add: AddToGroup;
  readonly #spec: TableSpec;
  readonly #windows = new Map<string, WindowCells>();
  readonly #byList = new Map<Windows, Cells>();
  readonly #sample = new SizeSample();
  readonly #only = singletonLists();
  #size = 0;

  constructor(spec: TableSpec) {
    this.#spec = spec;
    this.add = ownCopy(
      makeAdd,
      spec.codegen,
    )({
      reducer: spec.reducer,
      timestampCombiner: spec.timestampCombiner,
      tableKey: (key) => tableKey(key, spec.keys.encode),
      cellsOf: (windows) => this.#cellsOf(windows),
      addToEach: (pair, timestamp, windows) => {
        for (const window of windows) this.add(pair, timestamp, this.#only(window));
      },
      added: (pair) => this.#added(pair),
      failed: spec.failed,
    });
  }

  get size(): number {
    return this.#size;
  }

  bytes(): number {
    return this.#size * CELL_BYTES + this.#sample.total;
  }

  addRow({ key, window, timestamp, isReduced, value }: Row): void {
    const { reducer, timestampCombiner } = this.#spec;
    if (!isReduced) {
      this.add({ key, value }, timestamp, this.#only(window));
      return;
    }
    const cells = this.#cells(window);
    const at = tableKey(key, this.#spec.keys.encode);
    const cell = cells.get(at);
    if (cell === undefined) {
      cells.set(at, { key, value, timestamp });
      this.#size++;
      return;
    }
    cell.value = reducer.merge(cell.value, value);
    cell.timestamp = combineTimestamps(timestampCombiner, cell.timestamp, timestamp);
  }

  drain(take: (row: Row) => void): void {
    for (const { window, cells } of this.#windows.values()) {
      for (const { key, value, timestamp } of cells.values()) take({ key, window, timestamp, isReduced: true, value });
      cells.clear();
    }
    this.#size = 0;
    this.#sample.clear();
  }

  *batches(): Iterable<Batch> {
    const windows = [...this.#windows.values()].sort((a, b) => a.window.maxTimestamp - b.window.maxTimestamp);
    for (const { window, cells } of windows) {
      let chunk: Cell[] = [];
      for (const cell of cells.values()) {
        chunk.push(cell);
        if (chunk.length < OUTPUT_BATCH) continue;
        yield this.#batch(window, chunk);
        chunk = [];
      }
      if (chunk.length > 0) yield this.#batch(window, chunk);
    }
  }

  #batch(window: BoundedWindow, cells: readonly Cell[]): Batch {
    const { reducer, timestampCombiner, failed } = this.#spec;
    const values = cells.map((cell) => {
      try {
        return { key: cell.key, value: reducer.finish(cell.value) };
      } catch (error) {
        throw failed(error, cell);
      }
    });
    return groupBatch(
      values,
      [window],
      timestampCombiner === 'end-of-window' ? null : Float64Array.from(cells, ({ timestamp }) => timestamp),
    );
  }

  #cellsOf(windows: Windows): Cells | undefined {
    const known = this.#byList.get(windows);
    if (known !== undefined) return known;
    const [window] = windows;
    if (window === undefined || windows.length !== 1) return undefined;
    if (this.#byList.size >= REMEMBERED) this.#byList.clear();
    const cells = this.#cells(window);
    this.#byList.set(windows, cells);
    return cells;
  }

  #cells(window: BoundedWindow): Cells {
    const name = windowKey(window);
    let found = this.#windows.get(name);
    if (found === undefined) {
      found = { window, cells: new Map() };
      this.#windows.set(name, found);
    }
    return found.cells;
  }

  /** A cell is new, or a list one value longer. */
  #added(pair: Pair | undefined): void {
    if (pair !== undefined) this.#sample.add(pair.value);
    else this.#spec.onGrowth(++this.#size);
  }
}

interface AddParts {
  readonly reducer: Reducer;
  readonly timestampCombiner: TimestampCombiner;
  readonly tableKey: (key: unknown) => PrimitiveKey;
  readonly cellsOf: (windows: Windows) => Cells | undefined;
  readonly addToEach: AddToGroup;
  readonly added: (pair: Pair | undefined) => void;
  readonly failed: (error: unknown, pair: Pair) => Error;
}

/** Compiled again for each step (ownCopy), so it uses nothing but its parameter. Guarded by the group-sum benchmark. */
const makeAdd = (parts: AddParts): AddToGroup => {
  const { reducer, timestampCombiner, tableKey, cellsOf, addToEach, added, failed } = parts;
  const { keepsValues } = reducer;
  let lastWindows: Windows | undefined;
  let cells: Cells | undefined;
  let values = 0;
  return (pair, timestamp, windows) => {
    if (windows !== lastWindows) {
      const found = cellsOf(windows);
      if (found === undefined) return addToEach(pair, timestamp, windows);
      cells = found;
      lastWindows = windows;
    }
    const { key, value } = pair;
    // A string that begins with NUL stands for an encoded key, so it is not taken as it is.
    const isBare = typeof key === 'string' ? key.charCodeAt(0) !== 0 : typeof key === 'number';
    let isNew = false;
    try {
      const at = isBare ? (key as PrimitiveKey) : tableKey(key);
      const cell = (cells as Cells).get(at);
      if (cell === undefined) {
        (cells as Cells).set(at, { key, value: reducer.first(value), timestamp });
        isNew = true;
      } else {
        cell.value = reducer.add(cell.value, value);
        if (timestampCombiner === 'earliest') {
          if (timestamp < cell.timestamp) cell.timestamp = timestamp;
        } else if (timestampCombiner === 'latest' && timestamp > cell.timestamp) cell.timestamp = timestamp;
      }
    } catch (error) {
      throw failed(error, pair);
    }
    // Outside the try: a disk that is full while the table is emptied is no failure of this element. One value in 64 is
    // measured for all.
    if (isNew) added(undefined);
    if (keepsValues && (++values & 63) === 0) added(pair);
  };
};

/** The timestamp of a group of two. */
export function combineTimestamps(combiner: TimestampCombiner, a: Timestamp, b: Timestamp): Timestamp {
  if (combiner === 'earliest') return Math.min(a, b);
  return Math.max(a, b);
}

/** Output elements of one window: they have its end as timestamp where they have none of their own. */
export const groupBatch = (values: readonly unknown[], windows: Windows, timestamps: Float64Array | null): Batch => ({
  values,
  length: values.length,
  timestamp: windows[0]?.maxTimestamp ?? 0,
  timestamps,
  windows,
  windowsColumn: null,
  pane: ON_TIME_AND_ONLY,
  panes: null,
  coordinate: null,
});
