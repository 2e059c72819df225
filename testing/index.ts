// What users test pipelines with: a pipeline that runs on a strict direct runner, assertions that are steps of the pipeline
// and so work on any runner, and the laws that coders, window functions, combiners, sources and sinks have to keep.
// Works with any test runner; start with assert-that.ts and test-pipeline.ts.
export * from './assert-that.ts';
export * from './assertion-error.ts';
export * from './test-pipeline.ts';
export {
  at,
  testStream,
  type TestStream,
  type TestStreamBuilder,
  type TestStreamOutputs,
  type TestStreamsBuilder,
} from './test-stream.ts';
export * from './coder-laws.ts';
export * from './combine-fn-laws.ts';
export type { ExpectedPane } from './panes.ts';
export { LawError, type LawOptions, type Samples } from './law.ts';
export * from './sink-laws.ts';
export * from './source-laws.ts';
export * from './window-fn-laws.ts';
