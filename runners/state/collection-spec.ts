import type { BoundedWindow, StateSpace } from '../../model/index.ts';
import type { CellCodec } from './cell-table.ts';

/** What a collection in cells takes from its step and its run. */
export interface CollectionSpec<T> {
  /** For the rows of this collection alone; undefined where nothing is kept but in memory. */
  readonly space: StateSpace | undefined;
  /** Of one value. */
  readonly codec: CellCodec<T>;
  readonly codegen: boolean;
}

/** What all collections in cells can be asked for. */
export interface CellCollection {
  /** Removes what a key has in a window. */
  clear(window: BoundedWindow, key: unknown): void;
  /** Removes what all keys have in a window. */
  deleteWindow(window: BoundedWindow): void;
  /** Writes what has changed since the last time into the space; the next commit makes it durable. */
  save(): void;
  /** About how much memory it takes. */
  bytes(): number;
  readonly canSpill: boolean;
  /** Writes what has changed, and gives the memory back. What is being read goes on being read. */
  spill(): void;
}
