/** What is done with an integer that a number can't hold exactly, beyond 2^53 - 1 either way. */
export type BigIntegers = 'error' | 'bigint' | 'number';

/** The digits that a number always has room for, plus one: a shorter run of digits is never too large. */
const TOO_MANY_DIGITS = 16;

/** JSON with an integer that a number can't hold. */
export class LargeIntegerError extends RangeError {}

/**
 * Parses JSON without losing digits of large integers, which JSON.parse rounds silently.
 *
 * A reviver makes parsing three times slower, so it is only used where a long run of digits is in the text.
 *
 * @throws SyntaxError for what is not JSON, LargeIntegerError for a large integer with 'error'.
 */
export function parseJson(text: string, bigIntegers: BigIntegers): unknown {
  if (bigIntegers === 'number' || !hasLongNumber(text)) return JSON.parse(text);
  const reviver = (_key: string, value: unknown, context?: { readonly source?: string }): unknown => {
    if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
    const source = context?.source ?? '';
    if (!/^-?\d+$/.test(source)) return value;
    if (bigIntegers === 'bigint') return BigInt(source);
    // A number that was written as its own digits, 1e20 for example, has them still.
    if (String(value) === source) return value;
    throw new LargeIntegerError(`the integer ${source} does not fit into a number`);
  };
  return JSON.parse(text, reviver);
}

/** Whether there are 16 digits in a row. Such a run covers a character at a multiple of 16, so only those are looked at. */
function hasLongNumber(text: string): boolean {
  for (let at = TOO_MANY_DIGITS - 1; at < text.length; at += TOO_MANY_DIGITS) {
    if (!isDigit(text, at)) continue;
    let start = at;
    let end = at + 1;
    while (isDigit(text, start - 1)) start -= 1;
    while (isDigit(text, end)) end += 1;
    if (end - start >= TOO_MANY_DIGITS) return true;
  }
  return false;
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 48 && code <= 57;
}
