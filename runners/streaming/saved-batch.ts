import type { PaneInfo, Timestamp } from '../../model/index.ts';
import { type Batch, BatchBuilder, type Windows } from '../execution/index.ts';

/** The elements of a batch as plain data. Elements that are in the same windows share one list of them, as in the batch. */
export interface SavedBatch {
  readonly values: readonly unknown[];
  /** One for all, or one for each. */
  readonly timestamps: Timestamp | readonly Timestamp[];
  /** The lists that occur, and which of them is each element's, where there are several. */
  readonly windows: readonly Windows[];
  readonly windowsOf: readonly number[] | undefined;
  readonly panes: PaneInfo | readonly PaneInfo[];
}

export function savedBatch(batch: Batch): SavedBatch {
  const { values, length, timestamp, timestamps, windows, windowsColumn, pane, panes } = batch;
  const lists = new Map<Windows, number>();
  const windowsOf = windowsColumn?.map((list) => {
    const known = lists.get(list) ?? lists.size;
    lists.set(list, known);
    return known;
  });
  return {
    values: values.slice(0, length),
    timestamps: timestamps === null ? timestamp : [...timestamps],
    windows: windowsOf === undefined ? [windows] : [...lists.keys()],
    windowsOf,
    panes: panes ?? pane,
  };
}

export function restoredBatch({ values, timestamps, windows, windowsOf, panes }: SavedBatch): Batch {
  const builder = new BatchBuilder();
  values.forEach((value, i) => {
    const at = typeof timestamps === 'number' ? timestamps : timestamps[i];
    const list = windows[windowsOf?.[i] ?? 0];
    const pane = isList(panes) ? panes[i] : panes;
    if (at === undefined || list === undefined || pane === undefined)
      throw new Error('This is a bug in Viga: a saved batch has columns that end early.');
    builder.add(value, at, list, pane);
  });
  return builder.take();
}

const isList = (panes: PaneInfo | readonly PaneInfo[]): panes is readonly PaneInfo[] => Array.isArray(panes);
