import {
  type AnyWindowFn,
  type BoundedWindow,
  isIntervalWindow,
  messageOf,
  showValue,
  windowKey,
  type WindowMerge,
} from '../../model/index.ts';
import { GroupingMisuse } from './reducer.ts';

/** What a window function merges, of windows in order; what it throws or gives wrongly is told as its own. */
export function mergesOf(
  windowFn: AnyWindowFn,
  windows: readonly BoundedWindow[],
): readonly WindowMerge<BoundedWindow>[] {
  const { name } = windowFn;
  let merges: unknown;
  try {
    merges = windowFn.merge?.(windows);
  } catch (cause) {
    const message = messageOf(cause).replace(/\.$/, '');
    throw new GroupingMisuse(
      `merge of the window function ${name} failed: ${message}. Groups can't be told apart without it. Mend what it throws.`,
      { cause },
    );
  }
  if (Array.isArray(merges) && merges.every(isMerge)) return merges;
  throw new GroupingMisuse(
    `merge of the window function ${name} gave ${showValue(merges)}. It says which windows become one. Return [{ merged: [...], result }], [] for none, synchronously.`,
  );
}

const isMerge = (merge: Partial<WindowMerge<BoundedWindow>> | undefined): merge is WindowMerge<BoundedWindow> =>
  Array.isArray(merge?.merged) && typeof merge.result?.maxTimestamp === 'number';

/** The order in which a merge function gets its windows. */
export function inOrder(a: BoundedWindow, b: BoundedWindow): number {
  const starts = isIntervalWindow(a) && isIntervalWindow(b) ? a.start - b.start : 0;
  return starts || a.maxTimestamp - b.maxTimestamp;
}

/**
 * Whether two windows are one. Asked of all active windows of a key for each of its elements, and most differ in their ends:
 * only where these are equal do the windows of custom functions have to be encoded (benchmark nexmark, query 9).
 */
export function isSameWindow(a: BoundedWindow, b: BoundedWindow): boolean {
  if (a === b) return true;
  if (a.maxTimestamp !== b.maxTimestamp) return false;
  if (isIntervalWindow(a) && isIntervalWindow(b)) return a.start === b.start && a.end === b.end;
  return windowKey(a) === windowKey(b);
}
