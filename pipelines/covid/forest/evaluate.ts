import { type Cell, type Feature, numberOf } from './features.ts';

/** What became of the cases that were kept from training, and what the model said. */
export interface ConfusionMatrix {
  /** Died, and the model said so. */
  readonly truePositives: number;
  /** Died, and the model said they would live. */
  readonly falseNegatives: number;
  /** Lived, and the model said they would die. */
  readonly falsePositives: number;
  readonly trueNegatives: number;
}

/** Says whether the model expects death. */
export type Expects = (values: readonly number[]) => boolean;

/** Cells of cases with what the model says of them. */
export interface Prediction {
  readonly cell: Cell;
  readonly expectsDeath: boolean;
}

/** Counts cases by what became of them and what the model said. */
export function confusionOf(predictions: readonly Prediction[]): ConfusionMatrix {
  const count = (died: boolean, expected: boolean): number =>
    predictions
      .filter(({ cell, expectsDeath }) => cell.died === died && expectsDeath === expected)
      .reduce((sum, { cell }) => sum + cell.cases, 0);
  return {
    truePositives: count(true, true),
    falseNegatives: count(true, false),
    falsePositives: count(false, true),
    trueNegatives: count(false, false),
  };
}

/** The mean of the recalls of both ends: 0.5 is chance, however rare deaths are. Null where an end has no cases. */
export function balancedAccuracy(matrix: ConfusionMatrix): number | null {
  const died = share(matrix.truePositives, matrix.falseNegatives);
  const lived = share(matrix.trueNegatives, matrix.falsePositives);
  return died === null || lived === null ? null : (died + lived) / 2;
}

/** Returns the part's share of a part and a rest, or null if there is neither. */
export function share(part: number, rest: number): number | null {
  return part + rest === 0 ? null : part / (part + rest);
}

/**
 * Returns by how much the balanced accuracy falls when a feature tells nothing: when each case gets the value of
 * another one, on average over all of them.
 *
 * That is permutation importance (Breiman, "Random forests", 2001, section 10) without its chance: the mean over all
 * permutations follows from how often each value occurs.
 */
export function importanceOf(
  at: number,
  features: readonly Feature[],
  cells: readonly Cell[],
  expects: Expects,
): number {
  const frequency = new Float64Array(features[at]?.size ?? 0);
  let all = 0;
  for (const { values, cases } of cells) {
    const value = values[at] ?? 0;
    frequency[value] = (frequency[value] ?? 0) + cases;
    all += cases;
  }
  const expected = { truePositives: 0, falseNegatives: 0, falsePositives: 0, trueNegatives: 0 };
  for (const { values, died, cases } of cells) {
    const risky = values.with(at, 0);
    let deaths = 0;
    for (const [value, count] of frequency.entries()) {
      if (count === 0) continue;
      risky[at] = value;
      if (expects(risky)) deaths += count / all;
    }
    expected[died ? 'truePositives' : 'falsePositives'] += cases * deaths;
    expected[died ? 'falseNegatives' : 'trueNegatives'] += cases * (1 - deaths);
  }
  const predictions = cells.map((cell) => ({ cell, expectsDeath: expects(cell.values) }));
  return (balancedAccuracy(confusionOf(predictions)) ?? 0) - (balancedAccuracy(expected) ?? 0);
}

/** Remembers what the model says of each combination of values. */
export function remembered(expects: Expects): Expects {
  const known = new Map<number, boolean>();
  return (values) => {
    const number = numberOf(values);
    const answer = known.get(number);
    if (answer !== undefined) return answer;
    const fresh = expects(values);
    known.set(number, fresh);
    return fresh;
  };
}
