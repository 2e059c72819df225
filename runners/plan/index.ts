// How a graph is cut into stages, and how stages are joined: the same for bounded and streaming runs, which differ in where
// they cut. Knows no schedule; nothing runs here.
export { type EntryKind, type Plan, planBounded, type PlannedStage, planStreaming, sideInputsOf } from './plan.ts';
export { isStreaming, planFor } from './schedule.ts';
export { wire } from './wire.ts';
