// Keys of grouping: when two are equal, how they stand in a Map, how they hash. key-text.ts defines equality by a canonical
// text, key-encoder.ts writes the same text faster, key-hash.ts chooses partitions.
import { COMPOUND, encodeKey } from './key-text.ts';

export { type KeyEncoder, keyEncoder } from './key-encoder.ts';
export { hashKey } from './key-hash.ts';
export { encodeKey, KeyError } from './key-text.ts';

/** A key that a Map compares just as Viga compares keys: no text is needed for it. */
export type PrimitiveKey = string | number | bigint | boolean | null;

/**
 * Says whether a value is a number, string, bigint, boolean or null, which a Map can hold as they are: `1`, `'1'`, `1n` and
 * `true` differ there, `-0` is `0` and NaN equals NaN, as in the canonical text.
 */
export function isPrimitiveKey(value: unknown): value is PrimitiveKey {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'bigint':
    case 'boolean':
      return true;
    default:
      return value === null;
  }
}

/**
 * Gives a key the form in which one Map can hold keys of all kinds: a primitive as it is, anything else as its canonical
 * text, which begins with NUL. A string that itself begins with NUL gets one more, so none is taken for an object.
 *
 * `encode` is `encodeKey` or the function of a `keyEncoder`, which writes the same text faster.
 *
 * @throws KeyError for a value that cannot be a key.
 */
export function tableKey(value: unknown, encode: (value: unknown) => string = encodeKey): PrimitiveKey {
  if (typeof value === 'string') return value.charCodeAt(0) === 0 ? COMPOUND + value : value;
  return isPrimitiveKey(value) ? value : encode(value);
}
