// The part of the model that users import; what runners and connectors need besides is in index.ts.
export type { Coder } from './coder.ts';
export {
  bigint,
  boolean,
  bytes,
  compileCoder,
  date,
  double,
  fromBytes,
  int,
  iterable,
  kvCoder,
  list,
  nullable,
  number,
  optional,
  row,
  string,
  structuralCoder,
  timestamp,
  toBytes,
  type ByteReader,
  type ByteWriter,
  type CodegenOptions,
  type RowOf,
} from './coders/index.ts';
export { count, max, mean, min, sum, sumBigint, type CombineFn, type MeanAccumulator } from './combine-fn.ts';
export type { CombineGloballyOptions } from './combine-globally.ts';
export type { DeadLetter, RetryPolicy } from './dead-letter.ts';
export {
  definePipeline,
  type OptionSpec,
  type OptionSpecs,
  type OptionValue,
  type OptionValues,
  type PipelineDefinition,
  type PipelineSpec,
  type StandardOptions,
} from './definition.ts';
export type {
  AfterCommit,
  BundleContext,
  DoFn,
  DoFnContext,
  ElementContext,
  StepOptions,
  SyncStepOptions,
  TimerContext,
  Yielded,
} from './do-fn.ts';
export {
  CancelledError,
  CoderError,
  ConnectorError,
  ElementError,
  GuaranteeError,
  OptionsError,
  PipelineError,
  StateError,
  showValue,
} from './errors.ts';
export type { EventTimeOptions } from './event-time.ts';
export type { Graph, Primitive, Step } from './graph.ts';
export { encodeKey } from './key.ts';
export {
  counter,
  distribution,
  gauge,
  stringSet,
  type Counter,
  type Distribution,
  type Gauge,
  type Metric,
  type MetricValues,
  type StringSet,
} from './metrics.ts';
export {
  OutputAt,
  outputAt,
  outputTag,
  type Emitters,
  type Outputs,
  type OutputTag,
  type OutputTags,
} from './outputs.ts';
export { PCollection, type Named, type VigaTypeError } from './pcollection.ts';
export { PDone, Pipeline, ptransform, type PBegin, type PTransform, type PValue } from './pipeline.ts';
export {
  impulse,
  read,
  splittableParDo,
  write,
  type ReadOptions,
  type SplittableOptions,
  type WriteOptions,
} from './primitives.ts';
export type {
  LogEntry,
  MetricResult,
  PipelineResult,
  Progress,
  Runner,
  RunOptions,
  StepMetric,
  StepStats,
} from './runner.ts';
export type { InferOutput, StandardSchemaV1 } from './schema.ts';
export {
  asIterable,
  asList,
  asMap,
  asMultimap,
  asSingleton,
  type Multimap,
  type PCollectionView,
  type SideInputs,
  type SideValues,
} from './side-input.ts';
export type { JobEpoch, Sink, SinkBatch, SinkContext, SinkGuarantee, SinkWriter } from './sink.ts';
export {
  OffsetTracker,
  type OffsetRange,
  type ReadContext,
  type ReadResult,
  type RestrictionReader,
  type RestrictionTracker,
  type Source,
  type SourceBatch,
  type SourceContext,
  type SourceOutput,
  type WatermarkPolicy,
} from './source.ts';
export {
  bagState,
  combiningState,
  mapState,
  orderedListState,
  setState,
  valueState,
  type BagState,
  type CombiningState,
  type MapState,
  type OrderedListState,
  type SetState,
  type StateSpec,
  type StateSpecs,
  type ValueState,
} from './state.ts';
export {
  days,
  END_OF_GLOBAL_WINDOW,
  formatTimestamp,
  hours,
  MAX_TIMESTAMP,
  millis,
  MIN_TIMESTAMP,
  minutes,
  parseDuration,
  seconds,
  type Duration,
  type Timestamp,
} from './time.ts';
export { eventTimer, processingTimer, type Timer, type TimerSpec, type TimerSpecs } from './timer.ts';
export {
  afterAll,
  afterAny,
  afterCount,
  afterEach,
  afterProcessingTime,
  afterWatermark,
  defaultTrigger,
  never,
  orFinally,
  repeatedly,
  type Trigger,
} from './trigger.ts';
export {
  kv,
  NO_FIRING,
  type KV,
  type PaneInfo,
  type PaneTiming,
  type TimestampedValue,
  type WindowedValue,
} from './values.ts';
export {
  customWindows,
  fixedWindows,
  formatWindow,
  GLOBAL_WINDOW,
  globalWindows,
  interval,
  isIntervalWindow,
  mergeOverlapping,
  sessions,
  slidingWindows,
  type BoundedWindow,
  type GlobalWindow,
  type IntervalWindow,
  type WindowFn,
  type WindowMerge,
} from './window-fn.ts';
export type { AccumulationMode, Firing, TimestampCombiner, WindowingStrategy } from './windowing-strategy.ts';
