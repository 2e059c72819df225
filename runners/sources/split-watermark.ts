import {
  type Clock,
  MIN_TIMESTAMP,
  type SourceBatch,
  type Timestamp,
  type WatermarkPolicy,
} from '../../model/index.ts';

/** A timestamp so far ahead of the clock is a mistake of its writer: it does not move the watermark. */
const FURTHEST_AHEAD = 5 * 60_000;

/** How far the watermark of one restriction is, by its reader's policy. It never falls. */
export class SplitWatermark {
  readonly #policy: WatermarkPolicy;
  readonly #isLive: boolean;
  readonly #clock: Clock;
  #value: Timestamp;
  #isIdle = false;

  constructor(
    reader: { readonly watermark?: WatermarkPolicy | undefined; readonly isLive?: boolean | undefined },
    clock: Clock,
    restored: Timestamp = MIN_TIMESTAMP,
  ) {
    this.#policy = reader.watermark ?? { kind: 'manual' };
    this.#isLive = reader.isLive ?? false;
    this.#clock = clock;
    this.#value = restored;
  }

  /** The last value that elements gave. */
  get value(): Timestamp {
    if (this.#policy.kind === 'wall-time') this.#raise(this.#clock.now() - (this.#policy.delay ?? 0));
    return this.#value;
  }

  /** Whether all that is there has been read, so that others need not wait for this one. */
  get isIdle(): boolean {
    return this.#isIdle;
  }

  setIdle(idle: boolean): void {
    this.#isIdle = idle;
  }

  /** The reader says so itself. */
  advance(timestamp: Timestamp): void {
    this.#raise(timestamp);
  }

  /** Raises it by the timestamps of elements that are handed over. */
  see({ timestamps, values }: SourceBatch<unknown>): void {
    if (values.length > 0) this.#isIdle = false;
    const policy = this.#policy;
    if (timestamps === undefined || values.length === 0) return;
    if (policy.kind === 'monotonic') {
      this.#raise(this.#believed(typeof timestamps === 'number' ? timestamps : timestamps.at(-1)));
    } else if (policy.kind === 'observed') {
      const highest = typeof timestamps === 'number' ? this.#believed(timestamps) : this.#highest(timestamps);
      this.#raise(highest - policy.maxOutOfOrder);
    }
  }

  #highest(timestamps: Float64Array): Timestamp {
    let highest = MIN_TIMESTAMP;
    const limit = this.#isLive ? this.#clock.now() + FURTHEST_AHEAD : Number.POSITIVE_INFINITY;
    for (const timestamp of timestamps) {
      if (timestamp > highest && timestamp <= limit) highest = timestamp;
    }
    return highest;
  }

  #believed(timestamp: Timestamp | undefined): Timestamp {
    const isBelieved = timestamp !== undefined && (!this.#isLive || timestamp <= this.#clock.now() + FURTHEST_AHEAD);
    return isBelieved ? timestamp : MIN_TIMESTAMP;
  }

  #raise(to: Timestamp): void {
    if (to > this.#value) this.#value = to;
  }
}
