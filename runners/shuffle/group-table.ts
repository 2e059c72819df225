import type { BoundedWindow, Timestamp } from '../../model/index.ts';
import type { Batch, Windows } from '../execution/index.ts';

// What a grouping keeps, in memory. Two layouts behind one interface: by window, then key, where windows are fixed when an
// element comes (aligned-table.ts); by key, then window, where windows of a key may still become one (merging-table.ts).

/** A key-value pair as it reaches a grouping. */
export interface Pair {
  readonly key: unknown;
  readonly value: unknown;
}

/** Takes an element into a table. */
export type AddToGroup = (key: unknown, value: unknown, timestamp: Timestamp, windows: Windows) => void;

/** Takes the elements of a batch from one index up to another. */
export type AddBatch = (batch: Batch, from: number, to: number) => void;

/** One thing that a table holds for a key and a window: an accumulator, or a list of values. */
export interface Row {
  readonly key: unknown;
  readonly window: BoundedWindow;
  readonly timestamp: Timestamp;
  /** Whether `value` is what a {@link Reducer} made; otherwise it is an element's value. */
  readonly isReduced: boolean;
  readonly value: unknown;
}

/** The groups of one step. */
export interface GroupTable {
  /** Replaced when the table is emptied; read it each time. */
  readonly add: AddToGroup;
  /** The same by the batch, where that is faster. */
  readonly addBatch?: AddBatch;
  /** Cells: keys, counted once per window. */
  readonly size: number;
  /** About how many elements it has taken since it was empty. */
  readonly added: number;
  /** About how many bytes of memory it takes. */
  bytes(): number;
  /** Takes what another table of the same step held. */
  addRow(row: Row): void;
  /** Hands over all that it holds and is empty then. */
  drain(take: (row: Row) => void): void;
  /** The groups as output elements, window by window; they stay in the table. */
  batches(): Iterable<Batch>;
}
