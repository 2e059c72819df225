import {
  CancelledError,
  type Graph,
  type Host,
  type PipelineResult,
  type RunOptions,
  type StateStore,
} from '../../model/index.ts';
import { MetricsStore } from '../execution/index.ts';
import { type Plan, planStreaming } from '../plan/index.ts';
import {
  cancelled,
  captureConsole,
  Drops,
  CountedStore,
  linkSignal,
  metricsScope,
  ReadCounts,
  runIdOf,
  RunReport,
  type StrictOptions,
  Turn,
  watchMutations,
} from '../run/index.ts';
import { MemoryWatch, Spill } from '../shuffle/index.ts';
import { atMost } from './at-most.ts';
import { Brake } from './brake.ts';
import { Epochs } from './epochs.ts';
import { markDraining, openJob } from './identity.ts';
import { LiveLoop } from './live-loop.ts';
import { type LiveHooks, LiveNetwork } from './live-network.ts';
import { liveStatsOf } from './live-stats.ts';
import { Pause } from './pause.ts';
import { SavedMetrics } from './saved-metrics.ts';

/** Milliseconds that a run may keep the event loop: what its sources wait for comes in there. */
const LONGEST_TURN = 20;
/** Milliseconds between two cuts, if the run is not asked for another interval. */
const EPOCH_EVERY = 1_000;
/** Milliseconds that a run which was asked to stop waits for its sinks. */
const LONGEST_GOODBYE = 5_000;
/** The share of a step's elements that may fail before the run stops. */
const FAILED_SHARE = 0.01;
/** What can be seen of a run that was cancelled. */
const LEFT = 'What its epochs have given to sinks stays; nothing that came after is visible.';

/** What a run can be asked for; what is about epochs and state counts where it streams. */
export interface StreamingOptions {
  /**
   * How many bytes of memory the process may take, about; groupings and buffers go to disk before. Default: six tenths of
   * the machine's memory, or what Node's heap allows where that is less.
   */
  readonly memoryLimit?: number;
  /** Where the job keeps what must survive a crash. A run with the same directory goes on where the last one ended. */
  readonly stateDirectory?: string;
  /** Milliseconds between two epochs: how often what has happened is made durable and visible. Default 1,000. */
  readonly epochInterval?: number;
  /**
   * The share of a step's elements, of those of the last minute, that may become dead letters before a streaming run stops
   * with its state kept. Default 0.01, and never less than 100 elements; 1 lets all fail.
   */
  readonly maxFailedShare?: number;
  /** The pipeline's name: another one is refused by a state directory. */
  readonly jobName?: string;
  /** Options that change results, fit to be shown: a run with others is refused by a state directory. */
  readonly jobOptions?: Readonly<Record<string, unknown>>;
  /** Paths of steps whose state may be lost when a changed program goes on with a state directory. */
  readonly dropState?: readonly string[];
  /** Runs a pipeline the hard way, to find what only works by luck; for tests. */
  readonly strict?: StrictOptions;
}

/**
 * One streaming run: all stages live at once, until all input is read, or it is told to stop, or it fails.
 *
 * Flow: open the store and what the last epoch left in it; then pass after pass of the loop, with a cut at each interval;
 * at the end a last cut, and what waits for sinks is delivered.
 */
export class StreamingRun {
  readonly #graph: Graph;
  readonly #host: Host;
  readonly #options: StreamingOptions;
  readonly #runOptions: RunOptions;
  readonly #plan: Plan;
  readonly #metrics: MetricsStore;
  readonly #reads = new ReadCounts();
  readonly #abort = new AbortController();
  readonly #report: RunReport;
  #network: LiveNetwork | undefined;
  #epochs: Epochs | undefined;
  #kept: CountedStore | undefined;
  #spill: Spill | undefined;

