import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bestSplit, type Histogram } from '../../../../pipelines/covid/forest/best-split.ts';

const number = { name: 'n', size: 6 };
const list = { name: 'w', size: 6, words: ['a', 'b', 'c', 'd', 'e', 'f'] };

const histogram = (lived: readonly number[], died: readonly number[]): Histogram => ({
  lived: Float64Array.from(lived),
  died: Float64Array.from(died),
});

const impurity = (lived: number, died: number) => (lived + died === 0 ? 0 : (2 * lived * died) / (lived + died));

/** How much purer the parts are than the whole, the plain way. */
function gainOf({ lived, died }: Histogram, left: ReadonlySet<number>): number {
  const sums = { left: [0, 0], right: [0, 0] };
  lived.forEach((weight, value) => {
    const side = left.has(value) ? sums.left : sums.right;
    side[0] = (side[0] ?? 0) + weight;
    side[1] = (side[1] ?? 0) + (died[value] ?? 0);
  });
  const { left: l, right: r } = sums;
  const [a = 0, b = 0, c = 0, d = 0] = [...l, ...r];
  return impurity(a + c, b + d) - impurity(a, b) - impurity(c, d);
}

/** All ways to part six values. */
const subsets = Array.from({ length: 64 }, (_, bits) => new Set([0, 1, 2, 3, 4, 5].filter((at) => (bits >> at) & 1)));
const prefixes = [0, 1, 2, 3, 4, 5].map((last) => new Set(Array.from({ length: last + 1 }, (_, at) => at)));

test('a number is parted where the deaths begin', () =>
  expect(bestSplit(number, histogram([5, 5, 5, 0, 0, 0], [0, 0, 0, 4, 4, 4]), 0)?.left).toEqual([0, 1, 2]));

test('a list is parted by its shares of deaths, whatever the order of its words', () =>
  expect(bestSplit(list, histogram([5, 0, 5, 0, 5, 0], [0, 4, 0, 4, 0, 4]), 0)?.left.toSorted()).toEqual([0, 2, 4]));

test('nothing is parted where all parts are alike, or one would be too light', () => {
  expect(bestSplit(number, histogram([2, 4, 6, 0, 0, 0], [1, 2, 3, 0, 0, 0]), 0)).toBeUndefined();
  expect(bestSplit(number, histogram([9, 0, 0, 0, 0, 0], [0, 1, 0, 0, 0, 0]), 2)).toBeUndefined();
});

const counts = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 6, maxLength: 6 });

test.each([
  ['number', number, prefixes],
  ['list', list, subsets],
] as const)('no way to part a %s is better than the one found', (_, feature, ways) =>
  fc.assert(
    fc.property(counts, counts, (lived, died) => {
      const cases = histogram(lived, died);
      const best = Math.max(...ways.map((left) => gainOf(cases, left)));
      const found = bestSplit(feature, cases, 0);
      expect(found === undefined ? 0 : gainOf(cases, new Set(found.left))).toBeCloseTo(Math.max(best, 0), 6);
      if (found !== undefined) expect(found.gain).toBeCloseTo(best, 6);
    }),
  ),
);
