import {
  type AfterCommit,
  type AsyncScope,
  GLOBAL_WINDOW,
  type Graph,
  type Host,
  MAX_TIMESTAMP,
  type MetricsScope,
  MIN_TIMESTAMP,
  type PCollection,
  PipelineError,
  type StateSpace,
  type Step,
  type Timestamp,
} from '../../model/index.ts';
import { generateSegment, interpretSegment } from '../compile/index.ts';
import {
  type Edge,
  type LateDrop,
  type MetricsStore,
  StageRuntime,
  type StageSpec,
  type StepTime,
} from '../execution/index.ts';
import { KeyedOperator } from '../keyed/index.ts';
import { PaneGrouping } from '../panes/index.ts';
import { type Plan, type PlannedStage, sideInputsOf, wire } from '../plan/index.ts';
import {
  Drops,
  type ReadCounts,
  readerScope,
  StrictFeed,
  type StrictOptions,
  strictSplits,
  type Turn,
} from '../run/index.ts';
import { type MemoryWatch, reducerOf, type Spill } from '../shuffle/index.ts';
import { atMost } from './at-most.ts';
import { spaceName } from './identity.ts';
import { LiveStage, type Producer, TimedOperator } from './live-stage.ts';
import { LiveWrite } from '../sinks/index.ts';
import type { Pause } from './pause.ts';
import { SideGate } from './side-gate.ts';
import { SideView } from './side-view.ts';
import { SideViews } from './side-views.ts';
import { SourceReads } from '../sources/index.ts';
import { StageQueue } from './stage-queue.ts';

/** Milliseconds that what a run has begun may take to end, once the run is given up. */
const LONGEST_END = 1_000;

/** What the stages of a run share. */
export interface LiveEnvironment {
  readonly host: Host;
  readonly metrics: MetricsStore;
  readonly scope: AsyncScope<MetricsScope>;
  readonly signal: AbortSignal;
  readonly memory: MemoryWatch;
  /** Where side inputs go that memory has no room for. */
  readonly spill: Spill;
  readonly turn: Turn;
  readonly pause: Pause;
  readonly reads: ReadCounts;
  readonly jobId: string;
  /** Where a part of the job keeps what must survive. */
  readonly space: (name: string) => StateSpace | undefined;
  /** Whether the store outlives the run. */
  readonly isDurable: boolean;
  readonly strict: StrictOptions | undefined;
  readonly hooks: LiveHooks;
}

/** What the parts of a run call of the loop and of the epochs, which are made after them. */
export interface LiveHooks {
  /** Something may have become possible. */
  wake: () => void;
  /** Runs a stage until its queue has room. */
  makeRoom: (stage: LiveStage) => Promise<void>;
  afterCommit: AfterCommit;
  /** Whether a cut waits for what goes on to come to an end. */
  isEnding: () => boolean;
}

const startTime = (): StepTime => ({
  inputWatermark: MIN_TIMESTAMP,
  outputWatermark: MIN_TIMESTAMP,
  processingTime: MIN_TIMESTAMP,
});

/**
 * The stages of a streaming run, all of them live, and what lies between: queues, groupings, gates, side inputs, writes.
 *
 * `stages` are in the order of the plan, producers before consumers.
 */
export class LiveNetwork {
  readonly stages: readonly LiveStage[];
  readonly writes = new Map<Step, LiveWrite>();
  readonly sides: SideViews;
  readonly sideOperators = new Map<SideView, TimedOperator>();
  readonly drops: Drops;
  readonly metrics: MetricsStore;
  readonly #plan: Plan;
  readonly #environment: LiveEnvironment;
  readonly #isScripted: boolean;
  readonly #live = new Map<PlannedStage, LiveStage>();
  readonly #queues = new Map<PlannedStage, StageQueue>();
  readonly #groupings = new Map<PlannedStage, { readonly edge: PaneGrouping; readonly timed: TimedOperator }>();

