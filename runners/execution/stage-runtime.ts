import {
  type BoundedWindow,
  DEAD_LETTERS,
  enterMetricsScope,
  MAIN,
  type Metric,
  type MetricsScope,
  type OutputAt,
  type PaneInfo,
  type Timestamp,
} from '../../model/index.ts';
import { type Batch, sharedBatch, type Windows } from './batch.ts';
import type { Chunks } from './chunks.ts';
import { type CallArguments, Failures, NOWHERE } from './failures.ts';
import { type Firing, Firings } from './firings.ts';
import { type InFlight, inFlightOf, type OpenBundle, type Unfinished } from './in-flight.ts';
import { LEFT, SKIP } from './invoke.ts';
import { finishBundle, finishesBundles, setUp, startBundle, tearDown } from './life-cycle.ts';
import { isKeyed, type KeyedAccess } from './keyed-access.ts';
import { type NodeRuntime, nodeRuntime, takeMetrics } from './node-runtime.ts';
import { Pace } from './pace.ts';
import { PendingCalls } from './pending-calls.ts';
import { badKey, resolveOutputAt, timestampError } from './refusals.ts';
import { Relief } from './relief.ts';
import { Delivery, outputChunks } from './results.ts';
import { type RingEntry, ringEntry } from './ring.ts';
import { Rings } from './rings.ts';
import { callAgain, callScoped, collectScoped, LateScope } from './scoped-calls.ts';
import { Segments } from './segments.ts';
import { Suspended } from './suspended.ts';
import { edgesOf, type StageSpec } from './stage.ts';
import type { Segment, StageEnvironment } from './stage-environment.ts';

/**
 * One stage while it runs: what its generated function calls, and the slow paths around it.
 *
 * Flow: `process` feeds batches to the entry segment. A promise puts its call into the step's ring; a full ring or edge
 * sets `full`, and every loop of the stage then stops at its next element, leaving what remains in `suspended`, innermost
 * first. `relieve` makes room and takes those up in order before the batch goes on: order is kept and nothing runs twice.
 */
export class StageRuntime implements MetricsScope {
  /** Index of the node whose function runs: whom metrics belong to. */
  at = 0;
  /** Index of the element in `batch`. */
  i = 0;
  batch: Batch = sharedBatch([]);
  /** Set when a ring or an edge has no room. */
  full = false;
  /** Set when a promise shows up: the generated loop ends after this element. */
  leave = false;
  /** What its first step keeps by key, where it keeps something; set by what keeps it, before the first element. */
  keyed: KeyedAccess | undefined;
  readonly spec: StageSpec;
  readonly nodes: readonly NodeRuntime[];
  readonly environment: StageEnvironment;
  /** The calls of all its steps that go on, or whose results wait for their turn. */
  readonly rings: Rings;
  readonly #segments: Segments;
  readonly #pace: Pace;
  readonly #failures: Failures;
  readonly #pending: PendingCalls;
  readonly #elementsIn = new Map<string, number>();
  readonly #suspended = new Suspended();
  readonly #relief: Relief;
  readonly #delivery: Delivery;
  readonly #firings: Firings;
  #late = new LateScope();
  #bundleIsOpen = false;
  /** What is left of a batch while the stage waits. */
  #rest: OpenBundle['rest'];

