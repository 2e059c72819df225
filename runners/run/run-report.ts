import {
  type EpochStats,
  type Host,
  PipelineError,
  type PipelineResult,
  type Progress,
  type RunOptions,
  showValue,
} from '../../model/index.ts';
import type { MetricsStore } from '../execution/index.ts';
import { type Counted, type ReadCounts, stepStats } from './stats.ts';

/** Milliseconds between two reports of progress. */
const PROGRESS_EVERY = 200;

/** What a report is made from. */
export interface ReportParts {
  readonly host: Host;
  readonly metrics: MetricsStore;
  readonly reads: ReadCounts;
  readonly counted: Counted;
  readonly spilledBytes: () => number;
  readonly epoch?: () => EpochStats | undefined;
}

/** What a run tells while it goes on, and at its end. */
export class RunReport {
  readonly #parts: ReportParts;
  readonly #started: number;
  readonly #cpuBefore: number;

  constructor(parts: ReportParts) {
    this.#parts = parts;
    this.#started = parts.host.clock.monotonic();
    this.#cpuBefore = parts.host.memory.cpuMs();
  }

  /** Tells how far the run is, a few times a second; returns how to stop that. */
  follow({ onProgress }: RunOptions): () => void {
    if (onProgress === undefined) return () => undefined;
    let stop = (): void => undefined;
    const report = (): void => {
      onProgress(this.progress());
      next();
    };
    const next = (): void => {
      stop = this.#parts.host.clock.setTimer(PROGRESS_EVERY, report, { isBackground: true });
    };
    next();
    return () => stop();
  }

  progress(): Progress {
    const { read, total } = this.#parts.reads;
    return {
      steps: stepStats(this.#parts.counted),
      epoch: this.#parts.epoch?.(),
      elapsedMs: this.#elapsed(),
      bytesRead: read,
      bytesTotal: total,
    };
  }

  result(state: PipelineResult['state']): PipelineResult {
    const { metrics, counted, spilledBytes, host } = this.#parts;
    return {
      state,
      steps: stepStats(counted),
      epoch: this.#parts.epoch?.(),
      metrics: metrics.list(),
      metric: (metric, step) => {
        if (step !== undefined) this.#assertStep(step);
        return metrics.query(metric, step);
      },
      elapsedMs: this.#elapsed(),
      cpuMs: host.memory.cpuMs() - this.#cpuBefore,
      peakRssBytes: host.memory.peakRss(),
      spilledBytes: spilledBytes(),
    };
  }

  #elapsed(): number {
    return this.#parts.host.clock.monotonic() - this.#started;
  }

  #assertStep(path: string): void {
    const paths = this.#parts.counted.graph.steps.map((step) => step.path);
    if (paths.includes(path)) return;
    throw new PipelineError(
      path,
      `the pipeline has no such step. Its metrics would be 0 whatever happens. The steps are ${showValue(paths)}.`,
    );
  }
}

/** Aborts a run when its user's signal is; returns how to take that back. */
export function linkSignal(signal: AbortSignal | undefined, run: AbortController): () => void {
  if (signal === undefined) return () => undefined;
  const abort = (): void => run.abort(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort);
  return () => signal.removeEventListener('abort', abort);
}
