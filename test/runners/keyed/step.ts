import { nodeHost } from '../../../host/index.ts';
import {
  type AnyDoFn,
  type BoundedWindow,
  DEAD_LETTERS,
  type DeadLetter,
  type DoFn,
  type KV,
  type OutputTags,
  type StateSpecs,
  type TimerSpecs,
  globalWindows,
  MAIN,
  MAX_TIMESTAMP,
  MIN_TIMESTAMP,
  NO_FIRING,
  Pipeline,
  createElements,
  type AnyWindowFn,
  type Duration,
  type StateStore,
  type Timestamp,
} from '../../../model/index.ts';
import { generateSegment, interpretSegment } from '../../../runners/compile/index.ts';
import {
  BatchBuilder,
  type Edge,
  MetricsStore,
  sharedBatch,
  type StageNode,
  StageRuntime,
  type StepTime,
} from '../../../runners/execution/index.ts';
import { KeyedOperator } from '../../../runners/keyed/index.ts';
import { metricsScope } from '../../../runners/run/index.ts';

/** What came out of a step, with its time and window. */
export interface Came {
  readonly value: unknown;
  readonly timestamp: Timestamp;
  readonly window: BoundedWindow;
  readonly tag: string;
}

export interface StepOptions {
  readonly codegen?: boolean;
  readonly windowFn?: AnyWindowFn;
  readonly allowedLateness?: Duration;
  /** Where what it keeps survives. */
  readonly store?: StateStore;
}

/** A keyed DoFn as the one step of a stage, whose time a test moves by hand. */
export class KeyedStep {
  readonly time: StepTime = { inputWatermark: MIN_TIMESTAMP, outputWatermark: MIN_TIMESTAMP, processingTime: 0 };
  readonly came: Came[] = [];
  readonly late: unknown[] = [];
  readonly operator: KeyedOperator;
  readonly runtime: StageRuntime;
  readonly #windowFn: AnyWindowFn;

  constructor(
    doFn: AnyDoFn,
    { codegen = false, windowFn = globalWindows(), allowedLateness = 0, store }: StepOptions = {},
  ) {
    this.#windowFn = windowFn;
    const p = new Pipeline();
    p.apply(createElements<{ key: unknown; value: unknown }>([]))
      .windowInto(windowFn, { allowedLateness })
      // The checks of the types are for users; here the DoFn is any.
      .parDo({ name: 'Keep', ...doFn } as never);
    const step = p.graph.steps.find(({ path }) => path === 'Keep');
    if (step === undefined) throw new Error('no step');
    const node: StageNode = { index: 0, step, targets: new Map(), isMultiWindow: true, incoming: 1 };
    for (const tag of step.outputs.keys()) node.targets.set(tag, [{ kind: 'edge', edge: this.#edge(tag) }]);
    const host = { ...nodeHost(), codegen };
    this.runtime = new StageRuntime(
      { name: 'Keep', nodes: [node], entry: new Map([[MAIN, [{ kind: 'node', node }]]]) },
      {
        host,
        store: new MetricsStore(),
        sideInputs: () => ({}),
        compile: codegen ? generateSegment : interpretSegment,
        signal: new AbortController().signal,
        turn: { isDue: () => false, take: () => undefined },
        warn: () => undefined,
        scope: metricsScope(host),
        afterCommit: () => undefined,
      },
    );
    this.operator = new KeyedOperator({
      runtime: this.runtime,
      time: this.time,
      codegen,
      space: (name) => store?.space(`Keep/${name}`),
      lateDrop: (element) => this.late.push(element),
    });
  }

  /** The values that came out of the main output. */
  get values(): readonly unknown[] {
    return this.came.filter(({ tag }) => tag === MAIN).map(({ value }) => value);
  }

  get deadLetters(): readonly DeadLetter<unknown>[] {
    return this.came.filter(({ tag }) => tag === DEAD_LETTERS).map(({ value }) => value as DeadLetter<unknown>);
  }

  /** Elements as one bundle: each a key, a value and a timestamp. */
  async elements(...elements: readonly (readonly [key: unknown, value: unknown, timestamp?: Timestamp])[]) {
    const builder = new BatchBuilder();
    for (const [key, value, timestamp = 0] of elements) {
      builder.add({ key, value }, timestamp, this.#windowFn.assign(timestamp, value), NO_FIRING);
    }
    await this.operator.process(builder.take());
    await this.runtime.finishBundle();
  }

  /** One element, whatever it is. */
  async pass(element: unknown): Promise<void> {
    await this.operator.process(sharedBatch([element]));
    await this.runtime.finishBundle();
  }

  async watermark(to: Timestamp): Promise<void> {
    this.time.inputWatermark = to;
    await this.advance();
    this.time.outputWatermark = Math.max(this.time.outputWatermark, Math.min(to, this.operator.hold()));
  }

  async clock(to: Timestamp): Promise<void> {
    this.time.processingTime = to;
    await this.advance();
  }

  /** All that is due, in small parts: each part gives timers of the clock one turn, as elements and sources have theirs. */
  async advance(): Promise<void> {
    while (!(await this.operator.advance(3)) || this.#hasClockDue());
    await this.runtime.finishBundle();
  }

  #hasClockDue(): boolean {
    const { inputWatermark, processingTime } = this.time;
    return inputWatermark < MAX_TIMESTAMP && (this.operator.nextWakeUp() ?? MAX_TIMESTAMP) <= processingTime;
  }

  end(): Promise<void> {
    return this.watermark(MAX_TIMESTAMP);
  }

  #edge(tag: string): Edge {
    return {
      name: tag,
      isFull: false,
      add: (value, timestamp, windows) => {
        for (const window of windows) this.came.push({ value, timestamp, window, tag });
      },
      flush: () => undefined,
    };
  }
}

/** The same, its types checked. */
export const keyedStep = <
  S extends StateSpecs = Record<never, never>,
  M extends TimerSpecs = Record<never, never>,
  X extends OutputTags = Record<never, never>,
>(
  // oxlint-disable-next-line no-explicit-any -- each test has elements of its own.
  doFn: DoFn<KV<string, any>, unknown, S, M, X, Record<never, never>>,
  options?: StepOptions,
): KeyedStep => new KeyedStep(doFn, options);

/** Runs the same step on both code paths. */
export const PATHS = [
  { path: 'generated', codegen: true },
  { path: 'interpreted', codegen: false },
].filter(({ codegen }) => !codegen || nodeHost().codegen);
