import type { Random } from '../model/index.ts';

const TWO_32 = 2 ** 32;
const TWO_53 = 2 ** 53;

/**
 * A seed that no one chose: 32 bits, short enough to be typed again. Nothing secret is made of it, and Node loads 4 ms of
 * code at the first use of `crypto`.
 */
export const randomSeed = (): number => Math.floor(Math.random() * TWO_32);

/**
 * Random numbers from a seed: xoshiro128** by David Blackman and Sebastiano Vigna, its state filled from the seed by
 * splitmix32. Two steps give one number, of 53 bits.
 *
 * @throws RangeError if the seed is not a safe integer: its digits would be lost.
 */
export function seededRandom(seed: number): Random {
  if (!Number.isSafeInteger(seed)) {
    throw new RangeError(
      `the seed is ${seed}. It must be a whole number of at most 2^53 - 1, or another run could not be given the same one. Pass an integer.`,
    );
  }
  const next32 = xoshiro(seedWords(seed));
  return { seed, next: () => (next32() * 2 ** 21 + (next32() >>> 11)) / TWO_53 };
}

function seedWords(seed: number): Uint32Array {
  const words = new Uint32Array(4);
  // All bits of the seed take part: its upper half is mixed into the counter's start.
  let counter = (seed ^ Math.imul(Math.floor(seed / TWO_32), 0x9e3779b1)) >>> 0;
  for (let index = 0; index < words.length; index += 1) {
    counter = (counter + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(counter ^ (counter >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    words[index] = mixed ^ (mixed >>> 15);
  }
  return words;
}

/** Steps of xoshiro128**: unsigned 32 bits each. */
function xoshiro(words: Uint32Array): () => number {
  let [a, b, c, d] = words as unknown as [number, number, number, number];
  return () => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotate(d, 11);
    return result;
  };
}

const rotate = (word: number, bits: number): number => (word << bits) | (word >>> (32 - bits));
