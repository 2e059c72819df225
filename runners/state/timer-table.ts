import { type BoundedWindow, MAX_TIMESTAMP, type StateSpace, type Timestamp } from '../../model/index.ts';
import { HeldSizes, LEAST_TO_SPILL } from './held-sizes.ts';
import {
  firesBefore,
  type HeldTimer,
  type SetTimer,
  type TimerId,
  type TimerName,
  TimerNames,
  type TimerTimes,
} from './held-timer.ts';
import { TimerHeap } from './timer-heap.ts';
import { TimerMap } from './timer-map.ts';
import { TimerRows } from './timer-rows.ts';

/** What a table takes from its step and its run. */
export interface TimerTableSpec {
  /** For the rows of this table alone; undefined where nothing is kept but in memory. */
  readonly space: StateSpace | undefined;
  readonly codegen: boolean;
}

/** So many timers are read from disk at a time. */
const CHUNK = 256;
/** So many timers that have fired or were cleared wait, with their rows, for the next save. */
const MOST_CLEARED = 16_384;

/**
 * Timers of one step in one time domain. They fire by time; those of the same time in an order that does not depend on when
 * they were set: by the bytes of their key, their window, family and tag.
 *
 * Those in memory are in front of those in the space. Setting, clearing and firing one takes time logarithmic in how many
 * are in memory.
 */
export class TimerTable {
  readonly #names: TimerNames;
  readonly #rows: TimerRows | undefined;
  readonly #held = new TimerMap();
  readonly #byTime = new TimerHeap(firesBefore);
  readonly #byOutput = new TimerHeap((a, b) => a.outputTimestamp < b.outputTimestamp);
  readonly #sizes = new HeldSizes({ entry: 230 });
  /** Timers that were changed since the last save. */
  #changed: HeldTimer[] = [];
  /** How many in memory are not set, and wait for their rows to be deleted. */
  #cleared = 0;
  /** Whether every row is of a timer in memory. */
  #isComplete: boolean;

  constructor({ space, codegen }: TimerTableSpec) {
    this.#names = new TimerNames(codegen);
    this.#rows = space === undefined ? undefined : new TimerRows(space, (name) => this.#held.get(name) !== undefined);
    this.#isComplete = space === undefined || isEmpty(space);
  }

  set(timer: SetTimer): void {
    const { key, window, family, tag, timestamp, outputTimestamp } = timer;
    const name = this.#nameOf(timer);
    const before = this.#held.get(name);
    const stored = before === undefined ? this.#storedTimes(name) : before.stored;
    if (before !== undefined) this.#replace(before);
    this.#put({ key, window, family, tag, timestamp, outputTimestamp, ...name, isSet: true, isChanged: false, stored });
    this.#change(this.#held.get(name) as HeldTimer);
  }

  clear(id: TimerId): void {
    this.#clear(this.#nameOf(id));
  }

