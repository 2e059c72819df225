import {
  type BoundedWindow,
  MAX_TIMESTAMP,
  MIN_TIMESTAMP,
  type StateSpace,
  type Timestamp,
} from '../../model/index.ts';
import {
  type Batch,
  type Firing,
  type KeyedAccess,
  type LateDrop,
  type Operator,
  Pace,
  sharedBatch,
  singletonLists,
  type StageRuntime,
  type StepTime,
  type Windows,
} from '../execution/index.ts';
import type { Cell, SetTimer } from '../state/index.ts';
import { KeyedStore } from './keyed-store.ts';
import type { Kept } from './kept.ts';
import { Scope } from './scope.ts';
import { TURN, type Waiting } from './sorted-input.ts';

/** What a keyed step takes from its run. */
export interface KeyedOperatorSpec {
  /** The stage that begins with the step; its elements come through {@link KeyedOperator.process} only. */
  readonly runtime: StageRuntime;
  readonly time: StepTime;
  readonly codegen: boolean;
  /** Where a part of what the step keeps survives, by the part's name; undefined where nothing has to. */
  readonly space: (name: string) => StateSpace | undefined;
  readonly lateDrop: LateDrop;
}

/**
 * A ParDo with state or timers, in the stage that it begins (Beam: SimpleDoFnRunner, StatefulDoFnRunner).
 *
 * What is due is done in this order: timers in processing time; then, by time, event-time timers and windows that expire. A
 * window expires when the watermark has passed its last instant and the allowed lateness: its keys are told, and their state
 * and the timers they have left are removed. So a timer always finds the state of its window.
 *
 * Whoever calls `process` or `advance` ends the bundle afterwards.
 */
export class KeyedOperator implements Operator {
  readonly #store: KeyedStore;
  readonly #runtime: StageRuntime;
  readonly #time: StepTime;
  readonly #single = singletonLists();
  /** How many elements of a key, whose turn has come, are let go together. */
  readonly #pace: Pace;
  #released = 0;
  /** Timers of the clock that may still fire before it is the turn of others. */
  #clocksLeft = 0;
  /** What is due, and taken out of what is kept, while a call of its key goes on. */
  #postponed: Firing | typeof ELEMENTS | undefined;
  /** The window that is expiring, with the keys that are still to be told. */
  #expiring: { readonly window: BoundedWindow; readonly cells: Iterator<Cell<Kept>> } | undefined;

  constructor({ runtime, time, codegen, space, lateDrop }: KeyedOperatorSpec) {
    const { step } = runtime.node(0).node;
    const store = new KeyedStore({ step, time, codegen, space, lateDrop });
    this.#store = store;
    this.#runtime = runtime;
    this.#time = time;
    this.#pace = new Pace(runtime.environment.host.clock);
    const unfinished = (): KeyedAccess['unfinished'] => this.#unfinished;
    runtime.keyed = {
      scope: () => new Scope(store),
      get unfinished() {
        return unfinished();
      },
    };
  }

  /** Runs a batch through the stage; a promise only where it had to wait. */
  process(batch: Batch): void | Promise<void> {
    return this.#runtime.process(batch);
  }

  advance(budget: number, isEnough = NEVER): boolean | Promise<boolean> {
    // Timers of the clock that set themselves again are always due, and all else comes after them.
    this.#clocksLeft = budget >> 1;
    return this.#advance(budget, isEnough);
  }

  #advance(budget: number, isEnough: () => boolean): boolean | Promise<boolean> {
    const enough = this.#done + budget;
    do {
      const waits = this.#doNext();
      if (waits === undefined) return true;
      if (waits !== DONE) return waits.then(() => this.#goOn(enough - this.#done, isEnough));
    } while (this.#done < enough && !isEnough());
    return false;
  }

  #goOn(budget: number, isEnough: () => boolean): boolean | Promise<boolean> {
    return budget > 0 && !isEnough() && this.#advance(budget, isEnough);
  }

