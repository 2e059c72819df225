import { MAX_TIMESTAMP, type StateSpace, type Timestamp } from '../../model/index.ts';
import { HeldSizes, LEAST_TO_SPILL } from './held-sizes.ts';
import {
  firesBefore,
  type HeldTimer,
  inOrder,
  type SetTimer,
  type StoredTimer,
  type TimerId,
  type TimerName,
  TimerNames,
  UNSEEN,
} from './held-timer.ts';
import { TimerHeap } from './timer-heap.ts';
import { TimerLog } from './timer-log.ts';
import { TimerMap } from './timer-map.ts';
import { TimerRuns } from './timer-runs.ts';

/** What a table takes from its step and its run. */
export interface TimerTableSpec {
  /** For the rows of this table alone; undefined where nothing is kept but in memory. */
  readonly space: StateSpace | undefined;
  readonly codegen: boolean;
}

/** So many changes that no save has asked for may wait. */
const MOST_WAITING = 16_384;

/** Less than this is not worth going through the runs for. */
const LEAST_BESIDE_RUNS = 6 << 20;

/**
 * Timers of one step in one time domain. They fire by time; those of the same time in an order that does not depend on when
 * they were set: by the bytes of their key, their window, family and tag.
 *
 * A timer is in memory or, when that was given back, in a sorted run on disk; it comes back block by block when it is due. A
 * save logs what has changed in memory. Setting, clearing and firing look at memory only: what is set or cleared there stands
 * above what a run may have under its name, and takes its place when memory is given back the next time.
 */
export class TimerTable {
  readonly #names: TimerNames;
  readonly #held = new TimerMap();
  readonly #byTime = new TimerHeap(firesBefore);
  /** Used from the first timer on whose output timestamp is not its time. */
  readonly #byOutput = new TimerHeap((a, b) => a.outputTimestamp < b.outputTimestamp);
  #hasOutputs = false;
  readonly #sizes = new HeldSizes({ entry: 230 });
  readonly #runs: TimerRuns | undefined;
  readonly #log: TimerLog | undefined;
  /** Timers that were changed since the last save, and logged ones of which nothing is to be known any more. */
  #changed: HeldTimer[] = [];
  #gone: HeldTimer[] = [];
  /** How many are in memory only to stand above runs. */
  #cleared = 0;

