import {
  CancelledError,
  type BoundedWindow,
  DEAD_LETTERS,
  ElementError,
  enterMetricsScope,
  formatWindow,
  GLOBAL_WINDOW,
  type Host,
  MAIN,
  type Metric,
  type MetricsScope,
  OutputAt,
  type PaneInfo,
  type RetryPolicy,
  type Timestamp,
  ConnectorError,
} from '../../model/index.ts';
import { type Batch, BatchBuilder, sharedBatch, type Windows } from './batch.ts';
import { type Chunks, chunksOf, isAsyncIterable, isIterable } from './chunks.ts';
import { deadLetterOf } from './dead-letters.ts';
import { SKIP } from './invoke.ts';
import type { MetricsStore, StepMetrics } from './metrics.ts';
import { type NodeRuntime, nodeRuntime } from './node-runtime.ts';
import type { Load, RingEntry } from './ring.ts';
import { edgesOf, isThenable, type SideInputAccess, type StageSpec } from './stage.ts';

/** Runs elements of a batch from an index through a part of the stage; returns the index where it stopped. */
export type Segment = (batch: Batch, from: number) => number;

/** Makes the function for what follows one output of a node, or (node undefined) the stage's entry. */
export type SegmentCompiler = (stage: StageRuntime, node: number | undefined, tag: string) => Segment;

/** What a stage takes from its runner. */
export interface StageEnvironment {
  readonly host: Host;
  readonly store: MetricsStore;
  readonly sideInputs: SideInputAccess;
  readonly compile: SegmentCompiler;
  readonly signal: AbortSignal;
  /** Told of what goes wrong without ending the run. */
  readonly warn: (message: string) => void;
}

/** A part of the stage that stopped for want of room, to be taken up before anything that came later. */
interface Resumable {
  readonly segment: Segment;
  batch: Batch;
  from: number;
  readonly more: { readonly chunks: Chunks; readonly like: RingEntry } | undefined;
}

/** What printed code and the interpreter need to know of the call that an error comes from. */
type CallArguments = readonly [value: unknown, timestamp: Timestamp, windows: Windows, pane: PaneInfo];

const FIRST_BACKOFF = 100;
const LAST_BACKOFF = 30_000;

/**
 * One stage while it runs: what its generated function calls, and the slow paths around it.
 *
 * Flow: `process` feeds batches to the entry segment. A promise puts its call into the step's ring; a full ring or edge
 * sets `full`, and every loop of the stage then stops at its next element, leaving what remains in `suspended`, innermost
 * first. `relieve` makes room and takes those up in order before the batch goes on: order is kept and nothing runs twice.
 */
export class StageRuntime implements MetricsScope {
  /** Index of the node whose function runs: whom errors and metrics belong to. */
  at = 0;
  /** Index of the element in `batch`. */
  i = 0;
  batch: Batch = sharedBatch([]);
  /** Set when a ring or an edge has no room. */
  full = false;
  readonly load: Load = { busy: 0 };
  readonly spec: StageSpec;
  readonly nodes: readonly NodeRuntime[];
  readonly environment: StageEnvironment;
  readonly #segments = new Map<string, Segment>();
  readonly #scope;
  #suspended: Resumable[] = [];
  #wake: (() => void) | undefined;
  readonly #elementsIn = new Map<string, number>();
  #bundleIsOpen = false;

  constructor(spec: StageSpec, environment: StageEnvironment, scope: { run<R>(value: StepMetrics, fn: () => R): R }) {
    this.spec = spec;
    this.environment = environment;
    this.#scope = scope;
    this.nodes = spec.nodes.map((node) =>
      nodeRuntime(node, environment.store, (window: BoundedWindow) => environment.sideInputs(node, window), this.load),
    );
  }

  /** Elements that entered the stage as the output with this tag. */
  elementsIn(tag: string): number {
    return this.#elementsIn.get(tag) ?? 0;
  }

  update(metric: Metric, value: number | string): void {
    this.node(this.at).metrics.update(metric, value);
  }

