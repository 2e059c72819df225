// What the command line prints, as pure functions from data to lines of text: progress, the summary, failures, graphs,
// plans. Nothing here writes, waits or knows a terminal; width, height and color come as arguments.
//
// Start with progress.ts (what is seen while a run goes on) and failure.ts (what is told of an error). safe-text.ts
// holds the rule that no control character of the data and no secret is ever shown.
export { describeFailure, type Doing, type Failure } from './failure.ts';
export { failureLines } from './failure-lines.ts';
export { graphDot, graphJson, graphMermaid, graphText } from './graph-formats.ts';
export { stepNodes } from './graph-view.ts';
export { Meter } from './meter.ts';
export { colorPaint, plainPaint, wantsColor } from './paint.ts';
export { outputsOf } from './places.ts';
export { planLines, type PlanView, type StageView } from './plan.ts';
export { progressBlock, progressLine, type RunTitle } from './progress.ts';
export { displayWidth } from './width.ts';
export { isSecretName, oneLine, type Redact, redactor, visible } from './safe-text.ts';
export type { Ownership } from './stack.ts';
export { ENDS, summaryLines, totalsOf } from './summary.ts';
export { tableLines } from './table.ts';
