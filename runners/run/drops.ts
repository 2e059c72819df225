import { formatTimestamp, type Host, MIN_TIMESTAMP, showValue, type Timestamp } from '../../model/index.ts';
import type { LateDrop } from '../execution/index.ts';

/** Each step warns of what it dropped so often at most. */
const WARN_EVERY = 60_000;

/** Why a step dropped elements: their window had expired, or its trigger had finished. */
export type DropReason = 'expired' | 'closed';

const TEXT: Readonly<Record<DropReason, readonly [why: (whose: 'its' | 'their') => string, fix: string]>> = {
  expired: [
    (whose) => `came after ${whose} window had expired`,
    "Pass a longer allowedLateness to windowInto, or let the source's watermark wait longer (maxOutOfOrder).",
  ],
  closed: [
    (whose) => `came after the trigger of ${whose} window had finished`,
    'Wrap the trigger in repeatedly(...), unless that is what allowDataLoss was meant for.',
  ],
};

/** What helps where time is not the reason: nothing is ever late enough for it. */
const NO_EVENT_TIME =
  'It has no event time that could be read, so it is late for all windows where time passes. Branch such elements off before they are grouped, or put them into globalWindows() with a trigger of the clock.';

/** Elements that steps dropped: counted, and one of them shown from time to time. */
export class Drops {
  readonly #host: Host;
  readonly #counts = new Map<string, number>();
  readonly #warned = new Map<string, number>();

  constructor(host: Host) {
    this.#host = host;
  }

  /** How many elements a step has dropped. */
  count(step: string, reason: DropReason): number {
    return this.#counts.get(keyOf(step, reason)) ?? 0;
  }

  /** All counts by why and step, for a store that outlives the run. */
  counts(): Iterable<readonly [what: string, count: number]> {
    return this.#counts;
  }

  /** Goes on with a count of an earlier run of the job. */
  restore(what: string, count: number): void {
    this.#counts.set(what, count);
  }

  /** What a step is to call for each. */
  of(step: string, reason: DropReason): LateDrop {
    const key = keyOf(step, reason);
    return (element, timestamp) => {
      const count = (this.#counts.get(key) ?? 0) + 1;
      this.#counts.set(key, count);
      const now = this.#host.clock.monotonic();
      const last = this.#warned.get(key);
      if (last !== undefined && now - last < WARN_EVERY) return;
      this.#warned.set(key, now);
      this.#host.warn(warning(step, reason, count, element, timestamp));
    };
  }
}

const keyOf = (step: string, reason: DropReason): string => `${reason} ${step}`;

function warning(step: string, reason: DropReason, count: number, element: unknown, timestamp: Timestamp): string {
  const [why, usual] = TEXT[reason];
  const fix = reason === 'expired' && timestamp <= MIN_TIMESTAMP ? NO_EVENT_TIME : usual;
  const what = count === 1 ? `an element ${why('its')} and was` : `${count} elements ${why('their')} and were`;
  return `${step}: ${what} dropped, the last at ${formatTimestamp(timestamp)}: ${showValue(element)}. Its results miss what was dropped. ${fix}`;
}
