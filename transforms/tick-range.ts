import { type OffsetRange, OffsetTracker, type RestrictionTracker, type Timestamp } from '../model/index.ts';

/** Numbered ticks of a clock: those from `from` up to, not including, `to`; tick 0 is at `start`. Plain data. */
export interface TickRange extends OffsetRange {
  readonly start: Timestamp;
}

/** Where a range without an end stops: later than any clock goes, and still a whole number. */
export const ENDLESS = Number.MAX_SAFE_INTEGER;

/** A tracker of ticks by their numbers; what is split off goes on with the same clock. */
export class TickTracker implements RestrictionTracker<TickRange, number> {
  readonly #start: Timestamp;
  readonly #offsets: OffsetTracker;

  constructor(range: TickRange) {
    this.#start = range.start;
    this.#offsets = new OffsetTracker(range);
  }

  currentRestriction(): TickRange {
    return this.#of(this.#offsets.currentRestriction());
  }

  tryClaim(tick: number): boolean {
    return this.#offsets.tryClaim(tick);
  }

  /** Ticks come one after another, so only all that is not claimed can be given away. */
  trySplit(fraction: number): { readonly primary: TickRange; readonly residual: TickRange } | undefined {
    if (fraction > 0) return undefined;
    const parts = this.#offsets.trySplit(0);
    return parts && { primary: this.#of(parts.primary), residual: this.#of(parts.residual) };
  }

  progress(): { readonly completed: number; readonly remaining: number } {
    return this.#offsets.progress();
  }

  remaining(): TickRange {
    return this.#of(this.#offsets.remaining());
  }

  checkDone(): void {
    this.#offsets.checkDone();
  }

  #of({ from, to }: OffsetRange): TickRange {
    return { start: this.#start, from, to };
  }
}
