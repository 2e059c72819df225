import {
  DEAD_LETTERS,
  END_OF_GLOBAL_WINDOW,
  MAIN,
  MAX_TIMESTAMP,
  MIN_TIMESTAMP,
  type Timestamp,
} from '../../model/index.ts';
import {
  type Batch,
  type Firing,
  hasBundleFunctions,
  type InFlight,
  type Operator,
  type StageRuntime,
  type StepTime,
  Unfinished,
} from '../execution/index.ts';
import type { PlannedStage } from '../plan/index.ts';
import type { Origin, StrictFeed } from '../run/index.ts';
import type { SideGate } from './side-gate.ts';
import type { SourceReads } from '../sources/index.ts';
import { earliestOf, type StageQueue } from './stage-queue.ts';

/** Outputs that an operator may give before others have their turn. */
const BUDGET = 2_048;
/**
 * What a stage begins to do: all that is to be done; what elements wait for; what others need room for; nothing. What ends a
 * bundle goes on in any case.
 */
export type Begins = 'all' | 'queued' | 'room' | 'nothing';

/** Restrictions that a splittable DoFn reads at a time. */
const MOST_SPLITS = 64;

/** An operator with its time, and whether something is due at it. */
export class TimedOperator {
  readonly operator: Operator;
  readonly time: StepTime;
  #advancedTo: Timestamp = MIN_TIMESTAMP;
  #isUnfinished = false;

  constructor(operator: Operator, time: StepTime) {
    this.operator = operator;
    this.time = time;
  }

  get isDue(): boolean {
    return this.#isDueByTime || this.#isDueByClock;
  }

  /** Whether nothing is due but what the clock makes due: that may be so for ever, if a timer sets itself again. */
  get isOnlyTicking(): boolean {
    return !this.#isDueByTime && this.#isDueByClock;
  }

  get #isDueByTime(): boolean {
    if (this.#isUnfinished || this.time.inputWatermark > this.#advancedTo) return true;
    return this.operator.nextWakeUp() === MIN_TIMESTAMP;
  }

  get #isDueByClock(): boolean {
    const wakeUp = this.operator.nextWakeUp();
    return wakeUp !== undefined && wakeUp <= this.time.processingTime;
  }

  advance(isEnough?: () => boolean): void | Promise<void> {
    this.#advancedTo = this.time.inputWatermark;
    // Until it is over: a timer whose function waits has let go of its hold, and has not given out anything yet.
    this.#isUnfinished = true;
    const done = this.operator.advance(BUDGET, isEnough);
    if (typeof done === 'boolean') this.#isUnfinished = !done;
    else {
      return done.then((isDone) => {
        this.#isUnfinished = !isDone;
      });
    }
  }
}

/** Where elements of a stage come from: an output of another stage, by the tag that entered it. */
export interface Producer {
  readonly stage: LiveStage;
  readonly tag: string;
}

/** What a live stage is made of. */
export interface LiveStageParts {
  readonly planned: PlannedStage;
  readonly runtime: StageRuntime;
  readonly queue: StageQueue;
  readonly time: StepTime;
  /** In front of the queue: what elements are added to by their producers, and what fills the queue. */
  readonly grouping: TimedOperator | undefined;
  /** Takes the place of the runtime's `process`. */
  readonly keyed:
    | {
        readonly process: (batch: Batch) => void | Promise<void>;
        readonly timed: TimedOperator;
        /** A timer that is due and not in the operator any more. */
        readonly postponed: () => Firing | undefined;
        /** Whether others are to have their turn before more of it fires. */
        readonly isEnough: () => boolean;
      }
    | undefined;
  readonly gate: SideGate | undefined;
  readonly reads: SourceReads | undefined;
  /** Divides batches further, and tries their elements' bytes. */
  readonly strict: StrictFeed | undefined;
  /** Until when something may come that no watermark tells of: what a sink rejects. */
  readonly expects: (() => Timestamp) | undefined;
}

