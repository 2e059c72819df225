import type { PaneInfo, Timestamp } from '../../model/index.ts';
import type { Windows } from './batch.ts';
import type { Firing } from './firings.ts';
import type { StepMetrics } from './metrics.ts';
import type { Emission } from './outputs.ts';

/** One call of a step whose result is not passed on yet. */
export interface RingEntry {
  readonly input: unknown;
  readonly timestamp: Timestamp;
  readonly windows: Windows;
  readonly pane: PaneInfo;
  readonly coordinate: (() => string | undefined) | undefined;
  /** The timer or the window that the call is about, where no element is given to it. */
  readonly firing: Firing | undefined;
  /** Where the metrics of this call go. */
  readonly metrics: StepMetrics;
  /** What it emits to additional outputs, from its start to its end; passed on as its results are. */
  emissions: Emission[];
  /** Whether some of its outputs were passed on, and there may be more. */
  hasGiven: boolean;
  /** `waiting`: not called yet. `pending`: called, its promise not settled. `settled`: `result` is there. */
  state: 'waiting' | 'pending' | 'settled';
  result: unknown;
  /** What an unordered or rejected call ended with; thrown when the entry's turn comes. */
  error: Error | undefined;
}

/** A call that has not been made. */
export const ringEntry = (
  [input, timestamp, windows, pane]: readonly [unknown, Timestamp, Windows, PaneInfo],
  metrics: StepMetrics,
  coordinate: RingEntry['coordinate'],
  firing?: Firing,
): RingEntry => ({
  input,
  timestamp,
  windows,
  pane,
  coordinate,
  firing,
  metrics,
  emissions: [],
  hasGiven: false,
  state: 'waiting',
  result: undefined,
  error: undefined,
});

/**
 * The calls of one step that have not been passed on, in the order of their inputs.
 *
 * Invariants: at most `limit` calls are pending; while the ring is not empty every later result of the step queues
 * behind it; an ordered ring gives entries from its head only. Nothing runs twice.
 */
export class Ring {
  readonly limit: number;
  /** Whether the step's function has not been seen to return at once, or is known not to. */
  isUnknown = true;
  /** Whether a call may not simply be made: others are pending, or the function is unknown. A field for the loop's sake. */
  isBusy = true;
  readonly #isOrdered: boolean;
  /** How many calls are in it; a field, as it is looked at for every element. */
  size = 0;
  #entries: RingEntry[] = [];
  #head = 0;

  constructor(limit: number, isOrdered: boolean) {
    this.limit = limit;
    this.#isOrdered = isOrdered;
  }

  /** A call has returned at once: the next ones need not be watched. */
  returned(): void {
    this.isUnknown = false;
    this.isBusy = this.size > 0;
  }

  get isFull(): boolean {
    return this.size >= this.limit;
  }

  push(entry: RingEntry): void {
    this.#entries.push(entry);
    this.#grow(1);
  }

  /** Puts an entry back to where its turn is next. */
  unshift(entry: RingEntry): void {
    this.#entries.splice(this.#head, 0, entry);
    this.#grow(1);
  }

  /** All calls in it, in order. */
  entries(): readonly RingEntry[] {
    return this.#entries.slice(this.#head);
  }

  /** The first entry that was not called, if a call may start now. */
  nextToStart(): RingEntry | undefined {
    let pending = 0;
    for (let i = this.#head; i < this.#entries.length && pending < this.limit; i++) {
      const entry = this.#entries[i];
      if (entry?.state === 'waiting') return entry;
      if (entry?.state === 'pending') pending++;
    }
    return undefined;
  }

  /** Whether the turn of an entry has come. */
  get isReady(): boolean {
    if (this.#entries[this.#head]?.state === 'settled') return true;
    return !this.#isOrdered && this.entries().some(({ state }) => state === 'settled');
  }

  /** Takes out an entry whose turn has come; undefined while there is none. */
  take(): RingEntry | undefined {
    const head = this.#entries[this.#head];
    if (head === undefined) return undefined;
    if (head.state === 'settled') {
      this.#head++;
      this.size--;
      this.#compact();
      return head;
    }
    if (this.#isOrdered) return undefined;
    const at = this.#entries.findIndex((entry, i) => i >= this.#head && entry.state === 'settled');
    if (at < 0) return undefined;
    this.#grow(-1);
    return this.#entries.splice(at, 1)[0];
  }

  #grow(by: number): void {
    this.size += by;
    this.isBusy = this.isUnknown || this.size > 0;
  }

  // Shifting an array for each entry would move all others; the gap is closed once it is half of it.
  #compact(): void {
    if (this.#head * 2 < this.#entries.length) return;
    this.#entries = this.#entries.slice(this.#head);
    this.#head = 0;
  }
}
