import type { LeafDecoder } from './leaf-values.ts';

/** Values of a page, without its nulls. */
export type Values = ArrayLike<unknown>;

/** Decodes `count` values in the encoding PLAIN. Throws RangeError where the bytes end too soon. */
export function decodePlain(bytes: Uint8Array, count: number, decoder: LeafDecoder): Values {
  switch (decoder.physical) {
    case 'BOOLEAN':
      return booleans(bytes, count);
    case 'INT32':
      return converted(new Int32Array(aligned(bytes, count * 4)), decoder);
    case 'INT64':
      return converted(new BigInt64Array(aligned(bytes, count * 8)), decoder);
    case 'INT96':
      return int96(bytes, count, decoder);
    case 'FLOAT':
      return new Float32Array(aligned(bytes, count * 4));
    case 'DOUBLE':
      return new Float64Array(aligned(bytes, count * 8));
    case 'BYTE_ARRAY':
      return byteArrays(bytes, count, decoder);
    case 'FIXED_LEN_BYTE_ARRAY':
      return fixedByteArrays(bytes, count, decoder);
    default:
      return decoder.physical satisfies never;
  }
}

/** Applies the leaf's conversion, where it has one. */
export function converted(stored: Int32Array | BigInt64Array | bigint[], { fromNumber }: LeafDecoder): Values {
  if (fromNumber === undefined) return stored;
  const values = new Array<unknown>(stored.length);
  for (let index = 0; index < stored.length; index++) values[index] = fromNumber(stored[index] as number | bigint);
  return values;
}

/** A copy, because numbers in a page stand at any place but typed arrays only at multiples of their size. */
function aligned(bytes: Uint8Array, length: number): ArrayBuffer {
  needed(bytes, length);
  const copy = new Uint8Array(length);
  copy.set(bytes.subarray(0, length));
  return copy.buffer;
}

function needed(bytes: Uint8Array, length: number): void {
  if (bytes.length < length)
    throw new RangeError(`values of ${length} bytes are wanted, but ${bytes.length} are there`);
}

function booleans(bytes: Uint8Array, count: number): boolean[] {
  needed(bytes, Math.ceil(count / 8));
  const values = new Array<boolean>(count);
  for (let index = 0; index < count; index++) values[index] = (((bytes[index >> 3] ?? 0) >> (index & 7)) & 1) === 1;
  return values;
}

function int96(bytes: Uint8Array, count: number, decoder: LeafDecoder): Values {
  needed(bytes, count * 12);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const stored = new Array<bigint>(count);
  for (let index = 0; index < count; index++) {
    stored[index] = (BigInt(view.getInt32(index * 12 + 8, true)) << 64n) | view.getBigUint64(index * 12, true);
  }
  return converted(stored, decoder);
}

export const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function byteArrays(bytes: Uint8Array, count: number, { fromBytes }: LeafDecoder): unknown[] {
  const page = asBuffer(bytes);
  // Each value has at least its length, so the count is bounded by the page before it is allocated.
  needed(bytes, count * 4);
  const values = new Array<unknown>(count);
  let at = 0;
  for (let index = 0; index < count; index++) {
    if (at + 4 > page.length) throw new RangeError('the values end too soon');
    const end = at + 4 + page.readUInt32LE(at);
    if (end > page.length) throw new RangeError(`a value of ${end - at - 4} bytes goes past the end`);
    values[index] = fromBytes(page, at + 4, end);
    at = end;
  }
  return values;
}

function fixedByteArrays(bytes: Uint8Array, count: number, { length, fromBytes }: LeafDecoder): unknown[] {
  needed(bytes, count * length);
  const page = asBuffer(bytes);
  const values = new Array<unknown>(count);
  for (let index = 0; index < count; index++) values[index] = fromBytes(page, index * length, (index + 1) * length);
  return values;
}

/** Decodes BYTE_STREAM_SPLIT: the plain form with all first bytes first, then all second bytes, and so on. */
export function decodeByteStreamSplit(bytes: Uint8Array, count: number, decoder: LeafDecoder): Values {
  const width = splitWidth(decoder);
  needed(bytes, count * width);
  const plain = new Uint8Array(count * width);
  for (let byte = 0; byte < width; byte++) {
    for (let index = 0; index < count; index++) plain[index * width + byte] = bytes[byte * count + index] ?? 0;
  }
  return decodePlain(plain, count, decoder);
}

function splitWidth({ physical, length }: LeafDecoder): number {
  if (physical === 'INT32' || physical === 'FLOAT') return 4;
  if (physical === 'INT64' || physical === 'DOUBLE') return 8;
  if (physical === 'FIXED_LEN_BYTE_ARRAY') return length;
  throw new RangeError(`${physical} values are split by bytes`);
}
