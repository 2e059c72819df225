import type { Coder } from '../coder.ts';
import { decodeStructural } from './structural-decode.ts';
import { encodeStructural } from './structural-encode.ts';

/**
 * The coder of values whose type nobody declared: any plain data, each value behind a byte that says its kind.
 *
 * Takes null, undefined, booleans, every number and bigint, strings, Dates, arrays (holes too), plain objects (also without
 * prototype), Maps, Sets, Buffers, ArrayBuffers and typed arrays, nested up to 100 levels. An iterable of the engine comes
 * back as an array. Equal values have equal bytes: fields are written sorted by name, and neither the order of a Map's
 * entries nor of a Set's members matters. Fields named by symbols are not written.
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
 * The same in the order of the value itself, so that fields, entries and members come back in the order they had. Faster,
 * and not deterministic.
 */
export const orderedStructuralCoder: Coder<unknown> = {
  name: 'structural',
  isDeterministic: false,
  encode: (value, writer) => encodeStructural(value, writer, false),
  decode: decodeStructural,
};
