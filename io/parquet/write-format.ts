import type { SchemaElement } from 'hyparquet';
import type { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import { ElementError, PipelineError } from '../../model/index.ts';
import type { FormatWriter, OutputFile, WriteFormat, WriteFormatContext } from '../files/index.ts';
import { CODEC_NAMES, COMPRESSORS } from './codecs.ts';
import { type Field, fieldsOf, type ParquetSchema } from './column.ts';
import { ValueError } from './encode-value.ts';
import { inferColumns } from './infer-columns.ts';
import { loadPackage } from './load-package.ts';
import { RowBuffer, sizeOf } from './row-buffer.ts';
import { schemaElements } from './stored-type.ts';

/** How the pages of a file are compressed. */
export type ParquetCompression = 'zstd' | 'snappy' | 'gzip' | 'none';

/** How rows are written. */
export interface ParquetFileOptions {
  /** Default: 'zstd', the smallest and the fastest here. 'snappy' for the oldest readers. */
  readonly compression?: ParquetCompression;
  /**
   * A row group ends at this many rows. Default: 50,000. It ends sooner when its values take about 16 MiB, or less where
   * many files are open, so that all together stay within about 32 MiB.
   */
  readonly rowGroupSize?: number;
}

interface FormatSpec extends ParquetFileOptions {
  readonly columns?: ParquetSchema | undefined;
  /** Members of rows that are not written, because the path tells them. */
  readonly leftOut: readonly string[];
}

/** The most that a row group takes in memory; what those of all open files share; and the least it is cut to. */
const GROUP_BYTES = 16 * 1024 * 1024;
const SHARED_BYTES = 32 * 1024 * 1024;
const LEAST_BYTES = 64 * 1024;

/** Parquet for `writeFiles`. */
export function parquetWriteFormat<T>(spec: FormatSpec): WriteFormat<T> {
  const settings = settingsOf(spec);
  // A writer that was given up is never closed and goes on to be counted: row groups of later files are smaller then.
  const open = { files: 0 };
  return {
    name: 'WriteParquet',
    extension: '.parquet',
    open: (out, context) => new ParquetFormatWriter({ ...settings, out, context, open }),
  };
}

interface Settings {
  readonly codec: ParquetCompression;
  readonly rowGroupSize: number;
  /** undefined where the first rows tell. */
  readonly fields: readonly Field[] | undefined;
  readonly leftOut: ReadonlySet<string>;
}

function settingsOf({ compression = 'zstd', rowGroupSize = 50_000, columns, leftOut }: FormatSpec): Settings {
  if (!Object.hasOwn(CODEC_NAMES, compression)) {
    const choices = Object.keys(CODEC_NAMES).join(', ');
    throw new PipelineError(
      undefined,
      `writeParquet: compression is '${compression}'. Pages can't be written so. Use one of ${choices}.`,
    );
  }
  if (!Number.isInteger(rowGroupSize) || rowGroupSize < 1) {
    throw new PipelineError(
      undefined,
      `writeParquet: rowGroupSize is ${rowGroupSize}. It counts the rows of a row group. Pass a whole number from 1.`,
    );
  }
  const leftOutNames = new Set(leftOut);
  const fields = columns && fieldsOf(columns).filter(({ name }) => !leftOutNames.has(name));
  if (fields?.length === 0) {
    throw new PipelineError(
      undefined,
      'writeParquet: columns names none that is written. A file of no column can hold no rows. Name at least one beside the partition fields.',
    );
  }
  if (fields !== undefined) checkWritable(fields);
  return { codec: compression, rowGroupSize, fields, leftOut: leftOutNames };
}

function checkWritable(fields: readonly Field[]): void {
  try {
    schemaElements(fields);
    new RowBuffer(fields, 'declared', new Set());
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new PipelineError(undefined, `writeParquet: ${error.message}`, { cause: error });
  }
}

interface Parts extends Settings {
  readonly out: OutputFile;
  readonly context: WriteFormatContext;
  readonly open: { files: number };
}

/** What refuses rows that are no objects, before there are columns. */
const NO_COLUMNS = new RowBuffer([], 'declared', new Set());

function rethrow(_element: unknown, error: Error): never {
  throw error;
}

/** A started file: hyparquet-writer, the memory it writes to, and the rows that wait. */
interface Started {
  readonly file: ParquetWriter;
  readonly bytes: ByteWriter;
  readonly elements: SchemaElement[];
}

class ParquetFormatWriter<T> implements FormatWriter<T> {
  readonly #parts: Parts;
  #buffer: RowBuffer | undefined;
  /** Rows that will tell the columns. */
  #first: object[] = [];
  #firstBytes = 0;
  #fields: readonly Field[] | undefined;
  #started: Started | undefined;
  #rows = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
    parts.open.files++;
    this.#fields = parts.fields;
    if (parts.fields !== undefined) this.#buffer = new RowBuffer(parts.fields, 'declared', parts.leftOut);
  }

  write(values: readonly T[], from = 0): void | Promise<void> {
    for (let at = from; at < values.length; at++) {
      this.#add(values[at]);
      if (this.#isFull()) return this.#flush().then(() => this.write(values, at + 1));
    }
  }

  async close(): Promise<void> {
    this.#parts.open.files--;
    await this.#flush();
    const { file, bytes, elements } = await this.#start();
    // The annotations that elementsForEncoding took away come back for the footer.
    file.schema = elements;
    // Synchronous: the memory it writes to has nothing to wait for.
    void file.finish();
    await this.#parts.out.write(bytes.getBytes());
  }

  #add(row: unknown): void {
    if (this.#buffer === undefined && typeof row === 'object' && row !== null) {
      this.#first.push(row);
      this.#firstBytes += sizeOf(row);
      return;
    }
    try {
      (this.#buffer ?? NO_COLUMNS).add(row);
    } catch (error) {
      if (!(error instanceof ValueError)) throw error;
      const { path, step, reject = rethrow } = this.#parts.context;
      const column = error.path === '' ? '' : `, column ${error.path}`;
      const number = this.#rows + (this.#buffer?.rows ?? this.#first.length);
      reject(row, new ElementError(step, row, `${path} row ${number}${column}: ${error.message}`, { cause: error }));
    }
  }

  #isFull(): boolean {
    const { rowGroupSize, open } = this.#parts;
    const rows = this.#buffer?.rows ?? this.#first.length;
    const bytes = this.#buffer?.bytes ?? this.#firstBytes;
    if (rows >= rowGroupSize || bytes >= GROUP_BYTES) return true;
    return bytes >= LEAST_BYTES && bytes >= SHARED_BYTES / open.files;
  }

  /** Writes a row group of what waits. */
  async #flush(): Promise<void> {
    const buffer = this.#buffer ?? this.#inferColumns();
    const { rows } = buffer;
    if (rows === 0) return;
    const { file, bytes } = await this.#start();
    void file.write({ columnData: buffer.take(), rowGroupSize: rows });
    this.#rows += rows;
    await this.#parts.out.write(bytes.getBytes());
    // A new memory: one that grew would stay as large as long as the file is open.
    bytes.buffer = new ArrayBuffer(1024);
    bytes.view = new DataView(bytes.buffer);
    bytes.index = 0;
  }

  #inferColumns(): RowBuffer {
    const { leftOut, context } = this.#parts;
    const rows = this.#first;
    this.#fields = inferColumns(rows, leftOut, context.path);
    this.#buffer = new RowBuffer(this.#fields, 'inferred', leftOut);
    this.#first = [];
    for (const row of rows) this.#add(row);
    return this.#buffer;
  }

  async #start(): Promise<Started> {
    if (this.#started !== undefined) return this.#started;
    const { ByteWriter, ParquetWriter } = await loadPackage('hyparquet-writer', () => import('hyparquet-writer'));
    const bytes = new ByteWriter();
    const elements = schemaElements(this.#fields ?? []);
    const file = new ParquetWriter({
      writer: bytes,
      schema: elementsForEncoding(elements),
      codec: CODEC_NAMES[this.#parts.codec],
      compressors: COMPRESSORS,
      createdBy: 'viga',
    });
    this.#started = { file, bytes, elements };
    return this.#started;
  }
}

/**
 * The schema while values are encoded: hyparquet-writer would turn each JSON value into text by itself, and in doing so
 * make numbers of bigints. It gets the text as plain bytes, and the annotation before the footer.
 */
function elementsForEncoding(elements: readonly SchemaElement[]): SchemaElement[] {
  return elements.map((element) => {
    if (element.converted_type !== 'JSON') return element;
    const { converted_type: _converted, logical_type: _logical, ...bare } = element;
    return bare;
  });
}
