import fc from 'fast-check';

/** Any plain data, with all that is odd in JavaScript, as fast-check makes it. */
export const plainData = fc.anything({
  withBigInt: true,
  withMap: true,
  withSet: true,
  withTypedArray: true,
  withSparseArray: true,
  withNullPrototype: true,
  key: fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'toString', 'length', '1', '')),
  values: [
    fc.oneof(
      fc.boolean(),
      // Node 22's deepStrictEqual takes two invalid Dates for different.
      fc.date({ noInvalidDate: true }),
      fc.integer(),
      fc.double(),
      fc.constantFrom<unknown>(-0, null, undefined, '\ud800', 'Grüße', '日本'),
      fc.string({ unit: 'binary' }),
    ),
  ],
});

/** The value with its fields, entries and members in the opposite order, all the way down. */
export function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return Object.keys(value).length < value.length ? value : value.map(reversed);
  if (value instanceof Map) return new Map([...value].reverse().map(([key, one]) => [reversed(key), reversed(one)]));
  if (value instanceof Set) return new Set([...value].reverse().map(reversed));
  if (typeof value !== 'object' || value === null) return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  const fields = Object.entries(value).reverse();
  const copy = Object.fromEntries(fields.map(([name, one]) => [name, reversed(one)]));
  return prototype === null ? Object.setPrototypeOf(copy, null) : copy;
}
