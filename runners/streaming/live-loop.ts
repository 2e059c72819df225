import { type Host, MAX_TIMESTAMP, type Timestamp } from '../../model/index.ts';
import { Unfinished } from '../execution/index.ts';
import { createdBatches, type Turn } from '../run/index.ts';
import type { LiveNetwork } from './live-network.ts';
import type { Begins, LiveStage } from './live-stage.ts';
import type { Pause } from './pause.ts';
import { SourceTurns } from './source-turns.ts';
import { TestStreams } from './test-stream.ts';

/** How often watermarks that the clock carries are looked at, in milliseconds. */
const CARRY_EVERY = 100;

/** What the loop takes from its run. */
export interface LoopEnvironment {
  readonly host: Host;
  readonly turn: Turn;
  readonly pause: Pause;
  /** Whether sources have to wait: what waits for sinks has no room. */
  readonly isClogged: () => boolean;
}

/**
 * The schedule of a streaming run: which stage does something next.
 *
 * A pass looks for the last stage of the plan that has something to do, so that consumers go before producers and queues stay
 * short. A source is only asked when no stage that its elements can come to has, in turn with those that do something. Between
 * two passes watermarks move. Nothing else decides about order, so with the same host the same things happen in the same order.
 */
export class LiveLoop {
  readonly #network: LiveNetwork;
  readonly #environment: LoopEnvironment;
  readonly #lastFirst: readonly LiveStage[];
  readonly #testStreams: TestStreams;
  #woken = false;
  #wake: (() => void) | undefined;
  #failure: { readonly error: unknown } | undefined;
  readonly #turns: SourceTurns;
  /** Whether a stage did something since sources were asked. */
  #hasWorked = false;
  /** Stages whose timers of the clock had their turn since sources were asked. */
  readonly #ticked = new Set<LiveStage>();
  /** Sources are not asked while a cut is made, nor after a stop. */
  isHalted = false;
  #begins: Begins = 'all';
  /** What resumes those that wait for room while nothing may begin. */
  #mayBegin: PromiseWithResolvers<void> | undefined;
  /** How many wait for room. */
  #makingRoom = 0;

  constructor(network: LiveNetwork, environment: LoopEnvironment) {
    this.#network = network;
    this.#environment = environment;
    this.#lastFirst = network.stages.toReversed();
    this.#testStreams = new TestStreams(network.stages);
    this.#turns = new SourceTurns(network.stages);
  }

  /** The clock of the run. */
  get now(): Timestamp {
    return this.#testStreams.isPresent ? this.#testStreams.now : this.#environment.host.clock.now();
  }

  /** Sets what stages begin to do; operators fire only while that is all, or where elements wait for it. */
  begin(begins: Begins): void {
    this.#begins = begins;
    if (begins === 'nothing') return;
    this.#mayBegin?.resolve();
    this.#mayBegin = undefined;
  }

  /** Whether only what has begun goes on. */
  get isEnding(): boolean {
    return this.#begins === 'nothing' || this.#begins === 'room';
  }

  /** Whether all that goes on waits for room, and nothing may begin that makes some. */
  get isStuck(): boolean {
    return this.#makingRoom > 0 && this.#makingRoom === this.#lastFirst.filter(({ isOpen }) => isOpen).length;
  }

  /** Something may have become possible. */
  readonly wake = (): void => {
    this.#woken = true;
    this.#wake?.();
  };

  /** Puts what sources, by default all, have from the start where it is read. */
  start(stages: readonly LiveStage[] = this.#network.stages): void {
    for (const stage of stages) {
      if (stage.planned.entryKind !== 'source') continue;
      for (const batch of createdBatches(stage.planned.entryStep)) stage.queue.push(batch);
      void stage.reads?.start();
    }
  }

