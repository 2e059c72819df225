import type { Coder } from '../coder.ts';
import { decodeStructural } from './structural-decode.ts';
import { encodeStructural } from './structural-encode.ts';

/**
 * The coder of values whose type nobody declared: any plain data, each value behind a byte that says its kind.
 *
 * Takes null, undefined, booleans, numbers, bigints, strings, Dates, arrays, plain objects, Maps, Sets, bytes, ArrayBuffers
 * and typed arrays, nested up to 100 levels; an iterable of the engine comes back as an array. Its bytes are equal exactly
 * when values are equal as keys: the order of fields, entries and members does not count, and where equal values differ
 * one form comes back (`0` for `-0`, no field for an undefined one, undefined for a hole, a Uint8Array for a Buffer, an
 * ordinary object for one without prototype). Fields named by symbols are not written.
 *
 * @throws CoderError, with the path of the part, for functions, promises, symbols, instances of classes and values that
 * refer to themselves.
 * @example
 * import assert from 'node:assert/strict';
 * import { fromBytes, structuralCoder, toBytes } from 'viga';
 * const value = { name: 'Ana', seen: new Date(0), tags: new Set(['a', 'b']) };
 * assert.deepEqual(fromBytes(structuralCoder, toBytes(structuralCoder, value)), value);
 */
export const structuralCoder: Coder<unknown> = {
  name: 'structural',
  isDeterministic: true,
  encode: (value, writer) => encodeStructural(value, writer, true),
  decode: decodeStructural,
};

/**
 * The same for values that must come back exactly: fields, entries and members in the order they had, `-0`, holes, Buffers
 * and prototypes of null as they were. Faster, and not deterministic.
 */
export const exactCoder: Coder<unknown> = {
  name: 'structural',
  isDeterministic: false,
  encode: (value, writer) => encodeStructural(value, writer, false),
  decode: decodeStructural,
};
