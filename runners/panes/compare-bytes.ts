/** The order of two stretches of bytes: negative, 0 or positive. For short ones faster than Buffer's. */
export function compareBytes(
  a: Uint8Array,
  aStart: number,
  aEnd: number,
  b: Uint8Array,
  bStart: number,
  bEnd: number,
): number {
  const length = Math.min(aEnd - aStart, bEnd - bStart);
  for (let i = 0; i < length; i++) {
    const difference = (a[aStart + i] as number) - (b[bStart + i] as number); // within both
    if (difference !== 0) return difference;
  }
  return aEnd - aStart - (bEnd - bStart);
}
