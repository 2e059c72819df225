import { describe, expect, test } from 'vitest';
import {
  type AnyWindowFn,
  customWindows,
  days,
  END_OF_GLOBAL_WINDOW,
  fixedWindows,
  formatWindow,
  GLOBAL_WINDOW,
  globalWindows,
  hours,
  interval,
  isIntervalWindow,
  MAX_TIMESTAMP,
  MIN_TIMESTAMP,
  mergeOverlapping,
  minutes,
  seconds,
  sessions,
  slidingWindows,
  windowKey,
} from '../../model/index.ts';
import { assertWindowFnLaws } from '../../testing/index.ts';

test('an element on the edge of two fixed windows belongs to the later one', () => {
  expect(fixedWindows({ size: minutes(1) }).assign(minutes(1), null)).toEqual([interval(minutes(1), minutes(2))]);
});

test('fixed windows reach before 1970 without rounding towards zero', () => {
  const windows = fixedWindows({ size: seconds(10) });
  expect(windows.assign(-1, null)).toEqual([interval(seconds(-10), 0)]);
  expect(windows.assign(0, null)).toEqual([interval(0, seconds(10))]);
});

test('an offset moves the edges of fixed windows', () => {
  const windows = fixedWindows({ size: seconds(10), offset: seconds(3) });
  expect(windows.assign(seconds(2), null)).toEqual([interval(seconds(-7), seconds(3))]);
});

test('the lowest timestamp has a fixed window that holds it', () => {
  const [window] = fixedWindows({ size: seconds(10) }).assign(MIN_TIMESTAMP, null);
  expect(window?.start).toBeLessThanOrEqual(MIN_TIMESTAMP);
  expect(window?.maxTimestamp).toBeGreaterThanOrEqual(MIN_TIMESTAMP);
});

test('a fixed window does not reach past the end of the global window', () => {
  const [window] = fixedWindows({ size: minutes(1) }).assign(END_OF_GLOBAL_WINDOW, null);
  expect(window?.maxTimestamp).toBe(END_OF_GLOBAL_WINDOW);
  expect(END_OF_GLOBAL_WINDOW).toBeLessThan(MAX_TIMESTAMP);
});

test('sliding windows give each element size / period windows', () => {
  const windows = slidingWindows({ size: seconds(10), period: seconds(5) });
  expect(windows.assign(seconds(7), null)).toEqual([interval(seconds(5), seconds(15)), interval(0, seconds(10))]);
});

test('sessions that overlap merge and sessions that only touch do not', () => {
  const touching = [interval(2, 12), interval(12, 22)];
  expect(mergeOverlapping(touching)).toEqual([]);
  const overlapping = [interval(5, 15), interval(0, 10)];
  expect(mergeOverlapping(overlapping)).toEqual([
    { merged: [interval(0, 10), interval(5, 15)], result: interval(0, 15) },
  ]);
});

test('windows that lie in a longer one merge with it, however many there are between', () => {
  const windows = [interval(0, 100), interval(5, 10), interval(50, 60), interval(99, 101)];
  expect(mergeOverlapping(windows)).toEqual([{ merged: windows, result: interval(0, 101) }]);
});

test('a session starts at its element and is as long as the gap', () => {
  expect(sessions({ gap: seconds(10) }).assign(seconds(3), null)).toEqual([interval(seconds(3), seconds(13))]);
});

test('windows have the same key only if they are the same', () => {
  expect(windowKey(interval(0, 10))).toBe(windowKey(interval(0, 10)));
  expect(windowKey(interval(0, 10))).not.toBe(windowKey(interval(0, 11)));
  const [global] = globalWindows().assign(0, null);
  expect(global && windowKey(global)).not.toBe(windowKey(interval(0, 10)));
});

test('a window size that is not positive is refused with the fix', () => {
  expect(() => fixedWindows({ size: 0 })).toThrow(/Pass e\.g\. minutes\(5\)/);
});

test.each([0, -1, Number.NaN])('a size, period or gap of %d is refused', (wrong) => {
  expect(() => fixedWindows({ size: wrong })).toThrow(/^fixedWindows: size is/);
  expect(() => slidingWindows({ size: wrong, period: 1 })).toThrow(/^slidingWindows: size is/);
  expect(() => slidingWindows({ size: 1, period: wrong })).toThrow(/^slidingWindows: period is/);
  expect(() => sessions({ gap: wrong })).toThrow(/^sessions: gap is/);
});

const businessDay = customWindows({
  name: 'BusinessDay',
  assign: (timestamp) => {
    const day = Math.floor(timestamp / days(1)) * days(1);
    return [interval(day + hours(9), day + hours(17))];
  },
});

describe('the laws of window functions hold', () => {
  test.each<[string, AnyWindowFn]>([
    ['global', globalWindows()],
    ['fixed', fixedWindows({ size: hours(1) })],
    ['fixed with an offset', fixedWindows({ size: hours(1), offset: minutes(7) })],
    ['sliding', slidingWindows({ size: hours(1), period: minutes(7) })],
    ['sliding with an offset', slidingWindows({ size: hours(1), period: minutes(20), offset: -seconds(3) })],
    ['sessions', sessions({ gap: minutes(10) })],
    ['custom', businessDay],
  ])('%s', (_name, windowFn) => {
    assertWindowFnLaws(windowFn, windowFn === businessDay ? { timestamps: [0, -1, days(1), hours(12)] } : {});
  });
});

test('a sliding window whose period is longer than it leaves gaps: elements there are in no window', () => {
  expect(slidingWindows({ size: seconds(2), period: seconds(10) }).assign(seconds(5), null)).toEqual([]);
});

test('each instant of an interval is in it, its end is not', () => {
  const window = interval(0, 10);
  expect(window.maxTimestamp).toBe(9);
  expect(fixedWindows({ size: 10 }).assign(9, null)).toEqual([window]);
  expect(fixedWindows({ size: 10 }).assign(10, null)).not.toEqual([window]);
});

test('windows are shown with ISO instants, others as they are', () => {
  expect(formatWindow(GLOBAL_WINDOW)).toBe('global');
  expect(formatWindow(interval(0, 1000))).toBe('[1970-01-01T00:00:00.000Z, 1970-01-01T00:00:01.000Z)');
  expect(formatWindow({ maxTimestamp: 5 })).toBe('{"maxTimestamp":5}');
  expect(isIntervalWindow(interval(0, 1))).toBe(true);
  expect(isIntervalWindow(GLOBAL_WINDOW)).toBe(false);
});

test.each([
  fixedWindows({ size: minutes(7) }),
  slidingWindows({ size: minutes(7), period: minutes(3) }),
  sessions({ gap: days(3) }),
])('no window of $name reaches past the global one, and none is empty', (windowFn) => {
  for (const timestamp of [END_OF_GLOBAL_WINDOW - 1, END_OF_GLOBAL_WINDOW, END_OF_GLOBAL_WINDOW + 1, MAX_TIMESTAMP]) {
    for (const { start, end } of windowFn.assign(timestamp, null)) {
      expect(start).toBeLessThan(end);
      expect(end).toBeLessThanOrEqual(END_OF_GLOBAL_WINDOW + 1);
    }
  }
});
