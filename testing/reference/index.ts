// The reference evaluator: what a pipeline of Create, Impulse and TestStream gives by the definition of the model, element by
// element and in the plainest way, with all of it in memory. It is the oracle that runners are compared with, so it imports
// the model and nothing of any runner; docs/decisions/0015-streaming-engine.md is the definition in words.
//
// Start with evaluate.ts, which walks the graph; grouping.ts is panes, triggers.ts when they fire, keyed-par-do.ts state and
// timers, views.ts side inputs.
export type { Drop, Element } from './element.ts';
export { evaluate, type Evaluation } from './evaluate.ts';
