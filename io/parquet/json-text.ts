/** A value of a JSON column. Whole numbers beyond 2^53 are bigint, so that none of their digits is lost. */
export type JsonValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue };

const MAX_DEPTH = 500;

/**
 * The text of a JSON value. Unlike JSON.stringify it loses nothing silently.
 *
 * @throws TypeError that names what JSON has no text for: undefined, NaN, functions, dates, maps.
 */
export function jsonText(value: unknown, depth = 0): string {
  if (depth > MAX_DEPTH) throw new TypeError(`it is nested deeper than ${MAX_DEPTH} levels`);
  if (value === null || value === true || value === false) return String(value);
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`it holds ${value}, which JSON has no text for`);
    return Object.is(value, -0) ? '-0' : String(value);
  }
  if (Array.isArray(value)) return `[${value.map((item) => jsonText(item, depth + 1)).join(',')}]`;
  if (typeof value !== 'object' || !isPlain(value)) throw new TypeError(`it holds ${kindOf(value)}, which is no JSON`);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .map(([name, member]) => `${JSON.stringify(name)}:${jsonText(member, depth + 1)}`);
  return `{${members.join(',')}}`;
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function kindOf(value: unknown): string {
  if (typeof value === 'object' && value !== null) return `a ${value.constructor?.name ?? 'object'}`;
  return typeof value;
}

/** The value of a JSON text. `__proto__` is a member like any other. */
export function jsonValue(text: string): JsonValue {
  // Only a text with 16 digits in a row can hold a number that needs the slower way.
  if (!/\d{16}/.test(text)) return JSON.parse(text) as JsonValue; // JSON.parse yields nothing but JSON
  return JSON.parse(text, keepDigits) as JsonValue; // the reviver adds bigint, which JsonValue has
}

function keepDigits(this: unknown, _name: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value) || context?.source === undefined) return value;
  return /^-?\d+$/.test(context.source) ? BigInt(context.source) : value;
}