  node(index: number): NodeRuntime {
    const node = this.nodes[index];
    if (node === undefined) throw new Error(`This is a bug in Viga: the stage ${this.spec.name} has no node ${index}.`);
    return node;
  }

  // ---- what generated code calls -------------------------------------------------------------------------------

  /** Adds to the number of elements that a node gave out. */
  count(index: number, n: number): void {
    const { out } = this.node(index);
    out.set(MAIN, (out.get(MAIN) ?? 0) + n);
  }

  /** A call threw. Gives {@link SKIP} if it became a dead letter, a promise if it is tried again; throws otherwise. */
  fail(index: number, error: unknown, ...call: CallArguments): unknown {
    return this.#failed(this.node(index), error, 1, this.#coordinate(), call);
  }

  /** A call whose function is not known to be sync: what it goes on to do counts for its step. */
  scoped(index: number, ...call: CallArguments): unknown {
    const node = this.node(index);
    const result = this.#scope.run(node.metrics, () => node.invoker.call(...call));
    if (!isThenable(result) && !isAsyncIterable(result)) node.ring.returned();
    return result;
  }

  /** Collects all outputs of a call, for steps whose failed calls leave no trace. */
  collect(index: number, result: unknown): unknown {
    const node = this.node(index);
    const collected = collectOutputs(result);
    if (!isThenable(collected)) node.metrics.settle(true);
    return collected;
  }

  /** A call of a step whose failed calls leave no trace has succeeded. */
  settle(index: number): void {
    this.node(index).metrics.settle(true);
  }

  /** A result is a promise: its call goes into the ring, and all later ones behind it. */
  enqueue(
    index: number,
    result: unknown,
    value: unknown,
    timestamp: Timestamp,
    windows: Windows,
    pane: PaneInfo,
  ): void {
    const node = this.node(index);
    const entry = this.#entry(value, timestamp, windows, pane);
    this.#pending(node, entry, isThenable(result) ? result : firstChunk(result));
    this.#push(node, entry);
  }

  /** Calls are pending, so this one queues behind them; it starts when there is room. */
  later(index: number, value: unknown, timestamp: Timestamp, windows: Windows, pane: PaneInfo): void {
    const node = this.node(index);
    this.#push(node, this.#entry(value, timestamp, windows, pane));
    this.#startWaiting(node);
  }

