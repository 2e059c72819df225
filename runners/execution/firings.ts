import {
  type AfterCommit,
  type AnyDoFn,
  ElementError,
  formatWindow,
  GLOBAL_WINDOW,
  MAIN,
  NO_FIRING,
  OutputAt,
  showValue,
} from '../../model/index.ts';
import { type Batch, BatchBuilder } from './batch.ts';
import { type Chunks, isAsyncIterable } from './chunks.ts';
import { reasonOf } from './failures.ts';
import type { CallContext } from './invoke.ts';
import type { KeyedPlace } from './keyed-access.ts';
import { endAfter, scopeOf } from './keyed-calls.ts';
import { type RingEntry, ringEntry } from './ring.ts';
import { type CallScope, runScoped, type StepMetrics } from './metrics.ts';
import type { NodeRuntime } from './node-runtime.ts';
import { AFTER_COMMIT } from './outputs.ts';
import { checkSkew, resolveOutputAt } from './refusals.ts';
import { isThenable } from './stage.ts';

/** After so many outputs they are passed on. */
const FULL_BATCH = 512;

/** A timer that is due or, without a family, a window that expires. */
export interface Firing extends KeyedPlace {
  readonly family: string | undefined;
  readonly tag: string;
}

/** What calls without an element need of their stage. */
export interface FiringEnvironment {
  readonly scope: CallScope;
  readonly run: (node: NodeRuntime, tag: string, batch: Batch) => void;
  /** Takes a call that goes on after it has returned. */
  readonly enqueue: (node: NodeRuntime, entry: RingEntry, result: unknown) => void;
  readonly chunks: (node: NodeRuntime, result: unknown, firing: Firing) => Chunks;
  readonly isFull: () => boolean;
  readonly relieve: () => Promise<void>;
  readonly afterCommit: AfterCommit;
  /** Marks an error for which nothing more is tried. */
  readonly final: (error: Error) => Error;
}

/**
 * Calls of a keyed step's functions that no element is given to, and where their outputs go: those of many calls together,
 * as one batch. A failure ends the run: there is no element that could become a dead letter.
 */
export class Firings {
  readonly #environment: FiringEnvironment;
  readonly #collected = new Map<string, BatchBuilder>();
  #node: NodeRuntime | undefined;
  /** How many calls there were, and outputs of theirs. */
  count = 0;

  constructor(environment: FiringEnvironment) {
    this.#environment = environment;
  }

