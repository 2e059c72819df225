import { MAX_TIMESTAMP, type Timestamp } from '../../model/index.ts';
import type { Ring } from './ring.ts';

/** The rings of all steps of a stage. */
export class Rings {
  readonly #rings: readonly Ring[];

  constructor(rings: readonly Ring[]) {
    this.#rings = rings;
  }

  /** Whether calls go on, or their results wait for their turn. */
  get isPending(): boolean {
    return this.#rings.some(({ size }) => size > 0);
  }

  /** Whether the turn of a result has come. */
  get hasReady(): boolean {
    return this.#rings.some(({ isReady }) => isReady);
  }

  /** The earliest timestamp among elements of calls whose results were not passed on. */
  earliestPending(): Timestamp {
    let least = MAX_TIMESTAMP;
    for (const ring of this.#rings) {
      if (ring.size > 0) for (const { timestamp } of ring.entries()) least = Math.min(least, timestamp);
    }
    return least;
  }
}
