import { ConnectorError } from '../../model/index.ts';
import { damagedAt, type InputFile } from '../files/index.ts';
import { BOUND_PARSERS } from './decode-value.ts';
import { type FileSchema, fileSchema } from './file-schema.ts';
import { loadPackage } from './load-package.ts';

/** Enough for most footers, and one small read. */
const FIRST_READ = 32 * 1024;
/** The smallest file: the mark, a footer of nothing, its length, the mark. */
const LEAST_BYTES = 12;
const MAGIC = 'PAR1';
const WRONG_FILE = 'Check the path and the format, or leave the file out';

/**
 * Reads what a file says of itself, with one small read at its end, and a second one only where the footer is larger.
 *
 * @throws ConnectorError that names file and byte if it is no Parquet file, was cut, or has a footer that makes no sense.
 */
export async function readFooter(file: InputFile): Promise<FileSchema> {
  const { path, size } = file;
  if (!file.isRandomAccess || size === undefined) {
    throw new ConnectorError(
      path,
      'a Parquet file is read from its end, but this one is packed as a whole. Parquet compresses its pages itself. Unpack the file first.',
    );
  }
  if (size < LEAST_BYTES) {
    throw damagedAt(
      path,
      size,
      `the file ends here, but the smallest Parquet file has ${LEAST_BYTES} bytes. It was cut, or is of another format. ${WRONG_FILE}.`,
    );
  }
  const start = Math.max(0, size - FIRST_READ);
  const tail = await readBytes(file, start, size);
  if (text(tail, tail.length - 4) !== MAGIC) throw await withoutMark(file, size, text(tail, tail.length - 4));
  const length = new DataView(tail.buffer, tail.byteOffset + tail.length - 8).getUint32(0, true);
  if (length > size - LEAST_BYTES) {
    throw damaged(path, size - 8, `the footer claims ${length} bytes, but the file has ${size}`);
  }
  const from = size - 8 - length;
  const bytes = from >= start ? tail.subarray(from - start) : await readBytes(file, from, size);
  const { parquetMetadata } = await loadPackage('hyparquet', () => import('hyparquet'));
  try {
    return fileSchema(parquetMetadata(bytes, { parsers: BOUND_PARSERS, geoparquet: false }), size);
  } catch (cause) {
    throw damaged(path, from, `the footer can't be read: ${reason(cause)}`, cause);
  }
}

/**
 * The error for bytes that no Parquet writer would have written; `what` may hold names from the file, of any characters.
 */
export function damaged(path: string, byte: number, what: string, cause?: unknown): ConnectorError {
  const message = `${oneLine(what)}. The file is damaged or was cut. Write it again, or leave it out.`;
  return damagedAt(path, byte, message, cause === undefined ? {} : { cause });
}

/** The text without what would break a line of a log or a terminal. */
export const oneLine = (text: string): string => text.replace(/[\p{Cc}\u2028\u2029]/gu, '\ufffd');

/** Why something failed, in a few words. */
export const reason = (error: unknown): string =>
  error instanceof Error ? error.message.replace(/^parquet /, '').replace(/\.$/, '') : String(error);

async function withoutMark(file: InputFile, size: number, end: string): Promise<ConnectorError> {
  const { path } = file;
  if (end === 'PARE') {
    return damagedAt(
      path,
      size - 4,
      'the footer is encrypted. Viga has no keys for it. Write the file without encryption.',
    );
  }
  const head = await readBytes(file, 0, 4);
  if (text(head, 0) === MAGIC) {
    return damagedAt(
      path,
      size,
      `the file ends here without a footer, though it starts as a Parquet file. It was cut, or its writer never closed it. Copy or write it again.`,
    );
  }
  const isGzip = head[0] === 0x1f && head[1] === 0x8b;
  const fix = isGzip ? 'It is packed with gzip. Unpack it first' : `It is of another format. ${WRONG_FILE}`;
  return damagedAt(path, 0, `this is no Parquet file: it lacks the mark ${MAGIC} at its start and end. ${fix}.`);
}

const text = (bytes: Uint8Array, at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4));

/** Reads a range of a file; in a buffer of its own, so that it can be given to whoever wants an ArrayBuffer. */
export async function readBytes(file: InputFile, from: number, to: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(to - from);
  for (let at = 0; at < bytes.length; ) {
    const count = await file.read(bytes, at, bytes.length - at, from + at);
    if (count === 0) {
      throw new ConnectorError(
        file.path,
        `the file ended at byte ${from + at}, though it had ${file.size} bytes. Rows would be missing. Do not change files while they are read; run again.`,
      );
    }
    at += count;
  }
  return bytes;
}
