import type { Graph, Host, PipelineResult, RunOptions, Step } from '../../model/index.ts';
import { MetricsStore } from '../execution/index.ts';
import { MemoryWatch, Spill } from '../shuffle/index.ts';
import { StageDriver } from './driver.ts';
import { feedRoot, type ReadingEnvironment } from './feed.ts';
import { Network } from './network.ts';
import type { DirectRunnerOptions } from './options.ts';
import { type Plan, planBounded, type PlannedStage } from '../plan/index.ts';
import {
  callAfterCommit,
  captureConsole,
  cancelled,
  linkSignal,
  metricsScope,
  ReadCounts,
  readerScope,
  runIdOf,
  RunReport,
  StrictFeed,
  type StrictOptions,
  strictSplits,
  Turn,
  watchMutations,
} from '../run/index.ts';

/** Milliseconds that a run may keep the event loop. */
const LONGEST_TURN = 100;
/** Into so many parts at most a strict run divides what is read. */
const STRICT_PARTS = 4;

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
  readonly #strict: StrictOptions | undefined;
  readonly #plan: Plan;
  readonly #metrics: MetricsStore;
  readonly #reads = new ReadCounts();
  readonly #abort = new AbortController();
  readonly #spill: Spill;
  readonly #turn: Turn;
  readonly #network: Network;
  readonly #finished = new Set<PlannedStage>();
  readonly #afterCommit: (() => void | PromiseLike<void>)[] = [];
  readonly #report: RunReport;

  constructor(graph: Graph, machine: Host, options: DirectRunnerOptions, runOptions: RunOptions) {
    // Warnings of sources and sinks go where the run's own do.
    const host = runOptions.onWarning === undefined ? machine : { ...machine, warn: runOptions.onWarning };
    this.#metrics = new MetricsStore(runOptions.onLog);
    this.#strict = options.strict;
    this.#graph = options.strict?.mutation ? watchMutations(graph) : graph;
    this.#host = host;
    this.#runOptions = runOptions;
    this.#plan = planBounded(this.#graph);
    const memory = new MemoryWatch(host.memory, options.memoryLimit);
    this.#spill = new Spill(host.disk, host.warn, memory.checkGarbage);
    this.#turn = new Turn(host, this.#abort.signal, {
      longest: LONGEST_TURN,
      afterBatch: memory.checkHeld,
      regularly: memory.checkProcess,
    });
    this.#network = new Network(this.#graph, this.#plan, {
      host,
      metrics: this.#metrics,
      scope: metricsScope(host),
      signal: this.#abort.signal,
      spill: this.#spill,
      memory,
      runId: runIdOf(host),
      afterCommit: (callback) => void this.#afterCommit.push(callback),
      turn: this.#turn,
      strictFeed: (step) => this.#strictFeed(step),
    });
    this.#report = new RunReport({
      host,
      metrics: this.#metrics,
      reads: this.#reads,
      spilledBytes: () => this.#network.spilledBytes,
      counted: {
        graph: this.#graph,
        plan: this.#plan,
        runtimeOf: (stage) => this.#network.peek(stage),
        bytesOf: (step) => this.#network.writes.get(step)?.bytes ?? this.#reads.bytesOf(step),
        rejectedBy: (step) => this.#network.writes.get(step)?.rejected ?? 0,
        dropsOf: (step, reason) => this.#network.drops.count(step.path, reason),
      },
    });
  }

  async run(): Promise<PipelineResult> {
    const unlink = linkSignal(this.#runOptions.signal, this.#abort);
    const stopProgress = this.#report.follow(this.#runOptions);
    const releaseConsole = captureConsole(this.#runOptions);
    const { writes } = this.#network;
    try {
      this.#abort.signal.throwIfAborted();
      for (const write of writes.values()) await write.open();
      for (const root of this.#plan.order) await this.#runRoot(root);
      // Sinks that no root feeds get nothing, and are prepared all the same.
      await this.#prepareWrites();
      this.#abort.signal.throwIfAborted();
      for (const write of writes.values()) await write.commit();
      await callAfterCommit(this.#afterCommit, this.#host.warn);
    } catch (error) {
      this.#abort.abort(error);
      await this.#network.abort();
      throw this.#runOptions.signal?.aborted ? cancelled(this.#runOptions.signal) : error;
    } finally {
      stopProgress();
      releaseConsole();
      unlink();
      this.#network.dispose();
      this.#spill.dispose();
    }
    return this.#report.result('DONE');
  }

  async #runRoot(root: PlannedStage): Promise<void> {
    const merges = this.#plan.stages.filter(
      ({ entryKind, roots }) => (entryKind === 'merge' || entryKind === 'keyed') && roots.has(root),
    );
    for (const stage of [root, ...merges]) await this.#network.open(stage);
    const driver = new StageDriver(this.#network.runtime(root), this.#turn, this.#strictFeed(root.entryStep.path));
    await feedRoot(root, driver, { network: this.#network, readingOf: (step) => this.#reading(step) });
    await this.#finish(root);
    for (const merge of merges) {
      if (![...merge.roots].every((one) => this.#finished.has(one))) continue;
      await this.#finish(merge);
    }
    await this.#prepareWrites();
  }

  #strictFeed(step: string): StrictFeed | undefined {
    return this.#strict && new StrictFeed(this.#strict, this.#host.random, step);
  }

  async #finish(stage: PlannedStage): Promise<void> {
    await this.#network.end(stage);
    await this.#network.close(stage);
    this.#finished.add(stage);
  }

  /** Prepares the sinks that got all they will. */
  async #prepareWrites(): Promise<void> {
    for (const write of this.#network.writes.values()) {
      const stages = write.step.inputs.map((input) => this.#plan.stageOf.get(this.#plan.producerOf(input)));
      const isFed = stages.every((stage) => [...(stage?.roots ?? [])].every((root) => this.#finished.has(root)));
      if (isFed && !write.isPrepared) await this.#turn.besides(() => write.prepare());
    }
  }

  #reading(step: Step): ReadingEnvironment {
    return {
      host: this.#host,
      signal: this.#abort.signal,
      progress: this.#reads.of(step),
      scoped: readerScope(metricsScope(this.#host), this.#metrics, step.path),
      splitAt: strictSplits(this.#strict, this.#host.random),
      parts: this.#strict?.bundleSizes ? 1 + Math.floor(this.#host.random.next() * STRICT_PARTS) : 1,
    };
  }
}
