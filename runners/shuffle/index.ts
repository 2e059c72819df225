// What elements wait in between two stages: the groups of a GroupByKey or CombinePerKey, and stores for what comes later. In
// memory, and in temporary files once memory is short; memory-watch.ts says when. Knows the model and runners/execution.
//
// Start with grouping.ts (one grouping from its elements to its groups), then aligned-table.ts and partitions.ts;
// docs/decisions/0013-groupings.md has the reasons and figures.
export { type AddParts, type Groups, makeAdd } from './aligned-add.ts';
export { addBatchOf } from './aligned-batch.ts';
export type { BlockFile, BlockSequence } from './block-file.ts';
export { ElementStore } from './element-store.ts';
export { groupError } from './group-error.ts';
export type { AddBatch, AddToGroup, Pair } from './group-table.ts';
export { Grouping } from './grouping.ts';
export { MemoryWatch, type Spillable } from './memory-watch.ts';
export { combineError, type Reducer, reducerOf } from './reducer.ts';
export { heapBytes, SizeSample } from './size-sample.ts';
export { Spill } from './spill.ts';
export { inOrder, isSameWindow, mergesOf } from './window-merges.ts';
