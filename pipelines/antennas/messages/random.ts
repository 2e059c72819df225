/** Random numbers that are the same for the same seed and tick. */
export interface Random {
  /** A whole number from 0 up to, not including, `bound`. */
  below(bound: number): number;
  /** Whether something happens that does so in `share` of all cases. */
  happens(share: number): boolean;
}

/** A step of the golden ratio, by which counters of different ticks never meet. */
const GOLDEN = 0x9e3779b9;

/**
 * Random numbers of one tick, from nothing but the seed and the number of the tick: a reader that begins anew in the middle
 * gives the same messages. A counter in steps of the golden ratio, scrambled (the idea of Steele, Lea and Flood, "Fast
 * splittable pseudorandom number generators").
 */
export function randomOfTick(seed: number, tick: number): Random {
  // Both may be larger than 32 bits.
  let counter = [seed, seed / 2 ** 32, tick, tick / 2 ** 32].reduce((mixed, part) => scramble(mixed ^ part), GOLDEN);
  const next = (): number => {
    counter = (counter + GOLDEN) | 0;
    return (scramble(counter) >>> 0) / 2 ** 32;
  };
  return { below: (bound) => Math.floor(next() * bound), happens: (share) => next() < share };
}

function scramble(value: number): number {
  let z = value | 0;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return z ^ (z >>> 15);
}
