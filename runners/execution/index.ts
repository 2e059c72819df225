// How one stage runs its steps: batches of elements go through one function, generated from the steps or, where text may
// not become code, made of closures. Both runners use it, so a DoFn behaves the same everywhere. Imports the model only.
//
// Start with stage.ts (what a stage is), then codegen.ts (what is printed) and stage-runtime.ts (what the printed code calls).
export { singletonLists } from './assign-windows.ts';
export { type Batch, BatchBuilder, GLOBAL_ONLY, sharedBatch, type Windows } from './batch.ts';
export { generateSegment } from './codegen.ts';
export { deadLetterOf } from './failures.ts';
export { interpretSegment } from './interpret.ts';
export { takesContext } from './invoke.ts';
export type { Firing } from './firings.ts';
export { isKeyed, type KeyedAccess, type KeyedPlace, type KeyedScope, NOT_CALLED } from './keyed-access.ts';
export type { LateDrop, Operator, StepTime } from './operator.ts';
export { MetricsStore, runScoped, StepMetrics } from './metrics.ts';
export { ownCopy } from './own-copy.ts';
export {
  type Edge,
  edgesOf,
  isThenable,
  type SideInputAccess,
  type StageNode,
  type StageSpec,
  type Target,
} from './stage.ts';
export type { StageEnvironment } from './stage-environment.ts';
export { StageRuntime } from './stage-runtime.ts';
export { waitFor } from './wait.ts';
