import {
  type AnyWindowFn,
  type BoundedWindow,
  ElementError,
  type IntervalWindow,
  lastStart,
  type Timestamp,
} from '../../model/index.ts';
import { GLOBAL_ONLY, type Windows } from './batch.ts';

/** Gives the windows of an element. */
export type AssignWindows = (timestamp: Timestamp, value: unknown) => Windows;

/** How many windows are remembered, so that elements of one window share one list. */
const REMEMBERED = 10_000;

/**
 * The assignment of a window function, made so that equal windows are the same object as far as possible: groupings then
 * find a window by identity.
 */
export function windowAssigner(step: string, windowFn: AnyWindowFn): AssignWindows {
  const { spec } = windowFn;
  if (spec.kind === 'global') return () => GLOBAL_ONLY;
  if (spec.kind === 'fixed') return fixedAssigner(windowFn, spec.size, spec.offset);
  return (timestamp, value) => {
    const windows: unknown = windowFn.assign(timestamp, value);
    if (Array.isArray(windows) && windows.length > 0) return windows as Windows;
    throw new ElementError(
      step,
      value,
      `the window function ${windowFn.name} gave no windows. An element without a window would be lost. Return at least one window, synchronously.`,
    );
  };
}

function fixedAssigner(windowFn: AnyWindowFn, size: number, offset: number): AssignWindows {
  const byStart = new Map<Timestamp, Windows>();
  let lastWindowStart = Number.NaN;
  let lastWindows: Windows = GLOBAL_ONLY;
  return (timestamp) => {
    const start = lastStart(timestamp, size, offset);
    if (start === lastWindowStart) return lastWindows;
    let windows = byStart.get(start);
    if (windows === undefined) {
      if (byStart.size >= REMEMBERED) byStart.clear();
      windows = windowFn.assign(timestamp, undefined) as readonly IntervalWindow[];
      byStart.set(start, windows);
    }
    lastWindowStart = start;
    lastWindows = windows;
    return windows;
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
