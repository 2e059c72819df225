import { expect, test } from 'vitest';
import { riskOf } from '../../../../pipelines/covid/forest/forest.ts';
import { randomFrom } from '../../../../pipelines/covid/forest/random.ts';
import { balancedWeights, growForest } from '../../../../pipelines/covid/forest/train.ts';

const features = [
  { name: 'age', size: 100 },
  { name: 'place', size: 3, words: ['a', 'b', 'c'] },
];
const growth = { trees: 20, seed: 7, deepest: 6, leastShare: 0.01, choices: 1, mostDraws: 5000 };
const cell = (age: number, place: number, died: boolean, cases: number) => ({
  values: [age, place],
  died,
  isHeldOut: false,
  cases,
});

// Who is 60 or older and lives in b or c dies; deaths are 1 of 26.
const cells = [10, 40, 59, 60, 75, 90].flatMap((age) =>
  [0, 1, 2].map((place) => cell(age, place, age >= 60 && place > 0, age >= 60 && place > 0 ? 10 : 125)),
);

test('weights let the rare end weigh as much as the other', () => {
  expect(balancedWeights([cell(1, 0, false, 96), cell(1, 0, true, 4)])).toEqual({ lived: 100 / 192, died: 12.5 });
  expect(balancedWeights([cell(1, 0, false, 3)])).toEqual({ lived: 0.5, died: 0 });
});

test('a forest learns a rule of two features, also for values it has not seen', () => {
  const forest = growForest(features, cells, balancedWeights(cells), growth);
  expect(forest.trees).toHaveLength(20);
  for (const [age, place] of [
    [65, 1],
    [99, 2],
  ]) {
    expect(riskOf(forest, [age ?? 0, place ?? 0])).toBeGreaterThan(0.7);
  }
  for (const [age, place] of [
    [65, 0],
    [30, 1],
    [0, 2],
  ]) {
    expect(riskOf(forest, [age ?? 0, place ?? 0])).toBeLessThan(0.3);
  }
});

test('the same seed grows the same forest, another seed another one', () => {
  const grow = (seed: number) => growForest(features, cells, balancedWeights(cells), { ...growth, seed });
  expect(grow(7)).toEqual(grow(7));
  expect(grow(7)).not.toEqual(grow(8));
});

test('no tree is deeper than allowed', () => {
  const forest = growForest(features, cells, balancedWeights(cells), { ...growth, deepest: 2 });
  const depth = (node: object): number =>
    'left' in node && 'right' in node ? 1 + Math.max(depth(node.left as object), depth(node.right as object)) : 0;
  expect(Math.max(...forest.trees.map(depth))).toBe(2);
});

test('without a case of one end every tree says the other', () => {
  const alive = cells.filter(({ died }) => !died);
  expect(riskOf(growForest(features, alive, balancedWeights(alive), growth), [90, 2])).toBe(0);
  expect(riskOf(growForest(features, [], balancedWeights([]), growth), [90, 2])).toBe(0);
});

test('random numbers repeat with their seed and are spread evenly', () => {
  const [one, two] = [randomFrom(1), randomFrom(1)];
  const counts = new Array(10).fill(0);
  for (let draw = 0; draw < 10_000; draw++) {
    const number = one.below(10);
    expect(two.below(10)).toBe(number);
    counts[number]++;
  }
  expect(Math.min(...counts)).toBeGreaterThan(900);
  expect(Math.max(...counts)).toBeLessThan(1100);
});
