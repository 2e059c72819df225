// The user functions of the random pipelines, as plain arithmetic: the pipelines wrap them, the naive evaluator calls them.
import type { WindowKind } from './graphs.ts';

export const SPREAD = 997;

export const mapped = (value: number, n: number): number => (value * 3 + n) % SPREAD;

/** A later instant, but none past the end of the global window, where event time ends. */
export const later = (timestamp: number, delta: number): number => Math.min(timestamp + delta, 8.64e15 - 86_400_000);

export const isKept = (value: number, n: number): boolean => value % (n + 1) !== 0;

/** The outputs of a flatMap: none, one or more. */
export const several = (value: number, n: number): readonly number[] =>
  Array.from({ length: (value + n) % 4 }, (_, i) => (value + i * 7) % SPREAD);

export const stampOf = (value: number, n: number): number => (value * n * 13) % 300;

/** Keys of all kinds; `n` of them. */
export function keyOf(value: number, n: number, kind: number): unknown {
  const k = value % n;
  switch (kind) {
    case 0:
      return k;
    case 1:
      return `k${k}`;
    case 2:
      return value % 2 === 0 ? { a: k, b: null } : { b: null, a: k };
    case 3:
      return BigInt(k);
    case 4:
      return k === 0 ? null : k % 2 === 0 ? [k, 'x'] : new Date(k);
    default:
      return k === 0 ? '0' : k === 1 ? true : k;
  }
}

/** One number that depends on all values and not on their order. */
export const digest = (values: Iterable<number>): number =>
  [...values].sort((a, b) => a - b).reduce((all, value, i) => (all * 31 + value * (i + 1) + 7) % SPREAD, 1);

export const roundedMean = (values: readonly number[]): number =>
  Math.round((values.reduce((a, b) => a + b, 0) / values.length) * 16) % SPREAD;

/** How long the element's session of the merging windows is open. */
export const sessionLength = (timestamp: number): number => 10 + (Math.abs(timestamp) % 3) * 10;

export const BUCKET = 40;
export const FIXED = { size: 50, offset: 7 };
export const SLIDING = { size: 60, period: 25, offset: 3 };
export const GAP = 15;

/** Two calls of three overlap where functions wait: this many turns of the event loop, or of microtasks. */
export const turnsOf = (value: number): number => (value * 7) % 4;

export const isMulti = (kind: WindowKind): boolean => kind === 'sliding' || kind === 'buckets';
