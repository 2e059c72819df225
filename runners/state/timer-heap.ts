import type { HeldTimer } from './held-timer.ts';

/** Fewer timers than this are kept even if most are of no use. */
const LEAST = 64;

/**
 * A binary heap of timers. One that is cleared or set again stays in it until it comes first, or until most are of that
 * kind; so each operation takes time logarithmic in how many are set.
 */
export class TimerHeap {
  readonly #isBefore: (a: HeldTimer, b: HeldTimer) => boolean;
  #timers: HeldTimer[] = [];
  /** How many of them are set. */
  #live = 0;

  constructor(isBefore: (a: HeldTimer, b: HeldTimer) => boolean) {
    this.#isBefore = isBefore;
  }

  /** How many there is room for, those of no use included. */
  get size(): number {
    return this.#timers.length;
  }

  add(timer: HeldTimer): void {
    this.#live += 1;
    this.#timers.push(timer);
    this.#rise(this.#timers.length - 1);
  }

  /** Takes note that one of them was cleared. */
  afterClear(): void {
    this.#live -= 1;
    if (this.#timers.length < LEAST || this.#timers.length < 2 * this.#live) return;
    this.#timers = this.#timers.filter(({ isSet }) => isSet);
    for (let at = (this.#timers.length >>> 1) - 1; at >= 0; at -= 1) this.#sink(at);
  }

  first(): HeldTimer | undefined {
    for (;;) {
      const [timer] = this.#timers;
      if (timer === undefined || timer.isSet) return timer;
      this.#removeFirst();
    }
  }

  clear(): void {
    this.#timers = [];
    this.#live = 0;
  }

  #removeFirst(): void {
    const last = this.#timers.pop();
    if (last === undefined || this.#timers.length === 0) return;
    this.#timers[0] = last;
    this.#sink(0);
  }

  #rise(from: number): void {
    const timers = this.#timers;
    // All indices below are within the array.
    const timer = timers[from] as HeldTimer;
    let at = from;
    while (at > 0) {
      const up = (at - 1) >>> 1;
      const parent = timers[up] as HeldTimer;
      if (!this.#isBefore(timer, parent)) break;
      timers[at] = parent;
      at = up;
    }
    timers[at] = timer;
  }

  #sink(from: number): void {
    const timers = this.#timers;
    // All indices below are within the array.
    const timer = timers[from] as HeldTimer;
    let at = from;
    for (let down = at * 2 + 1; down < timers.length; down = at * 2 + 1) {
      const right = down + 1;
      if (right < timers.length && this.#isBefore(timers[right] as HeldTimer, timers[down] as HeldTimer)) down = right;
      const child = timers[down] as HeldTimer;
      if (!this.#isBefore(child, timer)) break;
      timers[at] = child;
      at = down;
    }
    timers[at] = timer;
  }
}
