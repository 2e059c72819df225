import { expect, test } from 'vitest';
import { assertWindowFnLaws } from '../../testing/index.ts';
import {
  customWindows,
  fixedWindows,
  globalWindows,
  hours,
  interval,
  type IntervalWindow,
  mergeOverlapping,
  minutes,
  sessions,
  slidingWindows,
} from '../../model/index.ts';

test("the model's own window functions keep the laws", () => {
  assertWindowFnLaws(globalWindows());
  assertWindowFnLaws(fixedWindows({ size: hours(1), offset: minutes(7) }));
  assertWindowFnLaws(slidingWindows({ size: hours(1), period: minutes(25) }));
  assertWindowFnLaws(sessions({ gap: hours(12) }));
});

test('elements are given to window functions that look at them', () => {
  const byGap = customWindows({
    name: 'ByGap',
    assign: (timestamp, { gap }: { gap: number }) => [interval(timestamp, timestamp + gap)],
    merge: mergeOverlapping,
  });
  assertWindowFnLaws(byGap, { timestamps: [0, 10, 20], elements: [{ gap: 5 }, { gap: 50 }] });
});

const broken = (assign: (timestamp: number) => readonly IntervalWindow[]): (() => void) => {
  return () => assertWindowFnLaws(customWindows({ name: 'Broken', assign }));
};

test('an element without window breaks a law', () => {
  expect(broken(() => [])).toThrow(/each element gets a window, but one at .* got none/);
});

test('a window that is given twice breaks a law', () => {
  expect(broken(() => [interval(0, 1), interval(0, 1)])).toThrow(/no window is given twice/);
});

test('windows that depend on something other than the arguments break a law', () => {
  let calls = 0;
  expect(broken(() => [interval(0, ++calls)])).toThrow(/the same windows each time/);
});

test('an empty interval breaks a law', () => {
  expect(broken(() => [interval(5, 5)])).toThrow(/Make it with interval/);
});

test('a merge that takes only neighbors of the first window breaks a law', () => {
  const lazy = customWindows({
    name: 'Lazy',
    assign: (timestamp) => [interval(timestamp, timestamp + 10)],
    merge: (windows: readonly IntervalWindow[]) => mergeOverlapping(windows.slice(0, 2)),
  });
  expect(() => assertWindowFnLaws(lazy, { timestamps: [0, 5, 9, 12, 30, 34, 38] })).toThrow(/\[seed \d+\]/);
});

test('a merge that uses a window twice breaks a law', () => {
  const doubling = customWindows({
    name: 'Doubling',
    assign: (timestamp) => [interval(timestamp, timestamp + 10)],
    merge: (windows: readonly IntervalWindow[]) => [...mergeOverlapping(windows), ...mergeOverlapping(windows)],
  });
  expect(() => assertWindowFnLaws(doubling, { timestamps: [0, 5] })).toThrow(/each into one, but/);
});