/**
 * A stage of a streaming run: what waits for it, what it holds, how far time is at it.
 *
 * `work` does one thing of what is to be done, in this order: what it had to put off, what is due at its operators, what its
 * gate lets go, a batch of its queue. While that goes on nothing else of the stage is begun; other stages run meanwhile.
 */
export class LiveStage {
  readonly planned: PlannedStage;
  readonly runtime: StageRuntime;
  readonly queue: StageQueue;
  readonly time: StepTime;
  readonly grouping: TimedOperator | undefined;
  readonly keyed: LiveStageParts['keyed'];
  readonly gate: SideGate | undefined;
  readonly reads: SourceReads | undefined;
  readonly #strict: StrictFeed | undefined;
  readonly #expects: (() => Timestamp) | undefined;
  /** Filled while the network is wired. */
  producers: readonly Producer[] = [];
  /** The stages that its elements can come to, also filled then. */
  behind: readonly LiveStage[] = [];
  /** What goes on now. */
  busy: Promise<void> | undefined;
  /** Set when a side input may have become ready. */
  isGateStale = false;
  /** What a test stream said of each of its outputs. */
  readonly announced = new Map<string, Timestamp>();
  #open: Timestamp = MAX_TIMESTAMP;
  /** What comes before all else: of an earlier run, or what a source handed over while this was busy. */
  readonly #putOff: InFlight[] = [];
  /** What of a batch that is divided further was not begun. */
  #parts: InFlight[] = [];
  /** Whether calls of its bundle go on that it does not wait for: more elements are taken beside them. */
  #lingers = false;
  readonly #mayLinger: boolean;
  /** Whether it was the turn of timers of the clock: then it is that of elements. */
  #hasTicked = false;

  constructor(parts: LiveStageParts) {
    this.planned = parts.planned;
    this.runtime = parts.runtime;
    this.queue = parts.queue;
    this.time = parts.time;
    this.grouping = parts.grouping;
    this.keyed = parts.keyed;
    this.gate = parts.gate;
    this.reads = parts.reads;
    this.#strict = parts.strict;
    this.#expects = parts.expects;
    // The time of a keyed step stands while it has a bundle open, and a strict run tries each batch as a bundle of its own.
    this.#mayLinger =
      parts.keyed === undefined && parts.strict === undefined && !parts.runtime.nodes.some(hasBundleFunctions);
  }

  get hasWork(): boolean {
    return this.#putOff.length > 0 || this.#hasBatch || this.#hasOtherWork || this.keyed?.timed.isDue === true;
  }

  /** Whether it has something to do that may be begun. */
  mayBegin(begins: Begins): boolean {
    if (begins === 'all') return this.hasWork;
    const isQueued = this.#putOff.length > 0 || this.#hasBatch;
    return this.#hasReady || (begins === 'queued' && isQueued);
  }

  /** Whether nothing is done in it, and nothing is to be. */
  get isAtRest(): boolean {
    return this.isEmpty && !this.hasWork;
  }

  /** Whether it has nothing to do but timers of the clock: once they had their turn, others come first. */
  get isOnlyTicking(): boolean {
    return (
      this.keyed?.timed.isOnlyTicking === true && this.#putOff.length === 0 && !this.#hasBatch && !this.#hasOtherWork
    );
  }

