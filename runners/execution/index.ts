// How one stage runs its steps: batches of elements go through one function, which runners/compile makes of the steps, and
// what that calls for promises, failures, and want of room. Both runners use it, so a DoFn behaves the same everywhere.
// Imports the model only.
//
// Start with stage.ts (what a stage is), then stage-runtime.ts (what the function of a stage calls).
export { mayLoseElements, singletonLists } from './assign-windows.ts';
export { type Batch, BatchBuilder, GLOBAL_ONLY, sharedBatch, type Windows } from './batch.ts';
export { type Chunks, isAsyncIterable } from './chunks.ts';
export { deadLetterOf } from './failures.ts';
export { type InFlight, INTO, Unfinished } from './in-flight.ts';
export { type Invoke, LEFT, observesWindow, takesContext } from './invoke.ts';
export type { Firing } from './firings.ts';
export { isKeyed, type KeyedAccess, type KeyedPlace, type KeyedScope, NOT_CALLED } from './keyed-access.ts';
export type { LateDrop, Operator, StepTime } from './operator.ts';
export { type CommittedMetric, MetricsStore, runScoped, StepMetrics } from './metrics.ts';
export { mayBeAsync } from './node-runtime.ts';
export { ownCopy } from './own-copy.ts';
export { Pace } from './pace.ts';
export {
  type Edge,
  isThenable,
  reachedFrom,
  type SideInputAccess,
  type StageNode,
  type StageSpec,
  type Target,
  targetsOf,
} from './stage.ts';
export type { RunSegment, SegmentCompiler } from './stage-environment.ts';
export { StageRuntime } from './stage-runtime.ts';
export { waitFor } from './wait.ts';
export { hasBundleFunctions } from './life-cycle.ts';
