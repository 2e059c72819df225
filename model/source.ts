import type { Host } from './host.ts';
import type { SideInputs, SideValues } from './side-input.ts';
import type { Duration, Timestamp } from './time.ts';

/** Elements that a source hands over together. */
export interface SourceBatch<out T> {
  readonly values: readonly T[];
  /** One per value, or one for all; without, elements have the lowest timestamp. */
  readonly timestamps?: Float64Array | Timestamp | undefined;
  /** How many bytes of the system these elements were; progress counts them. */
  readonly bytes?: number | undefined;
  /** Where the value at an index was found, e.g. `orders.csv line 12`. Only called for errors. */
  readonly coordinate?: ((index: number) => string) | undefined;
}

/** What a source can be asked and told while it reads. */
export interface SourceContext {
  readonly host: Host;
  /** Aborted when the run is cancelled: stop soon, and close what was opened. */
  readonly signal: AbortSignal;
  /** The path of the reading step, for errors. */
  readonly step: string;
}

/** What `read` knows: for the reader of a `splittableParDo` with side inputs, these as well, as its element's window sees them. */
export type ReadContext<V extends SideInputs = Record<never, never>> = SourceContext &
  ([keyof V] extends [never] ? unknown : { readonly sideInputs: SideValues<V> });

/** Takes what a source reads. */
export interface SourceOutput<in T> {
  /**
   * Hands over a batch, after its last position was claimed. Wait for the promise, where there is one, before the next:
   * the engine has no room.
   */
  emit(batch: SourceBatch<T>): void | Promise<void>;
  /**
   * Hands over a record that can't be an element. It becomes a dead letter where the reader was asked for them, and
   * ends the run otherwise.
   */
  reject(record: unknown, error: Error, coordinate?: string): void;
  /** No element with an earlier timestamp will come from this restriction, after those that were handed over so far. */
  advanceWatermark(timestamp: Timestamp): void;
  /** Whether all that is there now has been read, so that the clock may carry the watermark. */
  setIdle(idle: boolean): void;
}

/** Done, or come back later: an unbounded restriction that has nothing now. */
export type ReadResult = { readonly resumeAfter: Duration } | undefined;

/**
 * Tells which part of a restriction is being read, so that it can be split while it is read.
 *
 * `R` is a restriction: the whole work or a part of it. `P` is a position in it.
 */
export interface RestrictionTracker<R, in P> {
  currentRestriction(): R;
  /**
   * Asks for all up to and including `position`. After false, stop: the rest belongs to someone else, so a batch must not
   * reach beyond the end that {@link currentRestriction} has now: it moves when the rest is split off.
   */
  tryClaim(position: P): boolean;
  /** Gives away what lies behind a fraction of the rest; undefined where it can't be split. 0 gives all that is not claimed. */
  trySplit(fractionOfRemainder: number): { readonly primary: R; readonly residual: R } | undefined;
  /** How much is done and how much remains, in one unit of the source's choice. */
  progress(): { readonly completed: number; readonly remaining: number };
  /** @throws Error if something of the restriction was not claimed. */
  checkDone(): void;
  /**
   * What is not claimed yet, while reading goes on: where a restored job begins again. Asked for right after a batch was
   * handed over, so all that is claimed has been. Without it reading is cut by `trySplit(0)` at each epoch.
   */
  remaining?(): R;
}

/**
 * How far a restriction's watermark is, when its reader does not say so itself (Beam model, "Watermark estimators").
 *
 * `manual`: only `advanceWatermark` moves it. `monotonic`: the timestamp given out last. `observed`: the highest timestamp
 * so far less `maxOutOfOrder`. `wall-time`: the clock less `delay`.
 */
export type WatermarkPolicy =
  | { readonly kind: 'manual' }
  | { readonly kind: 'monotonic' }
  | { readonly kind: 'observed'; readonly maxOutOfOrder: Duration }
  | { readonly kind: 'wall-time'; readonly delay?: Duration | undefined };

/** What a system can give again: anything by its position, what was not acknowledged, or nothing. */
export type Replay = 'by-position' | 'until-acknowledged' | 'none';

/**
 * Where elements come from: a splittable DoFn as its author sees it (Beam model, "Splittable DoFn").
 *
 * The same contract serves files, tables and queues, bounded and unbounded: claim, then emit, batch by batch. Client
 * libraries are loaded in `open`-like places lazily, never on import.
 */
