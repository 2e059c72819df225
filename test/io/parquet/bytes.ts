import type { InputFile } from '../../../io/files/index.ts';
import { column } from '../../../io/parquet/index.ts';
import { parquetFormat, type ReadFormatSpec } from '../../../io/parquet/read-format.ts';
import { parquetWriteFormat } from '../../../io/parquet/write-format.ts';
import { nodeHost } from '../../../host/index.ts';
import { OffsetTracker, type SourceContext, type SourceOutput } from '../../../model/index.ts';

/** A file in memory that counts what is read of it. */
export interface MemoryFile extends InputFile {
  readonly readBytes: number;
}

export function memoryFile(bytes: Uint8Array, relativePath = 'rows.parquet'): MemoryFile {
  let readBytes = 0;
  return {
    path: `/data/${relativePath}`,
    relativePath,
    size: bytes.length,
    isRandomAccess: true,
    get readBytes() {
      return readBytes;
    },
    async read(into, offset, length, position) {
      const part = bytes.subarray(position, position + length);
      into.set(part, offset);
      readBytes += part.length;
      return part.length;
    },
    async *chunks() {
      yield bytes;
    },
  };
}

type WriteSpec = Partial<Parameters<typeof parquetWriteFormat>[0]>;

/** The bytes of a file with these rows, given to the writer in batches. */
export async function fileOf(rows: readonly unknown[], spec: WriteSpec = {}, batch = 1000): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  const out = { write: (bytes: Uint8Array) => void parts.push(bytes.slice()) };
  const writer = parquetWriteFormat({ leftOut: [], ...spec }).open(out, { path: '/out/rows.parquet', step: 'Write' });
  for (let at = 0; at < rows.length; at += batch) await writer.write(rows.slice(at, at + batch));
  await writer.close();
  return new Uint8Array(Buffer.concat(parts));
}

export interface Read {
  readonly rows: unknown[];
  readonly batches: number[];
  readonly rejected: { readonly record: unknown; readonly error: Error; readonly coordinate: string | undefined }[];
  readonly coordinates: string[];
}

const context: SourceContext = { host: nodeHost(), signal: new AbortController().signal, step: 'Read' };

/** What a reader gives of a file, or of the part of it in `range`. */
export async function readFile<T>(
  file: InputFile,
  spec: ReadFormatSpec<T> = {},
  range = { from: 0, to: file.size ?? 0 },
): Promise<Read> {
  const read: Read = { rows: [], batches: [], rejected: [], coordinates: [] };
  const output: SourceOutput<T> = {
    emit({ values, coordinate }) {
      read.rows.push(...values);
      read.batches.push(values.length);
      values.forEach((_value, index) => void read.coordinates.push(coordinate?.(index) ?? ''));
    },
    reject: (record, error, coordinate) => void read.rejected.push({ record, error, coordinate }),
    advanceWatermark() {},
    setIdle() {},
  };
  const tracker = new OffsetTracker(range);
  await parquetFormat<T>(spec).read(file, tracker, output, context);
  tracker.checkDone();
  return read;
}

/** The rows of a file in memory. */
export const rowsOf = async <T>(bytes: Uint8Array, spec: ReadFormatSpec<T> = {}): Promise<unknown[]> =>
  (await readFile(memoryFile(bytes), spec)).rows;

/** The parts that a file is divided into. */
export const split = async (bytes: Uint8Array, desired: number) =>
  parquetFormat({}).split?.(memoryFile(bytes), desired, context);

/** The message of the error that a promise ends with. */
export async function messageOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    return String(error);
  }
  throw new Error('there was no error');
}

/** Rows for tests that need many, and their columns. */
export const people = { id: column.int64(), city: column.nullable(column.string()), age: column.int32() };
export const rows = Array.from({ length: 10_000 }, (_, at) => ({
  id: BigInt(at),
  city: at % 10 === 0 ? null : `city ${at % 7}`,
  age: at % 90,
}));