  /** The outputs of a call that did not return an array. */
  chunks(index: number, result: unknown, value: unknown): Chunks {
    const node = this.node(index);
    if (!isIterable(result)) {
      throw new ElementError(
        node.path,
        value,
        `its function returned ${result === null ? 'null' : typeof result}, which can't be iterated. What it returns are the outputs for one element. Return an array, [] for none.`,
      );
    }
    const chunks = chunksOf(result, (error) => this.#error(node, error, value, 1, this.#coordinate()));
    return {
      next: () => {
        this.at = index;
        return chunks.next();
      },
    };
  }

  /** No room: what is left of a call's outputs waits. */
  suspend(
    index: number,
    outputs: readonly unknown[],
    from: number,
    chunks: Chunks | null,
    ...at: [Timestamp, Windows, PaneInfo]
  ): void {
    const like = this.#entry(undefined, ...at);
    const rest = outputs.slice(from);
    if (rest.length === 0 && chunks === null) return;
    this.#suspended.push({
      segment: this.segment(index, MAIN),
      batch: this.#resolved(this.node(index), rest, like),
      from: 0,
      more: chunks === null ? undefined : { chunks, like },
    });
  }

  /** Passes on what a DoFn emitted to its additional outputs. */
  drain(index: number, timestamp: Timestamp, windows: Windows, pane: PaneInfo): void {
    const node = this.node(index);
    for (const { tag, value, timestamp: own } of node.invoker.takeEmissions()) {
      if (own !== undefined) this.checkSkew(index, own, timestamp, value);
      this.#deliver(node, tag, value, own ?? timestamp, windows, pane);
    }
  }

  /** Refuses an output that lies before its input by more than the step allows. */
  checkSkew(index: number, output: Timestamp, input: Timestamp, value: unknown): void {
    const node = this.node(index);
    if (output >= input - node.skew || input <= -8.64e15) return;
    throw new ElementError(
      node.path,
      value,
      `an output has the timestamp ${output}, ${input - output} ms before its input's, and allowedTimestampSkew is ${node.skew} ms. It could fall behind the watermark and be dropped as late. Raise allowedTimestampSkew, or keep the input's timestamp.`,
    );
  }

  /** A key that can't group: undefined or a promise. */
  badKey(index: number, key: unknown, value: unknown): never {
    throw new ElementError(
      this.node(index).path,
      value,
      isThenable(key)
        ? 'the key function returned a promise. Keys are needed at once to group by. Make it synchronous: look the key up in a map(...) before.'
        : 'the key function returned undefined. Elements are grouped by their key, so each needs one. Filter such elements first, or return a constant.',
    );
  }

  /** A timestamp that is no instant. */
  badTimestamp(index: number, timestamp: unknown, value: unknown): never {
    throw new ElementError(
      this.node(index).path,
      value,
      `the timestamp function returned ${String(timestamp)}. Event time is a number of milliseconds between MIN_TIMESTAMP and MAX_TIMESTAMP. Return e.g. date.getTime(), synchronously.`,
    );
  }

  /** The value, timestamp and windows of an output of a DoFn that carries its own. */
  outputAt(
    index: number,
    output: OutputAt<unknown>,
    timestamp: Timestamp,
    windows: Windows,
  ): readonly [unknown, Timestamp, Windows] {
    this.checkSkew(index, output.timestamp, timestamp, output.value);
    return [output.value, output.timestamp, output.window ? [output.window] : windows];
  }

  // ---- driving ---------------------------------------------------------------------------------------------------

  /** The function for what follows an output of a node; made when it is first needed. */
  segment(node: number | undefined, tag: string): Segment {
    const key = `${node}:${tag}`;
    let segment = this.#segments.get(key);
    if (segment === undefined) {
      segment = this.environment.compile(this, node, tag);
      this.#segments.set(key, segment);
    }
    return segment;
  }

  /** Runs `setup` of all DoFns. */
  async open(): Promise<void> {
    for (const node of this.nodes) {
      const { primitive } = node.node.step;
      if (primitive.kind !== 'ParDo') continue;
      if (primitive.doFn.setup) node.resource = await this.#lifeCycle(node, 'setup', primitive.doFn.setup);
      node.invoker.release();
    }
  }

  /** Runs `teardown` of all DoFns; what it throws is only told, since all elements are done. */
  async close(): Promise<void> {
    for (const node of this.nodes) {
      const { primitive } = node.node.step;
      if (primitive.kind !== 'ParDo' || !primitive.doFn.teardown) continue;
      try {
        await primitive.doFn.teardown(node.resource);
      } catch (error) {
        this.environment.warn(`${node.path}: teardown failed: ${String(error)}. All elements were processed before.`);
      }
    }
  }

  /** Runs a batch through the stage; a promise only if it had to wait. */
  process(batch: Batch, tag: string = MAIN): void | Promise<void> {
    if (!this.#bundleIsOpen) return this.#processInNewBundle(batch, tag);
    this.#elementsIn.set(tag, this.elementsIn(tag) + batch.length);
    const segment = this.segment(undefined, tag);
    const next = this.#inScope(() => segment(batch, 0));
    if (next < batch.length || this.full || this.#suspended.length > 0) return this.#goOn(segment, batch, next);
  }

  async #processInNewBundle(batch: Batch, tag: string): Promise<void> {
    this.#bundleIsOpen = true;
    for (const node of this.nodes) {
      const { primitive } = node.node.step;
      if (primitive.kind !== 'ParDo' || !primitive.doFn.startBundle) continue;
      const { startBundle } = primitive.doFn;
      await this.#lifeCycle(node, 'startBundle', () => startBundle({ resource: node.resource }));
    }
    await this.process(batch, tag);
  }

  async #goOn(segment: Segment, batch: Batch, from: number): Promise<void> {
    let next = from;
    for (;;) {
      await this.#relieve();
      if (next >= batch.length) return;
      next = this.#inScope(() => segment(batch, next));
    }
  }

  /** Runs what is synchronous with this stage as the place that metrics go to. */
  #inScope<R>(run: () => R): R {
    const outer = enterMetricsScope(this);
    try {
      return run();
    } finally {
      enterMetricsScope(outer);
    }
  }

  /** Ends a bundle: rings empty, `finishBundle` called, edges passed on. */
  async finishBundle(): Promise<void> {
    if (!this.#bundleIsOpen) return;
    await this.#drainRings();
    for (const node of this.nodes) {
      const { primitive } = node.node.step;
      if (primitive.kind !== 'ParDo' || !primitive.doFn.finishBundle) continue;
      const { finishBundle } = primitive.doFn;
      const yielded = await this.#lifeCycle(node, 'finishBundle', () =>
        collectOutputs(finishBundle({ resource: node.resource })),
      );
      for (const output of yielded as readonly unknown[]) this.#deliverFinished(node, output);
      await this.#drainRings();
    }
    this.#bundleIsOpen = false;
    await this.flushEdges(true);
  }

  #deliverFinished(node: NodeRuntime, output: unknown): void {
    if (!OutputAt.is(output)) {
      throw new ElementError(
        node.path,
        output,
        'finishBundle gave an output without a timestamp. There is no input element to take it from. Return [outputAt(value, timestamp, window)].',
      );
    }
    const window = output.window ?? GLOBAL_WINDOW;
    const batch = sharedBatch([output.value], output.timestamp, [window]);
    this.#run(node, MAIN, batch);
  }

  async #lifeCycle(node: NodeRuntime, name: string, call: () => unknown): Promise<unknown> {
    try {
      return await this.#scope.run(node.metrics, call);
    } catch (error) {
      throw new ElementError(
        node.path,
        undefined,
        `${name} failed: ${error instanceof Error ? error.message : String(error)}. No element can be processed without it. Mend what it throws.`,
        { cause: error },
      );
    }
  }

  async flushEdges(all: boolean): Promise<void> {
    for (const edge of edgesOf(this.spec)) await edge.flush(all);
  }

  /** Makes room, and takes up what was suspended, until nothing is and every ring and edge has room. */
  async #relieve(): Promise<void> {
    for (;;) {
      this.environment.signal.throwIfAborted();
      for (const edge of edgesOf(this.spec)) if (edge.isFull) await edge.flush(false);
      await this.#roomInRings();
      this.full = false;
      if (this.#suspended.length === 0) return;
      this.#resumeFirst();
    }
  }

  #resumeFirst(): void {
    const [first, ...others] = this.#suspended;
    if (first === undefined) return;
    this.#suspended = [];
    first.from = first.segment(first.batch, first.from);
    while (first.from >= first.batch.length && first.more !== undefined && !this.full) {
      const outputs = first.more.chunks.next();
      if (outputs.length === 0) break;
      first.batch = this.#resolvedLike(first, outputs);
      first.from = first.segment(first.batch, 0);
    }
    const isDone = first.from >= first.batch.length && (first.more === undefined || !this.full);
    this.#suspended.push(...(isDone ? [] : [first]), ...others);
  }

  async #roomInRings(): Promise<void> {
    for (const node of this.nodes) {
      while (node.ring.isFull) {
        if (!this.#passOn(node)) await this.#settling();
        if (this.#suspended.length > 0) return;
      }
    }
  }

  async #drainRings(): Promise<void> {
    for (;;) {
      await this.#relieve();
      const busy = this.nodes.filter((node) => node.ring.size > 0);
      if (busy.length === 0 && this.#suspended.length === 0) return;
      const passed = busy.map((node) => this.#passOn(node)).some(Boolean);
      if (!passed && this.#suspended.length === 0) await this.#settling();
    }
  }

  #settling(): Promise<void> {
    const { signal } = this.environment;
    return new Promise((resolve, reject) => {
      const aborted = (): void => reject(new CancelledError('the run was cancelled while calls were pending'));
      if (signal.aborted) return aborted();
      signal.addEventListener('abort', aborted, { once: true });
      this.#wake = () => {
        signal.removeEventListener('abort', aborted);
        resolve();
      };
    });
  }

  // ---- rings -----------------------------------------------------------------------------------------------------

  #entry(input: unknown, timestamp: Timestamp, windows: Windows, pane: PaneInfo): RingEntry {
    const { batch, i } = this;
    const coordinate = batch.coordinate === null ? undefined : () => batch.coordinate?.(i);
    return { input, timestamp, windows, pane, coordinate, state: 'waiting', result: undefined, error: undefined };
  }

  #push(node: NodeRuntime, entry: RingEntry): void {
    node.ring.push(entry);
    if (node.ring.isFull) this.full = true;
  }

  #pending(node: NodeRuntime, entry: RingEntry, promise: PromiseLike<unknown>): void {
    const context = node.invoker.release();
    entry.state = 'pending';
    const settle = (result: unknown, error: Error | undefined): void => {
      entry.state = 'settled';
      entry.result = context.emissions.length > 0 ? withEmissions(result, context.emissions) : result;
      entry.error = error;
      this.#startWaiting(node);
      this.#wake?.();
    };
    const collected = promise.then((result) => (node.isAtomic ? collectOutputs(result) : result));
    Promise.resolve(collected).then(
      (result) => {
        node.metrics.settle(true);
        settle(result, undefined);
      },
      (error) => {
        context.emissions.length = 0;
        this.#settleFailed(node, entry, error).then(
          (result) => settle(result, undefined),
          (final: Error) => settle(undefined, final),
        );
      },
    );
  }

  async #settleFailed(node: NodeRuntime, entry: RingEntry, error: unknown): Promise<unknown> {
    if (error instanceof ElementError) throw error;
    return this.#failed(node, error, 1, entry.coordinate, [entry.input, entry.timestamp, entry.windows, entry.pane]);
  }

  #startWaiting(node: NodeRuntime): void {
    for (let entry = node.ring.nextToStart(); entry !== undefined; entry = node.ring.nextToStart()) {
      const { input, timestamp, windows, pane } = entry;
      let result: unknown;
      try {
        result = this.#scope.run(node.metrics, () => node.invoker.call(input, timestamp, windows, pane));
        if (node.isAtomic) result = this.collect(node.node.index, result);
      } catch (error) {
        try {
          result = this.#failed(node, error, 1, entry.coordinate, [input, timestamp, windows, pane]);
        } catch (final) {
          entry.error = final as Error;
        }
      }
      if (isThenable(result) || isAsyncIterable(result)) {
        this.#pending(node, entry, isThenable(result) ? result : firstChunk(result));
        continue;
      }
      const emissions = node.invoker.takeEmissions();
      entry.state = 'settled';
      entry.result = emissions.length > 0 ? withEmissions(result, emissions) : result;
    }
  }

  /** Passes on the calls whose turn has come; false if there was none. */
  #passOn(node: NodeRuntime): boolean {
    const entry = node.ring.take();
    if (entry === undefined) return false;
    if (entry.error !== undefined) throw entry.error;
    this.#startWaiting(node);
    let result = entry.result;
    if (result instanceof WithEmissions) {
      for (const { tag, value, timestamp } of result.emissions) {
        this.#deliver(node, tag, value, timestamp ?? entry.timestamp, entry.windows, entry.pane);
      }
      result = result.result;
    }
    if (result !== SKIP) this.#passOnResult(node, entry, result);
    return true;
  }

  #passOnResult(node: NodeRuntime, entry: RingEntry, result: unknown): void {
    const { kind } = node.node.step.primitive;
    if (kind === 'Filter') {
      if (result) this.#run(node, MAIN, this.#resolved(node, [entry.input], entry));
    } else if (kind === 'MapValues') {
      // Its input is a key-value pair by the type of mapValues.
      const { key } = entry.input as { key: unknown };
      this.#run(node, MAIN, this.#resolved(node, [{ key, value: result }], entry));
    } else if (kind === 'Map') {
      this.#run(node, MAIN, this.#resolved(node, [result], entry));
    } else if (result instanceof AsyncChunks) {
      this.#run(node, MAIN, this.#resolved(node, result.values, entry));
      if (!result.isDone) this.#requeue(node, entry, result);
    } else if (isAsyncIterable(result)) {
      this.#requeue(node, entry, new AsyncChunks(result[Symbol.asyncIterator]()));
    } else if (Array.isArray(result) || result === undefined) {
      this.#run(node, MAIN, this.#resolved(node, result ?? [], entry));
    } else {
      const more = { chunks: this.chunks(node.node.index, result, entry.input), like: entry };
      this.#suspended.push({ segment: this.segment(node.node.index, MAIN), batch: sharedBatch([]), from: 0, more });
    }
  }

  /** An async iterable has more: its call stays first in the ring until the end. */
  #requeue(node: NodeRuntime, entry: RingEntry, chunks: AsyncChunks): void {
    entry.state = 'waiting';
    node.ring.unshift(entry);
    this.#pending(node, entry, chunks.next());
  }

  /** A batch of outputs of one call, with the timestamps and windows that some of them carry. */
  #resolved(node: NodeRuntime, outputs: readonly unknown[], like: RingEntry): Batch {
    const builder = new BatchBuilder();
    for (const output of outputs) {
      if (OutputAt.is(output)) {
        const [value, timestamp, windows] = this.outputAt(node.node.index, output, like.timestamp, like.windows);
        builder.add(value, timestamp, windows, like.pane);
      } else builder.add(output, like.timestamp, like.windows, like.pane);
      builder.locate(like.coordinate);
    }
    return builder.take();
  }

  #resolvedLike(resumable: Resumable, outputs: readonly unknown[]): Batch {
    const { more } = resumable;
    const node = this.nodes.find(({ node: { index } }) => this.segment(index, MAIN) === resumable.segment);
    return node && more ? this.#resolved(node, outputs, more.like) : sharedBatch(outputs);
  }

  // ---- outputs beside the main flow ------------------------------------------------------------------------------

  #deliver(
    node: NodeRuntime,
    tag: string,
    value: unknown,
    timestamp: Timestamp,
    windows: Windows,
    pane: PaneInfo,
  ): void {
    if (node.node.targets.get(tag) === undefined && !node.node.step.outputs.has(tag)) return;
    this.#run(node, tag, sharedBatch([value], timestamp, windows, pane));
  }

  #run(node: NodeRuntime, tag: string, batch: Batch): void {
    const { at, i, batch: outer } = this;
    node.out.set(tag, (node.out.get(tag) ?? 0) + batch.length);
    const segment = this.segment(node.node.index, tag);
    const from = segment(batch, 0);
    if (from < batch.length) this.#suspended.push({ segment, batch, from, more: undefined });
    this.at = at;
    this.i = i;
    this.batch = outer;
  }

  // ---- failures --------------------------------------------------------------------------------------------------

  #coordinate(): (() => string | undefined) | undefined {
    const { batch, i } = this;
    return batch.coordinate === null ? undefined : () => batch.coordinate?.(i);
  }

  #failed(
    node: NodeRuntime,
    error: unknown,
    attempts: number,
    coordinate: (() => string | undefined) | undefined,
    call: CallArguments,
  ): unknown {
    // What a later step of the stage threw has its own step already.
    if (error instanceof ElementError && error.step !== node.path) throw error;
    node.metrics.settle(false);
    node.invoker.takeEmissions();
    const { primitive } = node.node.step;
    const traits = 'traits' in primitive ? primitive.traits : undefined;
    if (traits?.retry && attempts < traits.retry.attempts && isRetryable(traits.retry, error)) {
      return this.#tryAgain(node, traits.retry, attempts, coordinate, call);
    }
    if (!traits?.hasDeadLetters) throw this.#error(node, error, call[0], attempts, coordinate, call);
    node.failed++;
    const [value, timestamp, windows, pane] = call;
    const letter = deadLetterOf(node.path, error, {
      element: value,
      timestamp,
      windows,
      attempts,
      coordinate: coordinate?.(),
    });
    this.#deliver(node, DEAD_LETTERS, letter, timestamp, windows, pane);
    return SKIP;
  }

  async #tryAgain(
    node: NodeRuntime,
    retry: RetryPolicy,
    attempts: number,
    coordinate: (() => string | undefined) | undefined,
    call: CallArguments,
  ): Promise<unknown> {
    const { clock, random } = this.environment.host;
    const { backoff = FIRST_BACKOFF, maxBackoff = LAST_BACKOFF } = retry;
    // Full jitter: many calls that failed together do not come back together.
    const delay = random.next() * Math.min(maxBackoff, backoff * 2 ** (attempts - 1));
    await new Promise<void>((resolve) => clock.setTimer(delay, resolve));
    try {
      const result = await collectOutputs(this.#scope.run(node.metrics, () => node.invoker.call(...call)));
      node.metrics.settle(true);
      return result;
    } catch (error) {
      return this.#failed(node, error, attempts + 1, coordinate, call);
    }
  }

  #error(
    node: NodeRuntime,
    error: unknown,
    value: unknown,
    attempts: number,
    coordinate: (() => string | undefined) | undefined,
    call?: CallArguments,
  ): Error {
    if (error instanceof ElementError) return error;
    const window = call?.[2][0];
    return new ElementError(node.path, value, `${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
      coordinate: coordinate?.(),
      timestamp: call?.[1],
      window: window && formatWindow(window),
      attempts,
    });
  }
}

const isRetryable = (retry: RetryPolicy, error: unknown): boolean =>
  retry.retryable?.(error) ?? !(error instanceof ConnectorError && !error.retryable);

/** A result together with what its call emitted to additional outputs. */
class WithEmissions {
  readonly result: unknown;
  readonly emissions: readonly {
    readonly tag: string;
    readonly value: unknown;
    readonly timestamp: Timestamp | undefined;
  }[];

  constructor(result: unknown, emissions: WithEmissions['emissions']) {
    this.result = result;
    this.emissions = emissions;
  }
}

const withEmissions = (result: unknown, emissions: WithEmissions['emissions']): WithEmissions =>
  new WithEmissions(result, [...emissions]);

/** Some outputs of an async iterable; {@link next} gives those that follow. */
class AsyncChunks {
  readonly #iterator: AsyncIterator<unknown>;
  readonly values: unknown[] = [];
  isDone = false;

  constructor(iterator: AsyncIterator<unknown>) {
    this.#iterator = iterator;
  }

  async next(): Promise<AsyncChunks> {
    const chunk = new AsyncChunks(this.#iterator);
    while (chunk.values.length < 64) {
      const { done, value } = await this.#iterator.next();
      if (done) {
        chunk.isDone = true;
        break;
      }
      chunk.values.push(value);
    }
    return chunk;
  }
}

const firstChunk = (result: unknown): PromiseLike<unknown> =>
  isAsyncIterable(result) ? new AsyncChunks(result[Symbol.asyncIterator]()).next() : Promise.resolve(result);

/** All outputs of a call as an array, or a promise of it; what is not iterable stays as it is. */
function collectOutputs(result: unknown): unknown {
  if (result === undefined) return [];
  if (Array.isArray(result)) return result;
  if (isThenable(result)) return result.then(collectOutputs);
  if (isAsyncIterable(result)) return Array.fromAsync(result);
  return typeof result === 'object' && isIterable(result) ? [...result] : result;
}
