import { expect, test } from 'vitest';
import {
  END_OF_GLOBAL_WINDOW,
  fixedWindows,
  globalWindows,
  interval,
  MAX_TIMESTAMP,
  MIN_TIMESTAMP,
  mergeOverlapping,
  minutes,
  parseDuration,
  seconds,
  sessions,
  slidingWindows,
  windowKey,
} from '../../model/index.ts';

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

test('durations are read with their units and refused without', () => {
  expect(parseDuration('1h30m')).toBe(minutes(90));
  expect(parseDuration('250ms')).toBe(250);
  expect(() => parseDuration('5')).toThrow(/unit/);
});
