import { type BoundedWindow, MAIN, type PaneInfo, type Step, type Timestamp } from '../../model/index.ts';
import type { Batch, Windows } from './batch.ts';

/** Where the output of a node goes: to another node of the stage, or over an edge out of it. */
export type Target =
  | { readonly kind: 'node'; readonly node: StageNode }
  | { readonly kind: 'edge'; readonly edge: Edge };

/** A step inside a stage. */
export interface StageNode {
  /** Position in the stage, producers before consumers. */
  readonly index: number;
  readonly step: Step;
  /** Where each output goes, by tag; filled while the plan is made. */
  readonly targets: Map<string, Target[]>;
  /** Whether an element of its input can be in several windows, so that a call per window may be due. */
  readonly isMultiWindow: boolean;
  /** How many outputs of the stage lead here; with more than one its code is a function of its own. */
  incoming: number;
}

/**
 * The way out of a stage: a shuffle, a sink, a buffer, another stage.
 *
 * `add` is sync. An edge whose other side has no room says so by `isFull`; the stage then stops as soon as it can, and
 * goes on after `flush`.
 */
export interface Edge {
  readonly name: string;
  add(value: unknown, timestamp: Timestamp, windows: Windows, pane: PaneInfo): void;
  /** The same for edges that take key-value pairs only: without the pair, which then need not be made. */
  readonly addPair?: (key: unknown, value: unknown, timestamp: Timestamp, windows: Windows) => void;
  /** The same for the elements of a batch, from one index up to another; for edges that are never full. Read it each time. */
  readonly addBatch?: ((batch: Batch, from: number, to: number) => void) | undefined;
  /** Whether `add` makes no use of the timestamp: passing a number that is not small makes an object of it. */
  readonly ignoresTimestamps?: boolean;
  readonly isFull: boolean;
  /** Makes room; with `all`, passes on everything. */
  flush(all: boolean): void | Promise<void>;
}

/** A stage: the largest tree of steps that runs as one function. */
export interface StageSpec {
  readonly name: string;
  readonly nodes: readonly StageNode[];
  /** Where the elements that enter the stage go, by the tag of the output that they are. */
  readonly entry: ReadonlyMap<string, readonly Target[]>;
}

/** Gives the side inputs of a node for a window of its main input. */
export type SideInputAccess = (node: StageNode, window: BoundedWindow) => Readonly<Record<string, unknown>>;

/** The targets of a node's output. */
export const targetsOf = (node: StageNode, tag: string = MAIN): readonly Target[] => node.targets.get(tag) ?? [];

/** All nodes that elements can come to from these targets inside the stage, producers before consumers. */
export function reachedFrom(targets: readonly Target[], found = new Set<StageNode>()): readonly StageNode[] {
  for (const target of targets) {
    if (target.kind === 'edge' || found.has(target.node)) continue;
    found.add(target.node);
    for (const outputs of target.node.targets.values()) reachedFrom(outputs, found);
  }
  return [...found].sort((a, b) => a.index - b.index);
}

/** All edges that lead out of a stage, each once. */
export function edgesOf({ entry, nodes }: StageSpec): readonly Edge[] {
  const targets = [...entry.values(), ...nodes.flatMap((node) => [...node.targets.values()])].flat();
  return [...new Set(targets.flatMap((target) => (target.kind === 'edge' ? [target.edge] : [])))];
}

/** Whether a result must be waited for. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  if (typeof value !== 'object' || value === null) return false;
  try {
    return 'then' in value && typeof value.then === 'function';
  } catch {
    // A proxy, or a getter, that throws is a value; who reads it says what is wrong with it.
    return false;
  }
}
