import { OutputAt } from '../../model/index.ts';
import {
  isThenable,
  LEFT,
  mayBeAsync,
  reachedFrom,
  type RunSegment,
  type SegmentCompiler,
  sharedBatch,
  singletonLists,
  type StageRuntime,
  type Target,
} from '../execution/index.ts';
import { interpreted, outputTargets } from './interpret.ts';
import { isLater, StagePrinter } from './print-stage.ts';
import { wholeBatches } from './whole-batches.ts';

/** Runs over nothing before the first batch. */
const WARM_UP = 30;

/** Makes segments by printing them. Only where functions may be made from text. */
export const generateSegment: SegmentCompiler = (stage, nodeIndex, tag) => {
  const targets = outputTargets(stage, nodeIndex, tag);
  const steps = reachedFrom(targets);
  return {
    run: wholeBatches(targets) ?? printed(stage, targets),
    runCarefully: interpreted(stage, targets),
    rings: steps.filter(mayBeAsync).map(({ index }) => stage.node(index).ring),
    steps,
  };
};

function printed(stage: StageRuntime, targets: readonly Target[]): RunSegment {
  const printer = new StagePrinter(stage);
  const text = segmentText(stage, printer, printer.print(targets));
  const parameters = {
    S: stage,
    LEFT,
    OutputAt,
    EMPTY: [],
    single: singletonLists(),
    isThenable,
    isLater,
    ...Object.fromEntries(printer.parameters),
  };
  // The text is made of names of the printer's and of nothing that a user wrote: functions come in as parameters.
  const run = new Function('P', text)(parameters) as RunSegment;
  // V8 replaces the loop while it runs, at the first batch. What follows the loop must have been seen by then, or each batch
  // falls back to slow code at its end (measured: summing by key took 1.6 times as long). It only starts to look after about
  // 1,000 bytes of bytecode.
  for (let i = 0; i < WARM_UP; i++) run(sharedBatch([]), 0, 0);
  return run;
}

function segmentText({ spec }: StageRuntime, printer: StagePrinter, body: string): string {
  const { parameters, functions, locals, shared, counts } = printer;
  const zeros = (names: ReadonlySet<string>): string =>
    names.size === 0 ? '' : `let ${[...names].map((name) => `${name} = 0`).join(', ')};`;
  return `'use strict';
const { S, LEFT, OutputAt, EMPTY, single, isThenable, isLater, ${[...parameters.keys()].join(', ')} } = P;
${zeros(shared)}
${functions.join('\n')}
// ${spec.name.replaceAll(/[^\w/() -]/g, '_')}
return function segment(B, from, to) {
const values = B.values, T = B.timestamps, W = B.windowsColumn, Q = B.panes;
const bt = B.timestamp, bw = B.windows, bp = B.pane;
${zeros(locals)}
let i = from;
S.batch = B;
for (; i < to; i++) {
S.i = i;
const v = values[i], t = T === null ? bt : T[i], w = W === null ? bw : W[i], p = Q === null ? bp : Q[i];
${body}
if (S.full || S.leave) { i++; break; }
}
${[...counts].map(([index, count]) => `S.count(${index}, ${count});`).join('\n')}
${[...shared].map((name) => `${name} = 0;`).join(' ')}
return i;
};`;
}