  constructor(graph: Graph, plan: Plan, environment: LiveEnvironment) {
    this.#plan = plan;
    this.#environment = environment;
    this.metrics = environment.metrics;
    this.#isScripted = graph.steps.some(({ primitive }) => primitive.kind === 'TestStream');
    this.drops = new Drops(environment.host);
    this.sides = new SideViews((collection) => this.#sideView(collection));
    const specs = wire(graph, plan, {
      into: (stage) => this.#into(stage),
      side: (collection) => this.sides.of(collection),
      sink: (step) => this.#write(step),
    });
    this.stages = plan.stages
      .filter(({ entryKind }) => entryKind !== 'join')
      .map((planned) => this.#make(planned, specs.get(planned)));
    for (const stage of this.stages) stage.producers = this.#producersOf(stage.planned);
    for (const stage of this.stages) stage.behind = [...this.#behind(stage)];
  }

  #behind(stage: LiveStage, found = new Set<LiveStage>()): Set<LiveStage> {
    for (const other of this.stages) {
      if (found.has(other) || !other.producers.some((producer) => producer.stage === stage)) continue;
      found.add(other);
      this.#behind(other, found);
    }
    return found;
  }

  peek(stage: PlannedStage): LiveStage | undefined {
    return this.#live.get(stage);
  }

  /** The watermark of a collection: that of the stage that makes it, joins looked through. */
  outputOf(collection: PCollection<unknown>): Timestamp {
    return this.#sourcesOf(collection).reduce(
      (least, { stage, tag }) => Math.min(least, stage.output(tag)),
      MAX_TIMESTAMP,
    );
  }

  async open(): Promise<void> {
    for (const stage of this.stages) await stage.runtime.open();
  }

  /** The times of the steps that see a collection as a side input. */
  readersOf(collection: PCollection<unknown>): readonly StepTime[] {
    return this.stages
      .filter(({ planned }) =>
        Object.values(sideInputsOf(planned.entryStep)).some((view) => view.collection === collection),
      )
      .map(({ time }) => time);
  }

  /** Ends readers, waits for what goes on, and tears DoFns down. In a run that is given up what hangs is left behind. */
  async close(): Promise<void> {
    const ended = Promise.all([
      ...this.stages.map(({ reads }) => reads?.close()),
      ...this.stages.map(({ busy }) => busy),
    ]);
    const { signal, host } = this.#environment;
    if (signal.aborted) await atMost(LONGEST_END, ended, host.clock);
    else await ended;
    for (const stage of this.stages) await stage.runtime.close();
  }

  /** Closes what is open, and gives up what was to be written and is of no durable epoch; what hangs is left behind. */
  async abort(isDurable: (epoch: number) => boolean): Promise<void> {
    await this.close();
    // The last first: whoever made a directory that others write to as well can then remove it.
    for (const write of [...this.writes.values()].reverse()) {
      const aborted = write.abort(isDurable).catch((error: unknown) => {
        this.#environment.host.warn(`${write.name}: what was staged could not be removed: ${String(error)}.`);
      });
      await atMost(LONGEST_END, aborted, this.#environment.host.clock);
    }
  }

  #make(planned: PlannedStage, spec: StageSpec | undefined): LiveStage {
    if (spec === undefined) throw new Error(`This is a bug in Viga: ${planned.entryStep.path} was not wired.`);
    const { host, metrics, scope, signal, turn, pause, hooks } = this.#environment;
    const { entryKind, entryStep } = planned;
    const runtime = new StageRuntime(spec, {
      host,
      store: metrics,
      scope,
      sideInputs: this.sides.access,
      compile: host.codegen ? generateSegment : interpretSegment,
      signal,
      warn: host.warn,
      turn: {
        // Under a script a stage is not interrupted: what comes together must not depend on how fast the machine is.
        isDue: this.#isScripted ? () => false : turn.isDue,
        take: () => (pause.isOn ? pause.wait().then(turn.take) : turn.take()),
      },
      afterCommit: (callback) => hooks.afterCommit(callback),
      isOver: () => {
        if (pause.isOn || this.#live.get(planned)?.waitsForCalls === true) hooks.wake();
      },
    });
    const time = startTime();
    const isReading = entryKind === 'splittable' || entryStep.primitive.kind === 'Read';
    const live = new LiveStage({
      planned,
      runtime,
      queue: this.#queue(planned),
      time,
      grouping: this.#groupings.get(planned)?.timed,
      keyed: entryKind === 'keyed' ? this.#keyed(planned, runtime, time) : undefined,
      gate: this.#gate(planned),
      strict: this.#strict(planned),
      reads: isReading ? this.#reads(entryStep) : undefined,
      expects: entryKind === 'rejects' ? () => this.#expects(entryStep) : undefined,
    });
    this.#live.set(planned, live);
    return live;
  }

  #keyed(planned: PlannedStage, runtime: StageRuntime, time: StepTime) {
    const { host, space, memory, hooks } = this.#environment;
    const { path } = planned.entryStep;
    const operator = new KeyedOperator({
      runtime,
      time,
      codegen: host.codegen,
      space: (part) => space(spaceName(path, part)),
      lateDrop: this.drops.of(path, 'expired'),
    });
    memory.add(operator);
    return {
      process: (batch: Parameters<KeyedOperator['process']>[0]) => operator.process(batch),
      timed: new TimedOperator(operator, time),
      postponed: () => operator.postponed,
      isEnough: () => hooks.isEnding() || runtime.environment.turn.isDue(),
    };
  }

  #reads(step: Step): SourceReads {
    const { host, signal, hooks, reads, metrics, scope, strict } = this.#environment;
    return new SourceReads(step, {
      scoped: readerScope(scope, metrics, step.path),
      splitAt: strictSplits(strict, host.random),
      host,
      signal,
      progress: reads.of(step),
      wake: () => hooks.wake(),
      sideInputs: (window) => this.sides.seenBy(step, window),
    });
  }

