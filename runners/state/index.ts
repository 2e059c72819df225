// What keyed steps keep while time passes: cells by window and key, timers by time. In memory, and in a space of the job's
// store where they must survive a crash or have no room. Imports the model only.
//
// Start with cell-table.ts; timer-table.ts is the same for what is ordered by time; list-cells.ts, map-cells.ts and
// sorted-cells.ts hold many values for a key. row-keys.ts says how keys of rows are written. memory-store.ts is a store for
// simulated crashes.
export { type Cell, type CellCodec, CellTable } from './cell-table.ts';
export { ListCells } from './list-cells.ts';
export { MapCells } from './map-cells.ts';
export { SortedCells } from './sorted-cells.ts';
export { type CommitFault, MemoryDisk } from './memory-store.ts';
export {
  endOf,
  readKey,
  readTimestamp,
  readWholeKey,
  readWholeWindow,
  skipWindowValue,
  writeKey,
  writeKeyValue,
  writeTimestamp,
  writeWindow,
  writeWindowValue,
} from './row-keys.ts';
export { encodedBytes } from './held-sizes.ts';
export type { SetTimer, TimerId } from './held-timer.ts';
export { TimerTable, type TimerTableSpec } from './timer-table.ts';
