import type { MetricResult, PipelineResult, StepMetric } from '../model/index.ts';
import { type Failure, outputsOf, type RunTitle, totalsOf } from './print/index.ts';
import type { Reporter } from './reporter.ts';
import type { Terminal } from './terminal.ts';

const PROGRESS_EVERY_MS = 1_000;

/** What the first line of a run tells. */
export interface StartRecord extends RunTitle {
  readonly job: string;
  /** Without the values of secret ones. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** For machines: one JSON object a line, each with its `type`. */
export function jsonReporter(terminal: Terminal, start: StartRecord): Reporter {
  const line = (type: string, fields: object): void => terminal.out(`${jsonOf({ type, ...fields })}\n`);
  let lastMs = 0;
  let outputs: readonly string[] = [];
  return {
    started(graph) {
      outputs = outputsOf(graph);
      line('start', { ...start, steps: graph.steps.length });
    },
    page: (url) => line('page', { url }),
    progress(progress) {
      if (progress.elapsedMs - lastMs < PROGRESS_EVERY_MS) return;
      lastMs = progress.elapsedMs;
      line('progress', progress);
    },
    warning: (message) => line('warning', { message }),
    guarantees(guarantees) {
      for (const one of guarantees) line('guarantee', one);
    },
    state: (directory, { id, epoch }) => line('state', { directory, id, epoch }),
    cancelling: () => line('cancelling', {}),
    stopping: () => line('stopping', {}),
    finished: (result) => line('summary', summaryRecord(start.pipeline, result, outputs)),
    finishedBefore: () => line('finishedBefore', { pipeline: start.pipeline }),
    failed: (failure, exitCode) => printFailureJson(terminal, failure, exitCode),
  };
}

/** Prints a failure for machines. */
export function printFailureJson(terminal: Terminal, failure: Failure, exitCode: number): void {
  terminal.out(`${jsonOf({ type: 'error', ...failure, exitCode })}\n`);
}

const summaryRecord = (pipeline: string, result: PipelineResult, outputs: readonly string[]): object => ({
  pipeline,
  state: result.state,
  elapsedMs: result.elapsedMs,
  cpuMs: result.cpuMs,
  peakRssBytes: result.peakRssBytes,
  spilledBytes: result.spilledBytes,
  ...totalsOf(result),
  outputs,
  epoch: result.epoch,
  steps: result.steps,
  metrics: result.metrics.map(metricRecord),
});

const metricRecord = ({ metric, step, committed, attempted }: StepMetric & MetricResult<unknown>): object => ({
  step,
  kind: metric.kind,
  namespace: metric.namespace,
  name: metric.name,
  committed,
  attempted,
});

const jsonOf = (value: object): string =>
  JSON.stringify(value, (_key, field: unknown) => {
    if (field instanceof Set) return [...field];
    return typeof field === 'bigint' ? String(field) : field;
  });
