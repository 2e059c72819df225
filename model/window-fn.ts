import { PipelineError } from './errors.ts';
import { encodeKey } from './key.ts';
import { END_OF_GLOBAL_WINDOW, formatTimestamp, type Duration, type Timestamp } from './time.ts';

/** A finite group of event times. Windows are plain data; two are the same when {@link windowKey} is. */
export interface BoundedWindow {
  /** The last instant that belongs to the window. */
  readonly maxTimestamp: Timestamp;
}

/** The one window that holds all of event time. */
export interface GlobalWindow extends BoundedWindow {
  readonly kind: 'global';
}

/** The instants from `start` up to, not including, `end`. */
export interface IntervalWindow extends BoundedWindow {
  readonly kind: 'interval';
  readonly start: Timestamp;
  readonly end: Timestamp;
}

/** The global window; there is only one. */
export const GLOBAL_WINDOW: GlobalWindow = { kind: 'global', maxTimestamp: END_OF_GLOBAL_WINDOW };

/** Makes the window of the instants from `start` up to, not including, `end`. */
export const interval = (start: Timestamp, end: Timestamp): IntervalWindow => ({
  kind: 'interval',
  start,
  end,
  maxTimestamp: end - 1,
});

/** Whether a window is an {@link IntervalWindow}, so that its `start` and `end` can be read. */
export const isIntervalWindow = (window: BoundedWindow): window is IntervalWindow =>
  'kind' in window && window.kind === 'interval';

/** The identity of a window: equal for equal windows, different for all others. */
export function windowKey(window: BoundedWindow): string {
  if (isIntervalWindow(window)) return `${window.start},${window.end}`;
  // A copy, made by a coder for example, is the same window.
  return 'kind' in window && window.kind === 'global' ? 'g' : encodeKey(window);
}

/** Shows a window for people. */
export function formatWindow(window: BoundedWindow): string {
  if (window === GLOBAL_WINDOW) return 'global';
  return isIntervalWindow(window)
    ? `[${formatTimestamp(window.start)}, ${formatTimestamp(window.end)})`
    : JSON.stringify(window);
}

/** The parameters of a window function, for runners that translate or specialise it. */
export type WindowFnSpec =
  | { readonly kind: 'global' }
  | { readonly kind: 'fixed'; readonly size: Duration; readonly offset: Duration }
  | { readonly kind: 'sliding'; readonly size: Duration; readonly period: Duration; readonly offset: Duration }
  | { readonly kind: 'sessions'; readonly gap: Duration }
  | { readonly kind: 'custom' };

/** Windows that become one: `result` takes the place of all of `merged`. */
export interface WindowMerge<out W extends BoundedWindow> {
  readonly merged: readonly W[];
  readonly result: W;
}

/**
 * Says which windows an element belongs to, and, if it has `merge`, which windows become one.
 *
 * Both functions are sync and depend on their arguments only. `T` is the element type that `assign` looks at.
 */
export interface WindowFn<W extends BoundedWindow = BoundedWindow, in T = unknown> {
  readonly name: string;
  readonly spec: WindowFnSpec;
  /** The windows of an element with this timestamp: at least one. */
  readonly assign: (timestamp: Timestamp, element: T) => readonly W[];
  /** Given all active windows of a key sorted by start, the groups that become one. Its presence makes windows merging. */
  readonly merge?: ((windows: readonly W[]) => readonly WindowMerge<W>[]) | undefined;
}

/** A window function as runners see it, its types forgotten. */
// oxlint-disable-next-line typescript/no-explicit-any -- runners carry windows of any type between functions that know theirs.
export type AnyWindowFn = WindowFn<any, any>;

const GLOBAL_ONLY: readonly GlobalWindow[] = [GLOBAL_WINDOW];
const GLOBAL_WINDOW_FN: WindowFn<GlobalWindow> = {
  name: 'GlobalWindows',
  spec: { kind: 'global' },
  assign: () => GLOBAL_ONLY,
};

/** Puts all elements into the one global window: where every collection starts. */
export const globalWindows = (): WindowFn<GlobalWindow> => GLOBAL_WINDOW_FN;

/** The start of the latest window of a period that begins at or before `timestamp`. */
export function lastStart(timestamp: Timestamp, period: Duration, offset: Duration): Timestamp {
  // Not `%`, which takes five times as long for numbers beyond 32 bits. The quotient of two large numbers may be rounded to
  // the next whole one.
  const start = Math.floor((timestamp - offset) / period) * period + offset;
  if (start > timestamp) return start - period;
  return start + period <= timestamp ? start + period : start;
}

/** A window may not reach past the global one, where event time ends (Beam: FixedWindows.assignWindow). */
const truncated = (start: Timestamp, end: Timestamp): IntervalWindow =>
  interval(start, Math.min(end, END_OF_GLOBAL_WINDOW + 1));

/** What lies after the end of the global window belongs to the last windows, as none begins there. */
const inTime = (timestamp: Timestamp): Timestamp => Math.min(timestamp, END_OF_GLOBAL_WINDOW);

/** How {@link fixedWindows} divide time. */
export interface FixedWindowsSpec {
  readonly size: Duration;
  /** Moves the edges: windows start at whole multiples of `size`, plus this. */
  readonly offset?: Duration;
}