  /** Clears all timers of a key in a window. */
  clearAll(key: unknown, window: BoundedWindow): void {
    const owner = this.#names.ownerOf(key, window);
    for (const timer of this.#held.of(owner)) this.#clear(timer);
    if (this.#isComplete) return;
    // Those on disk alone.
    let hasDeleted = false;
    for (const { name, times } of this.#rows?.of(owner) ?? []) {
      if (this.#held.get({ owner, name }) !== undefined) continue;
      this.#rows?.delete({ owner, name }, times);
      hasDeleted = true;
    }
    if (hasDeleted) this.#rows?.afterDelete();
  }

  find(id: TimerId): SetTimer | undefined {
    const name = this.#nameOf(id);
    const held = this.#held.get(name);
    if (held !== undefined) return held.isSet ? held : undefined;
    const times = this.#storedTimes(name);
    return times && { ...id, ...times };
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
    const stored = this.#isComplete ? undefined : this.#rows?.first()?.timestamp;
    return held === undefined || (stored !== undefined && stored < held) ? stored : held;
  }

  /** The earliest output timestamp; {@link MAX_TIMESTAMP} if none is set. */
  hold(): Timestamp {
    const held = this.#byOutput.first()?.outputTimestamp ?? MAX_TIMESTAMP;
    const stored = this.#isComplete ? undefined : this.#rows?.hold();
    return Math.min(held, stored ?? MAX_TIMESTAMP);
  }

  /** Writes what has changed since the last time into the space; the next commit makes it durable. */
  save(): void {
    const rows = this.#rows;
    if (rows === undefined) return;
    const changed = this.#changed.filter(({ isChanged }) => isChanged);
    this.#changed = [];
    // Rows that are neighbors are written together: in a large table that is twice as fast.
    for (const timer of changed.sort(byName)) rows.writeName(timer);
    for (const timer of changed.sort(byTime)) {
      rows.writeTimes(timer);
      this.#afterWrite(timer);
    }
    rows.afterDelete();
  }

  /** About how much memory the timers take. */
  bytes(): number {
    this.#sizes.count = this.#held.size;
    return this.#sizes.bytes();
  }

  get canSpill(): boolean {
    return this.#rows !== undefined && this.bytes() >= LEAST_TO_SPILL;
  }

  /** Writes what has changed, and gives the memory of all timers back. */
  spill(): void {
    if (this.#rows === undefined) return;
    this.save();
    if (this.#held.size > 0) this.#isComplete = false;
    this.#held.clear();
    this.#byTime.clear();
    this.#byOutput.clear();
    this.#rows.restart();
  }

  #nameOf({ key, window, family, tag }: TimerId): TimerName {
    return { owner: this.#names.ownerOf(key, window), name: this.#names.nameOf(family, tag) };
  }

  #storedTimes(name: TimerName): TimerTimes | undefined {
    return this.#isComplete ? undefined : this.#rows?.timesOf(name);
  }

  /** The first timer of all, in memory; if it is on disk and due, it is read, and those after it. */
  #first(until: Timestamp): HeldTimer | undefined {
    for (;;) {
      const held = this.#byTime.first();
      if (this.#rows === undefined || this.#isComplete) return held;
      const stored = this.#rows.first();
      if (stored === undefined || stored.timestamp > until) return held;
      if (held !== undefined && !comesBefore(stored, held)) return held;
      for (const timer of this.#rows.take(CHUNK)) {
        this.#put({ ...timer, isSet: true, isChanged: false, stored: timer });
      }
    }
  }

  #put(timer: HeldTimer): void {
    this.#held.put(timer);
    this.#byTime.add(timer);
    this.#byOutput.add(timer);
    this.#sizes.see(timer.owner.length + timer.name.length);
  }

  /** Takes out a timer that another one stands for from now on. */
  #replace(timer: HeldTimer): void {
    timer.isChanged = false;
    if (timer.isSet) this.#unset(timer);
    else this.#cleared -= 1;
  }

  #unset(timer: HeldTimer): void {
    timer.isSet = false;
    this.#byTime.afterClear();
    this.#byOutput.afterClear();
  }

  #clear(name: TimerName): void {
    const held = this.#held.get(name);
    if (held === undefined) {
      this.#clearStored(name);
    } else if (held.isSet) {
      this.#unset(held);
      if (held.stored === undefined) {
        held.isChanged = false;
        this.#held.delete(held);
        return;
      }
      this.#change(held);
      this.#cleared += 1;
      if (this.#cleared >= MOST_CLEARED) this.save();
    }
  }

  /** Clears a timer that is on disk alone. */
  #clearStored(name: TimerName): void {
    const times = this.#storedTimes(name);
    if (times === undefined) return;
    this.#rows?.delete(name, times);
    this.#rows?.afterDelete();
  }

  #change(timer: HeldTimer): void {
    if (timer.isChanged || this.#rows === undefined) return;
    timer.isChanged = true;
    this.#changed.push(timer);
    // A run without cuts never saves: what has fired must not be kept for that.
    if (this.#changed.length > 2 * this.#held.size + MOST_CLEARED) {
      this.#changed = this.#changed.filter(({ isChanged }) => isChanged);
    }
  }

  #afterWrite(timer: HeldTimer): void {
    timer.isChanged = false;
    if (timer.isSet) {
      timer.stored = timer;
      return;
    }
    this.#held.delete(timer);
    this.#cleared -= 1;
  }
}

const byName = (a: HeldTimer, b: HeldTimer): number => (a.owner < b.owner ? -1 : a.owner > b.owner ? 1 : 0);
const byTime = (a: HeldTimer, b: HeldTimer): number => a.timestamp - b.timestamp;

const comesBefore = (stored: TimerName & { readonly timestamp: Timestamp }, held: HeldTimer): boolean =>
  stored.timestamp !== held.timestamp
    ? stored.timestamp < held.timestamp
    : stored.owner !== held.owner
      ? stored.owner < held.owner
      : stored.name < held.name;

function isEmpty(space: StateSpace): boolean {
  for (const _ of space.scan()) return false;
  return true;
}
