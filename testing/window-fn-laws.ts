import {
  type BoundedWindow,
  END_OF_GLOBAL_WINDOW,
  formatTimestamp,
  formatWindow,
  isIntervalWindow,
  MAX_TIMESTAMP,
  MIN_TIMESTAMP,
  type Timestamp,
  type WindowFn,
  windowKey,
} from '../model/index.ts';
import { show, textOf } from './compare.ts';
import { type LawOptions, type Samples, Trial } from './law.ts';

/** What {@link assertWindowFnLaws} needs to know. */
export interface WindowFnLaws<T> extends LawOptions {
  /** Default: random ones of some days around 1970, close enough for windows to meet. */
  readonly timestamps?: Samples<Timestamp>;
  /** Elements, for window functions that look at them. */
  readonly elements?: Samples<T>;
}

/**
 * Checks a window function: each element gets windows, none twice, the same each time; a window is plain data that ends no
 * later than event time; and windows that merge become the same ones in whatever order they came.
 *
 * @throws LawError for the first law that does not hold, with the timestamps.
 * @example
 * import { hours, minutes, sessions, slidingWindows } from 'viga';
 * import { assertWindowFnLaws } from 'viga/testing';
 * assertWindowFnLaws(slidingWindows({ size: hours(1), period: minutes(7) }));
 * assertWindowFnLaws(sessions({ gap: minutes(90) }));
 */
export function assertWindowFnLaws<W extends BoundedWindow, T>(
  windowFn: WindowFn<W, T>,
  laws: WindowFnLaws<T> = {},
): void {
  const trial = new Trial(`the window function ${windowFn.name}`, laws);
  const { timestamps = ({ next }) => Math.floor((next() - 0.5) * 5e8), elements = [] } = laws;
  const assigned = trial.all(timestamps).map((timestamp) => {
    return checkAssigned(trial, windowFn, timestamp, trial.one(elements) as T); // undefined where it looks at none
  });
  if (laws.timestamps === undefined) {
    for (const edge of [MIN_TIMESTAMP, 0, END_OF_GLOBAL_WINDOW]) checkAssigned(trial, windowFn, edge, undefined as T);
  }
  for (let run = 0; run < trial.runs; run++) checkMerging(trial, windowFn, trial.some(assigned, 12).flat());
}

function checkAssigned<W extends BoundedWindow, T>(
  trial: Trial,
  windowFn: WindowFn<W, T>,
  timestamp: Timestamp,
  element: T,
): readonly W[] {
  const windows = windowFn.assign(timestamp, element);
  const keys = windows.map(windowKey);
  const at = formatTimestamp(timestamp);
  trial.require(
    windows.length > 0,
    'each element gets a window',
    () => `one at ${at} got none`,
    'It would be lost. Filter such elements out before.',
  );
  trial.require(
    new Set(keys).size === keys.length,
    'no window is given twice',
    () => `an element at ${at} got ${windows.map(formatWindow).join(', ')}`,
    'It would count twice. Give each window once.',
  );
  trial.require(
    String(windowFn.assign(timestamp, element).map(windowKey)) === String(keys),
    'an element gets the same windows each time',
    () => `one at ${at} got others the second time`,
    'A retried element would go elsewhere. Use the arguments only.',
  );
  for (const window of windows) checkWindow(trial, window, at);
  return windows;
}

function checkWindow(trial: Trial, window: BoundedWindow, at: string): void {
  const { maxTimestamp } = window;
  trial.require(
    maxTimestamp >= MIN_TIMESTAMP && maxTimestamp < MAX_TIMESTAMP && textOf(window) !== undefined,
    'a window is plain data with a maxTimestamp within event time',
    () => `an element at ${at} got ${show(window)}`,
    'It would never fire. End it at END_OF_GLOBAL_WINDOW at the latest.',
  );
  trial.require(
    !isIntervalWindow(window) || (window.start < window.end && maxTimestamp === window.end - 1),
    'an interval starts before its end and its maxTimestamp is the instant before it',
    () => `an element at ${at} got ${show(window)}`,
    'Make it with interval(start, end).',
  );
}

function checkMerging<W extends BoundedWindow, T>(trial: Trial, windowFn: WindowFn<W, T>, windows: readonly W[]): void {
  const { merge } = windowFn;
  if (merge === undefined) return;
  const atOnce = mergeAll(trial, merge, windows);
  let oneByOne: readonly W[] = [];
  for (const window of trial.shuffled(windows)) oneByOne = mergeAll(trial, merge, [...oneByOne, window]);
  trial.require(
    sameWindows(atOnce, oneByOne),
    'windows become the same ones in any order',
    () => `${list(windows)} became ${list(atOnce)} at once and ${list(oneByOne)} one by one`,
    'Elements come in any order. Let it depend on which windows there are only.',
  );
  trial.require(
    sameWindows(atOnce, mergeAll(trial, merge, atOnce)),
    'merged windows stay as they are',
    () => `${list(atOnce)} merged again`,
    'They are merged each time an element comes. Give all that belong together in one group.',
  );
}

/** The windows that are left when those that belong together have become one. */
function mergeAll<W extends BoundedWindow>(
  trial: Trial,
  merge: NonNullable<WindowFn<W>['merge']>,
  windows: readonly W[],
): readonly W[] {
  const byKey = new Map(windows.map((window) => [windowKey(window), window]));
  const start = (window: BoundedWindow): number => (isIntervalWindow(window) ? window.start : window.maxTimestamp);
  const sorted = [...byKey.values()].sort((a, b) => start(a) - start(b) || a.maxTimestamp - b.maxTimestamp);
  const merges = merge(sorted);
  for (const { merged } of merges) {
    for (const window of merged) {
      trial.require(
        byKey.delete(windowKey(window)),
        'only windows that are there merge, each into one',
        () => `of ${list(sorted)} it merged ${formatWindow(window)} once too often`,
        'Its elements would be lost or counted twice. Give each window in at most one group.',
      );
    }
  }
  for (const { result } of merges) byKey.set(windowKey(result), result);
  return [...byKey.values()];
}

const list = (windows: readonly BoundedWindow[]): string => windows.map(formatWindow).join(', ');

const sameWindows = (a: readonly BoundedWindow[], b: readonly BoundedWindow[]): boolean =>
  String(a.map(windowKey).sort()) === String(b.map(windowKey).sort());