  /** Triggers look at each element, so a strict run keeps their order. */
  #strict({ entryStep }: PlannedStage): StrictFeed | undefined {
    const { strict, host } = this.#environment;
    return strict && new StrictFeed({ ...strict, permute: false }, host.random, entryStep.path);
  }

  #gate({ entryStep }: PlannedStage): SideGate | undefined {
    if (Object.keys(sideInputsOf(entryStep)).length === 0) return undefined;
    const space = this.#environment.space(spaceName(entryStep.path, 'waits for side inputs'));
    return new SideGate((window) => this.sides.isReady(entryStep, window), space);
  }

  #queue(stage: PlannedStage): StageQueue {
    let queue = this.#queues.get(stage);
    if (queue === undefined) {
      queue = new StageQueue(stage.entryStep.path, async () => {
        const live = this.#live.get(stage);
        if (live !== undefined) await this.#environment.hooks.makeRoom(live);
      });
      this.#queues.set(stage, queue);
    }
    return queue;
  }

  #into(stage: PlannedStage): Edge {
    if (stage.entryKind !== 'group') return this.#queue(stage);
    return (this.#groupings.get(stage) ?? this.#makeGrouping(stage)).edge;
  }

  #makeGrouping(stage: PlannedStage) {
    const { primitive, path, inputs } = stage.entryStep;
    const [input] = inputs;
    if (input === undefined)
      throw new PipelineError(path, 'it groups nothing. This is a bug in Viga; please report it.');
    const { host, space, memory } = this.#environment;
    const fn = primitive.kind === 'CombinePerKey' ? primitive.fn : undefined;
    const time = startTime();
    const queue = this.#queue(stage);
    const lateDrop: LateDrop = this.drops.of(path, 'expired');
    const edge = new PaneGrouping({
      step: path,
      windowing: input.windowing,
      reducer: reducerOf(fn, host.codegen),
      accumulatorCoder: fn?.accumulatorCoder,
      codegen: host.codegen,
      time,
      space: (part) => space(spaceName(path, part)),
      emit: (value, timestamp, windows, pane) => queue.add(value, timestamp, windows, pane),
      lateDrop,
      closedDrop: this.drops.of(path, 'closed'),
    });
    memory.add(edge);
    const made = { edge, timed: new TimedOperator(edge, time) };
    this.#groupings.set(stage, made);
    return made;
  }

  #sideView(collection: PCollection<unknown>): SideView {
    const { host, space, spill, memory } = this.#environment;
    const { codegen, warn } = host;
    const view = new SideView({ collection, codegen, warn, time: startTime(), space, spill, memory });
    this.sideOperators.set(view, new TimedOperator(view.operator, view.time));
    return view;
  }

  /** Dead letters of a sink are of the global window, which is not over while one may come. */
  #expects(step: Step): Timestamp {
    return this.writes.get(step)?.mayReject === true ? GLOBAL_WINDOW.maxTimestamp : MAX_TIMESTAMP;
  }

  #write(step: Step): LiveWrite {
    const made = this.writes.get(step);
    if (made !== undefined) return made;
    const { primitive } = step;
    if (primitive.kind !== 'Write') throw new PipelineError(step.path, 'it is no write. This is a bug in Viga.');
    const { host, signal, jobId, space, isDurable } = this.#environment;
    const rejects = this.#plan.stageOf.get(step);
    const write = new LiveWrite(step, primitive.sink, {
      host,
      signal,
      jobId,
      space: isDurable ? space(spaceName(step.path, 'outbox')) : undefined,
      marks: isDurable ? space(spaceName(step.path, 'marks')) : undefined,
      held: isDurable ? space(spaceName(step.path, 'held')) : undefined,
      isComplete: () => step.inputs.every((input) => this.outputOf(input) === MAX_TIMESTAMP),
      rejects: rejects && this.#queue(rejects),
    });
    this.writes.set(step, write);
    return write;
  }

  #producersOf(planned: PlannedStage): readonly Producer[] {
    const { entryKind, entryStep } = planned;
    if (entryKind === 'source') return [];
    return entryStep.inputs.flatMap((input) => this.#sourcesOf(input));
  }

  #sourcesOf(collection: PCollection<unknown>): readonly Producer[] {
    const step = this.#plan.producerOf(collection);
    const planned = this.#plan.stageOf.get(step);
    if (planned === undefined) return [];
    if (planned.entryKind === 'join') return planned.entryStep.inputs.flatMap((input) => this.#sourcesOf(input));
    const stage = this.#live.get(planned);
    if (stage === undefined) throw new Error(`This is a bug in Viga: ${step.path} is in no live stage.`);
    return this.#entryTags(collection, planned).map((tag) => ({ stage, tag }));
  }

  /** By which tags the elements of a collection entered its stage. */
  #entryTags(collection: PCollection<unknown>, planned: PlannedStage): readonly string[] {
    const step = this.#plan.producerOf(collection);
    if (!planned.steps.includes(step)) return [collection.tag];
    if (planned.entryStep === step) return [collection.tag];
    return [...new Set(step.inputs.flatMap((input) => this.#entryTags(input, planned)))];
  }
}
