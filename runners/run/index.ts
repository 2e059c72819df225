// What every run is made of, whatever its schedule: turns of the event loop, statistics, batches of sources,
// errors of connectors, and what a strict run does besides.
export { callAfterCommit } from './after-commit.ts';
export { connectorError, named } from './connector-error.ts';
export { captureConsole } from './console.ts';
export { CountedStore } from './counted-store.ts';
export { createdBatches } from './created.ts';
export { Drops } from './drops.ts';
export { type GuaranteeLevel, guaranteesOf, isAtLeast, type PathGuarantee } from './guarantee.ts';
export { metricsScope } from './metrics-scope.ts';
export { readerScope, type RunReader } from './reader-scope.ts';
export { Rejects } from './rejects.ts';
export { runIdOf } from './run-id.ts';
export { linkSignal, RunReport } from './run-report.ts';
export { sinkBatch } from './sink-batch.ts';
export {
  type AnyReader,
  checkDone,
  checkParts,
  checkResult,
  checkWatermark,
  FROM_NOTHING,
  type Origin,
  type ReadProgress,
  sizeOf,
  takeBatch,
} from './source-batch.ts';
export { ReadCounts } from './stats.ts';
export { StrictFeed } from './strict-feed.ts';
export { type SplitAt, strictSplits } from './strict-splits.ts';
export { watchMutations } from './strict-graph.ts';
export type { StrictOptions } from './strict-options.ts';
export { cancelled, Turn } from './turn.ts';