  constructor(spec: StageSpec, environment: StageEnvironment) {
    this.spec = spec;
    this.environment = environment;
    const { store, host, sideInputs } = environment;
    this.#segments = new Segments(({ node, tag }) => environment.compile(this, node, tag));
    this.#pace = new Pace(host.clock);
    this.nodes = spec.nodes.map((node) =>
      nodeRuntime(node, store, {
        sideInputs: (window: BoundedWindow) => sideInputs(node, window),
        keyed: isKeyed(node.step) ? () => this.keyed : undefined,
      }),
    );
    this.rings = new Rings(this.nodes.map(({ ring }) => ring));
    this.#failures = new Failures({
      host,
      signal: environment.signal,
      callAgain: (failed) => callAgain(failed, environment.scope),
      deliver: ({ node, call: [, ...at] }, letter) => this.#delivery.deliver(node, DEAD_LETTERS, letter, ...at),
    });
    this.#pending = new PendingCalls({
      scope: environment.scope,
      signal: environment.signal,
      failures: this.#failures,
      passOn: (node, entry, result) => this.#delivery.passOn(node, entry, result),
      isOver: environment.isOver ?? (() => undefined),
    });
    this.#delivery = new Delivery({
      pending: this.#pending,
      run: (node, tag, batch) => this.#run(node, tag, batch),
      chunks: (...call) => this.chunks(...call),
      putOff: (node, batch, more) =>
        this.#suspended.push({ segment: this.segment(node.node.index, MAIN), batch, from: 0, more }),
      count: (index, n) => this.count(index, n),
      afterCommit: environment.afterCommit,
      metrics: this,
    });
    this.#relief = new Relief({
      spec,
      node: (index) => this.node(index),
      turn: environment.turn,
      suspended: this.#suspended,
      pending: this.#pending,
      isRelieved: () => {
        this.full = false;
      },
      run: (segment, batch, from) => this.#inScope(segment, batch, from),
      pull: (more) => this.#delivery.pull(more),
      isFull: () => this.full,
    });
    this.#firings = this.#makeFirings();
  }

  /** Elements that entered the stage as the output with this tag. */
  elementsIn(tag: string): number {
    return this.#elementsIn.get(tag) ?? 0;
  }

  update(metric: Metric, value: number | string): void {
    this.node(this.at).metrics.update(metric, value);
  }

  log(...entry: Parameters<MetricsScope['log']>): boolean {
    return this.node(this.at).metrics.log(...entry);
  }

  node(index: number): NodeRuntime {
    const node = this.nodes[index];
    if (node === undefined) throw new Error(`This is a bug in Viga: the stage ${this.spec.name} has no node ${index}.`);
    return node;
  }

  // What generated code calls.

  /** Adds to the number of elements that a node gave out. */
  count(index: number, n: number): void {
    const { out } = this.node(index);
    out.set(MAIN, (out.get(MAIN) ?? 0) + n);
  }

  /** A call threw. Gives {@link LEFT} if it became a dead letter, a promise if it is tried again; throws otherwise. */
  fail(index: number, error: unknown, ...call: CallArguments): unknown {
    const node = this.node(index);
    const failed = { node, call, metrics: node.metrics, coordinate: this.#coordinate() };
    const handled = this.#failures.handle(failed, error);
    return handled === SKIP ? LEFT : handled;
  }

  /** Makes a call where others may be pending, in which case it queues behind them, or where it may turn out async. */
  call(index: number, ...call: CallArguments): unknown {
    const node = this.node(index);
    const { ring } = node;
    if (ring.size > 0) {
      this.#pending.later(node, this.#entry(node, ...call));
      if (ring.isFull) this.full = true;
      return LEFT;
    }
    return ring.isUnknown ? callScoped(node, this.environment.scope, call) : node.invoker.call(...call);
  }

  /** Collects all outputs of a call, for steps whose failed calls leave no trace. */
  collect(index: number, result: unknown): unknown {
    return result === LEFT ? LEFT : collectScoped(this.node(index), this.environment.scope, result);
  }

  /** A call of a step whose failed calls leave no trace has succeeded. */
  settle(index: number): void {
    this.node(index).metrics.settle(true);
  }

  /** A result is a promise: its call goes into the ring, and all later ones behind it. */
  enqueue(index: number, result: unknown, ...call: CallArguments): void {
    if (result === LEFT) return;
    const node = this.node(index);
    const isScoped = node.promised !== undefined;
    const entry = this.#entry(node, ...call);
    if (!isScoped) this.#late = this.#late.take(entry.metrics, this.environment.scope);
    this.#pending.enqueue(node, entry, result);
    this.leave = true;
    if (node.ring.isFull) this.full = true;
  }

  /** The outputs of a call that did not return an array. */
  chunks(index: number, result: unknown, value: unknown): Chunks {
    const node = this.node(index);
    const failed = { node, call: [value, ...NOWHERE] as const, metrics: node.metrics, coordinate: this.#coordinate() };
    return outputChunks(result, failed, () => {
      this.at = index;
      if (this.environment.turn.isDue()) this.full = true;
    });
  }

  /** No room: what is left of a call's outputs waits. */
  suspend(
    index: number,
    outputs: readonly unknown[],
    from: number,
    chunks: Chunks | null,
    ...at: [Timestamp, Windows, PaneInfo]
  ): void {
    const node = this.node(index);
    const like = this.#entry(node, undefined, ...at);
    const rest = outputs.slice(from);
    if (rest.length === 0 && chunks === null) return;
    this.#delivery.leave(node, rest, chunks, like);
  }

  /** Passes on what a DoFn emitted to its additional outputs. */
  drain(index: number, timestamp: Timestamp, windows: Windows, pane: PaneInfo): void {
    const node = this.node(index);
    this.#delivery.emit(node, node.invoker.takeEmissions(), { timestamp, windows, pane });
  }

  /** A key that can't group. Gives {@link LEFT} if its element became a dead letter; throws otherwise. */
  badKey(index: number, key: unknown, ...call: CallArguments): unknown {
    // Already one: it was the call that failed.
    if (key === LEFT) return LEFT;
    return this.fail(index, badKey(this.node(index), key, call[0]), ...call);
  }

  /** A timestamp that is no instant, or that lies before the element's: too far, it is treated like a key that can't group. */
  badTimestamp(index: number, timestamp: unknown, ...call: CallArguments): unknown {
    if (timestamp === LEFT) return LEFT;
    const error = timestampError(this.node(index), timestamp, call[1], call[0]);
    return error === undefined ? timestamp : this.fail(index, error, ...call);
  }

  outputAt(index: number, output: OutputAt<unknown>, timestamp: Timestamp, windows: Windows) {
    return resolveOutputAt(this.node(index), output, timestamp, windows);
  }

  // Driving.

  /** The function for what follows an output of a node; made when it is first needed. */
  segment(node: number | undefined, tag: string): Segment {
    return this.#segments.of({ node, tag });
  }

  /** Runs `setup` of all DoFns. */
  async open(): Promise<void> {
    for (const node of this.nodes) await setUp(node, this.environment.scope);
  }

  /** Runs `teardown` of all DoFns; what it throws is only told, since all elements are done. */
  async close(): Promise<void> {
    for (const node of this.nodes) await tearDown(node, this.environment);
  }

  /** Runs a batch through the stage; a promise only if it had to wait. */
  process(batch: Batch, tag: string = MAIN): void | Promise<void> {
    if (!this.#bundleIsOpen) return this.#openBundle().then(() => this.process(batch, tag));
    this.#elementsIn.set(tag, this.elementsIn(tag) + batch.length);
    const segment = this.segment(undefined, tag);
    const next = this.#inScope(segment, batch, 0);
    if (next < batch.length || this.full || !this.#suspended.isEmpty) return this.#goOn(tag, batch, next);
  }

  async #openBundle(): Promise<void> {
    this.#bundleIsOpen = true;
    for (const node of this.nodes) await startBundle(node, this.environment);
  }

  /** Calls the function of a timer, or of a window that expires, of the keyed step; a promise only where it had to wait. */
  fire(firing: Firing): void | Promise<void> {
    if (!this.#bundleIsOpen) return this.#openBundle().then(() => this.fire(firing));
    return this.#firings.fire(this.node(0), firing);
  }

  /** How many such calls there were, and outputs of theirs. */
  get fired(): number {
    return this.#firings.count;
  }

  /** Passes on results whose turn has come; calls that go on are not waited for, and their bundle stays open. */
  passOnReady(): Promise<void> {
    return this.#relief.passOnReady();
  }

  /** Waits until no call is pending and all that came out is passed on. */
  async settled(): Promise<void> {
    this.#firings.flush();
    await this.#relief.drain();
  }

  async #goOn(tag: string, batch: Batch, from: number): Promise<void> {
    const segment = this.segment(undefined, tag);
    for (let next = from; ; next = this.#inScope(segment, batch, next)) {
      this.#rest = { tag, batch, from: next };
      await this.#relief.relieve();
      if (next >= batch.length) break;
    }
    this.#rest = undefined;
  }

  /** All that the open bundle has not passed on, or why it has to be finished before anything is saved. */
  inFlight(): readonly InFlight[] | Unfinished {
    if (!this.#bundleIsOpen) return [];
    const { nodes, keyed } = this;
    return inFlightOf({ nodes, keyed, rest: this.#rest, suspended: this.#suspended.parts, segments: this.#segments });
  }

  /** Takes up what was in flight in an earlier run; a firing when all that went on is {@link settled}. */
  async resume(part: InFlight): Promise<void> {
    if (!this.#bundleIsOpen) await this.#openBundle();
    if (part.kind === 'firing') return this.fire(part.firing);
    const { step, tag, batch } = part;
    const node = step === undefined ? undefined : this.nodes.findIndex(({ path }) => path === step);
    this.#suspended.push({ segment: this.segment(node, tag), batch, from: 0, more: undefined });
    await this.#relief.relieve();
  }

  /** Runs a segment, with this stage as the place that metrics go to. */
  #inScope(segment: Segment, batch: Batch, from: number): number {
    const outer = enterMetricsScope(this);
    let i = from;
    let isTried = false;
    this.#pace.begin();
    try {
      while (i < batch.length && !this.full) {
        this.leave = false;
        // One element tells whether functions that were not known yet are sync after all.
        const isCareful = segment.rings.some(({ isBusy }) => isBusy);
        const run = isCareful ? segment.runCarefully : segment.run;
        const to = isCareful && !isTried ? i + 1 : Math.min(batch.length, i + this.#pace.slice);
        i = outer === this ? run(batch, i, to) : this.environment.scope.run(this.#late, () => run(batch, i, to));
        isTried ||= isCareful;
        if (i >= batch.length) break;
        this.#pace.end();
        if (this.environment.turn.isDue()) this.full = true;
      }
      return i;
    } finally {
      enterMetricsScope(outer);
    }
  }

  /** Ends a bundle: rings empty, `finishBundle` called, edges passed on. */
  async finishBundle(): Promise<void> {
    if (!this.#bundleIsOpen) return;
    await this.settled();
    for (const node of this.nodes) {
      if (!finishesBundles(node)) continue;
      for (const output of await finishBundle(node, this.environment)) {
        this.#run(node, MAIN, sharedBatch([output.value], output.timestamp, [output.window]));
      }
      await this.#relief.drain();
    }
    this.#bundleIsOpen = false;
    for (const edge of edgesOf(this.spec)) await edge.flush(true);
  }

  // Results of calls that did not go through the loop.

  #makeFirings(): Firings {
    return new Firings({
      scope: this.environment.scope,
      run: (node, tag, batch) => this.#run(node, tag, batch),
      enqueue: (...call) => this.#pending.enqueue(...call),
      chunks: (node, result, { key }) => this.chunks(node.node.index, result, key),
      isFull: () => this.full || !this.#suspended.isEmpty || this.environment.turn.isDue(),
      relieve: () => this.#relief.relieve(),
      afterCommit: this.environment.afterCommit,
      final: (error) => this.#failures.final(error),
    });
  }

  #entry(node: NodeRuntime, ...call: CallArguments): RingEntry {
    return ringEntry(call, takeMetrics(node), this.#coordinate());
  }

  /** Runs what follows an output of a node, in the middle of whatever else runs. */
  #run(node: NodeRuntime, tag: string, batch: Batch): void {
    const { at, i, leave, batch: outer } = this;
    node.out.set(tag, (node.out.get(tag) ?? 0) + batch.length);
    const segment = this.segment(node.node.index, tag);
    const from = this.#inScope(segment, batch, 0);
    if (from < batch.length) this.#suspended.push({ segment, batch, from, more: undefined });
    this.at = at;
    this.i = i;
    // The loop around this one must not miss that it has to end.
    this.leave ||= leave;
    this.batch = outer;
  }

  #coordinate(): (() => string | undefined) | undefined {
    const { batch, i } = this;
    return batch.coordinate === null ? undefined : () => batch.coordinate?.(i);
  }
}
