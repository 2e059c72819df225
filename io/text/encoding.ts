import { isAscii, isUtf8 } from 'node:buffer';

/** How characters stand as bytes: `latin1` has one byte each, the first 256 of Unicode. */
export type TextEncoding = 'utf-8' | 'latin1';

/** The text of bytes, or undefined if they are not of the encoding. */
export function decodeText(bytes: Buffer, encoding: TextEncoding): string | undefined {
  // Text of one byte per character is made fastest, and most text is.
  if (encoding === 'latin1' || isAscii(bytes)) return bytes.toString('latin1');
  return isUtf8(bytes) ? bytes.toString('utf8') : undefined;
}

/** How many bytes of mark a UTF-8 text begins with: 3, or 0. */
export const markLength = (bytes: Uint8Array): number =>
  bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