  /** Elements let go, calls of timers and their outputs so far. */
  get #done(): number {
    return this.#released + this.#runtime.fired;
  }

  hold(): Timestamp {
    return this.#store.hold();
  }

  /** A timer that is due and waits for a call of its key: it is kept nowhere else. */
  get postponed(): Firing | undefined {
    return this.#postponed === ELEMENTS ? undefined : this.#postponed;
  }

  nextWakeUp(): Timestamp | undefined {
    // Set by an element to a time that the watermark has passed already.
    const event = this.#store.events.next();
    if (event !== undefined && event <= this.#time.inputWatermark) return MIN_TIMESTAMP;
    return this.#store.clocks.next();
  }

  save(): void {
    this.#expiring = undefined;
    this.#store.save();
  }

  bytes(): number {
    return this.#store.bytes();
  }

  get canSpill(): boolean {
    return this.#store.canSpill;
  }

  /** Writes what it keeps into its spaces and gives the memory back. Between bundles only. */
  spill(): void {
    this.#expiring = undefined;
    this.#store.spill();
  }

  get #unfinished(): KeyedAccess['unfinished'] {
    const isReleasing = this.#store.isReleasing || this.#postponed === ELEMENTS;
    if (isReleasing) return ['elements in the order of time have begun', 'bundle'];
    return this.#store.isChanging ? ['a call has changed state and goes on', 'call'] : undefined;
  }

  /** Does what is due first; undefined if nothing is. */
  #doNext(): Waits | undefined {
    const { events, clocks } = this.#store;
    const { inputWatermark, processingTime } = this.#time;
    if (inputWatermark < MAX_TIMESTAMP && this.#clocksLeft > 0) {
      const clock = clocks.pop(processingTime);
      if (clock !== undefined) {
        this.#clocksLeft--;
        return this.#fireClock(clock);
      }
    }
    const first = this.#store.firstToExpire();
    const expiry = first === undefined ? undefined : this.#store.expiryOf(first);
    const isExpired = expiry !== undefined && inputWatermark > expiry;
    const event = events.pop(isExpired ? expiry : inputWatermark);
    if (event !== undefined) return this.#fireEvent(event);
    // Calls that go on may set timers, and find the state of their window.
    if (this.#store.isBusy) return this.#runtime.settled();
    return isExpired && first !== undefined ? this.#expire(first) : undefined;
  }

  #fireClock(timer: SetTimer): Waits {
    this.#store.clearClock(timer);
    return this.#store.isExpired(timer.window) ? DONE : this.#fire(timer);
  }

  #fireEvent(timer: SetTimer): Waits {
    const { sorted, events } = this.#store;
    if (sorted === undefined) return this.#fire(timer);
    const { window, key, timestamp } = timer;
    const elements = sorted.take(window, key, timestamp, this.#pace.slice);
    if (elements.length === 0) return timer.family === TURN ? DONE : this.#fire(timer);
    // Elements come before timers of the same time, and may set them anew.
    if (timer.family !== TURN) events.set(timer);
    this.#released += elements.length;
    return this.#whenFree(window, key, ELEMENTS, () => this.#processWaiting(elements, this.#single(window)));
  }

  #fire({ key, window, family, tag, outputTimestamp: timestamp }: SetTimer): Waits {
    const firing = { key, windows: this.#single(window), family, tag, timestamp };
    return this.#whenFree(window, key, firing, () => this.#runtime.fire(firing));
  }

  /** Elements that have waited are processed now that none before them can come. */
  #processWaiting(elements: readonly Waiting[], windows: Windows): void | Promise<void> {
    const timestamps = Float64Array.from(elements, ({ timestamp }) => timestamp);
    const panes = elements.map(({ pane }) => pane);
    const batch = {
      ...sharedBatch(
        elements.map(({ value }) => value),
        MIN_TIMESTAMP,
        windows,
      ),
      timestamps,
      panes,
    };
    this.#store.isReleasing = true;
    this.#pace.begin();
    const done = (): void => {
      this.#store.isReleasing = false;
      this.#pace.end();
    };
    const waits = this.#runtime.process(batch);
    if (waits === undefined && !this.#store.isBusy) return done();
    return Promise.resolve(waits)
      .then(() => this.#runtime.settled())
      .finally(done);
  }

  /** Tells the next key of a window that it expires; the window is gone after the last one. */
  #expire(window: BoundedWindow): Waits {
    const { doFn, hasClocks } = this.#store;
    const isTold = doFn.onWindowExpiration !== undefined;
    if (this.#expiring?.window !== window) {
      const cells = isTold || hasClocks ? this.#store.cellsIn(window) : [];
      this.#expiring = { window, cells: cells[Symbol.iterator]() };
    }
    const next = this.#expiring.cells.next();
    if (next.done) {
      this.#expiring = undefined;
      this.#store.deleteFirst();
      return DONE;
    }
    const { key } = next.value;
    if (!isTold) return this.#remove(window, key);
    const waits = this.#runtime.fire({
      key,
      windows: this.#single(window),
      timestamp: window.maxTimestamp,
      family: undefined,
      tag: '',
    });
    if (waits) return waits.then(() => this.#removeWhenFree(window, key));
    return this.#store.busy(window, key) === undefined ? this.#remove(window, key) : this.#removeWhenFree(window, key);
  }

  async #removeWhenFree(window: BoundedWindow, key: unknown): Promise<void> {
    if (this.#store.busy(window, key) !== undefined) await this.#runtime.settled();
    this.#remove(window, key);
  }

  #remove(window: BoundedWindow, key: unknown): typeof DONE {
    const cell = this.#store.find(window, key);
    if (cell !== undefined) this.#store.expire(cell);
    return DONE;
  }

  /** Calls of a key and window follow each other. */
  #whenFree(
    window: BoundedWindow,
    key: unknown,
    what: Firing | typeof ELEMENTS,
    run: () => void | Promise<void>,
  ): Waits {
    if (this.#store.busy(window, key) === undefined) return run() ?? DONE;
    this.#postponed = what;
    return this.#runtime.settled().then(() => {
      this.#postponed = undefined;
      return run();
    });
  }
}

/** Elements whose turn has come. */
const ELEMENTS: unique symbol = Symbol('elements');

const NEVER = (): boolean => false;

/** What was due is done. */
const DONE: unique symbol = Symbol('done');

type Waits = typeof DONE | Promise<void>;