/**
 * Divides event time into windows of one size that follow each other.
 *
 * @throws PipelineError if `size` is not positive.
 * @example
 * import assert from 'node:assert/strict';
 * import { fixedWindows, interval, minutes } from 'viga';
 * assert.deepEqual(fixedWindows({ size: minutes(1) }).assign(minutes(1), null), [interval(minutes(1), minutes(2))]);
 */
export function fixedWindows({ size, offset = 0 }: FixedWindowsSpec): WindowFn<IntervalWindow> {
  positive('fixedWindows', 'size', size);
  finite('fixedWindows', 'offset', offset);
  return {
    name: 'FixedWindows',
    spec: { kind: 'fixed', size, offset },
    assign(timestamp) {
      const start = lastStart(inTime(timestamp), size, offset);
      return [truncated(start, start + size)];
    },
  };
}

/** How {@link slidingWindows} divide time. */
export interface SlidingWindowsSpec extends FixedWindowsSpec {
  /** A new window starts each `period`. */
  readonly period: Duration;
}

/**
 * Divides event time into overlapping windows: one of length `size` starts each `period`.
 *
 * An element is in `size / period` windows, listed from the latest to the earliest. With a period longer than the size,
 * elements between two windows are in none, and are lost (as in Beam).
 *
 * @throws PipelineError if `size` or `period` is not positive.
 */
export function slidingWindows({ size, period, offset = 0 }: SlidingWindowsSpec): WindowFn<IntervalWindow> {
  positive('slidingWindows', 'size', size);
  positive('slidingWindows', 'period', period);
  finite('slidingWindows', 'offset', offset);
  return {
    name: 'SlidingWindows',
    spec: { kind: 'sliding', size, period, offset },
    assign(timestamp) {
      const windows: IntervalWindow[] = [];
      const at = inTime(timestamp);
      for (let start = lastStart(at, period, offset); start > at - size; start -= period) {
        windows.push(truncated(start, start + size));
      }
      return windows;
    },
  };
}

/** How {@link sessions} divide time. */
export interface SessionsSpec {
  /** A session ends when this long no element came. */
  readonly gap: Duration;
}

/**
 * Groups elements of a key that follow each other within a gap; the windows of a key merge while they overlap.
 *
 * Two sessions that only touch stay apart (Beam model: intervals are half-open).
 *
 * @throws PipelineError if `gap` is not positive.
 */
export function sessions({ gap }: SessionsSpec): WindowFn<IntervalWindow> {
  positive('sessions', 'gap', gap);
  return {
    name: 'Sessions',
    spec: { kind: 'sessions', gap },
    assign(timestamp) {
      const start = inTime(timestamp);
      return [truncated(start, start + gap)];
    },
    merge: mergeOverlapping,
  };
}

/** Merges intervals that overlap; those that only touch stay apart. */
export function mergeOverlapping(windows: readonly IntervalWindow[]): readonly WindowMerge<IntervalWindow>[] {
  const sorted = [...windows].sort((a, b) => a.start - b.start || a.end - b.end);
  const merges: WindowMerge<IntervalWindow>[] = [];
  let group: IntervalWindow[] = [];
  let end = Number.NEGATIVE_INFINITY;
  const close = (): void => {
    const first = group[0];
    if (first !== undefined && group.length > 1) merges.push({ merged: group, result: interval(first.start, end) });
  };
  for (const window of sorted) {
    if (window.start < end) {
      group.push(window);
      end = Math.max(end, window.end);
    } else {
      close();
      group = [window];
      end = window.end;
    }
  }
  close();
  return merges;
}

/** What a window function of one's own needs. */
export interface CustomWindowsSpec<W extends BoundedWindow, T> {
  readonly name: string;
  readonly assign: (timestamp: Timestamp, element: T) => readonly W[];
  readonly merge?: (windows: readonly W[]) => readonly WindowMerge<W>[];
}

/**
 * A window function of one's own: any assignment of elements to windows, merging or not.
 *
 * A window is a plain object with a `maxTimestamp`; use {@link interval} where an interval is meant. What has the same name
 * is taken for the same function where collections come together, so the name has to tell its parameters.
 *
 * @example
 * import assert from 'node:assert/strict';
 * import { customWindows, days, interval } from 'viga';
 * const businessDay = customWindows({
 *   name: 'BusinessDay',
 *   assign: (timestamp) => {
 *     const day = Math.floor(timestamp / days(1)) * days(1);
 *     return [interval(day + 9 * 3_600_000, day + 17 * 3_600_000)];
 *   },
 * });
 * assert.equal(businessDay.assign(0, null).length, 1);
 */
export function customWindows<W extends BoundedWindow, T = unknown>(spec: CustomWindowsSpec<W, T>): WindowFn<W, T> {
  return { name: spec.name, spec: { kind: 'custom' }, assign: spec.assign, merge: spec.merge };
}

function positive(fn: string, field: string, duration: Duration): void {
  finite(fn, field, duration);
  if (duration > 0) return;
  throw new PipelineError(
    undefined,
    `${fn}: ${field} is ${duration} ms but must be more than 0. Such windows hold no element. Pass e.g. minutes(5).`,
  );
}

function finite(fn: string, field: string, duration: Duration): void {
  if (Number.isFinite(duration)) return;
  throw new PipelineError(
    undefined,
    `${fn}: ${field} is ${String(duration)} ms but must be a number. Edges of windows are computed from it. Pass e.g. minutes(5)${field === 'offset' ? '' : ', or use globalWindows() for one window without end'}.`,
  );
}
