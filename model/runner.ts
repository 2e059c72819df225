import type { Timestamp } from './time.ts';
import type { Metric, MetricKind, MetricValues } from './metrics.ts';
import type { Pipeline } from './pipeline.ts';

/** Runs pipelines: the direct runner, or a distributed one. */
export interface Runner {
  readonly name: string;
  run(pipeline: Pipeline, options?: RunOptions): Promise<PipelineResult>;
}

/** What any run can be asked for. */
export interface RunOptions {
  /** Ends the run when it is aborted: the run rejects with CancelledError and leaves nothing half-written. */
  readonly signal?: AbortSignal;
  /** Asks a streaming run to stop when it is aborted: it saves its state, delivers what is due, and can be started again. */
  readonly stop?: AbortSignal;
  /** Asks a streaming run to end when it is aborted: sources stop, what is open fires, and the job is finished. */
  readonly drain?: AbortSignal;
  /** Told how far the run is, a few times a second. */
  readonly onProgress?: (progress: Progress) => void;
  /** Told, in one line, of what went wrong without ending the run: a teardown that failed, say. */
  readonly onWarning?: (message: string) => void;
  /**
   * Gets what functions of steps write to the console while the run lasts, instead of the console. What is written where no
   * step runs stays there.
   */
  readonly onLog?: (entry: LogEntry) => void;
}

/** What a function of a step wrote to the console. */
export interface LogEntry {
  /** `console.debug` and `trace`, `log` and `info`, `warn`, `error`. */
  readonly severity: 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';
  /** All that one call was given, in one text. */
  readonly message: string;
  /** The path of the step. */
  readonly step: string;
}

/** What went through a step. */
export interface StepStats {
  readonly step: string;
  /** The kind of primitive. */
  readonly kind: string;
  readonly elementsIn: number;
  readonly elementsOut: number;
  /** Elements that became dead letters. */
  readonly failed: number;
  /** Elements that came after their window had expired. */
  readonly droppedLate: number;
  /** Elements that came after the trigger of their window had finished. */
  readonly droppedClosed: number;
  /** Bytes read or written, where the connector counts them. */
  readonly bytes: number;
  /** What a streaming run knows besides. */
  readonly live?: LiveStats | undefined;
}

/** How far time is at a step of a streaming run, and what waits there. */
export interface LiveStats {
  /** No element with an earlier timestamp comes to the step, unless it is late. */
  readonly inputWatermark: Timestamp;
  /** What those behind the step are told. */
  readonly outputWatermark: Timestamp;
  /** What keeps the output watermark where it is, in words; undefined where nothing does. */
  readonly heldBy: string | undefined;
  /** Elements that wait to be processed: on their way in, or for their side inputs. */
  readonly waiting: number;
  /** About how many bytes of state the step has in memory. */
  readonly stateBytes: number;
}

/** The last epoch of a streaming run. */
export interface EpochStats {
  readonly number: number;
  /** When it was cut, and how long that took. */
  readonly at: Timestamp;
  readonly durationMs: number;
  /** Bytes that wait for sinks. */
  readonly outboxBytes: number;
}

/** How far a run is. */
export interface Progress {
  readonly steps: readonly StepStats[];
  readonly epoch?: EpochStats | undefined;
  readonly elapsedMs: number;
  /** Bytes read so far, and in all where every source knows. */
  readonly bytesRead: number;
  readonly bytesTotal: number | undefined;
}

/** A metric's value: `attempted` counts every call, `committed` only those whose effects stayed. */
export interface MetricResult<out T> {
  readonly attempted: T;
  readonly committed: T;
}

/** A metric of one step. */
export interface StepMetric<out Kind extends MetricKind = MetricKind> extends MetricResult<MetricValues[Kind]> {
  readonly step: string;
  readonly metric: Metric<Kind>;
}

/** What a finished run tells. */
export interface PipelineResult {
  /** `STOPPED`: its state is saved, and the same job goes on when it is started again. */
  readonly state: 'DONE' | 'STOPPED' | 'DRAINED';
  readonly steps: readonly StepStats[];
  /** The last epoch of a streaming run; undefined where none was cut: a job that was finished before does nothing. */
  readonly epoch?: EpochStats | undefined;
  readonly metrics: readonly StepMetric[];
  /** A metric over all steps, or of the step with this path. */
  metric<Kind extends MetricKind>(metric: Metric<Kind>, step?: string): MetricResult<MetricValues[Kind]>;
  readonly elapsedMs: number;
  readonly cpuMs: number;
  readonly peakRssBytes: number;
  /** Bytes that went to disk since memory had no room for them; what epochs save is not counted. */
  readonly spilledBytes: number;
}
