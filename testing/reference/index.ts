// The reference evaluator: what a pipeline gives by the definition of the model, element by element, in the plainest way, with
// all of it in memory: the oracle that runners are compared with. It imports the model and nothing of any runner;
// docs/decisions/0015-streaming-engine.md is the definition in words. Start with evaluate.ts, which walks the graph.
export type { Element } from './element.ts';
export { evaluate } from './evaluate.ts';
