import { encodeKey, KeyError, showValue } from '../model/index.ts';

/** Says which of two comes first: negative if `a` does, positive if `b` does. */
export type Comparator<in T> = (a: T, b: T) => number;

/** What has an order of its own; values of one type only can be compared. */
export type Comparable = number | string | bigint | boolean | Date;

/**
 * The order by `<`: numbers and dates by size, NaN below all, texts by code units.
 *
 * @throws TypeError for two values of different types: by `<` they would have an order, but not one that holds together.
 */
export function naturalOrder(a: Comparable, b: Comparable): number {
  if (typeof a !== typeof b || a === null || b === null) {
    throw new TypeError(
      `${showValue(a)} and ${showValue(b)} have no order. Values of one type have. Pass a comparator, or filter such values before.`,
    );
  }
  if (a < b) return -1;
  if (a > b) return 1;
  // NaN is neither; it needs a place, or the result would depend on what came first.
  const aIsNaN = a !== a;
  const bIsNaN = b !== b;
  return aIsNaN === bIsNaN ? 0 : aIsNaN ? -1 : 1;
}

/** The same order; what is no order ends the run. */
export const checkedOrder =
  <T>(compare: Comparator<T>): Comparator<T> =>
  (a, b) => {
    const order: unknown = compare(a, b);
    if (typeof order === 'number' && order === order) return order;
    throw new TypeError(
      `the comparator returned ${showValue(order)} for ${showValue(a)} and ${showValue(b)}. The order would be left to chance. Return a number, synchronously: negative, 0 or positive.`,
    );
  };

/** An order in which only equal values tie: those that `compare` leaves level are put in order by their canonical text. */
export function totalOrder<T>(compare: Comparator<T>): Comparator<T> {
  const checked = checkedOrder(compare);
  return (a, b) => {
    const order = checked(a, b);
    if (order !== 0 || a === b) return order;
    const aText = textOf(a);
    const bText = textOf(b);
    return aText < bText ? -1 : aText > bText ? 1 : 0;
  };
}

function textOf(value: unknown): string {
  try {
    return encodeKey([value]);
  } catch (error) {
    // A value that has no text stays level with others of its kind.
    if (error instanceof KeyError) return '';
    throw error;
  }
}
