import type { Random } from '../../model/index.ts';
import type { StrictOptions } from './strict-options.ts';

/** Says, after each batch that was read, at which fraction of the rest to split it; mostly not at all. */
export type SplitAt = () => number | undefined;

/** One batch in so many is followed by a split. */
const SPLIT_EVERY = 4;
/** Nothing left to the one who reads, the most common cut, and nearly all. */
const FRACTIONS = [0, 0.5, 0.9];

/**
 * Where a strict run splits what is read while it is read, as runners that share work do. It changes the order of elements,
 * so it is part of that.
 */
export function strictSplits(strict: StrictOptions | undefined, random: Random): SplitAt | undefined {
  if (strict?.permute !== true) return undefined;
  return () => {
    const drawn = Math.floor(random.next() * FRACTIONS.length * SPLIT_EVERY);
    return FRACTIONS[drawn];
  };
}
