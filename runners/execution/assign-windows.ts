import {
  type AnyWindowFn,
  type BoundedWindow,
  ElementError,
  type IntervalWindow,
  lastStart,
  MAX_TIMESTAMP,
  MIN_TIMESTAMP,
  type Timestamp,
} from '../../model/index.ts';
import { GLOBAL_ONLY, type Windows } from './batch.ts';
import type { StageNode } from './stage.ts';

/** Gives the windows of an element. */
export type AssignWindows = (timestamp: Timestamp, value: unknown) => Windows;

/** How many windows are remembered, so that elements of one window share one list; a power of two. */
const REMEMBERED = 1_024;

/** Whether elements may be in no window, and so are lost: between two that are shorter than their period (Beam). */
export const mayLoseElements = ({ step: { primitive } }: StageNode): boolean =>
  primitive.kind === 'AssignWindows' &&
  primitive.windowFn.spec.kind === 'sliding' &&
  primitive.windowFn.spec.period > primitive.windowFn.spec.size;

/**
 * The assignment of a window function, made so that equal windows are the same object as far as possible: groupings then
 * find a window by identity.
 */
export function windowAssigner(step: string, windowFn: AnyWindowFn): AssignWindows {
  const { spec } = windowFn;
  if (spec.kind === 'global') return () => GLOBAL_ONLY;
  if (spec.kind === 'fixed') return periodicAssigner(windowFn, spec.size, spec.offset);
  // Between two starts all elements are in the same windows, if no window ends there.
  if (spec.kind === 'sliding' && spec.size % spec.period === 0) {
    return periodicAssigner(windowFn, spec.period, spec.offset);
  }
  // Its windows are right; see mayLoseElements.
  if (spec.kind !== 'custom') return (timestamp, value) => windowFn.assign(timestamp, value);
  return (timestamp, value) => {
    const windows: unknown = windowFn.assign(timestamp, value);
    if (Array.isArray(windows) && windows.length > 0) {
      for (const window of windows) checkWindow(step, windowFn, window, value);
      return windows as Windows;
    }
    throw new ElementError(
      step,
      value,
      `the window function ${windowFn.name} gave no windows. An element without a window would be lost. Return at least one window, synchronously.`,
    );
  };
}

function checkWindow(step: string, { name }: AnyWindowFn, window: unknown, value: unknown): void {
  const { maxTimestamp } = Object(window) as Partial<BoundedWindow>; // what a user's function made may be anything
  if (typeof maxTimestamp === 'number' && maxTimestamp >= MIN_TIMESTAMP && maxTimestamp <= MAX_TIMESTAMP) return;
  throw new ElementError(
    step,
    value,
    `the window function ${name} gave a window whose maxTimestamp is ${String(maxTimestamp)}. It is when the window ends, between MIN_TIMESTAMP and MAX_TIMESTAMP. Make windows with interval(start, end), or as { maxTimestamp, ... }.`,
  );
}

/**
 * Windows that follow each other have places side by side, each for the window that was there last: to find one takes a
 * division and a look, where a Map of start times takes 40 ns more.
 */
function periodicAssigner(windowFn: AnyWindowFn, period: number, offset: number): AssignWindows {
  const starts = new Float64Array(REMEMBERED).fill(Number.NaN);
  const lists = new Array<Windows>(REMEMBERED).fill(GLOBAL_ONLY);
  return (timestamp) => {
    const start = lastStart(timestamp, period, offset);
    const place = ((start - offset) / period) & (REMEMBERED - 1);
    if (starts[place] !== start) {
      starts[place] = start;
      // Fixed and sliding window functions give intervals.
      lists[place] = windowFn.assign(timestamp, undefined) as readonly IntervalWindow[];
    }
    return lists[place] ?? GLOBAL_ONLY;
  };
}

/** One-window lists of windows, the same list for the same window object. */
export function singletonLists(): (window: BoundedWindow) => Windows {
  let lists = new WeakMap<BoundedWindow, Windows>();
  return (window) => {
    let list = lists.get(window);
    if (list === undefined) {
      list = [window];
      lists = lists.set(window, list);
    }
    return list;
  };
}
