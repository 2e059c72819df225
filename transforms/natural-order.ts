import { encodeKey, KeyError } from '../model/index.ts';

/** Says which of two comes first: negative if `a` does, positive if `b` does. */
export type Comparator<in T> = (a: T, b: T) => number;

/** What has an order of its own; values of one type only can be compared. */
export type Comparable = number | string | bigint | boolean | Date;

/** The order by `<`: numbers and dates by size, NaN below all, texts by code units. */
export function naturalOrder(a: Comparable, b: Comparable): number {
  if (a < b) return -1;
  if (a > b) return 1;
  // NaN is neither; it needs a place, or the result would depend on what came first.
  const aIsNaN = a !== a;
  const bIsNaN = b !== b;
  return aIsNaN === bIsNaN ? 0 : aIsNaN ? -1 : 1;
}

/** An order in which only equal values tie: those that `compare` leaves level are put in order by their canonical text. */
export const totalOrder =
  <T>(compare: Comparator<T>): Comparator<T> =>
  (a, b) => {
    const order = compare(a, b);
    if (order !== 0 || a === b) return order;
    const aText = textOf(a);
    const bText = textOf(b);
    return aText < bText ? -1 : aText > bText ? 1 : 0;
  };

function textOf(value: unknown): string {
  try {
    return encodeKey([value]);
  } catch (error) {
    // A value that has no text stays level with others of its kind.
    if (error instanceof KeyError) return '';
    throw error;
  }
}