export interface Source<out T, R = unknown, P = unknown> extends RestrictionReader<undefined, T, R, P> {
  readonly kind: 'source';
}

/** Reads the restrictions of an input element; for a {@link Source} there is none. */
export interface RestrictionReader<in E, out T, R, P, V extends SideInputs = Record<never, never>> {
  readonly name: string;
  initialRestriction(element: E, context: SourceContext): R | PromiseLike<R>;
  /** Divides a restriction into about `desired` parts that can be read on their own. */
  split?(restriction: R, desired: number, context: SourceContext): readonly R[] | PromiseLike<readonly R[]>;
  createTracker(restriction: R): RestrictionTracker<R, P>;
  read(
    element: E,
    tracker: RestrictionTracker<R, P>,
    output: SourceOutput<T>,
    context: ReadContext<V>,
  ): ReadResult | PromiseLike<ReadResult>;
  /** How much a restriction holds, in bytes or elements, where that is known beforehand. */
  size?(restriction: R): number | undefined;
  /** Whether a restriction ends by itself. Default: it does. */
  isBounded?(restriction: R): boolean;
  /**
   * Tells the system, after an epoch is durable, what need not come again: all that was claimed of a restriction before
   * `rest`, which is what is still to be read of it, and holds nothing where all has been read. Called for each restriction
   * at each epoch; the next call stands in for one that failed.
   */
  finalize?(rest: R, context: SourceContext): PromiseLike<void>;
  /** Where this source reads, without credentials: a restored run must read from the same place. */
  readonly location?: string | undefined;
  /** What of that place it reads, as plain data: a restored run must read the same. Only a check sum of it is kept. */
  readonly filter?: unknown;
  /** Default: manual, which for a bounded restriction means that the watermark waits for its end. */
  readonly watermark?: WatermarkPolicy | undefined;
  /** Default `by-position`. Decides what a run can promise. */
  readonly replay?: Replay | undefined;
  /** Whether new elements come as time passes, so that the clock carries the watermark of an idle restriction. Default false. */
  readonly isLive?: boolean | undefined;
  /** What is still read of a restriction when the job drains; undefined for nothing. Default: bounded ones are kept whole. */
  truncate?(restriction: R): R | undefined;
}

/** Whole numbers from `from` up to, not including, `to`. */
export interface OffsetRange {
  readonly from: number;
  readonly to: number;
}

/** A tracker of positions in an {@link OffsetRange}: rows, bytes, blocks. */
export class OffsetTracker implements RestrictionTracker<OffsetRange, number> {
  #range: OffsetRange;
  #claimed: number;
  #attempted: boolean;

  constructor(range: OffsetRange) {
    this.#range = range;
    this.#claimed = range.from - 1;
    this.#attempted = range.from >= range.to;
  }

  currentRestriction(): OffsetRange {
    return this.#range;
  }

  tryClaim(position: number): boolean {
    if (position <= this.#claimed) {
      throw new RangeError(
        `position ${position} was claimed after ${this.#claimed}. Positions only grow, or elements would be read twice. Claim each position once, in order.`,
      );
    }
    if (position >= this.#range.to) {
      this.#attempted = true;
      return false;
    }
    this.#claimed = position;
    return true;
  }

  trySplit(fraction: number): { readonly primary: OffsetRange; readonly residual: OffsetRange } | undefined {
    const { from, to } = this.#range;
    const next = Math.max(this.#claimed + 1, from);
    const at = next + Math.max(0, Math.floor((to - next) * fraction));
    if (at >= to) return undefined;
    this.#range = { from, to: at };
    if (this.#claimed + 1 >= at) this.#attempted = true;
    return { primary: this.#range, residual: { from: at, to } };
  }

  progress(): { readonly completed: number; readonly remaining: number } {
    const { from, to } = this.#range;
    const done = Math.max(this.#claimed + 1, from) - from;
    return { completed: done, remaining: to - from - done };
  }

  remaining(): OffsetRange {
    return { from: Math.min(Math.max(this.#claimed + 1, this.#range.from), this.#range.to), to: this.#range.to };
  }

  checkDone(): void {
    if (this.#attempted || this.#claimed >= this.#range.to - 1) return;
    throw new RangeError(
      `reading ended after position ${this.#claimed} of [${this.#range.from}, ${this.#range.to}). What was not claimed would be lost. Claim up to the end, or until tryClaim returns false.`,
    );
  }
}
