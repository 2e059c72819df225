import type { Timestamp } from '../../model/index.ts';
import { Heap } from '../panes/index.ts';

/** What a {@link LowWatermark} looks at: its watermark never falls. */
interface Marked {
  readonly watermark: Timestamp;
  /** Whether others need not wait for it now. */
  readonly isIdle: boolean;
}

/**
 * The lowest watermark of those that are not idle, without a look at each: what is known of one is an early bound, and only
 * the lowest of the bounds have to be right.
 */
export class LowWatermark<T extends Marked> {
  readonly #isHere: (one: T) => boolean;
  readonly #bounds = new Heap<{ readonly one: T; readonly at: Timestamp }>(({ at }) => at);
  readonly #idle = new Set<T>();

  /** `isHere` tells whether one still counts. */
  constructor(isHere: (one: T) => boolean) {
    this.#isHere = isHere;
  }

  add(one: T): void {
    this.#bounds.push({ one, at: one.watermark });
  }

  /** Undefined if all are idle, or there is none. */
  value(): Timestamp | undefined {
    for (const one of this.#idle) {
      if (this.#isHere(one) && one.isIdle) continue;
      this.#idle.delete(one);
      this.add(one);
    }
    for (let first = this.#bounds.peek(); first !== undefined; first = this.#bounds.peek()) {
      const { one, at } = first;
      const isHere = this.#isHere(one);
      if (isHere && !one.isIdle && one.watermark === at) return at;
      this.#bounds.pop();
      if (!isHere) continue;
      if (one.isIdle) this.#idle.add(one);
      else this.add(one);
    }
    return undefined;
  }
}
