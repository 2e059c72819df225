import { expect, test } from 'vitest';
import { GLOBAL_WINDOW, interval } from '../../../model/index.ts';
import { isSameWindow } from '../../../runners/shuffle/index.ts';

test('windows are one by what they hold, whichever copy it is', () => {
  const lot = { auction: 7, maxTimestamp: 9 };
  expect(isSameWindow(lot, { ...lot })).toBe(true);
  const other = { ...lot, auction: 8 };
  expect(isSameWindow(lot, other)).toBe(false);
  expect(isSameWindow(interval(0, 10), interval(0, 10))).toBe(true);
  expect(isSameWindow(interval(0, 10), interval(5, 10))).toBe(false);
  expect(isSameWindow(interval(0, 10), lot)).toBe(false);
  expect(isSameWindow(GLOBAL_WINDOW, { ...GLOBAL_WINDOW })).toBe(true);
});

test('windows that end at different times are told apart without a look at the rest', () => {
  const closed = (maxTimestamp: number) => ({
    maxTimestamp,
    get rest(): never {
      throw new Error('the rest was read');
    },
  });
  expect(isSameWindow(closed(9), closed(10))).toBe(false);
  expect(() => isSameWindow(closed(9), closed(9))).toThrow('the rest was read');
});
