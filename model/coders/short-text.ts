const fromUnits = String.fromCharCode as (...units: readonly (number | undefined)[]) => string; // bytes in range are numbers

/**
 * The text of up to 16 bytes, one byte a character.
 *
 * One call with a fixed number of arguments makes a flat string in 10 to 30 ns; a native copy takes 55 and concatenation
 * makes a tree. The names are short for the sake of the table.
 */
export function shortText(b: Uint8Array, p: number, length: number): string {
  // biome-ignore format: a table, one row a line
  switch (length) {
    case 1: return fromUnits(b[p]);
    case 2: return fromUnits(b[p], b[p + 1]);
    case 3: return fromUnits(b[p], b[p + 1], b[p + 2]);
    case 4: return fromUnits(b[p], b[p + 1], b[p + 2], b[p + 3]);
    case 5: return fromUnits(b[p], b[p + 1], b[p + 2], b[p + 3], b[p + 4]);
    case 6: return fromUnits(b[p], b[p + 1], b[p + 2], b[p + 3], b[p + 4], b[p + 5]);
    case 7: return fromUnits(b[p], b[p + 1], b[p + 2], b[p + 3], b[p + 4], b[p + 5], b[p + 6]);
    case 8: return fromUnits(b[p], b[p + 1], b[p + 2], b[p + 3], b[p + 4], b[p + 5], b[p + 6], b[p + 7]);
    case 9: return fromUnits(b[p], b[p + 1], b[p + 2], b[p + 3], b[p + 4], b[p + 5], b[p + 6], b[p + 7], b[p + 8]);
    case 10: return fromUnits(b[p], b[p + 1], b[p + 2], b[p + 3], b[p + 4], b[p + 5], b[p + 6], b[p + 7], b[p + 8], b[p + 9]);
    case 11: return fromUnits(b[p], b[p + 1], b[p + 2], b[p + 3], b[p + 4], b[p + 5], b[p + 6], b[p + 7], b[p + 8], b[p + 9], b[p + 10]);
    case 12: return fromUnits(b[p], b[p + 1], b[p + 2], b[p + 3], b[p + 4], b[p + 5], b[p + 6], b[p + 7], b[p + 8], b[p + 9], b[p + 10], b[p + 11]);
    case 13: return fromUnits(b[p], b[p + 1], b[p + 2], b[p + 3], b[p + 4], b[p + 5], b[p + 6], b[p + 7], b[p + 8], b[p + 9], b[p + 10], b[p + 11], b[p + 12]);
    case 14: return fromUnits(b[p], b[p + 1], b[p + 2], b[p + 3], b[p + 4], b[p + 5], b[p + 6], b[p + 7], b[p + 8], b[p + 9], b[p + 10], b[p + 11], b[p + 12], b[p + 13]);
    case 15: return fromUnits(b[p], b[p + 1], b[p + 2], b[p + 3], b[p + 4], b[p + 5], b[p + 6], b[p + 7], b[p + 8], b[p + 9], b[p + 10], b[p + 11], b[p + 12], b[p + 13], b[p + 14]);
    case 16: return fromUnits(b[p], b[p + 1], b[p + 2], b[p + 3], b[p + 4], b[p + 5], b[p + 6], b[p + 7], b[p + 8], b[p + 9], b[p + 10], b[p + 11], b[p + 12], b[p + 13], b[p + 14], b[p + 15]);
    default: return '';
  }
}
