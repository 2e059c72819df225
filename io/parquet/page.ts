import { crc32 } from 'node:zlib';
import type { Decompress, ParquetLimits } from './decompress.ts';
import { checkPageSize, decompressPage } from './decompress.ts';
import type { DeltaDecoders } from './delta.ts';
import type { LeafDecoder } from './leaf-values.ts';
import type { ParquetPlace } from './parquet-error.ts';
import { ParquetError } from './parquet-error.ts';
import type { Values } from './plain.ts';
import { decodeByteStreamSplit, decodePlain } from './plain.ts';
import { decodeRle } from './rle.ts';
import type { ThriftStruct } from './thrift.ts';
import { countAt, numberAt, structAt } from './thrift.ts';

/** What all pages of a column chunk share. */
export interface ChunkContext {
  readonly decoder: LeafDecoder;
  readonly maxDefinition: number;
  readonly maxRepetition: number;
  readonly decompress: Decompress;
  readonly delta: DeltaDecoders;
  readonly limits: ParquetLimits;
  readonly place: ParquetPlace;
}

/** A decoded data page. Levels are undefined where all are at their maximum, or all 0. */
export interface Page {
  /** Values with the nulls, which `values` leaves out. */
  readonly count: number;
  readonly definition: Uint8Array | undefined;
  readonly repetition: Uint8Array | undefined;
  readonly values: Values;
}

/** A page header of the format, with the sizes checked. */
export interface PageHeader {
  readonly kind: 'data' | 'data-v2' | 'dictionary' | 'other';
  readonly compressed: number;
  readonly uncompressed: number;
  readonly fields: ThriftStruct;
  readonly crc: number | undefined;
}

const KINDS = ['data', 'other', 'dictionary', 'data-v2'] as const;

/** Checks a header before anything of its page is allocated. Throws RangeError, or ParquetError past the limits. */
export function pageHeader(header: ThriftStruct, context: ChunkContext): PageHeader {
  const kind = KINDS[numberAt(header, 1) ?? -1] ?? 'other';
  const uncompressed = countAt(header, 2, 'the size of a page');
  const compressed = countAt(header, 3, 'the stored size of a page');
  checkPageSize(uncompressed, compressed, context);
  const fields = structAt(header, { data: 5, dictionary: 7, 'data-v2': 8, other: 6 }[kind]) ?? [];
  return { kind, compressed, uncompressed, fields, crc: numberAt(header, 4) };
}

/** Compares a page with its checksum, where the writer left one. */
export function checkCrc(bytes: Uint8Array, { crc }: PageHeader): void {
  if (crc !== undefined && crc32(bytes) !== crc >>> 0) throw new RangeError('a page does not match its checksum');
}

/** Decodes the page of the values that the other pages refer to. */
export function decodeDictionary(bytes: Uint8Array, header: PageHeader, context: ChunkContext): Values {
  const count = valueCount(header.fields, context);
  const page = decompressPage(bytes, header.uncompressed, context);
  return decodePlain(page, count, context.decoder);
}

function valueCount(fields: ThriftStruct, { limits, place }: ChunkContext): number {
  const count = countAt(fields, 1, 'the number of values of a page');
  if (count <= limits.pageValues) return count;
  throw new ParquetError(
    'too-large',
    place,
    `a page has ${count} values, but at most ${limits.pageValues} are read. A few bytes can claim any number of equal values and exhaust the memory. If the file is sound, write it with smaller pages or raise limits.pageValues.`,
  );
}

/** Decodes a data page of the first version: levels and values are compressed together. */
export function decodeDataPage(
  bytes: Uint8Array,
  header: PageHeader,
  parts: { context: ChunkContext; dictionary: Values | undefined },
): Page {
  const { context, dictionary } = parts;
  const { fields } = header;
  const count = valueCount(fields, context);
  const page = decompressPage(bytes, header.uncompressed, context);
  let at = 0;
  const levels = (max: number, encoding: number | undefined): Uint8Array | undefined => {
    if (max === 0) return undefined;
    if (encoding !== ENCODING.rle) throw unsupported(context, `levels in the encoding number ${encoding}`);
    const length = uint32At(page, at);
    if (at + 4 + length > page.length) throw new RangeError('levels go past the end of a page');
    const decoded = decodeLevels(page.subarray(at + 4, at + 4 + length), max, count);
    at += 4 + length;
    return decoded;
  };
  const repetition = levels(context.maxRepetition, numberAt(fields, 4));
  const definition = levels(context.maxDefinition, numberAt(fields, 3));
  const encoding = numberAt(fields, 2);
  const present = presentCount(definition, context.maxDefinition, count);
  const values = decodeValues(page.subarray(at), { count: present, encoding, dictionary, context });
  return { count, definition: present === count ? undefined : definition, repetition, values };
}