  get #hasBatch(): boolean {
    return !this.queue.isEmpty && !this.#readsEnough;
  }

  get #hasOtherWork(): boolean {
    if (this.#hasReady) return true;
    return this.grouping?.isDue === true || (this.isGateStale && this.gate !== undefined && this.gate.length > 0);
  }

  /** Whether a call is over that its bundle was left open for. */
  get #hasReady(): boolean {
    return this.#lingers && this.runtime.rings.hasReady;
  }

  /** All that is kept here and no operator: nothing of it may be lost at a cut. */
  get isEmpty(): boolean {
    return this.queue.isEmpty && !this.isOpen;
  }

  /** Whether something is being done, or calls go on. */
  get isOpen(): boolean {
    return this.busy !== undefined || this.#lingers;
  }

  /** Whether it goes on by itself when a call is over. */
  get waitsForCalls(): boolean {
    return this.#lingers && this.busy === undefined;
  }

  /** What those behind it are told of elements that entered it with a tag. */
  output(tag: string): Timestamp {
    const announced = this.announced.get(tag);
    return announced === undefined ? this.time.outputWatermark : Math.min(announced, this.#open);
  }

  /** Moves its watermarks to where those of its producers, and what it holds, let them. */
  moveWatermarks(processingTime: Timestamp): void {
    const { time, grouping, keyed, gate, reads } = this;
    let front = MAX_TIMESTAMP;
    for (const { stage, tag } of this.producers) front = Math.min(front, stage.output(tag));
    if (grouping !== undefined) {
      grouping.time.processingTime = processingTime;
      raise(grouping.time, front, grouping);
      front = grouping.time.outputWatermark;
    }
    // Never within a bundle: its elements are not late because those before them took their time.
    if (this.busy !== undefined) return;
    // Elements come and go while calls go on: without an end of the bundle, what is left in it holds time.
    if (this.#lingers) this.#open = this.runtime.rings.earliestPending();
    const putOff = this.#putOffFrom();
    const input = Math.min(front, this.queue.earliest(), gate?.hold() ?? MAX_TIMESTAMP, putOff);
    time.processingTime = processingTime;
    // What was put off is behind the input watermark already, and holds the output's as its bundle did or will.
    const read = this.#isEnding ? MIN_TIMESTAMP : (reads?.watermark() ?? MAX_TIMESTAMP);
    const expected = Math.min(read, this.#expects?.() ?? MAX_TIMESTAMP);
    raise(time, input, keyed?.timed, this.#open, putOff, expected);
  }

  /**
   * Whether all is read of a source, and the stage is not through with it. Time stands until it is: elements may get earlier
   * timestamps here, and those of a source that ends are late for nothing (Beam: what holds is the impulse that it comes from).
   */
  get #isEnding(): boolean {
    const { entryKind, entryStep } = this.planned;
    if (entryKind !== 'source' || entryStep.primitive.kind === 'TestStream') return false;
    return (this.reads?.isDone ?? true) && (!this.isEmpty || this.#putOff.length > 0);
  }

  /** Puts something in front of all else that is to be done. */
  putOff(part: InFlight): void {
    this.#putOff.push(part);
  }

  /**
   * All that was taken and not passed on, in the order in which it is to be taken up again, or why its bundle has to be
   * finished first. What is asked of must be held still.
   */
  inFlight(): readonly InFlight[] | Unfinished {
    const open = this.runtime.inFlight();
    if (open instanceof Unfinished) return open;
    const firing = this.keyed?.postponed();
    const postponed: readonly InFlight[] = firing === undefined ? [] : [{ kind: 'firing', firing }];
    return [...open, ...postponed, ...this.#parts, ...this.#putOff];
  }

  #putOffFrom(): Timestamp {
    return this.#putOff.reduce(
      (least, part) => Math.min(least, part.kind === 'firing' ? part.firing.timestamp : earliestOf(part.batch)),
      MAX_TIMESTAMP,
    );
  }

  /** Does one thing of what is to be done. */
  async work(): Promise<void> {
    if (this.#hasReady) return this.#endBundle();
    if (this.#putOff.length > 0) return this.#takeUp();
    const isTicking = this.keyed?.timed.isOnlyTicking === true;
    if (this.keyed?.timed.isDue === true && !(isTicking && this.#hasTicked && this.#hasBatch)) {
      this.#hasTicked = isTicking;
      await this.keyed.timed.advance(this.keyed.isEnough);
      await this.#finishBundle();
      return;
    }
    if (this.isGateStale) {
      const released = this.gate?.release();
      this.isGateStale = released !== undefined;
      if (released !== undefined) return this.#admitted(released);
    }
    this.#hasTicked = false;
    const batch = this.#readsEnough ? undefined : this.queue.take();
    if (batch === undefined) return;
    await this.#admitted(this.gate?.admit(batch) ?? batch);
  }

  /** Whether it reads so much at a time that more has to wait. */
  get #readsEnough(): boolean {
    return this.planned.entryKind === 'splittable' && (this.reads?.size ?? 0) >= MOST_SPLITS;
  }

  async #admitted(batch: Batch): Promise<void> {
    if (batch.length === 0) return;
    const { entryKind } = this.planned;
    if (entryKind === 'rejects') return this.feed(batch, DEAD_LETTERS);
    if (entryKind !== 'splittable' || this.reads === undefined) return this.feed(batch, MAIN);
    // Elements of several windows are read once in each, where these see different side inputs.
    const isOncePerWindow = this.gate !== undefined;
    const origins: Origin[] = [];
    for (let i = 0; i < batch.length; i++) {
      const windows = batch.windowsColumn?.[i] ?? batch.windows;
      const origin = {
        element: batch.values[i],
        timestamp: batch.timestamps?.[i] ?? batch.timestamp,
        pane: batch.panes?.[i] ?? batch.pane,
      };
      const lists = isOncePerWindow ? windows.map((window) => [window]) : [windows];
      for (const list of lists) origins.push({ ...origin, windows: list });
    }
    await this.reads.begin(origins);
  }

  /** Takes a batch through the stage, in a bundle of its own. */
  async feed(batch: Batch, tag: string): Promise<void> {
    this.#open = Math.min(this.#open, earliestOf(batch));
    const parts = [...(this.#strict?.parts(batch) ?? [batch])];
    this.#parts = parts.map((part) => ({ kind: 'elements', step: undefined, tag, batch: part }));
    for (const part of parts) {
      this.#parts.shift();
      const waits = this.keyed === undefined ? this.runtime.process(part, tag) : this.keyed.process(part);
      if (waits) await waits;
      if (this.#strict !== undefined) await this.runtime.finishBundle();
    }
    await this.#endBundle();
  }

  async #takeUp(): Promise<void> {
    this.#open = Math.min(this.#open, this.#putOffFrom());
    for (let [part] = this.#putOff; part !== undefined; [part] = this.#putOff) {
      // Calls of a key follow each other.
      if (part.kind === 'firing') await this.runtime.settled();
      this.#putOff.shift();
      await this.runtime.resume(part);
    }
    await this.#endBundle();
  }

  /** Ends the bundle, but where calls go on that others can be made beside: a source may give its elements one by one. */
  async #endBundle(): Promise<void> {
    if (this.#mayLinger && this.runtime.rings.isPending) {
      await this.runtime.passOnReady();
      this.#lingers = this.runtime.rings.isPending;
      if (this.#lingers) return;
    }
    this.#lingers = false;
    await this.#finishBundle();
  }

  async #finishBundle(): Promise<void> {
    await this.runtime.finishBundle();
    this.#open = MAX_TIMESTAMP;
  }
}

/**
 * Watermarks never fall, and none is between the end of the global window and that of all time: a window of a user's own may
 * end there, and what comes out of it is no later than the windows it goes to. While something is due at an operator those
 * behind it are told nothing: what comes out, an empty pane that no element holds say, is as old as the time before.
 */
function raise(time: StepTime, input: Timestamp, timed: TimedOperator | undefined, ...held: Timestamp[]): void {
  time.inputWatermark = Math.max(time.inputWatermark, inTime(input));
  if (timed?.isDue === true) return;
  const least = Math.min(time.inputWatermark, timed?.operator.hold() ?? MAX_TIMESTAMP, ...held);
  time.outputWatermark = Math.max(time.outputWatermark, inTime(least));
}

const inTime = (watermark: Timestamp): Timestamp =>
  watermark < MAX_TIMESTAMP ? Math.min(watermark, END_OF_GLOBAL_WINDOW) : watermark;
