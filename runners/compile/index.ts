// How the steps of a stage become one function: printed and compiled, or, where text may not become code, made of closures.
// Equal results both ways: the same tests run both. Imports runners/execution, which knows nothing of it.
//
// Start with codegen.ts (what a compiled segment is), then print-stage.ts (its text).
export { generateSegment } from './codegen.ts';
export { interpretSegment } from './interpret.ts';