  /** Sources stop, and what is open fires. `isResumed` says that they did so before a restart. */
  drain(isResumed = false): void {
    this.#testStreams.end();
    for (const { reads } of this.#network.stages) reads?.drain(isResumed);
  }

  /** Whether something is being done. */
  get isBusy(): boolean {
    return this.#lastFirst.some(({ isOpen }) => isOpen);
  }

  /** Whether it is not known of some element what is to be read of it. */
  get isStarting(): boolean {
    return this.#lastFirst.some(({ reads }) => (reads?.starting.length ?? 0) > 0);
  }

  /** Whether nothing is left to do and nothing can come any more. */
  get isFinished(): boolean {
    return this.#isSpent && this.#network.stages.every(({ time }) => time.outputWatermark === MAX_TIMESTAMP);
  }

  /** Whether nothing can come any more but what sinks reject. */
  get waitsForSinks(): boolean {
    return this.#isSpent && [...this.#network.writes.values()].some(({ mayReject }) => mayReject);
  }

  /** Whether all is read, and nothing is left to do. */
  get #isSpent(): boolean {
    return (
      this.#testStreams.isDone &&
      this.#isQuiet &&
      this.#network.stages.every(
        ({ reads, gate }) => (reads?.isDone ?? true) && (gate === undefined || gate.length === 0),
      )
    );
  }

  /** Whether no stage has anything to do now. */
  get #isQuiet(): boolean {
    return this.#isAtRest && [...this.#network.sideOperators.values()].every(({ isDue }) => !isDue);
  }

  /** @throws what ended a stage. */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** Does one thing. Returns false when there is nothing to do now. @throws what ended a stage. */
  async pass(): Promise<boolean> {
    const { turn } = this.#environment;
    const waits = turn.take();
    if (waits) await waits;
    this.check();
    this.moveTime();
    if (await this.#besides()) return true;
    this.#hasWorked = await this.#work();
    if (this.#hasWorked) return true;
    if (this.#begins !== 'all') return false;
    const others = this.#ticked.size > 0;
    this.#ticked.clear();
    return (!this.isHalted && (await this.#sources())) || others;
  }

  async #work(): Promise<boolean> {
    if (this.#begins === 'all' && ((await this.#sides()) || (await this.#groupings()))) return true;
    if (this.#stages()) {
      await this.#settled();
      return true;
    }
    return this.#begins === 'queued' && !this.#network.stages.every(({ queue }) => queue.isEmpty) && this.#groupings();
  }

  /** Moves all watermarks, and the clock of the steps, to where they are. */
  moveTime(): void {
    const { now } = this;
    for (const stage of this.#network.stages) stage.moveWatermarks(now);
    for (const [collection, view] of this.#network.sides.all()) {
      const { time } = view;
      const input = Math.max(time.inputWatermark, this.#network.outputOf(collection));
      // A trigger may have fired as soon as an element came.
      if (input > time.inputWatermark || view.isNewlyReady) this.#staleGates();
      if (input > time.inputWatermark) time.inputWatermark = time.outputWatermark = input;
      view.isNewlyReady = false;
      time.processingTime = now;
    }
  }

  /** Waits until something may be done, for so long at most. */
  async rest(atMost: number): Promise<void> {
    if (!this.#woken) {
      const delay = Math.max(0, Math.min(atMost, this.#untilNext()));
      await new Promise<void>((resolve) => {
        const stop = Number.isFinite(delay) ? this.#environment.host.clock.setTimer(delay, resolve) : () => undefined;
        this.#wake = () => {
          stop();
          resolve();
        };
      });
      this.#wake = undefined;
    }
    this.#woken = false;
  }

  /**
   * Whether all sources can say where to go on. Those that can't are made to come to an end, and what they still hand over is
   * taken.
   */
  settleSources(): Unfinished | undefined {
    const { unsettled, hasGiven } = this.#turns.settle();
    this.#woken ||= hasGiven;
    return (
      unsettled &&
      new Unfinished(unsettled.planned.entryStep.path, 'its reader can not tell yet what it leaves to be read')
    );
  }

  /** Runs a stage, and what is behind it, until its queue has room. */
  readonly makeRoom = async (stage: LiveStage): Promise<void> => {
    this.#makingRoom++;
    try {
      while (stage.queue.isFull) {
        await this.#environment.pause.wait();
        if (stage.busy !== undefined) await stage.busy;
        else if (this.#begins === 'nothing') await this.#untilMayBegin();
        else await this.#run(stage);
        if (this.#failure !== undefined) throw this.#failure.error;
      }
    } finally {
      this.#makingRoom--;
    }
  };

  #untilMayBegin(): Promise<void> {
    this.#mayBegin ??= Promise.withResolvers();
    this.wake();
    return this.#mayBegin.promise;
  }

  /** Fires what is due at side inputs. */
  async #sides(): Promise<boolean> {
    let hasFired = false;
    for (const [collection, view] of this.#network.sides.all()) {
      const timed = this.#network.sideOperators.get(view);
      if (timed?.isDue !== true) continue;
      await timed.advance();
      this.#network.sides.forget(collection, this.#network.readersOf(collection));
      hasFired = true;
    }
    if (hasFired) this.#staleGates();
    return hasFired;
  }

  #staleGates(): void {
    for (const stage of this.#network.stages) stage.isGateStale = stage.gate !== undefined;
  }

  /** Begins one thing at the last stage that has something to do. */
  #stages(): boolean {
    const begins = this.#begins;
    // What a grouping still has to give out comes before it is given more; what has begun comes to its end.
    const mayAdd = this.isEnding ? () => true : this.#addsToNoneDue();
    const stage = this.#lastFirst.find(
      (one) =>
        one.busy === undefined && one.mayBegin(begins) && !(this.#ticked.has(one) && one.isOnlyTicking) && mayAdd(one),
    );
    if (stage === undefined) return false;
    if (stage.isOnlyTicking) this.#ticked.add(stage);
    void this.#run(stage);
    return true;
  }

  /** Which stages give nothing to a grouping that is due. */
  #addsToNoneDue(): (stage: LiveStage) => boolean {
    const due = this.#lastFirst.filter(({ grouping }) => grouping?.isDue === true);
    return ({ behind }) => !due.some((one) => behind.includes(one));
  }

  /**
   * Lets a grouping fire that has something due, also while the stage behind it works: elements that came before it has fired
   * would be late and come in panes before their window's own.
   */
  async #groupings(): Promise<boolean> {
    const due = this.#lastFirst.find(({ grouping, queue }) => grouping?.isDue === true && !queue.isFull);
    await due?.grouping?.advance();
    return due !== undefined;
  }

  #run(stage: LiveStage): Promise<void> {
    return this.#occupy(stage, stage.work());
  }

  #occupy(stage: LiveStage, work: Promise<void>): Promise<void> {
    const busy = work
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => {
        stage.busy = undefined;
        stage.reads?.tidy();
        this.wake();
      });
    stage.busy = busy;
    return busy;
  }

  /** Work that waits for nothing outside is over after some microtasks; other stages need not run before it is. */
  async #settled(): Promise<void> {
    for (let i = 0; i < 32 && this.#lastFirst.some(({ busy }) => busy !== undefined); i++) await Promise.resolve();
  }

  /** Takes one batch of the source whose turn it is, or plays the next event of a test stream. */
  async #sources(): Promise<boolean> {
    if (this.#environment.isClogged()) return false;
    if (await this.#read(this.#addsToNoneDue())) return true;
    // A reader that works may have something in a moment; a script goes on when all is quiet.
    if (!this.#testStreams.isPresent || this.#turns.isReading) return false;
    return this.#isQuiet && (await this.#testStreams.play());
  }

  /** While some stages work, others may have come to rest: their sources have their turn in between. */
  async #besides(): Promise<boolean> {
    if (!this.#hasWorked || this.isHalted || this.#testStreams.isPresent || this.#environment.isClogged()) return false;
    this.#hasWorked = false;
    // What is due at a side input comes before its elements.
    if (this.#isAtRest || [...this.#network.sideOperators.values()].some(({ isDue }) => isDue)) return false;
    return this.#read((stage) => stage.isAtRest && stage.behind.every(({ isAtRest }) => isAtRest));
  }

  get #isAtRest(): boolean {
    return this.#lastFirst.every(({ isAtRest }) => isAtRest);
  }

  async #read(mayRead: (stage: LiveStage) => boolean): Promise<boolean> {
    const next = this.#turns.next(mayRead);
    if (next?.taken !== undefined) {
      const { stage, taken } = next;
      void this.#occupy(stage, stage.feed(taken.batch, taken.tag));
      await this.#settled();
    }
    return next !== undefined;
  }

  /**
   * Milliseconds until the clock alone makes something possible. What waits for a stage that is busy, or for room, is woken
   * when that is over: looked for by the clock it would be looked for again and again.
   */
  #untilNext(): number {
    const { host, isClogged } = this.#environment;
    let until = Number.POSITIVE_INFINITY;
    const monotonic = host.clock.monotonic();
    const { stages } = this.#network;
    const mayRead = !this.isHalted && !isClogged();
    const mayFire = !this.isEnding;
    for (const { reads, grouping, keyed, busy } of stages) {
      if (busy !== undefined) continue;
      if (mayRead && reads?.restsUntil !== undefined) until = Math.min(until, reads.restsUntil - monotonic);
      if (reads?.isCarriedByClock) until = Math.min(until, CARRY_EVERY);
      if (mayFire) for (const timed of [grouping, keyed?.timed]) until = Math.min(until, this.#untilWakeUp(timed));
    }
    if (!mayFire) return until;
    for (const timed of this.#network.sideOperators.values()) until = Math.min(until, this.#untilWakeUp(timed));
    return until;
  }

  #untilWakeUp(timed: { readonly operator: { nextWakeUp(): Timestamp | undefined } } | undefined): number {
    const wakeUp = timed?.operator.nextWakeUp();
    return wakeUp === undefined || this.#testStreams.isPresent ? Number.POSITIVE_INFINITY : wakeUp - this.now;
  }
}
