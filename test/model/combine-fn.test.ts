import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CombineFn, count, max, mean, min, sum, sumBigint } from '../../model/index.ts';
import { assertCombineFnLaws } from '../../testing/index.ts';

// Whole numbers, so that sums in any order are exactly equal.
const whole = fc.sample(fc.integer({ min: -1_000_000, max: 1_000_000 }), 50);

test('the laws of combiners hold', () => {
  for (const fn of [sum, count, min, max]) assertCombineFnLaws(fn, { inputs: whole });
  assertCombineFnLaws(mean, { inputs: whole });
  assertCombineFnLaws(sumBigint, { inputs: whole.map((n) => BigInt(n) * 2n ** 70n) });
});

/** Combines in two parts. */
function combine<I, A, O>(fn: CombineFn<I, A, O>, inputs: readonly I[]): O {
  const half = Math.floor(inputs.length / 2);
  const parts = [inputs.slice(0, half), inputs.slice(half)];
  return fn.extractOutput(fn.mergeAccumulators(parts.map((part) => part.reduce(fn.addInput, fn.createAccumulator()))));
}

test('they compute what they are called', () => {
  const inputs = [3, 1, 2, 6];
  expect([sum, count, min, max].map((fn) => combine(fn, inputs))).toEqual([12, 4, 1, 6]);
  expect(combine(mean, inputs)).toBe(3);
  expect(combine(sumBigint, [2n ** 64n, 1n])).toBe(18446744073709551617n);
});

test('of nothing they give 0, 0n, the infinities and NaN', () => {
  expect([sum, count, min, max].map((fn) => combine(fn, []))).toEqual([0, 0, Infinity, -Infinity]);
  expect([combine(sumBigint, []), combine(mean, [])]).toEqual([0n, Number.NaN]);
});

test('NaN among the numbers gives NaN', () => {
  expect([sum, min, max].map((fn) => combine(fn, [1, Number.NaN, 2]))).toEqual([Number.NaN, Number.NaN, Number.NaN]);
});
