import type { Host } from './host.ts';
import type { Timestamp } from './time.ts';
import type { PaneInfo } from './values.ts';
import type { BoundedWindow } from './window-fn.ts';

/** What a sink promises when a run is repeated after a crash. */
export type SinkGuarantee = 'transactional' | 'atomic-publish' | 'idempotent' | 'append';

/** Elements that a sink gets together. Timestamps, windows and panes are one for all, or one per value. */
export interface SinkBatch<out T> {
  readonly values: readonly T[];
  readonly timestamps: Float64Array | Timestamp;
  readonly windows: readonly BoundedWindow[] | readonly (readonly BoundedWindow[])[];
  readonly panes: PaneInfo | readonly PaneInfo[];
}

/** An epoch of a job. */
export interface JobEpoch {
  /** Names the job for as long as its state directory exists; without one, the run. */
  readonly id: string;
  /** The one that is written or committed; in `recover` the last one that is durable, 0 for none. */
  readonly epoch: number;
}

/** What a sink can be asked and told while it writes. */
export interface SinkContext {
  readonly host: Host;
  /** Aborted when the run is cancelled. */
  readonly signal: AbortSignal;
  /** The path of the writing step, for errors. */
  readonly step: string;
  /** Names this run, or an epoch of it; files of two runs never have the same temporary name. */
  readonly runId: string;
  /** Of a run in epochs: whose this one is. A bounded run, which is one epoch, has none. */
  readonly job?: JobEpoch | undefined;
  /**
   * Hands back an element that can't be written: a dead letter where asked for, the end of the run otherwise. In `deliver`
   * only an element of the batch that was asked for last, as it was given.
   */
  reject(element: unknown, error: Error): void;
  /** Counts bytes that were written, for progress and summaries. */
  readonly wrote?: ((bytes: number) => void) | undefined;
}

/** Takes the elements of one epoch, or of a whole bounded run. `C` is what a later commit needs: plain data. */
export interface SinkWriter<in T, C> {
  /** Wait for the promise, where there is one, before the next batch. */
  write(batch: SinkBatch<T>): void | Promise<void>;
  /** Makes what was written durable but not yet visible. */
  prepare(): Promise<C>;
  /** Gives up: removes what was staged. Never throws for what is not there. */
  abort(): Promise<void>;
}

/** What one epoch has for a sink, in order; handed over again until the sink has it for certain. */
export interface Delivery<out T> {
  /** Names the job for as long as its state directory exists. */
  readonly jobId: string;
  /** Grows from delivery to delivery of a step; epochs that have nothing for the sink are left out. */
  readonly epoch: number;
  batches(): Iterable<SinkBatch<T>>;
}

/**
 * Where elements go. Nothing is visible before `commit`, which may be called again with the same committable.
 *
 * A bounded run without a state directory is one epoch: all sinks prepare, then all commit, so a failed run leaves what
 * was there untouched.
 */
export interface Sink<in T, C = unknown> {
  readonly kind: 'sink';
  readonly name: string;
  readonly guarantee: SinkGuarantee;
  open(context: SinkContext): Promise<SinkWriter<T, C>>;
  /** Makes prepared elements visible; doing it twice changes nothing. */
  commit(committable: C, context: SinkContext): Promise<void>;
  /** Finishes or undoes, at the next start, what a crash cut off. */
  recover?(context: SinkContext): Promise<void>;
  /**
   * Writes what a durable epoch has for this sink, at once: a transactional sink in one transaction, together with a row of
   * its own ledger that names job, step and epoch. An epoch that the ledger has already changes nothing. A sink that has it
   * gets its elements this way from a job with a state directory, where they wait; others stage what they are given.
   *
   * `batches` throws at its end if something was rejected: let that end the transaction. The epoch comes again without it.
   *
   * @throws Error if the ledger has a later epoch of this job than `delivery`'s predecessor allows: the state is older than
   * the sink.
   */
  deliver?(delivery: Delivery<T>, context: SinkContext): Promise<void>;
  /** The last epoch of a job that the sink has, by its ledger; undefined where it has none. */
  delivered?(jobId: string, context: SinkContext): Promise<number | undefined>;
  /** Where this sink writes, without credentials, for plans and messages. */
  readonly location?: string | undefined;
}
