import { CancelledError, ElementError } from '../../model/index.ts';
import { isAsyncIterable, isIterable } from './chunks.ts';
import type { FailedCall, Failures } from './failures.ts';
import { type CallScope, runScoped } from './metrics.ts';
import type { NodeRuntime } from './node-runtime.ts';
import { AsyncChunks, collectOutputs, type RunCall, toPromise, WithEmissions } from './outputs.ts';
import type { RingEntry } from './ring.ts';
import { isThenable } from './stage.ts';

/** What pending calls need of their stage. */
export interface PendingEnvironment {
  readonly scope: CallScope;
  readonly signal: AbortSignal;
  readonly failures: Failures;
  /** Takes the result of a call whose turn has come. */
  readonly passOn: (node: NodeRuntime, entry: RingEntry, result: unknown) => void;
  /** A call is over, and perhaps nobody waits for it. */
  readonly isOver: () => void;
}

/**
 * The calls of a stage that have not been passed on: promises, and calls that wait behind them.
 *
 * Invariants: a ring holds the calls of one step in the order of their inputs; nothing runs twice; results are passed on in
 * that order, or as they settle where the step asked for it.
 */
export class PendingCalls {
  readonly #environment: PendingEnvironment;
  #wake: (() => void) | undefined;

  constructor(environment: PendingEnvironment) {
    this.#environment = environment;
  }

  /** A call has returned a promise. */
  enqueue(node: NodeRuntime, entry: RingEntry, result: unknown): void {
    this.#goesOn(node, entry, result);
    node.ring.push(entry);
  }

  /** A call queues behind others; it starts when there is room. */
  later(node: NodeRuntime, entry: RingEntry): void {
    node.ring.push(entry);
    this.#start(node);
  }

  /** A call that has more: it stays first in its ring. */
  goOn(node: NodeRuntime, entry: RingEntry, more: AsyncChunks | AsyncIterable<unknown>): void {
    entry.hasGiven ||= more instanceof AsyncChunks;
    entry.state = 'waiting';
    node.ring.unshift(entry);
    this.#follow(node, entry, more instanceof AsyncChunks ? more.next() : toPromise(more, this.#runner(entry)));
  }

  /** Passes on the next call whose turn has come; false if there is none. */
  passOnNext(node: NodeRuntime): boolean {
    const entry = node.ring.take();
    if (entry === undefined) return false;
    if (entry.error !== undefined) throw entry.error;
    this.#start(node);
    this.#environment.passOn(node, entry, entry.result);
    return true;
  }

  /** Resolves when a call settles; rejects when the run is cancelled. */
  settling(): Promise<void> {
    const { signal } = this.#environment;
    return new Promise((resolve, reject) => {
      const aborted = (): void => reject(new CancelledError('the run was cancelled while calls were pending.'));
      if (signal.aborted) return aborted();
      signal.addEventListener('abort', aborted, { once: true });
      this.#wake = () => {
        signal.removeEventListener('abort', aborted);
        resolve();
      };
    });
  }

  #runner(entry: RingEntry): RunCall {
    return (call) => runScoped(this.#environment.scope, entry.metrics, call);
  }

  /** A call goes on with its context, so the calls after it get another one. */
  #goesOn(node: NodeRuntime, entry: RingEntry, result: unknown): void {
    entry.emissions = node.invoker.release().emissions;
    this.#follow(node, entry, toPromise(result, this.#runner(entry)));
  }

  #follow(node: NodeRuntime, entry: RingEntry, promise: PromiseLike<unknown>): void {
    entry.state = 'pending';
    const settle = (result: unknown, error: Error | undefined): void => {
      entry.state = 'settled';
      entry.result = WithEmissions.of(result, entry.emissions.splice(0));
      entry.error = error;
      this.#start(node);
      this.#wake?.();
      this.#environment.isOver();
    };
    const collected = promise.then((result) =>
      this.#runner(entry)(() => (node.collects ? collectOutputs(result) : result)),
    );
    Promise.resolve(collected).then(
      (result) => {
        entry.metrics.settle(true);
        settle(result, undefined);
      },
      (error) => {
        entry.emissions.length = 0;
        this.#failed(node, entry, error).then(
          (result) => settle(result, undefined),
          (final: Error) => settle(undefined, final),
        );
      },
    );
  }

  async #failed(node: NodeRuntime, entry: RingEntry, error: unknown): Promise<unknown> {
    if (error instanceof ElementError && error.step !== node.path) throw error;
    return this.#environment.failures.handle(failedCall(node, entry), error);
  }

  /** Starts calls that wait, while there is room; none once the run is over, when DoFns are torn down. */
  #start(node: NodeRuntime): void {
    if (this.#environment.signal.aborted) return;
    for (let entry = node.ring.nextToStart(); entry !== undefined; entry = node.ring.nextToStart()) {
      const result = this.#call(node, entry);
      if (entry.error === undefined && (isThenable(result) || isAsyncIterable(result))) {
        this.#goesOn(node, entry, result);
        continue;
      }
      entry.state = 'settled';
      // The work of a generator is still to come, so it keeps its context.
      const isLazy = isIterable(result) && !Array.isArray(result);
      if (isLazy) entry.emissions = node.invoker.release().emissions;
      entry.result = WithEmissions.of(result, isLazy ? entry.emissions.splice(0) : node.invoker.takeEmissions());
    }
  }

  #call(node: NodeRuntime, entry: RingEntry): unknown {
    const { input, timestamp, windows, pane, metrics } = entry;
    try {
      const collected = this.#runner(entry)(() => {
        const result = node.invoker.call(input, timestamp, windows, pane);
        return node.collects ? collectOutputs(result) : result;
      });
      if (!isThenable(collected)) metrics.settle(true);
      return collected;
    } catch (error) {
      try {
        return this.#environment.failures.handle(failedCall(node, entry), error);
      } catch (final) {
        // What `handle` throws is an ElementError.
        entry.error = final as Error;
        return undefined;
      }
    }
  }
}

const failedCall = (node: NodeRuntime, entry: RingEntry): FailedCall => ({
  node,
  call: [entry.input, entry.timestamp, entry.windows, entry.pane],
  metrics: entry.metrics,
  coordinate: entry.coordinate,
});
