import { inspect, isDeepStrictEqual } from 'node:util';
import { encodeKey, KeyError } from '../model/index.ts';

/** How many values of a list a message shows. */
const LISTED = 10;
/** The longest text of a value in a message. */
const SHOWN = 200;

/** What two collections differ by. */
export interface Difference<T> {
  /** Expected and not there. */
  readonly missing: readonly T[];
  /** There and not expected. */
  readonly extra: readonly T[];
}

/**
 * A text that is the same for equal values, by the rules that keys are compared by: bigint, Date, Map, Set, bytes and NaN
 * count by value, the order of fields does not count. Undefined for what has no such text: functions, errors, and
 * instances whose contents are hidden.
 */
export function textOf(value: unknown): string | undefined {
  try {
    // As a part it may be undefined, as a whole key it may not.
    return encodeKey([value]);
  } catch (error) {
    if (error instanceof KeyError) return undefined;
    throw error;
  }
}

/** Whether two values are equal, as assertions see it. */
export function isEqual(a: unknown, b: unknown): boolean {
  const text = textOf(a);
  return text === undefined ? isDeepStrictEqual(a, b) : text === textOf(b);
}

/** Compares two collections without regard to order; an element that is there twice is expected twice. */
export function difference<T>(actual: readonly T[], expected: readonly T[]): Difference<T> {
  const missing: T[] = [];
  const byText = new Map<string, T[]>();
  const hidden: T[] = [];
  for (const value of actual) {
    const text = textOf(value);
    const same = text === undefined ? hidden : byText.get(text);
    if (same !== undefined) same.push(value);
    else byText.set(text as string, [value]); // an undefined text has `hidden`
  }
  for (const value of expected) {
    const text = textOf(value);
    const same = text === undefined ? hidden : (byText.get(text) ?? []);
    // All values of one text are equal; the hidden ones are compared one by one.
    const at = text === undefined ? same.findIndex((other) => isDeepStrictEqual(other, value)) : same.length - 1;
    if (at < 0) missing.push(value);
    else same.splice(at, 1);
  }
  return { missing, extra: [...[...byText.values()].flat(), ...hidden] };
}

/** Shows a value so that values of different types look different: `1`, `1n`, `'1'`. */
export function show(value: unknown): string {
  const text = inspect(value, {
    depth: 6,
    breakLength: Number.POSITIVE_INFINITY,
    compact: true,
    maxStringLength: SHOWN,
  });
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}

/** Shows some values and how many there are: `2: 1, 'a'`, or `none`. */
export function showList(values: readonly unknown[]): string {
  if (values.length === 0) return 'none';
  const more = values.length > LISTED ? ` and ${values.length - LISTED} more` : '';
  return `${values.length}: ${values.slice(0, LISTED).map(show).join(', ')}${more}`;
}
