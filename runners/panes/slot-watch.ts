import type { Timestamp } from '../../model/index.ts';
import type { StepTime, Windows } from '../execution/index.ts';
import type { AddBatch, AddToGroup } from '../shuffle/index.ts';

/**
 * Makes the functions that look whether a window is over before an element goes into its slot. A list of windows is looked
 * at once between two moves of the watermark.
 *
 * Compiled again for each step (ownCopy), so it uses nothing but its parameters. Guarded by the benchmark streamwindow.
 */
export const makeWatch = (
  time: StepTime,
  add: AddToGroup,
  addBatch: AddBatch,
  addEach: AddToGroup,
  endOfTime: Timestamp,
): { readonly addPair: AddToGroup; readonly addBatch: AddBatch } => {
  let open: Windows | undefined;
  let checkedAt = Number.NaN;
  /** Whether none of the windows is over. */
  const look = (windows: Windows): boolean => {
    for (const window of windows) if (time.inputWatermark > Math.min(window.maxTimestamp, endOfTime)) return false;
    open = windows;
    checkedAt = time.inputWatermark;
    return true;
  };
  const addPair: AddToGroup = (key, value, timestamp, windows) => {
    if ((windows === open && checkedAt === time.inputWatermark) || look(windows)) add(key, value, timestamp, windows);
    else addEach(key, value, timestamp, windows);
  };
  return {
    addPair,
    addBatch(batch, from, to) {
      const { windows, windowsColumn, timestamp, timestamps } = batch;
      let i = from;
      if (windowsColumn === null) {
        if (look(windows)) i = to;
      } else {
        for (let last: Windows | undefined; i < to; i++) {
          const its = windowsColumn[i] as Windows; // the column is as long as the batch
          if (its !== last && !look(its)) break;
          last = its;
        }
      }
      if (i > from) addBatch(batch, from, i);
      for (; i < to; i++) {
        const { key, value } = batch.values[i] as { key: unknown; value: unknown }; // see add
        addPair(key, value, timestamps === null ? timestamp : (timestamps[i] ?? 0), windowsColumn?.[i] ?? windows);
      }
    },
  };
};
