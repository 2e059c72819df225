/**
 * Returns a quotient of whole numbers with three decimals, half up, from its exact value.
 *
 * Floating point would round 0.0005 by the luck of its binary digits, so the arithmetic is of bigints. The numerator
 * must not be negative, the denominator must be positive.
 */
export function threeDecimals(numerator: number | bigint, denominator: number): string {
  const divisor = BigInt(denominator);
  const thousandths = (BigInt(numerator) * 2000n + divisor) / (2n * divisor);
  const digits = `${thousandths}`.padStart(4, '0');
  return `${digits.slice(0, -3)}.${digits.slice(-3)}`;
}

/** Returns a share of a whole as a percentage with three decimals; null if the whole is nothing. */
export function percentage(part: number, whole: number): string | null {
  return whole === 0 ? null : threeDecimals(BigInt(part) * 100n, whole);
}

/** Returns how many there are per 100,000 inhabitants, with three decimals. */
export function per100k(count: number, inhabitants: number): string {
  return threeDecimals(BigInt(count) * 100_000n, inhabitants);
}

/** Compares a/b with c/d exactly, for positive b and d: negative if a/b is less. */
export function compareQuotients(a: number, b: number, c: number, d: number): number {
  const difference = BigInt(a) * BigInt(d) - BigInt(c) * BigInt(b);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}
