import { MAIN, type Timestamp } from '../../model/index.ts';
import { type AssignWindows, windowAssigner } from './assign-windows.ts';
import { isKeyed } from './keyed-access.ts';
import { Invoker, type InvokerEnvironment, observesWindow } from './invoke.ts';
import type { MetricsStore } from './metrics.ts';
import { StepMetrics } from './metrics.ts';
import { Ring } from './ring.ts';
import type { StageNode } from './stage.ts';

/** How many promises of a step may be pending if it does not say. */
const DEFAULT_CONCURRENCY = 64;

/** What a node keeps while its stage runs. */
export interface NodeRuntime {
  readonly node: StageNode;
  readonly path: string;
  readonly invoker: Invoker;
  readonly ring: Ring;
  readonly metrics: StepMetrics;
  /** Whether a failed call must leave no trace, so that its outputs are collected first. */
  readonly isAtomic: boolean;
  /** Whether that means that a result is read to its end first: it stands for any number of outputs. */
  readonly collects: boolean;
  /** Whether it is called once per window of an element. */
  readonly explodesWindows: boolean;
  readonly assign: AssignWindows | undefined;
  /** Whether its calls change state, so that one may not be made twice. */
  readonly changesState: boolean;
  /** How far an output may lie before its input. */
  readonly skew: Timestamp;
  /** Elements given out, by tag. */
  readonly out: Map<string, number>;
  failed: number;
  /** Whether `setup` is over and `teardown` is still to come. */
  isSetUp: boolean;
  /** What `setup` returned. */
  resource: unknown;
  /** Where the metrics of the call go that has just returned a promise. */
  promised: StepMetrics | undefined;
}

/** Whether the results of a node may be promises. */
export const mayBeAsync = ({ step: { primitive } }: StageNode): boolean =>
  primitive.kind === 'Map' ||
  primitive.kind === 'Filter' ||
  primitive.kind === 'FlatMap' ||
  primitive.kind === 'MapValues' ||
  primitive.kind === 'ParDo';

/** Makes what a node keeps while its stage runs. */
export function nodeRuntime(
  node: StageNode,
  store: MetricsStore,
  { sideInputs, keyed }: Pick<InvokerEnvironment, 'sideInputs' | 'keyed'>,
): NodeRuntime {
  const { primitive, path } = node.step;
  const traits = 'traits' in primitive ? primitive.traits : undefined;
  const isAtomic = traits !== undefined && (traits.hasDeadLetters || traits.retry !== undefined);
  // A DoFn's calls follow each other unless it says otherwise: it may keep things between them.
  const concurrency = traits?.concurrency ?? (primitive.kind === 'ParDo' ? 1 : DEFAULT_CONCURRENCY);
  const runtime: NodeRuntime = {
    node,
    path,
    invoker: new Invoker(node, { sideInputs, keyed, resource: () => runtime.resource }),
    ring: new Ring(concurrency, !(traits?.unordered ?? false)),
    metrics: new StepMetrics(store, path, isAtomic),
    isAtomic,
    collects: isAtomic && (primitive.kind === 'FlatMap' || primitive.kind === 'ParDo'),
    explodesWindows: node.isMultiWindow && observesWindow(node),
    assign: primitive.kind === 'AssignWindows' ? windowAssigner(path, primitive.windowFn) : undefined,
    changesState: isKeyed(node.step),
    skew:
      primitive.kind === 'ParDo'
        ? (primitive.doFn.allowedTimestampSkew ?? 0)
        : primitive.kind === 'WithTimestamps'
          ? primitive.allowedTimestampSkew
          : 0,
    out: new Map([[MAIN, 0]]),
    failed: 0,
    isSetUp: false,
    resource: undefined,
    promised: undefined,
  };
  // Keys, timestamps and windows are needed at once: their functions are never async.
  if (!mayBeAsync(node)) runtime.ring.returned();
  return runtime;
}

/** Where the metrics of a call go that is not over when it returns; its own where calls are committed one by one. */
export function takeMetrics(node: NodeRuntime): StepMetrics {
  const metrics = node.promised ?? (node.isAtomic ? node.metrics.fork() : node.metrics);
  node.promised = undefined;
  return metrics;
}
