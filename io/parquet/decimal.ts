const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?$/;

/**
 * The text of a decimal, with exactly `scale` digits behind the point: 12340n with scale 3 is '12.340'.
 */
export function decimalText(unscaled: bigint, scale: number): string {
  if (scale === 0) return unscaled.toString();
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
  const point = digits.length - scale;
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, point)}.${digits.slice(point)}`;
}

/**
 * The unscaled value of a decimal's text, or undefined where the text is no decimal or has more digits behind the point
 * than `scale`: nothing is rounded. Zeros at the end do not count.
 */
export function unscaledDecimal(text: string, scale: number): bigint | undefined {
  const match = DECIMAL.exec(text);
  if (match === null) return undefined;
  const [, sign = '', whole = '', fraction = ''] = match;
  if (whole === '' && fraction === '') return undefined;
  let kept = fraction;
  if (kept.length > scale) {
    if (/[^0]/.test(kept.slice(scale))) return undefined;
    kept = kept.slice(0, scale);
  }
  const unscaled = BigInt(whole + kept.padEnd(scale, '0') || '0');
  return sign === '-' ? -unscaled : unscaled;
}

/** The value of bytes that hold a two's-complement number, highest byte first; no bytes are 0. */
export function bigintFromBytes(bytes: Uint8Array, start: number, end: number): bigint {
  let value = 0n;
  for (let at = start; at < end; at++) value = (value << 8n) | BigInt(bytes[at] ?? 0);
  return end === start ? 0n : BigInt.asIntN((end - start) * 8, value);
}