/** Decodes a data page of the second version: levels stand before the compressed values. */
export function decodeDataPageV2(
  bytes: Uint8Array,
  header: PageHeader,
  parts: { context: ChunkContext; dictionary: Values | undefined },
): Page {
  const { context, dictionary } = parts;
  const { fields } = header;
  const count = valueCount(fields, context);
  const definitionBytes = countAt(fields, 5, 'the size of the levels');
  const repetitionBytes = countAt(fields, 6, 'the size of the levels');
  const levelBytes = definitionBytes + repetitionBytes;
  if (levelBytes > bytes.length || levelBytes > header.uncompressed)
    throw new RangeError('levels go past the end of a page');
  const repetition =
    context.maxRepetition === 0
      ? undefined
      : decodeLevels(bytes.subarray(0, repetitionBytes), context.maxRepetition, count);
  const definition =
    context.maxDefinition === 0
      ? undefined
      : decodeLevels(bytes.subarray(repetitionBytes, levelBytes), context.maxDefinition, count);
  const stored = bytes.subarray(levelBytes);
  const isCompressed = fields[7] !== false;
  const page = isCompressed ? decompressPage(stored, header.uncompressed - levelBytes, context) : stored;
  const encoding = numberAt(fields, 4);
  const present = presentCount(definition, context.maxDefinition, count);
  const values = decodeValues(page, { count: present, encoding, dictionary, context });
  return { count, definition: present === count ? undefined : definition, repetition, values };
}

function decodeLevels(bytes: Uint8Array, max: number, count: number): Uint8Array {
  const levels = new Uint8Array(count);
  decodeRle(bytes, 32 - Math.clz32(max), levels);
  return levels;
}

function presentCount(definition: Uint8Array | undefined, max: number, count: number): number {
  if (definition === undefined) return count;
  let present = 0;
  for (let index = 0; index < count; index++) {
    const level = definition[index] ?? 0;
    if (level > max) throw new RangeError(`a definition level is ${level}, but ${max} is the highest`);
    if (level === max) present++;
  }
  return present;
}

const ENCODING = {
  plain: 0,
  plainDictionary: 2,
  rle: 3,
  deltaBinary: 5,
  deltaLength: 6,
  deltaBytes: 7,
  rleDictionary: 8,
  split: 9,
} as const;

interface ValuesTask {
  readonly count: number;
  readonly encoding: number | undefined;
  readonly dictionary: Values | undefined;
  readonly context: ChunkContext;
}

function decodeValues(bytes: Uint8Array, { count, encoding, dictionary, context }: ValuesTask): Values {
  const { decoder, delta, limits } = context;
  if (count === 0) return [];
  switch (encoding) {
    case ENCODING.plain:
      return decodePlain(bytes, count, decoder);
    case ENCODING.plainDictionary:
    case ENCODING.rleDictionary:
      return fromDictionary(bytes, count, dictionary);
    case ENCODING.rle:
      return runLengthBooleans(bytes, count, decoder);
    case ENCODING.deltaBinary:
      if (decoder.physical !== 'INT32' && decoder.physical !== 'INT64') break;
      return delta.binaryPacked(bytes, count, decoder);
    case ENCODING.deltaLength:
      if (decoder.physical !== 'BYTE_ARRAY') break;
      return delta.lengthByteArray(bytes, count, decoder);
    case ENCODING.deltaBytes:
      if (decoder.physical !== 'BYTE_ARRAY' && decoder.physical !== 'FIXED_LEN_BYTE_ARRAY') break;
      return delta.byteArray(bytes, count, { decoder, maxBytes: limits.pageBytes });
    case ENCODING.split:
      return decodeByteStreamSplit(bytes, count, decoder);
  }
  throw unsupported(context, `${decoder.physical} values in the encoding number ${encoding}`);
}

function fromDictionary(bytes: Uint8Array, count: number, dictionary: Values | undefined): unknown[] {
  const width = bytes[0];
  if (dictionary === undefined || width === undefined)
    throw new RangeError('values refer to a dictionary that is not there');
  const indexes = new Uint32Array(count);
  decodeRle(bytes.subarray(1), width, indexes);
  const values = new Array<unknown>(count);
  for (let at = 0; at < count; at++) {
    const index = indexes[at] ?? 0;
    if (index >= dictionary.length) throw new RangeError(`value ${index} of a dictionary of ${dictionary.length}`);
    values[at] = dictionary[index];
  }
  return values;
}

function runLengthBooleans(bytes: Uint8Array, count: number, { physical }: LeafDecoder): boolean[] {
  if (physical !== 'BOOLEAN') throw new RangeError(`${physical} values as runs`);
  const length = uint32At(bytes, 0);
  const bits = new Uint8Array(count);
  decodeRle(bytes.subarray(4, 4 + length), 1, bits);
  return Array.from(bits, (bit) => bit === 1);
}

function uint32At(bytes: Uint8Array, at: number): number {
  if (at + 4 > bytes.length) throw new RangeError('a page ends before its levels');
  return new DataView(bytes.buffer, bytes.byteOffset + at, 4).getUint32(0, true);
}

function unsupported({ place }: ChunkContext, what: string): ParquetError {
  return new ParquetError(
    'unsupported',
    place,
    `it has ${what}. Viga does not read these. Write the file with plain, dictionary or delta encoding.`,
  );
}