  /** Calls the function; a promise only where it has to wait. */
  fire(node: NodeRuntime, firing: Firing): void | Promise<void> {
    const { scope, chunks } = this.#environment;
    this.#node = node;
    this.count++;
    const context = node.invoker.contextAt(firing);
    const keyed = scopeOf(context);
    const metrics = node.isAtomic ? node.metrics.fork() : node.metrics;
    const explain = (error: unknown): Error => this.#environment.final(firingError(node, firing, error));
    keyed.beginAt(firing);
    let result: unknown;
    try {
      result = runScoped(scope, metrics, () => call(node, firing, context));
    } catch (error) {
      keyed.end(false);
      throw explain(error);
    }
    const given = endAfter(result, keyed, explain);
    if (isThenable(given) || isAsyncIterable(given)) return this.#later(node, firing, metrics, given);
    if (given === undefined || Array.isArray(given)) {
      this.#collect(node, firing, given ?? []);
      metrics.settle(true);
    } else {
      const outputs = chunks(node, given, firing);
      const next = (): readonly unknown[] => runScoped(scope, metrics, () => outputs.next());
      for (let some = next(); some.length > 0; some = next()) {
        this.#collect(node, firing, some);
        if (!this.#pass()) continue;
        keyed.detach();
        return this.#rest(node, firing, metrics, next);
      }
      this.#collect(node, firing, []);
      metrics.settle(true);
    }
    if (this.#pass()) return this.#environment.relieve();
  }

  /** Passes on what has come out so far. */
  flush(): void {
    for (const [tag, builder] of this.#collected) {
      if (builder.length > 0 && this.#node) this.#environment.run(this.#node, tag, builder.take());
    }
  }

  /** Passes on what has come out if it is much; whether that left no room. */
  #pass(): boolean {
    let length = 0;
    for (const builder of this.#collected.values()) length += builder.length;
    if (length >= FULL_BATCH) this.flush();
    return this.#environment.isFull();
  }

  async #rest(node: NodeRuntime, firing: Firing, metrics: StepMetrics, next: () => readonly unknown[]): Promise<void> {
    const { relieve } = this.#environment;
    await relieve();
    for (let some = next(); some.length > 0; some = next()) {
      this.#collect(node, firing, some);
      if (this.#pass()) await relieve();
    }
    this.#collect(node, firing, []);
    metrics.settle(true);
    node.invoker.release();
  }

  #later(node: NodeRuntime, firing: Firing, metrics: StepMetrics, result: unknown): void | Promise<void> {
    this.flush();
    const { key, timestamp, windows } = firing;
    const entry = ringEntry([key, timestamp, windows, NO_FIRING], metrics, undefined, firing);
    this.#environment.enqueue(node, entry, result);
    if (node.ring.isFull || this.#environment.isFull()) return this.#environment.relieve();
  }

  #collect(node: NodeRuntime, { timestamp, windows }: Firing, outputs: readonly unknown[]): void {
    for (const { tag, value, timestamp: own } of node.invoker.takeEmissions()) {
      if (own !== undefined) checkSkew(node, own, timestamp, value);
      // Under its tag calls give out functions only.
      if (tag === AFTER_COMMIT) this.#environment.afterCommit(value as () => void);
      else if (node.node.step.outputs.has(tag)) this.#builder(tag).add(value, own ?? timestamp, windows, NO_FIRING);
    }
    if (outputs.length === 0) return;
    this.count += outputs.length;
    const builder = this.#builder(MAIN);
    for (const output of outputs) {
      if (OutputAt.is(output)) builder.add(...resolveOutputAt(node, output, timestamp, windows), NO_FIRING);
      else builder.add(output, timestamp, windows, NO_FIRING);
    }
  }

  #builder(tag: string): BatchBuilder {
    let builder = this.#collected.get(tag);
    if (builder === undefined) {
      builder = new BatchBuilder();
      this.#collected.set(tag, builder);
    }
    return builder;
  }
}

function call({ node }: NodeRuntime, firing: Firing, context: CallContext): unknown {
  const { primitive } = node.step;
  // Only a ParDo has timers.
  const { doFn } = primitive as { doFn: AnyDoFn };
  const { family, tag, key } = firing;
  // The handles are those that the DoFn declared; which they are is known to the user's types only.
  const { timestamp, window, resource, emit, state, timers, afterCommit } = context as unknown as Parameters<
    NonNullable<AnyDoFn['onTimer']>[string]
  >[0];
  const common = { key, timestamp, window, resource, emit, state, afterCommit };
  if (family === undefined) return doFn.onWindowExpiration?.(common as Parameters<typeof doFn.onWindowExpiration>[0]);
  // As a method, so that `this` is what it was written for; that there is one was checked when the pipeline was built.
  return doFn.onTimer?.[family]?.({ ...common, timers, tag });
}

function firingError(node: NodeRuntime, { family, tag, key, timestamp, windows }: Firing, error: unknown): Error {
  const window = formatWindow(windows[0] ?? GLOBAL_WINDOW);
  const what =
    family === undefined
      ? 'onWindowExpiration'
      : `the timer '${family}'${tag === '' ? '' : ` with the tag ${showValue(tag)}`}`;
  const message = reasonOf(node, error).replace(/\.$/, '');
  return new ElementError(
    node.path,
    key,
    `${what} of the key ${showValue(key)} failed: ${message}. What it would have given out is missing, so the run ends. Mend what it throws.`,
    { cause: error, timestamp, window },
  );
}
