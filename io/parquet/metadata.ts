import type { ParquetPlace } from './parquet-error.ts';
import { corrupt, ParquetError } from './parquet-error.ts';
import type { ByteSource } from './ports.ts';
import type { ThriftStruct } from './thrift.ts';
import { bytesAt, countAt, numberAt, numbersAt, structAt, structsAt, ThriftReader, textAt, textsAt } from './thrift.ts';

/** An element of the schema as the footer has it: a tree in preorder. */
export interface FooterElement {
  readonly name: string;
  /** Index into the format's physical types; undefined for a group. */
  readonly physical: number | undefined;
  readonly length: number;
  readonly repetition: 'required' | 'optional' | 'repeated';
  readonly children: number;
  /** Index into the format's converted types. */
  readonly converted: number | undefined;
  readonly scale: number;
  readonly precision: number;
  /** The id of the set member of the LogicalType union, and its struct. */
  readonly logical: { readonly id: number; readonly fields: ThriftStruct } | undefined;
}

/** Statistics as they stand in the file: bounds are plain-encoded bytes. */
export interface FooterStatistics {
  readonly min: Uint8Array | undefined;
  readonly max: Uint8Array | undefined;
  /** The older bounds, whose order is only sure for signed numbers. */
  readonly signedMin: Uint8Array | undefined;
  readonly signedMax: Uint8Array | undefined;
  readonly nullCount: number | undefined;
}

/** The values of one leaf column in one row group. */
export interface FooterChunk {
  readonly path: readonly string[];
  readonly physical: number;
  readonly codec: number;
  /** The numbers of the encodings that its pages use. */
  readonly encodings: readonly number[];
  readonly values: number;
  readonly start: number;
  readonly compressedBytes: number;
  readonly uncompressedBytes: number;
  readonly statistics: FooterStatistics | undefined;
}

export interface FooterRowGroup {
  readonly rows: number;
  readonly chunks: readonly FooterChunk[];
}

/** What the footer says of a file. */
export interface Footer {
  readonly rows: number;
  readonly elements: readonly FooterElement[];
  readonly rowGroups: readonly FooterRowGroup[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly createdBy: string | undefined;
}

const MAGIC = 0x31524150; // 'PAR1'
const ENCRYPTED_MAGIC = 0x45524150; // 'PARE'
/** Enough for most footers, and one small read. */
const FIRST_READ = 32 * 1024;

/** Reads the footer with one small read at the end of the file, and a second one only where it is larger. */
export async function readFooter(source: ByteSource, place: ParquetPlace): Promise<Footer> {
  const { byteLength } = source;
  if (byteLength < 12) {
    throw new ParquetError(
      'not-parquet',
      place,
      `it has ${byteLength} bytes, but the smallest Parquet file has 12. ${WRONG_FILE}`,
    );
  }
  const start = Math.max(0, byteLength - FIRST_READ);
  const tail = await readBytes(source, [start, byteLength], place);
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength);
  const magic = view.getUint32(tail.length - 4, true);
  if (magic !== MAGIC) throw await notParquet(source, magic, place);
  const length = view.getUint32(tail.length - 8, true);
  if (length > byteLength - 12)
    throw corrupt(place, `the footer claims ${length} bytes, but the file has ${byteLength}`);
  const end = byteLength - 8;
  const bytes =
    end - length >= start
      ? tail.subarray(end - length - start, end - start)
      : await readBytes(source, [end - length, end], place);
  try {
    return footerOf(new ThriftReader(bytes).struct());
  } catch (error) {
    // The decoders throw RangeError for bytes that make no sense.
    if (error instanceof RangeError) throw corrupt(place, `the footer can't be read: ${error.message}`, error);
    throw error;
  }
}

const WRONG_FILE = 'Check the path and the format, or leave the file out';

async function notParquet(source: ByteSource, magic: number, place: ParquetPlace): Promise<ParquetError> {
  if (magic === ENCRYPTED_MAGIC) {
    return new ParquetError(
      'unsupported',
      place,
      'the footer is encrypted. Viga has no keys for it. Write the file without encryption.',
    );
  }
  const head = await readBytes(source, [0, 4], place);
  const startsRight = new DataView(head.buffer, head.byteOffset, 4).getUint32(0, true) === MAGIC;
  if (startsRight) {
    return new ParquetError(
      'truncated',
      place,
      'it starts as a Parquet file but has no footer at its end. It was cut, or its writer never closed it. Copy or write it again.',
    );
  }
  return new ParquetError(
    'not-parquet',
    place,
    `it does not end with the mark PAR1. Every Parquet file does. ${WRONG_FILE}.`,
  );
}

