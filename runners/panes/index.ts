// Windows to panes: groupings whose trigger says when what they hold comes out. An operator that is given elements and told
// how far time is; it knows no schedule. docs/decisions/0015-streaming-engine.md has the rules it follows.
//
// Start with pane-machine.ts (what happens to one key and window; runners/triggers says when it fires), then what panes lie in:
// aligned-panes.ts and merging-panes.ts; default-panes.ts is the quick way of the default trigger, by slot-panes.ts.
export { Heap } from './heap.ts';
export { PaneGrouping, type PaneGroupingSpec } from './pane-grouping.ts';
