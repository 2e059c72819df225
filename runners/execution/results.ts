import {
  enterMetricsScope,
  MAIN,
  type MetricsScope,
  OutputAt,
  type PaneInfo,
  type Timestamp,
} from '../../model/index.ts';
import { type Batch, BatchBuilder, sharedBatch, type Windows } from './batch.ts';
import { type Chunks, chunksOf, isAsyncIterable, isIterable } from './chunks.ts';
import { elementError, type FailedCall } from './failures.ts';
import { SKIP } from './invoke.ts';
import type { NodeRuntime } from './node-runtime.ts';
import { AFTER_COMMIT, AsyncChunks, type Emission, WithEmissions } from './outputs.ts';
import type { PendingCalls } from './pending-calls.ts';
import { badOutputs, checkSkew, resolveOutputAt } from './refusals.ts';
import type { RingEntry } from './ring.ts';
import type { Resumable } from './suspended.ts';

/** Where an element is in event time. */
export type Place = Pick<RingEntry, 'timestamp' | 'windows' | 'pane'>;

/** What passing results on needs of the stage. */
export interface ResultTargets {
  /** Runs what follows an output of a node. */
  readonly run: (node: NodeRuntime, tag: string, batch: Batch) => void;
  readonly emit: (node: NodeRuntime, emissions: readonly Emission[], at: Place) => void;
  /** The call has more: it stays first in its ring. */
  readonly goOn: (node: NodeRuntime, entry: RingEntry, more: AsyncChunks | AsyncIterable<unknown>) => void;
  /** The outputs are pulled from an iterator as there is room. */
  readonly pull: (node: NodeRuntime, entry: RingEntry, result: unknown) => void;
}

/** Passes on the result of a call whose turn has come, as what the step's kind makes of it. */
function passOnResult(node: NodeRuntime, entry: RingEntry, settled: unknown, targets: ResultTargets): void {
  let result = settled;
  if (result instanceof WithEmissions) {
    targets.emit(node, result.emissions, entry);
    result = result.result;
  }
  if (result === SKIP) return;
  const give = (outputs: readonly unknown[]): void => targets.run(node, MAIN, outputBatch(node, outputs, entry));
  switch (node.node.step.primitive.kind) {
    case 'Filter':
      return result ? give([entry.input]) : undefined;
    case 'MapValues':
      // Its input is a key-value pair by the type of mapValues.
      return give([{ key: (entry.input as { key: unknown }).key, value: result }]);
    case 'Map':
      return give([result]);
    default:
      return passOnMany(node, entry, result, targets);
  }
}

/** The outputs of a step that gives any number of them, in whatever form the call returned. */
function passOnMany(node: NodeRuntime, entry: RingEntry, result: unknown, targets: ResultTargets): void {
  if (result instanceof AsyncChunks) {
    targets.run(node, MAIN, outputBatch(node, result.values, entry));
    if (!result.isDone) targets.goOn(node, entry, result);
  } else if (isAsyncIterable(result)) {
    targets.goOn(node, entry, result);
  } else if (Array.isArray(result)) {
    targets.run(node, MAIN, outputBatch(node, result, entry));
  } else if (result === undefined && node.node.step.primitive.kind === 'ParDo') {
    targets.run(node, MAIN, sharedBatch([]));
  } else {
    targets.pull(node, entry, result);
  }
}

/** A batch of outputs of one call, with the timestamps and windows that some of them carry. */
export function outputBatch(node: NodeRuntime, outputs: readonly unknown[], like: RingEntry): Batch {
  const builder = new BatchBuilder();
  for (const output of outputs) {
    if (OutputAt.is(output)) {
      const [value, timestamp, windows] = resolveOutputAt(node, output, like.timestamp, like.windows);
      builder.add(value, timestamp, windows, like.pane);
    } else builder.add(output, like.timestamp, like.windows, like.pane);
    builder.locate(like.coordinate);
  }
  return builder.take();
}

/** The outputs of a call that can be iterated, some at a time; `enter` is called before its function goes on. */
export function outputChunks(result: unknown, failed: FailedCall, enter: () => void): Chunks {
  if (!isIterable(result)) throw badOutputs(failed.node, result, failed.call[0]);
  const chunks = chunksOf(result, (error) => elementError(failed, error));
  return {
    next() {
      enter();
      return chunks.next();
    },
  };
}

/** What passing on needs of the stage. */
export interface DeliveryEnvironment {
  readonly pending: PendingCalls;
  /** Runs what follows an output of a node. */
  readonly run: (node: NodeRuntime, tag: string, batch: Batch) => void;
  readonly chunks: (index: number, result: unknown, value: unknown) => Chunks;
  /** Puts off outputs of a call, and what it goes on to give out. */
  readonly putOff: (node: NodeRuntime, outputs: Batch, more: Resumable['more']) => void;
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
      pull: (from, like, result) =>
        putOff(from, sharedBatch([]), { node: from, chunks: chunks(from.node.index, result, like.input), like }),
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

  /** What is left of a call's outputs waits for room. */
  leave(node: NodeRuntime, outputs: readonly unknown[], chunks: Chunks | null, like: RingEntry): void {
    // What goes on later keeps its context.
    if (chunks !== null) like.emissions = node.invoker.release().emissions;
    const more = chunks === null ? undefined : { node, chunks, like };
    this.#environment.putOff(node, this.outputs(node, outputs, like), more);
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
