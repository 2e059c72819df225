// How a streaming run reads: the splits of a source, each with a reader, a place to go on from and a watermark of its own.
//
// source-reads.ts is what a stage sees of its source: it begins splits a few at a time, gives each its turn, saves where all
// stand, and knows the lowest of their watermarks. Knows the model, runners/execution, runners/panes and runners/run.
export { SourceReads, type SavedSplit, type Untold } from './source-reads.ts';
