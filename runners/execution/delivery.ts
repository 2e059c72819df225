import { enterMetricsScope, type MetricsScope, type PaneInfo, type Timestamp } from '../../model/index.ts';
import { type Batch, sharedBatch, type Windows } from './batch.ts';
import type { Chunks } from './chunks.ts';
import type { NodeRuntime } from './node-runtime.ts';
import { AFTER_COMMIT, type Emission } from './outputs.ts';
import type { PendingCalls } from './pending-calls.ts';
import { checkSkew } from './refusals.ts';
import { outputBatch, passOnResult, type Place } from './results.ts';
import type { RingEntry } from './ring.ts';
import type { Resumable } from './suspended.ts';

/** What passing on needs of the stage. */
export interface DeliveryEnvironment {
  readonly pending: PendingCalls;
  /** Runs what follows an output of a node. */
  readonly run: (node: NodeRuntime, tag: string, batch: Batch) => void;
  readonly chunks: (index: number, result: unknown, value: unknown) => Chunks;
  /** Puts off what a call goes on to give out. */
  readonly putOff: (more: NonNullable<Resumable['more']>) => void;
  readonly count: (index: number, n: number) => void;
  readonly afterCommit: (callback: () => void) => void;
  /** Whose the metrics are of what goes on. */
  readonly metrics: MetricsScope;
}

/** Where results go of calls that did not go through the loop over a batch, and what calls emit besides their results. */
export class Delivery {
  readonly #environment: DeliveryEnvironment;

  constructor(environment: DeliveryEnvironment) {
    this.#environment = environment;
  }

  passOn(node: NodeRuntime, entry: RingEntry, settled: unknown): void {
    const { pending, run, chunks, putOff } = this.#environment;
    passOnResult(node, entry, settled, {
      run,
      emit: (from, emissions, at) => this.emit(from, emissions, at),
      goOn: (from, call, more) => pending.goOn(from, call, more),
      pull: (from, like, result) => putOff({ node: from, chunks: chunks(from.node.index, result, like.input), like }),
    });
  }

  emit(node: NodeRuntime, emissions: readonly Emission[], { timestamp, windows, pane }: Place): void {
    for (const { tag, value, timestamp: own } of emissions) {
      if (own !== undefined) checkSkew(node, own, timestamp, value);
      this.deliver(node, tag, value, own ?? timestamp, windows, pane);
    }
  }

  deliver(node: NodeRuntime, tag: string, value: unknown, ...at: [Timestamp, Windows, PaneInfo]): void {
    // Under its tag calls give out functions only.
    if (tag === AFTER_COMMIT) this.#environment.afterCommit(value as () => void);
    else if (node.node.step.outputs.has(tag)) this.#environment.run(node, tag, sharedBatch([value], ...at));
  }

  /** The next outputs of a call that had to wait for room; what it emits meanwhile goes before them. */
  pull({ node, chunks, like }: NonNullable<Resumable['more']>): Batch {
    const outer = enterMetricsScope(this.#environment.metrics);
    try {
      const outputs = chunks.next();
      this.emit(node, like.emissions.splice(0), like);
      return this.outputs(node, outputs, like);
    } finally {
      enterMetricsScope(outer);
    }
  }

  /** Outputs of a call that are passed on later than others of it, as a batch; they count as given out. */
  outputs(node: NodeRuntime, outputs: readonly unknown[], like: RingEntry): Batch {
    this.#environment.count(node.node.index, outputs.length);
    return outputBatch(node, outputs, like);
  }
}
