import { expect, test } from 'vitest';
import {
  balancedAccuracy,
  confusionOf,
  importanceOf,
  remembered,
} from '../../../../pipelines/covid/forest/evaluate.ts';
import { features } from '../../../../pipelines/covid/forest/features.ts';

const cell = (values: readonly number[], died: boolean, cases: number) => ({ values, died, isHeldOut: true, cases });

test('the matrix counts cases, not cells', () => {
  const matrix = confusionOf([
    { cell: cell([80, 0, 0, 0], true, 3), expectsDeath: true },
    { cell: cell([70, 0, 0, 0], true, 1), expectsDeath: false },
    { cell: cell([75, 0, 0, 0], false, 2), expectsDeath: true },
    { cell: cell([20, 0, 0, 0], false, 6), expectsDeath: false },
  ]);
  expect(matrix).toEqual({ truePositives: 3, falseNegatives: 1, falsePositives: 2, trueNegatives: 6 });
  expect(balancedAccuracy(matrix)).toBe(0.75);
});

test('without a case of one end there is no balanced accuracy', () => {
  expect(balancedAccuracy(confusionOf([{ cell: cell([1, 0, 0, 0], false, 2), expectsDeath: false }]))).toBeNull();
});

test('the feature that decides is worth half, one that is never looked at nothing', () => {
  const cells = [cell([80, 0, 0, 0], true, 10), cell([20, 1, 0, 0], false, 10)];
  const expects = ([age = 0]: readonly number[]) => age >= 60;
  // Each case gets the other's age half of the time: both recalls fall from 1 to 0.5.
  expect(importanceOf(0, features, cells, expects)).toBeCloseTo(0.5, 12);
  expect(importanceOf(1, features, cells, expects)).toBe(0);
});

test('each combination of values is asked once', () => {
  let asked = 0;
  const expects = remembered(([age = 0]) => {
    asked++;
    return age > 50;
  });
  expect([
    expects([60, 0, 1, 2]),
    expects([60, 0, 1, 2]),
    expects([60, 0, 2, 1]),
    expects([40, 0, 1, 2]),
    expects([40, 0, 1, 2]),
  ]).toEqual([true, true, true, false, false]);
  expect(asked).toBe(3);
});
