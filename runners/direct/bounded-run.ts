import {
  type AsyncScope,
  DEAD_LETTERS,
  findMetricsScopeBy,
  type Graph,
  type Host,
  MAIN,
  type MetricsScope,
  PipelineError,
  type PipelineResult,
  type Progress,
  type RunOptions,
  type Step,
} from '../../model/index.ts';
import {
  generateSegment,
  interpretSegment,
  MetricsStore,
  sharedBatch,
  StageRuntime,
  type StageSpec,
  type StepMetrics,
} from '../execution/index.ts';
import { StageDriver } from './driver.ts';
import { MergeEdge } from './edges.ts';
import { ElementStore } from './element-store.ts';
import { Grouping } from './grouping.ts';
import { MemoryWatch } from './memory-watch.ts';
import type { DirectRunnerOptions } from './options.ts';
import { type Plan, planBounded, type PlannedStage } from './plan.ts';
import { FROM_NOTHING, type Origin, type Reading, readRestriction, restrictionsOf } from './read.ts';
import { reducerOf } from './reducer.ts';
import { SideInputs } from './side-inputs.ts';
import { Spill } from './spill.ts';
import { stepStats } from './stats.ts';
import { cancelled, Turn } from './turn.ts';
import { wire } from './wire.ts';
import { Write } from './writes.ts';

/** Elements of a `create` that go through a stage together. */
const CREATE_BATCH = 1_024;

/**
 * One bounded run: the roots of the plan run one after another, each from its start to its end; merges run while the roots
 * that feed them do; a sink is prepared when all is written to it, and all are committed at the end.
 *
 * Invariants: a root starts when the roots it needs are finished, so its side inputs are complete; nothing is visible
 * before the last sink is prepared; whatever ends the run, every stage that was opened is closed.
 */
export class BoundedRun {
  readonly #graph: Graph;
  readonly #host: Host;
  readonly #runOptions: RunOptions;
  readonly #plan: Plan;
  readonly #metrics = new MetricsStore();
  readonly #sides = new SideInputs();
  readonly #abort = new AbortController();
  readonly #spill: Spill;
  readonly #memory: MemoryWatch;
  readonly #turn: Turn;
  readonly #scope: AsyncScope<StepMetrics>;
  readonly #groupings = new Map<PlannedStage, Grouping>();
  readonly #buffers = new Map<PlannedStage, ElementStore>();
  readonly #writes = new Map<Step, Write>();
  readonly #specs: ReadonlyMap<PlannedStage, StageSpec>;
  readonly #runtimes = new Map<PlannedStage, StageRuntime>();
  readonly #open = new Set<StageRuntime>();
  readonly #finished = new Set<PlannedStage>();
  readonly #bytes = new Map<Step, number>();
  readonly #runId: string;
  readonly #started: number;

