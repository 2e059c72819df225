/** Random numbers that are the same for the same seed. */
export interface Random {
  /** A whole number from 0 up to, not including, `bound`. */
  below(bound: number): number;
}

/**
 * Returns random numbers from a seed: a counter in steps of the golden ratio, scrambled (the idea of Steele, Lea and
 * Flood, "Fast splittable pseudorandom number generators"). `Math.random` would give another model on every run.
 */
export function randomFrom(seed: number): Random {
  let counter = seed | 0;
  const next = (): number => {
    counter = (counter + 0x9e3779b9) | 0;
    let z = counter;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
  return { below: (bound) => Math.floor((next() / 2 ** 32) * bound) };
}
