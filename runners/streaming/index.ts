// The streaming schedule: all stages of a pipeline live at once, watermarks between them, epochs that survive a crash.
// live-network.ts joins the parts of a run, live-loop.ts decides what happens next, epochs.ts cuts and commits. A stage with
// its queue, gate and time is a LiveStage; a restriction that is read is a SplitReader. Knows nothing of bounded runs.
//
// docs/decisions/0015-streaming-engine.md has the rules; start with streaming-run.ts.
export { type StreamingOptions, StreamingRun } from './streaming-run.ts';
