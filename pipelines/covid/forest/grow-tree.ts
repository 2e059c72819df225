import { bestSplit, type Histogram, type Split } from './best-split.ts';
import type { Feature } from './features.ts';
import type { TreeNode } from './forest.ts';
import type { Random } from './random.ts';

/** How far a tree grows. */
export interface TreeShape {
  readonly deepest: number;
  /** The least weight of a leaf, as a share of all: a leaf of few cases tells of these and not of others. */
  readonly leastShare: number;
  /** How many features a split chooses from. */
  readonly choices: number;
}

/** What a tree is grown from: the value of each feature of each cell, and the weight that was drawn for it. */
export interface TreeInput {
  readonly features: readonly Feature[];
  readonly columns: readonly Int32Array[];
  readonly died: Uint8Array;
  readonly weights: Float64Array;
}

/** Grows one decision tree over the cells that have a weight. */
export function growTree(input: TreeInput, shape: TreeShape, random: Random): TreeNode {
  const cells = Int32Array.from(input.weights.keys()).filter((cell) => (input.weights[cell] ?? 0) > 0);
  const leastWeight = shape.leastShare * weightsOf(input, cells).all;
  const grow = (part: Int32Array, depth: number): TreeNode => {
    const { all, died } = weightsOf(input, part);
    const found = depth < shape.deepest && died > 0 && died < all ? findSplit(part) : undefined;
    if (found === undefined) return { died: rounded(all === 0 ? 0 : died / all) };
    const { feature, split } = found;
    const goesLeft = new Set(split.left);
    const isLeft = (cell: number): boolean => goesLeft.has(input.columns[feature]?.[cell] ?? 0);
    return {
      feature,
      ...(input.features[feature]?.words === undefined
        ? { atMost: Math.max(...split.left) }
        : { among: split.left.toSorted((a, b) => a - b) }),
      left: grow(part.filter(isLeft), depth + 1),
      right: grow(
        part.filter((cell) => !isLeft(cell)),
        depth + 1,
      ),
    };
  };
  /** The best split of the features that this node may choose from. */
  const findSplit = (part: Int32Array): { readonly feature: number; readonly split: Split } | undefined => {
    let best: { readonly feature: number; readonly split: Split } | undefined;
    for (const feature of chosen(input.features.length, shape.choices, random)) {
      const split = bestSplitOf(input, part, feature, leastWeight);
      if (split !== undefined && split.gain > (best?.split.gain ?? 0)) best = { feature, split };
    }
    return best;
  };
  return grow(cells, 0);
}

function bestSplitOf(input: TreeInput, part: Int32Array, at: number, leastWeight: number): Split | undefined {
  const feature = input.features[at];
  const column = input.columns[at];
  if (feature === undefined || column === undefined) return undefined;
  return bestSplit(feature, histogramOf(input, part, column, feature.size), leastWeight);
}

function histogramOf({ died, weights }: TreeInput, part: Int32Array, column: Int32Array, size: number): Histogram {
  const histogram = { lived: new Float64Array(size), died: new Float64Array(size) };
  for (const cell of part) {
    const side = died[cell] === 1 ? histogram.died : histogram.lived;
    const value = column[cell] ?? 0;
    side[value] = (side[value] ?? 0) + (weights[cell] ?? 0);
  }
  return histogram;
}

function weightsOf({ died, weights }: TreeInput, part: Int32Array): { readonly all: number; readonly died: number } {
  const sum = { all: 0, died: 0 };
  for (const cell of part) {
    const weight = weights[cell] ?? 0;
    sum.all += weight;
    if (died[cell] === 1) sum.died += weight;
  }
  return sum;
}

/** So many of the numbers below `count`, at random. */
function chosen(count: number, choices: number, random: Random): readonly number[] {
  const all = Array.from({ length: count }, (_, at) => at);
  for (let at = 0; at < Math.min(choices, count); at++) {
    const other = at + random.below(count - at);
    [all[at], all[other]] = [all[other] ?? 0, all[at] ?? 0];
  }
  return all.slice(0, choices);
}

/** Six decimals are more than the cases can tell; the file of the model would be twice as long with all of them. */
function rounded(share: number): number {
  return Math.round(share * 1e6) / 1e6;
}