  constructor({ space, codegen }: TimerTableSpec) {
    this.#names = new TimerNames(codegen);
    if (space === undefined) return;
    this.#runs = new TimerRuns(space, {
      has: (name) => this.#held.get(name) !== undefined,
      passed: (name, { timestamp, outputTimestamp }) => {
        const held = this.#held.get(name);
        if (held?.below === UNSEEN) held.below = { timestamp, outputTimestamp };
      },
    });
    this.#log = new TimerLog(space);
    this.#restore(this.#log);
  }

  set(timer: SetTimer): void {
    this.#set(timer, this.#below());
  }

  /** Sets a timer that is known not to be set: no run has it, so none has to be gone through for it. */
  add(timer: SetTimer): void {
    this.#set(timer, undefined);
  }

  clear(id: TimerId): void {
    const name = this.#nameOf(id);
    const held = this.#held.get(name);
    if (held !== undefined) this.#clear(held);
    else if (this.#below() !== undefined) this.#coverRuns({ ...id, ...name, timestamp: 0, outputTimestamp: 0 });
  }

  /** A timer that is set, if it is in memory. */
  inMemory(id: TimerId): SetTimer | undefined {
    const held = this.#held.get(this.#nameOf(id));
    return held?.isSet === true ? held : undefined;
  }

  /** Gives a function that makes a timer what it is now, if memory was not given back meanwhile. */
  remember(id: TimerId): () => void {
    const name = this.#nameOf(id);
    const before = this.#held.get(name);
    if (before !== undefined) {
      const { timestamp, outputTimestamp, isSet } = before;
      return () => (isSet ? this.set({ ...id, timestamp, outputTimestamp }) : this.clear(id));
    }
    return () => this.#uncover(id, this.#held.get(name));
  }

  /** Removes and gives the earliest timer with `timestamp <= until`. */
  pop(until: Timestamp): SetTimer | undefined {
    const timer = this.#first(until);
    if (timer === undefined || timer.timestamp > until) return undefined;
    this.#clear(timer);
    return timer;
  }

  /** When the earliest fires; undefined if none is set. */
  next(): Timestamp | undefined {
    const held = this.#byTime.first()?.timestamp;
    const stored = this.#runs?.first()?.timestamp;
    return held === undefined || (stored !== undefined && stored < held) ? stored : held;
  }

  /** The earliest output timestamp; {@link MAX_TIMESTAMP} if none is set. */
  hold(): Timestamp {
    const held = this.#hasOutputs ? this.#byOutput.first()?.outputTimestamp : this.#byTime.first()?.timestamp;
    return Math.min(held ?? MAX_TIMESTAMP, this.#runs?.hold() ?? MAX_TIMESTAMP);
  }

  /** Writes what has changed since the last time into the space; the next commit makes it durable. */
  save(): void {
    const log = this.#log;
    if (log === undefined) return;
    if (this.#cleared > 0 && this.#runs?.isEmpty === true) this.#forgetCleared();
    this.#writeChanges();
    if (!log.isLongFor(this.#held.size)) return;
    log.clear();
    log.write([], this.#held.values());
  }

  /** About how much memory the timers take. */
  bytes(): number {
    this.#sizes.count = this.#held.size;
    return this.#sizes.bytes();
  }

  get canSpill(): boolean {
    return this.#runs !== undefined && this.bytes() >= (this.#runs.isEmpty ? LEAST_TO_SPILL : LEAST_BESIDE_RUNS);
  }

  /** Writes what has changed, and gives the memory of all timers back. */
  spill(): void {
    if (this.#runs === undefined) return;
    const held = [...this.#held.values()];
    this.#runs.add(held, held.filter(({ isSet }) => isSet).sort(inOrder));
    this.#log?.clear();
    this.#held.clear();
    this.#byTime.clear();
    this.#byOutput.clear();
    this.#hasOutputs = false;
    this.#changed = [];
    this.#gone = [];
    this.#cleared = 0;
    this.#runs.unite();
  }

  #restore(log: TimerLog): void {
    for (const { timer, what } of log.read()) {
      const before = this.#held.get(timer);
      if (before !== undefined) {
        this.#retire(before);
        this.#held.delete(before);
      }
      if (what === 'gone') continue;
      const held: HeldTimer = {
        ...timer,
        isSet: what === 'set',
        isChanged: false,
        isLogged: true,
        below: this.#below(),
      };
      if (held.isSet || held.below !== undefined) this.#put(held);
    }
  }

  #nameOf({ key, window, family, tag }: TimerId): TimerName {
    return { owner: this.#names.ownerOf(key, window), name: this.#names.nameOf(family, tag) };
  }

  /** What runs may have of a timer that is not in memory. */
  #below(): HeldTimer['below'] {
    return this.#runs === undefined || this.#runs.isEmpty ? undefined : UNSEEN;
  }

  /** The first timer of all, in memory; if it is on disk and due, it is read, and those after it. */
  #first(until: Timestamp): HeldTimer | undefined {
    for (;;) {
      const held = this.#byTime.first();
      const stored = this.#runs?.first();
      if (this.#runs === undefined || stored === undefined || stored.timestamp > until) return held;
      if (held !== undefined && !firesBefore(stored, held)) return held;
      for (const timer of this.#runs.take()) {
        this.#change(this.#put({ ...timer, isSet: true, isChanged: false, isLogged: false, below: undefined }));
      }
    }
  }

  /** `unseen` is what runs may have of it, if memory does not know. */
  #set(timer: SetTimer, unseen: HeldTimer['below']): void {
    const { key, window, family, tag, timestamp, outputTimestamp } = timer;
    const { owner, name } = this.#nameOf(timer);
    const before = this.#held.get({ owner, name });
    if (before !== undefined) this.#retire(before);
    const held = before ?? { isLogged: false, below: unseen };
    this.#change(
      this.#put({
        key,
        window,
        family,
        tag,
        timestamp,
        outputTimestamp,
        owner,
        name,
        isSet: true,
        isChanged: false,
        isLogged: held.isLogged,
        below: held.below,
      }),
    );
  }

  /** Puts something in memory that stands above a timer of the runs. */
  #coverRuns(timer: StoredTimer): void {
    this.#change(this.#put({ ...timer, isSet: false, isChanged: false, isLogged: false, below: UNSEEN }));
  }

  /** Takes back that something stands above the runs. */
  #uncover(id: TimerId, held: HeldTimer | undefined): void {
    if (held === undefined) return;
    if (held.below === undefined) {
      this.#clear(held);
    } else if (held.below === UNSEEN) {
      this.#forget(held);
      this.#runs?.lookAgain();
    } else this.set({ ...id, ...held.below });
  }

  #put(timer: HeldTimer): HeldTimer {
    this.#held.put(timer);
    this.#sizes.see(timer.owner.length + timer.name.length);
    if (!timer.isSet) {
      this.#cleared++;
      return timer;
    }
    this.#byTime.add(timer);
    if (this.#hasOutputs) this.#byOutput.add(timer);
    else if (timer.timestamp !== timer.outputTimestamp) {
      this.#hasOutputs = true;
      for (const held of this.#held.values()) if (held.isSet) this.#byOutput.add(held);
    }
    return timer;
  }

  #clear(timer: HeldTimer): void {
    if (!timer.isSet) return;
    if (timer.below === undefined) {
      this.#forget(timer);
      return;
    }
    this.#retire(timer);
    this.#cleared++;
    this.#change(timer);
  }

  /** Nothing of it is to be known any more. */
  #forget(timer: HeldTimer): void {
    this.#retire(timer);
    this.#held.delete(timer);
    if (!timer.isLogged) return;
    this.#gone.push(timer);
    if (this.#gone.length >= MOST_WAITING) this.#writeChanges();
  }

  #forgetCleared(): void {
    for (const timer of this.#held.values()) if (!timer.isSet) this.#forget(timer);
  }

  /** Takes it out of its orders. */
  #retire(timer: HeldTimer): void {
    timer.isChanged = false;
    if (!timer.isSet) {
      this.#cleared--;
      return;
    }
    timer.isSet = false;
    this.#byTime.afterClear();
    if (this.#hasOutputs) this.#byOutput.afterClear();
  }

  #change(timer: HeldTimer): void {
    if (timer.isChanged || this.#log === undefined) return;
    timer.isChanged = true;
    this.#changed.push(timer);
    // A run without cuts never saves: what has fired must not be kept for that.
    if (this.#changed.length > 2 * this.#held.size + MOST_WAITING) {
      this.#changed = this.#changed.filter(({ isChanged }) => isChanged);
    }
  }

  #writeChanges(): void {
    const changed = this.#changed.filter(({ isChanged }) => isChanged);
    this.#log?.write(this.#gone, changed);
    this.#changed = [];
    this.#gone = [];
    for (const timer of changed) {
      timer.isChanged = false;
      timer.isLogged = true;
    }
  }
}
