const MULTIPLIER_HIGH = 0x5de;
const MULTIPLIER_LOW = 0xece66d;
const MASK = 0xffffff;
const HALF = 0x1000000;

/**
 * The generator of `java.util.Random`, bit for bit, as its documentation defines it: a linear congruence of 48 bits.
 *
 * Its state is two halves of 24 bits: all products of halves are exact in a number.
 */
export class JavaRandom {
  #high: number;
  #low: number;

  /** @param seed a whole number from 0 to 2^53, as ids of events are. */
  constructor(seed: number) {
    this.#high = (Math.floor(seed / HALF) ^ MULTIPLIER_HIGH) & MASK;
    this.#low = ((seed % HALF) ^ MULTIPLIER_LOW) & MASK;
  }

  /** Any of the 2^32 integers. */
  nextInt(): number {
    this.#step();
    return (this.#high << 8) | (this.#low >>> 16);
  }

  /** One of 0 up to, not including, `bound`, which is at most 2^31 - 1. */
  nextBelow(bound: number): number {
    let bits = this.#next31();
    // bound * bits / 2^31, as the high bits are the better ones; exact, as bound is a power of two.
    if ((bound & (bound - 1)) === 0) return Math.floor((bound * bits) / 0x80000000);
    let value = bits % bound;
    // The last, incomplete run of values would make small ones more likely.
    while (bits - value + (bound - 1) > 0x7fffffff) {
      bits = this.#next31();
      value = bits % bound;
    }
    return value;
  }

  /** A number from 0 up to, not including, 1. */
  nextDouble(): number {
    this.#step();
    const upper = this.#high * 4 + (this.#low >>> 22);
    this.#step();
    return (upper * 0x8000000 + this.#high * 8 + (this.#low >>> 21)) / 2 ** 53;
  }

  #next31(): number {
    this.#step();
    return this.#high * 128 + (this.#low >>> 17);
  }

  #step(): void {
    const low = this.#low * MULTIPLIER_LOW + 0xb;
    this.#high = (this.#high * MULTIPLIER_LOW + this.#low * MULTIPLIER_HIGH + Math.floor(low / HALF)) & MASK;
    this.#low = low & MASK;
  }
}
