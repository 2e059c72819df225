import type { Clock, Timestamp } from '../../model/index.ts';
import { LowWatermark } from './low-watermark.ts';
import type { SplitReader } from './split-reader.ts';

/** Bounded restrictions that are begun and not read: each may hold a file or a connection open. */
const MOST_BEGUN = 64;

/**
 * The splits of a step, by what they wait for, so that ten thousand cost no more at each look than those that something has
 * happened to.
 *
 * They have their turn in the order in which they became ready. A split says by {@link notice} that something has happened.
 */
export class SplitSet {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #all = new Set<SplitReader>();
  /** Not begun. */
  readonly #fresh = new Set<SplitReader>();
  readonly #ready = new Set<SplitReader>();
  /** They may go on, as what they handed over is taken. */
  readonly #parked = new Set<SplitReader>();
  readonly #resting = new Set<SplitReader>();
  #firstRest = Number.POSITIVE_INFINITY;
  /** Something has happened to them: they may be done. */
  readonly #changed = new Set<SplitReader>();
  readonly #begun = new Set<SplitReader>();
  readonly #low = new LowWatermark<SplitReader>((split) => this.#all.has(split));

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#all.size;
  }

  [Symbol.iterator](): Iterator<SplitReader> {
    return this.#all[Symbol.iterator]();
  }

  get isReady(): boolean {
    return this.#ready.size > 0;
  }

  add(split: SplitReader): void {
    this.#all.add(split);
    // One without an end is begun at once: others wait for its watermark.
    if (split.isBounded) this.#fresh.add(split);
    else this.#parked.add(split);
    this.#low.add(split);
  }

  /** Something has happened to a split: it has handed something over, rests, has ended. */
  notice(split: SplitReader): void {
    if (!this.#all.has(split)) return;
    this.#changed.add(split);
    if (split.isReady) this.#ready.add(split);
    const { restsUntil } = split;
    if (restsUntil === undefined) return;
    this.#resting.add(split);
    // It has nothing open.
    this.#begun.delete(split);
    this.#firstRest = Math.min(this.#firstRest, restsUntil);
  }

  /** Lets those go on that wait for it. */
  poke(): void {
    for (const split of this.#parked) split.poke();
    this.#parked.clear();
    this.#wake();
    for (const split of this.#fresh) {
      if (this.#begun.size >= MOST_BEGUN) break;
      this.#fresh.delete(split);
      this.#begun.add(split);
      split.poke();
    }
  }

  /** The split whose turn it is; it goes behind all others that are ready. */
  next(): SplitReader | undefined {
    const [first] = this.#ready;
    return first;
  }

  /** Something of a split was taken. */
  taken(split: SplitReader): void {
    this.#ready.delete(split);
    this.#changed.add(split);
    if (split.isReady) this.#ready.add(split);
    else this.#parked.add(split);
  }

  /** Forgets those that are done, and gives them. */
  tidy(): readonly SplitReader[] {
    const done = [...this.#changed].filter(({ isDone }) => isDone);
    this.#changed.clear();
    for (const split of done) {
      for (const set of [this.#all, this.#fresh, this.#ready, this.#parked, this.#resting, this.#begun])
        set.delete(split);
    }
    return done;
  }

  /** When the first one that rests may be called again; undefined if none rests. */
  get restsUntil(): number | undefined {
    return this.#resting.size === 0 ? undefined : this.#firstRest;
  }

  /** The lowest watermark of those that are not idle; undefined if all are. */
  watermark(): Timestamp | undefined {
    return this.#low.value();
  }

  /** Calls those again that have rested. */
  #wake(): void {
    if (this.#clock.monotonic() < this.#firstRest) return;
    this.#firstRest = Number.POSITIVE_INFINITY;
    for (const split of this.#resting) {
      split.poke();
      const { restsUntil } = split;
      if (restsUntil === undefined) {
        this.#resting.delete(split);
        if (split.isBounded) this.#begun.add(split);
      } else this.#firstRest = Math.min(this.#firstRest, restsUntil);
    }
  }
}
