import { CR, LF, type Marks } from './dialect.ts';

/** What ends the first line outside of quotes; undefined where that is not there yet. */
export function firstNewline(bytes: Buffer, isLast: boolean, { quote, escape }: Marks): number | undefined {
  let isQuoted = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (isQuoted && byte === escape && escape !== quote) at++;
    else if (byte === quote) isQuoted = !isQuoted;
    else if (!isQuoted && byte === LF) return LF;
    else if (!isQuoted && byte === CR) {
      if (at + 1 < bytes.length) return bytes[at + 1] === LF ? LF : CR;
      return isLast ? CR : undefined;
    }
  }
  return undefined;
}

/** Where the line at a position ends; the end of the bytes where it does not. */
export function endOfLine(bytes: Buffer, newline: number, at: number): number {
  const newlineAt = bytes.indexOf(newline, at);
  return newlineAt < 0 ? bytes.length : newlineAt;
}

/** How many lines end between two positions. */
export function countLineEnds(bytes: Buffer, newline: number, from: number, to: number): number {
  let count = 0;
  for (let at = bytes.indexOf(newline, from); at >= 0 && at < to; at = bytes.indexOf(newline, at + 1)) count++;
  return count;
}
