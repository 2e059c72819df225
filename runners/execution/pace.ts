import type { Clock } from '../../model/index.ts';

/** Elements that run before the clock is looked at, at first, and at most. */
const FIRST = 16;
const MOST = 4_096;
/** A slice that takes longer is too long, and one that takes less long is too short, in milliseconds. */
const LONG = 5;
const SHORT = 1;

/**
 * How many elements a stage runs before it looks at the clock. Functions may take nanoseconds or milliseconds: looking after
 * each element would cost more than the ones, and looking after each batch would keep the event loop for seconds with the
 * others.
 */
export class Pace {
  readonly #clock: Pick<Clock, 'monotonic'>;
  #since = 0;
  slice = FIRST;

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  begin(): void {
    this.#since = this.#clock.monotonic();
  }

  /** A slice has run: the next one is longer or shorter. */
  end(): void {
    const now = this.#clock.monotonic();
    const took = now - this.#since;
    this.#since = now;
    if (took > LONG) this.slice = Math.max(1, this.slice >> 2);
    else if (took < SHORT && this.slice < MOST) this.slice <<= 1;
  }
}
