/**
 * The first byte of each value in the structural form: what kind of value follows. The numbers are written to disk and
 * never change their meaning.
 */
export const TAG = {
  undefined: 0,
  null: 1,
  true: 2,
  false: 3,
  number: 4,
  bigint: 5,
  string: 6,
  date: 7,
  array: 8,
  hole: 9,
  object: 10,
  nullObject: 11,
  map: 12,
  set: 13,
  bytes: 14,
  buffer: 15,
  arrayBuffer: 16,
  typedArray: 17,
} as const;

/** The typed arrays besides Uint8Array; a byte after the tag is the index. New ones go to the end. */
export const TYPED_ARRAYS = [
  Int8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
] as const;

/** Deeper nesting than this is taken for a cycle when writing, for damage when reading. */
export const MAX_DEPTH = 100;