/** Reads a range; fewer bytes than asked for mean that the file was cut while it was read. */
export async function readBytes(
  source: ByteSource,
  [start, end]: readonly [number, number],
  place: ParquetPlace,
): Promise<Uint8Array> {
  const got = await source.slice(start, end);
  const bytes = got instanceof Uint8Array ? got : new Uint8Array(got);
  if (bytes.length === end - start) return bytes;
  throw new ParquetError(
    'truncated',
    place,
    `bytes ${start} to ${end} were asked for, but ${bytes.length} came. The file changed while it was read. Read it again when its writer is done.`,
  );
}

function footerOf(fields: ThriftStruct): Footer {
  return {
    elements: structsAt(fields, 2, 'the schema').map(elementOf),
    rows: countAt(fields, 3, 'the number of rows'),
    rowGroups: structsAt(fields, 4, 'the list of row groups').map(rowGroupOf),
    metadata: metadataOf(fields),
    createdBy: textAt(fields, 6),
  };
}

function elementOf(fields: ThriftStruct): FooterElement {
  const logical = structAt(fields, 10);
  const id = logical?.findIndex((value) => value !== undefined) ?? -1;
  const repetition = numberAt(fields, 3);
  return {
    name: textAt(fields, 4) ?? '',
    physical: numberAt(fields, 1),
    length: numberAt(fields, 2) ?? 0,
    repetition: repetition === 1 ? 'optional' : repetition === 2 ? 'repeated' : 'required',
    children: fields[5] === undefined ? 0 : countAt(fields, 5, 'the number of children'),
    converted: numberAt(fields, 6),
    scale: numberAt(fields, 7) ?? 0,
    precision: numberAt(fields, 8) ?? 0,
    logical: logical === undefined || id < 0 ? undefined : { id, fields: structAt(logical, id) ?? [] },
  };
}

function rowGroupOf(fields: ThriftStruct): FooterRowGroup {
  return {
    chunks: structsAt(fields, 1, 'the list of columns').map(chunkOf),
    rows: countAt(fields, 3, 'the number of rows of a row group'),
  };
}

function chunkOf(fields: ThriftStruct): FooterChunk {
  if (fields[1] !== undefined) throw new RangeError('a column lies in another file, which is not supported');
  const meta = structAt(fields, 3);
  if (meta === undefined) throw new RangeError('a column has no description, or is encrypted');
  const data = countAt(meta, 9, 'the place of a column');
  const dictionary = numberAt(meta, 11);
  return {
    path: textsAt(meta, 3, 'the path of a column'),
    physical: countAt(meta, 1, 'the type of a column'),
    codec: countAt(meta, 4, 'the codec of a column'),
    encodings: numbersAt(meta, 2),
    values: countAt(meta, 5, 'the number of values'),
    // Some writers set the dictionary's place to 0 where there is none.
    start: dictionary !== undefined && dictionary > 0 && dictionary < data ? dictionary : data,
    uncompressedBytes: countAt(meta, 6, 'the size of a column'),
    compressedBytes: countAt(meta, 7, 'the size of a column'),
    statistics: statisticsOf(structAt(meta, 12)),
  };
}

function statisticsOf(fields: ThriftStruct | undefined): FooterStatistics | undefined {
  if (fields === undefined) return undefined;
  return {
    min: bytesAt(fields, 6),
    max: bytesAt(fields, 5),
    signedMin: bytesAt(fields, 2),
    signedMax: bytesAt(fields, 1),
    nullCount: numberAt(fields, 3),
  };
}

function metadataOf(fields: ThriftStruct): Record<string, string> {
  const metadata: Record<string, string> = Object.create(null);
  if (fields[5] === undefined) return metadata;
  for (const pair of structsAt(fields, 5, 'the key-value pairs')) {
    const key = textAt(pair, 1);
    if (key !== undefined) metadata[key] = textAt(pair, 2) ?? '';
  }
  return metadata;
}
