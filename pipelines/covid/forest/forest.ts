/** A node of a decision tree: what becomes of a case there. */
export type TreeNode = Leaf | Threshold | Membership;

/** The weighted share of the training cases here that died. */
export interface Leaf {
  readonly died: number;
}

/** Cases whose value is `atMost` go left. */
export interface Threshold extends Branches {
  /** The place of the feature in the list of features. */
  readonly feature: number;
  readonly atMost: number;
}

/** Cases whose value is `among` these go left. */
export interface Membership extends Branches {
  readonly feature: number;
  readonly among: readonly number[];
}

interface Branches {
  readonly left: TreeNode;
  readonly right: TreeNode;
}

/** Decision trees that vote: plain data, the same in memory and in model.json. */
export interface Forest {
  readonly trees: readonly TreeNode[];
}

/** Returns how likely death is by the mean of all trees, from 0 to 1, where the two ends weigh the same. */
export function riskOf({ trees }: Forest, values: readonly number[]): number {
  let sum = 0;
  for (const tree of trees) sum += leafOf(tree, values).died;
  return sum / trees.length;
}

function leafOf(tree: TreeNode, values: readonly number[]): Leaf {
  let node = tree;
  while ('feature' in node) {
    const value = values[node.feature] ?? 0;
    const goesLeft = 'atMost' in node ? value <= node.atMost : node.among.includes(value);
    node = goesLeft ? node.left : node.right;
  }
  return node;
}
