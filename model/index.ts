// What a pipeline is: collections, steps, windows, triggers, state and timers as data, sources and sinks as contracts,
// coders, errors. No I/O, no clock, no randomness, no node: imports; nothing of Viga is imported here.
//
// Start with pcollection.ts (what users call) and graph.ts (what runners get: the union `Primitive`). Everything that
// users build is a graph of these primitives; a runner that knows them knows every transform.
export * from './coder.ts';
export * from './coders/index.ts';
export * from './combine-fn.ts';
export { compileFunction } from './compile-function.ts';
export * from './dead-letter.ts';
export * from './definition.ts';
export * from './do-fn.ts';
export * from './errors.ts';
export type { EventTimeOptions } from './event-time.ts';
export * from './graph.ts';
export * from './host.ts';
export * from './key.ts';
export * from './metrics.ts';
export * from './outputs.ts';
export * from './pcollection.ts';
export * from './pipeline.ts';
export { type IterableData, iterableData } from './plain-data.ts';
export * from './primitives.ts';
export * from './runner.ts';
export * from './schema.ts';
export * from './side-input.ts';
export * from './sink.ts';
export * from './source.ts';
export * from './state.ts';
export * from './state-store.ts';
export * from './test-stream.ts';
export * from './time.ts';
export * from './timer.ts';
export * from './trigger.ts';
export * from './values.ts';
export * from './window-fn.ts';
export * from './windowing-strategy.ts';
