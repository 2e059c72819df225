import { formatTimestamp, type Host, showValue, type Timestamp } from '../../model/index.ts';
import type { LateDrop } from '../execution/index.ts';

/** Each step warns of what it dropped so often at most. */
const WARN_EVERY = 60_000;

/** Elements that came too late, by step: counted, and one of them shown from time to time. */
export class LateDrops {
  readonly #host: Host;
  readonly #counts = new Map<string, number>();
  readonly #warned = new Map<string, number>();

  constructor(host: Host) {
    this.#host = host;
  }

  /** How many a step has dropped. */
  count(step: string): number {
    return this.#counts.get(step) ?? 0;
  }

  /** What a step is to call for each. */
  of(step: string): LateDrop {
    return (element, timestamp) => {
      this.#counts.set(step, this.count(step) + 1);
      this.#warn(step, element, timestamp);
    };
  }

  #warn(step: string, element: unknown, timestamp: Timestamp): void {
    const now = this.#host.clock.monotonic();
    const last = this.#warned.get(step);
    if (last !== undefined && now - last < WARN_EVERY) return;
    this.#warned.set(step, now);
    this.#host.warn(
      `${step}: ${this.count(step)} elements came after their window had expired and were dropped, the last at ${formatTimestamp(timestamp)}: ${showValue(element)}. Their sums miss them. Pass a longer allowedLateness to windowInto, or let the source's watermark wait longer (maxOutOfOrder).`,
    );
  }
}
