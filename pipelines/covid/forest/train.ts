import type { Cell, Feature } from './features.ts';
import type { Forest } from './forest.ts';
import { growTree, type TreeShape } from './grow-tree.ts';
import { type Random, randomFrom } from './random.ts';

/** How a forest is grown. */
export interface Growth extends TreeShape {
  readonly trees: number;
  readonly seed: number;
  /** Each tree sees as many cases as there are, drawn with replacement, but not more than this. */
  readonly mostDraws: number;
}

/** What one case of each end weighs. Deaths are rare, and without weights a model that never sees one would look good. */
export interface ClassWeights {
  readonly lived: number;
  readonly died: number;
}

/** Returns weights by which the two ends weigh the same in all. */
export function balancedWeights(cells: readonly Cell[]): ClassWeights {
  const all = casesOf(cells);
  const died = casesOf(cells.filter((cell) => cell.died));
  const weight = (cases: number): number => (cases === 0 ? 0 : all / (2 * cases));
  return { lived: weight(all - died), died: weight(died) };
}

/** Returns how many cases there are in cells. */
export function casesOf(cells: readonly Cell[]): number {
  return cells.reduce((sum, { cases }) => sum + cases, 0);
}

/**
 * Grows a random forest (Breiman, "Random forests", 2001). The same cells in the same order give the same forest.
 *
 * Cases are counted in cells of equal values, so the work depends on how many differ, not on how many there are.
 */
export function growForest(
  features: readonly Feature[],
  cells: readonly Cell[],
  weights: ClassWeights,
  growth: Growth,
): Forest {
  const random = randomFrom(growth.seed);
  const columns = features.map((_, feature) => Int32Array.from(cells, ({ values }) => values[feature] ?? 0));
  const died = Uint8Array.from(cells, (cell) => Number(cell.died));
  const trees = Array.from({ length: growth.trees }, () => {
    const drawn = drawnWeights(cells, weights, growth, random);
    return growTree({ features, columns, died, weights: drawn }, growth, random);
  });
  return { trees };
}

/** Draws a tree's cases with replacement; returns the weight that came to each cell. */
function drawnWeights(
  cells: readonly Cell[],
  weights: ClassWeights,
  { mostDraws }: Growth,
  random: Random,
): Float64Array {
  const ends = new Float64Array(cells.length);
  let all = 0;
  for (const [at, { cases }] of cells.entries()) {
    all += cases;
    ends[at] = all;
  }
  const drawn = new Float64Array(cells.length);
  for (let draws = Math.min(all, mostDraws); draws > 0; draws--) {
    const at = firstAbove(ends, random.below(all));
    drawn[at] = (drawn[at] ?? 0) + (cells[at]?.died ? weights.died : weights.lived);
  }
  return drawn;
}

/** The place of the first of rising numbers that is greater than `number`. */
function firstAbove(rising: Float64Array, number: number): number {
  let low = 0;
  let high = rising.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rising[middle] ?? 0) > number) high = middle;
    else low = middle + 1;
  }
  return low;
}
