import type { Feature } from './features.ts';

/** How many cases of a node, by weight, have each value of a feature: the ones that lived, and the ones that died. */
export interface Histogram {
  readonly lived: Float64Array;
  readonly died: Float64Array;
}

/** The best way to part the cases of a node by one feature. */
export interface Split {
  /** By how much the parts are purer than the whole. */
  readonly gain: number;
  /** The values that go left. */
  readonly left: readonly number[];
}

/** Less than this is rounding, not purity. */
const leastGain = 1e-9;

/**
 * Finds the split of a node that makes its parts purest (Gini impurity), or undefined where none makes them purer.
 *
 * Values of a list are tried in the order of their share of deaths: for two classes the best of all subsets is a prefix
 * of that order (Breiman, Friedman, Olshen and Stone, "Classification and Regression Trees", theorem 4.5).
 */
export function bestSplit(feature: Feature, { lived, died }: Histogram, leastWeight: number): Split | undefined {
  const weight = (value: number): number => (lived[value] ?? 0) + (died[value] ?? 0);
  const share = (value: number): number => (died[value] ?? 0) / weight(value);
  const values = Array.from(lived.keys()).filter((value) => weight(value) > 0);
  if (feature.words !== undefined) values.sort((a, b) => share(a) - share(b) || a - b);
  const allLived = lived.reduce((sum, w) => sum + w, 0);
  const allDied = died.reduce((sum, w) => sum + w, 0);
  const all = impurity(allLived, allDied);
  let leftLived = 0;
  let leftDied = 0;
  let best = leastGain;
  let length = 0;
  values.forEach((value, at) => {
    leftLived += lived[value] ?? 0;
    leftDied += died[value] ?? 0;
    const left = leftLived + leftDied;
    if (left < leastWeight || allLived + allDied - left < leastWeight) return;
    const gain = all - impurity(leftLived, leftDied) - impurity(allLived - leftLived, allDied - leftDied);
    if (gain <= best) return;
    best = gain;
    length = at + 1;
  });
  return length === 0 ? undefined : { gain: best, left: values.slice(0, length) };
}

/** The Gini impurity of a part, times its weight. */
function impurity(lived: number, died: number): number {
  const all = lived + died;
  return all <= 0 ? 0 : (2 * lived * died) / all;
}
