import { expect, test } from 'vitest';
import { compareQuotients, per100k, percentage, threeDecimals } from '../../../../pipelines/covid/refined/exact.ts';

test.each([
  [1, 7, '0.143'],
  [0, 5, '0.000'],
  [1, 2000, '0.001'],
  [1, 2001, '0.000'],
  // 1.0005 and 2.0005 are a little less in binary.
  [2001, 2000, '1.001'],
  [4001, 2000, '2.001'],
  [1999, 2000, '1.000'],
  [12_345_678, 1, '12345678.000'],
])('%d/%d is %s, half up', (numerator, denominator, text) => expect(threeDecimals(numerator, denominator)).toBe(text));

test('numerators beyond 2^53 are exact', () => expect(threeDecimals(2n ** 60n, 2)).toBe('576460752303423488.000'));

test('the share of nothing is null', () => {
  expect(percentage(0, 0)).toBeNull();
  expect(percentage(1, 3)).toBe('33.333');
});

test('a rate is per 100,000', () => expect(per100k(401, 7_743_955)).toBe('5.178'));

test('quotients are compared by their exact values', () => {
  const large = 2 ** 53 - 1;
  expect(compareQuotients(1, 3, 2, 6)).toBe(0);
  expect(compareQuotients(large - 1, large, large - 2, large - 1)).toBe(1);
  expect(compareQuotients(0, 5, 1, 9)).toBe(-1);
});