  constructor(graph: Graph, machine: Host, options: StreamingOptions, runOptions: RunOptions) {
    const host = runOptions.onWarning === undefined ? machine : { ...machine, warn: runOptions.onWarning };
    this.#graph = options.strict?.mutation ? watchMutations(graph) : graph;
    this.#host = host;
    this.#metrics = new MetricsStore(runOptions.onLog);
    this.#options = options;
    this.#runOptions = runOptions;
    this.#plan = planStreaming(this.#graph);
    this.#report = new RunReport({
      host,
      metrics: this.#metrics,
      reads: this.#reads,
      spilledBytes: () => (this.#kept?.bytes ?? 0) + (this.#spill?.bytes ?? 0),
      epoch: () => this.#epochs?.last,
      counted: {
        graph: this.#graph,
        plan: this.#plan,
        runtimeOf: (stage) => this.#network?.peek(stage)?.runtime,
        bytesOf: (step) => this.#network?.writes.get(step)?.bytes ?? this.#reads.bytesOf(step),
        rejectedBy: (step) => this.#network?.writes.get(step)?.rejected ?? 0,
        dropsOf: (step, reason) => this.#network?.drops.count(step.path, reason) ?? 0,
        liveOf: (step) => liveStatsOf(step, this.#plan, this.#network),
      },
    });
  }