  constructor(graph: Graph, host: Host, options: DirectRunnerOptions, runOptions: RunOptions) {
    this.#graph = graph;
    this.#host = host;
    this.#runOptions = runOptions;
    this.#started = host.clock.monotonic();
    this.#runId = runIdOf(host);
    this.#plan = planBounded(graph);
    this.#turn = new Turn(host, this.#abort.signal);
    this.#spill = new Spill(host.disk, (message) => runOptions.onWarning?.(message));
    this.#memory = new MemoryWatch(host.memory, options.memoryLimit);
    this.#turn.also(() => this.#memory.check());
    this.#scope = host.asyncScope();
    this.#specs = wire(graph, this.#plan, {
      into: (stage) => this.#into(stage),
      side: (collection) => this.#sides.edgeOf(collection),
      sink: (step) => this.#write(step).edge,
    });
  }

  async run(): Promise<PipelineResult> {
    const cpuBefore = this.#host.memory.cpuMs();
    const unlink = this.#link(this.#runOptions.signal);
    const stopProgress = this.#reportProgress();
    findMetricsScopeBy(() => this.#scope.get() as MetricsScope | undefined);
    try {
      for (const write of this.#writes.values()) await write.open();
      for (const root of this.#plan.order) await this.#runRoot(root);
      for (const write of this.#writes.values()) await write.commit();
    } catch (error) {
      await this.#giveUp(error);
      throw this.#runOptions.signal?.aborted ? cancelled(this.#abort.signal) : error;
    } finally {
      stopProgress();
      unlink();
      this.#spill.dispose();
    }
    return this.#result(cpuBefore);
  }

  // ---- wiring ------------------------------------------------------------------------------------------------------

  #into(stage: PlannedStage): Grouping | ElementStore | MergeEdge {
    const { entryKind, entryStep } = stage;
    if (entryKind === 'merge') return new MergeEdge(entryStep.path, () => this.#runtime(stage));
    if (entryKind === 'group') return this.#grouping(stage);
    let buffer = this.#buffers.get(stage);
    if (buffer === undefined) {
      buffer = this.#store(entryStep.path);
      this.#buffers.set(stage, buffer);
    }
    return buffer;
  }

  #grouping(stage: PlannedStage): Grouping {
    const { primitive, path, inputs } = stage.entryStep;
    const [input] = inputs;
    if (input === undefined)
      throw new PipelineError(path, 'it groups nothing. This is a bug in Viga; please report it.');
    let grouping = this.#groupings.get(stage);
    if (grouping === undefined) {
      const { codegen } = this.#host;
      const fn = primitive.kind === 'CombinePerKey' ? primitive.fn : undefined;
      grouping = new Grouping({
        step: path,
        windowing: input.windowing,
        reducer: reducerOf(fn, codegen),
        accumulatorCoder: fn?.accumulatorCoder,
        codegen,
        spill: this.#spill,
        partitionBytes: this.#memory.partitionBytes,
      });
      this.#memory.add(grouping);
      this.#groupings.set(stage, grouping);
    }
    return grouping;
  }

  #store(name: string): ElementStore {
    const store = new ElementStore(name, this.#spill, this.#host.codegen);
    this.#memory.add(store);
    return store;
  }

  #write(step: Step): Write {
    const { primitive } = step;
    if (primitive.kind !== 'Write') throw new PipelineError(step.path, 'it is no write. This is a bug in Viga.');
    let write = this.#writes.get(step);
    if (write === undefined) {
      write = new Write(step, primitive.sink, {
        host: this.#host,
        signal: this.#abort.signal,
        runId: this.#runId,
        store: (name) => this.#store(name),
      });
      this.#writes.set(step, write);
    }
    return write;
  }

  #runtime(stage: PlannedStage): StageRuntime {
    let runtime = this.#runtimes.get(stage);
    const spec = this.#specs.get(stage);
    if (runtime === undefined && spec !== undefined) {
      const environment = {
        host: this.#host,
        store: this.#metrics,
        scope: this.#scope,
        sideInputs: this.#sides.access,
        compile: this.#host.codegen ? generateSegment : interpretSegment,
        signal: this.#abort.signal,
        warn: (message: string) => this.#runOptions.onWarning?.(message),
      };
      runtime = new StageRuntime(spec, environment);
      this.#runtimes.set(stage, runtime);
    }
    if (runtime === undefined) throw new Error(`This is a bug in Viga: ${stage.entryStep.path} was not wired.`);
    return runtime;
  }

  // ---- running -----------------------------------------------------------------------------------------------------

  async #runRoot(root: PlannedStage): Promise<void> {
    const merges = this.#plan.stages.filter(({ entryKind, roots }) => entryKind === 'merge' && roots.has(root));
    for (const stage of [root, ...merges]) await this.#openStage(stage);
    const driver = new StageDriver(this.#runtime(root), this.#turn, undefined);
    await this.#feed(root, driver);
    await driver.end();
    await this.#close(root);
    this.#finished.add(root);
    for (const merge of merges) {
      if (![...merge.roots].every((one) => this.#finished.has(one))) continue;
      await this.#runtime(merge).finishBundle();
      await this.#close(merge);
      this.#finished.add(merge);
    }
    await this.#prepareWrites();
  }

  async #feed(root: PlannedStage, driver: StageDriver): Promise<void> {
    const { entryKind, entryStep } = root;
    switch (entryKind) {
      case 'source':
        return this.#feedSource(entryStep, driver);
      case 'group':
        return pushAll(this.#groupings.get(root)?.batches() ?? [], driver, MAIN);
      case 'buffer':
        return pushAll(this.#buffers.get(root)?.batches() ?? [], driver, MAIN);
      case 'rejects':
        return pushAll(this.#writes.get(entryStep)?.rejects?.batches() ?? [], driver, DEAD_LETTERS);
      case 'splittable':
        return this.#feedSplittable(root, driver);
      case 'merge':
        return;
      default:
        entryKind satisfies never;
    }
  }

  async #feedSource(step: Step, driver: StageDriver): Promise<void> {
    const { primitive } = step;
    if (primitive.kind === 'Impulse') await driver.push(sharedBatch([new Uint8Array(0)]));
    if (primitive.kind === 'Create') {
      const { elements, timestamps } = primitive;
      for (let from = 0; from < elements.length; from += CREATE_BATCH) {
        const values = elements.slice(from, from + CREATE_BATCH);
        const batch = sharedBatch(values);
        await driver.push(timestamps ? { ...batch, timestamps: timestamps.slice(from, from + CREATE_BATCH) } : batch);
      }
    }
    if (primitive.kind === 'Read') {
      const reading = this.#reading(step, primitive.source, primitive.hasDeadLetters, driver);
      for (const restriction of await restrictionsOf(reading, FROM_NOTHING)) {
        await readRestriction(reading, FROM_NOTHING, restriction);
      }
    }
  }

  async #feedSplittable(root: PlannedStage, driver: StageDriver): Promise<void> {
    const { primitive } = root.entryStep;
    if (primitive.kind !== 'SplittableParDo') return;
    const reading = this.#reading(root.entryStep, primitive.reader, primitive.hasDeadLetters, driver);
    for (const batch of this.#buffers.get(root)?.batches() ?? []) {
      for (let i = 0; i < batch.length; i++) {
        const origin: Origin = {
          element: batch.values[i],
          timestamp: batch.timestamps?.[i] ?? batch.timestamp,
          windows: batch.windowsColumn?.[i] ?? batch.windows,
          pane: batch.panes?.[i] ?? batch.pane,
        };
        for (const restriction of await restrictionsOf(reading, origin)) {
          await readRestriction(reading, origin, restriction);
        }
      }
    }
  }

  #reading(step: Step, reader: Reading['reader'], hasDeadLetters: boolean, driver: StageDriver): Reading {
    return {
      step,
      reader,
      hasDeadLetters,
      host: this.#host,
      signal: this.#abort.signal,
      feed: (batch, tag) => driver.push(batch, tag),
      progress: { read: (bytes) => this.#bytes.set(step, (this.#bytes.get(step) ?? 0) + bytes) },
      parts: 1,
    };
  }

  async #openStage(stage: PlannedStage): Promise<void> {
    const runtime = this.#runtime(stage);
    if (this.#open.has(runtime) || this.#finished.has(stage)) return;
    this.#open.add(runtime);
    await runtime.open();
  }

  async #close(stage: PlannedStage): Promise<void> {
    const runtime = this.#runtime(stage);
    this.#open.delete(runtime);
    await runtime.close();
  }

  /** Prepares the sinks that got all they will. */
  async #prepareWrites(): Promise<void> {
    for (const write of this.#writes.values()) {
      if (write.isPrepared) continue;
      const roots = write.step.inputs.flatMap((input) => [
        ...(this.#plan.stageOf.get(this.#plan.producerOf(input))?.roots ?? []),
      ]);
      if (roots.every((root) => this.#finished.has(root))) await write.prepare();
    }
  }

  async #giveUp(error: unknown): Promise<void> {
    this.#abort.abort(error);
    for (const runtime of this.#open) await runtime.close();
    for (const write of this.#writes.values()) {
      try {
        await write.abort();
      } catch (failure) {
        this.#runOptions.onWarning?.(`${write.step.path}: what was staged could not be removed: ${String(failure)}.`);
      }
    }
  }

  // ---- from outside, and to it -------------------------------------------------------------------------------------

  #link(signal: AbortSignal | undefined): () => void {
    if (signal === undefined) return () => undefined;
    const abort = (): void => this.#abort.abort(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort);
    return () => signal.removeEventListener('abort', abort);
  }

  #reportProgress(): () => void {
    const { onProgress } = this.#runOptions;
    if (onProgress === undefined) return () => undefined;
    let stop = (): void => undefined;
    const next = (): void => {
      stop = this.#host.clock.setTimer(PROGRESS_EVERY, () => {
        onProgress(this.#progress());
        next();
      });
    };
    next();
    return () => stop();
  }

  #progress(): Progress {
    const bytesRead = [...this.#bytes.values()].reduce((sum, bytes) => sum + bytes, 0);
    return {
      steps: this.#stats(),
      elapsedMs: this.#host.clock.monotonic() - this.#started,
      bytesRead,
      bytesTotal: undefined,
    };
  }

  #stats() {
    return stepStats({
      graph: this.#graph,
      plan: this.#plan,
      runtimeOf: (stage) => this.#runtimes.get(stage),
      bytesOf: (step) => this.#bytes.get(step) ?? 0,
      rejectedBy: (step) => this.#writes.get(step)?.rejected ?? 0,
    });
  }

  #result(cpuBefore: number): PipelineResult {
    const { memory, clock } = this.#host;
    return {
      state: 'DONE',
      steps: this.#stats(),
      metrics: this.#metrics.list(),
      metric: (metric, step) => this.#metrics.query(metric, step),
      elapsedMs: clock.monotonic() - this.#started,
      cpuMs: memory.cpuMs() - cpuBefore,
      peakRssBytes: memory.peakRss(),
      spilledBytes: this.#spill.bytes,
    };
  }
}

const PROGRESS_EVERY = 200;

const runIdOf = ({ random }: Host): string =>
  Array.from({ length: 4 }, () =>
    Math.floor(random.next() * 2 ** 32)
      .toString(16)
      .padStart(8, '0'),
  ).join('');

async function pushAll(batches: Iterable<Parameters<StageDriver['push']>[0]>, driver: StageDriver, tag: string) {
  for (const batch of batches) {
    const waits = driver.push(batch, tag);
    if (waits) await waits;
  }
}