  async run(): Promise<PipelineResult> {
    const unlink = linkSignal(this.#runOptions.signal, this.#abort);
    const stopProgress = this.#report.follow(this.#runOptions);
    const store = await this.#host.openStateStore(this.#options.stateDirectory);
    const releaseConsole = captureConsole(this.#runOptions);
    try {
      return await this.#runOn(store);
    } catch (error) {
      throw this.#runOptions.signal?.aborted ? cancelled(this.#runOptions.signal, LEFT) : error;
    } finally {
      stopProgress();
      releaseConsole();
      unlink();
      store.close();
      this.#spill?.dispose();
    }
  }

  async #runOn(store: StateStore): Promise<PipelineResult> {
    const { stateDirectory: directory, jobName: name, jobOptions: options = {}, dropState = [] } = this.#options;
    const job = openJob(store, { graph: this.#graph, directory, name, options, dropState, warn: this.#host.warn });
    if (job.isFinished) {
      new SavedMetrics({ metrics: this.#metrics, drops: new Drops(this.#host) }, store).restore();
      return this.#report.result('DONE');
    }
    const { network, epochs, loop } = this.#assemble(store);
    const isDurable = (epoch: number): boolean => directory !== undefined && epoch <= store.epoch;
    const unwake = this.#wakeOnSignals(loop.wake);
    try {
      this.#abort.signal.throwIfAborted();
      for (const write of network.writes.values()) await write.open(store.epoch);
      await network.open();
      if (store.epoch === 0) loop.start();
      else epochs.restore(loop);
      if (job.isDraining) loop.drain(true);
      const state = await this.#loop(loop, epochs, job.isDraining, () => markDraining(store));
      if (state === 'STOPPED') await network.abort(isDurable);
      else await network.close();
      return this.#report.result(state);
    } catch (error) {
      this.#abort.abort(error);
      await epochs.close();
      await network.abort(isDurable);
      throw error;
    } finally {
      unwake();
    }
  }

  /** Makes the parts of the run, which call each other: `hooks` is complete when all are there. */
  #assemble(store: StateStore) {
    const host = this.#host;
    const { signal } = this.#abort;
    const isDurable = this.#options.stateDirectory !== undefined;
    const memory = new MemoryWatch(host.memory, this.#options.memoryLimit);
    const turn = new Turn(host, signal, {
      longest: LONGEST_TURN,
      afterBatch: memory.checkHeld,
      regularly: memory.checkProcess,
    });
    // A cut writes to a store that lasts whatever memory there is.
    const kept = new CountedStore(store, () => !isDurable || memory.isSpilling);
    const spill = new Spill(host.disk, host.warn, memory.checkGarbage);
    const pause = new Pause();
    const hooks: LiveHooks = {
      wake: () => undefined,
      makeRoom: async () => undefined,
      afterCommit: () => undefined,
      isEnding: () => false,
    };
    const network = new LiveNetwork(this.#graph, this.#plan, {
      host,
      metrics: this.#metrics,
      scope: metricsScope(host),
      signal,
      memory,
      spill,
      turn,
      pause,
      reads: this.#reads,
      jobId: isDurable ? store.id : runIdOf(host),
      space: (name) => kept.space(name),
      isDurable,
      strict: this.#options.strict,
      hooks,
    });
    const interval = this.#options.epochInterval ?? EPOCH_EVERY;
    const wake = (): void => hooks.wake();
    const epochs = new Epochs(network, store, {
      host,
      pause,
      interval,
      isDurable,
      isEndless: this.#isEndless,
      signal,
      stop: this.#runOptions.stop,
      wake,
    });
    const loop = new LiveLoop(network, { host, turn, pause, isClogged: () => epochs.isClogged });
    hooks.wake = loop.wake;
    hooks.makeRoom = loop.makeRoom;
    hooks.afterCommit = epochs.afterCommit;
    hooks.isEnding = () => loop.isEnding;
    this.#network = network;
    this.#epochs = epochs;
    this.#kept = kept;
    this.#spill = spill;
    return { network, epochs, loop };
  }

  async #loop(
    loop: LiveLoop,
    epochs: Epochs,
    wasDraining: boolean,
    noteDraining: () => void,
  ): Promise<PipelineResult['state']> {
    const { stop, drain } = this.#runOptions;
    const brake = new Brake(this.#options.maxFailedShare ?? FAILED_SHARE, this.#host.clock);
    let isDraining = wasDraining;
    for (;;) {
      this.#abort.signal.throwIfAborted();
      if (stop?.aborted === true) return this.#stop(loop, epochs);
      if (drain?.aborted === true && !isDraining) {
        isDraining = true;
        loop.drain();
        noteDraining();
      }
      if (epochs.isDue) {
        await epochs.cut(loop);
        brake.check(this.#report.progress().steps);
      }
      if (await loop.pass()) continue;
      if (loop.isFinished) {
        if (await epochs.finish(loop)) return isDraining ? 'DRAINED' : 'DONE';
        continue;
      }
      if (loop.waitsForSinks) {
        await epochs.cut(loop);
        await epochs.deliverUnlessStopped();
        continue;
      }
      await loop.rest(epochs.untilDue);
    }
  }

  /** Saves what can be saved, and lets sinks have it. */
  async #stop(loop: LiveLoop, epochs: Epochs): Promise<'STOPPED'> {
    let isCut: boolean;
    do {
      isCut = await epochs.stop(loop);
      await this.#deliverForAWhile(epochs);
    } while (isCut && epochs.areSinksWaiting && !this.#abort.signal.aborted);
    // What goes on is saved as it was at the cut, and is not waited for.
    this.#abort.abort(stopped());
    await epochs.close();
    return 'STOPPED';
  }

  /** What a sink does not take in time it gets when the job is started again. */
  async #deliverForAWhile(epochs: Epochs): Promise<void> {
    const { clock } = this.#host;
    const goodbye = clock.monotonic() + LONGEST_GOODBYE;
    let isEnough = false;
    const delivered = epochs.deliverAll().catch((error: unknown) => {
      if (!isEnough) throw error;
    });
    await atMost(LONGEST_GOODBYE, delivered, clock);
    isEnough = clock.monotonic() >= goodbye;
    if (isEnough) this.#abort.abort(stopped());
  }

  get #isEndless(): boolean {
    return this.#graph.steps.some(
      ({ outputs, primitive }) =>
        primitive.kind !== 'TestStream' && [...outputs.values()].some(({ isBounded }) => !isBounded),
    );
  }

  #wakeOnSignals(wake: () => void): () => void {
    const { stop, drain } = this.#runOptions;
    const signals = [this.#abort.signal, stop, drain];
    for (const signal of signals) signal?.addEventListener('abort', wake);
    return () => {
      for (const signal of signals) signal?.removeEventListener('abort', wake);
    };
  }
}

const stopped = (): CancelledError => new CancelledError('the run was asked to stop.');
