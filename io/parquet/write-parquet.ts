import type { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import { PipelineError } from '../../model/index.ts';
import type { Field, InputRowOf, ParquetSchema } from './column.ts';
import { fieldsOf } from './column.ts';
import type { ParquetCompression } from './compress.ts';
import { CODECS, COMPRESSORS } from './compress.ts';
import { loadPackage } from './load-package.ts';
import { ParquetError } from './parquet-error.ts';
import type { ByteSink } from './ports.ts';
import { RowBuffer } from './row-buffer.ts';
import { elementsForEncoding, schemaElements } from './write-schema.ts';

/** How a Parquet file is written. */
export interface WriteParquetOptions {
  /** Names the file in errors. Default: 'parquet'. */
  readonly name?: string;
  /** Default: 'zstd', the smallest and the fastest here. 'snappy' for the oldest readers. */
  readonly compression?: ParquetCompression;
  /** A row group ends at this many rows. Default: 50,000. */
  readonly rowGroupRows?: number;
  /** A row group ends when its values take about this many bytes in memory. Default: 16 MiB. */
  readonly rowGroupBytes?: number;
  /** Kept in the footer as the file's own key-value pairs. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** What is known of a file once it is whole. */
export interface WrittenParquet {
  readonly rows: number;
  readonly rowGroups: number;
  readonly bytes: number;
}

/**
 * Writes rows into one Parquet file, a row group at a time: at most one row group of values is in memory.
 *
 * A file that was not closed has no footer, so no reader takes it for whole.
 */
export interface ParquetFileWriter<in Row> {
  /**
   * Adds a row. Wait for the promise, where there is one, before the next: a row group is on its way to the sink.
   *
   * @throws ParquetError (`bad-value`) if a value does not fit its column; the row is left out whole.
   */
  add(row: Row): void | Promise<void>;
  /** Adds rows one after the other, with one wait for each row group. */
  addAll(rows: Iterable<Row>): Promise<void>;
  /** Ends the row group now; frees its memory. */
  flush(): Promise<void>;
  /** Writes what is left and the footer. */
  close(): Promise<WrittenParquet>;
  /** Rows that are not yet written. */
  readonly bufferedRows: number;
  /** About how many bytes these rows take. */
  readonly bufferedBytes: number;
}

/**
 * Starts a Parquet file with these columns.
 *
 * Values are checked as they come, column by column as {@link column} describes: nothing is rounded, cut or turned into
 * null. Members of a row that the schema does not name are left out. Booleans are stored plain, because some readers
 * take the run-length form for false.
 *
 * @throws ParquetError (`missing-package`) if hyparquet-writer is not installed.
 * @example
 * import { column, writeParquet } from 'viga/io/parquet';
 *
 * const chunks: Uint8Array[] = [];
 * const writer = await writeParquet(
 *   { write: (bytes) => void chunks.push(bytes) },
 *   { id: column.int64(), name: column.nullable(column.string()) },
 * );
 * await writer.addAll([{ id: 1n, name: 'Ana' }, { id: 2n, name: null }]);
 * const { rows } = await writer.close();
 * console.log(rows); // 2
 */
export async function writeParquet<S extends ParquetSchema>(
  sink: ByteSink,
  schema: S,
  options: WriteParquetOptions = {},
): Promise<ParquetFileWriter<InputRowOf<S>>> {
  const { ByteWriter, ParquetWriter } = await loadPackage('hyparquet-writer', () => import('hyparquet-writer'));
  const settings = settingsOf(options);
  const fields = fieldsOf(schema);
  if (fields.length === 0) {
    throw new PipelineError(
      undefined,
      'writeParquet: the schema has no column. A file of nothing can hold no rows. Name at least one.',
    );
  }
  const elements = schemaElements(fields);
  const bytes = new ByteWriter();
  const file = new ParquetWriter({
    writer: bytes,
    schema: elementsForEncoding(elements),
    codec: CODECS[settings.compression],
    compressors: COMPRESSORS,
    createdBy: 'viga',
    kvMetadata: Object.entries(options.metadata ?? {}).map(([key, value]) => ({ key, value })),
  });
  const finish = (): void => {
    // The annotations that elementsForEncoding took away come back for the footer.
    file.schema = elements;
    // Without a sink's finish of its own this is synchronous.
    void file.finish();
  };
  return new RowGroupWriter({ sink, file, bytes, finish, fields, ...settings });
}

interface Settings {
  readonly name: string;
  readonly compression: ParquetCompression;
  readonly rowGroupRows: number;
  readonly rowGroupBytes: number;
}

function settingsOf(options: WriteParquetOptions): Settings {
  const { name = 'parquet', compression = 'zstd', rowGroupRows = 50_000, rowGroupBytes = 16 * 1024 * 1024 } = options;
  if (!Object.hasOwn(CODECS, compression)) {
    const choices = Object.keys(CODECS).join(', ');
    throw new PipelineError(undefined, `writeParquet: compression is '${compression}' but must be one of ${choices}.`);
  }
  for (const [option, value] of Object.entries({ rowGroupRows, rowGroupBytes })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new PipelineError(undefined, `writeParquet: ${option} is ${value} but must be a whole number from 1.`);
    }
  }
  return { name, compression, rowGroupRows, rowGroupBytes };
}

interface Parts extends Settings {
  readonly sink: ByteSink;
  readonly file: ParquetWriter;
  readonly bytes: ByteWriter;
  readonly finish: () => void;
  readonly fields: readonly Field[];
}

class RowGroupWriter<Row> implements ParquetFileWriter<Row> {
  readonly #parts: Parts;
  readonly #buffer: RowBuffer;
  #rows = 0;
  #rowGroups = 0;
  #state: 'open' | 'writing' | 'closed' | 'failed' = 'open';

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#buffer = new RowBuffer(parts.fields, parts.name);
  }

  get bufferedRows(): number {
    return this.#buffer.rows;
  }

  get bufferedBytes(): number {
    return this.#buffer.bytes;
  }

  add(row: Row): void | Promise<void> {
    if (this.#state !== 'open') this.#refuse('add');
    this.#buffer.add(row, this.#rows);
    const { rowGroupRows, rowGroupBytes } = this.#parts;
    if (this.#buffer.rows >= rowGroupRows || this.#buffer.bytes >= rowGroupBytes) return this.flush();
  }

  async addAll(rows: Iterable<Row>): Promise<void> {
    for (const row of rows) {
      const written = this.add(row);
      if (written !== undefined) await written;
    }
  }

  async flush(): Promise<void> {
    if (this.#state !== 'open') this.#refuse('flush');
    if (this.#buffer.rows === 0) return;
    this.#rows += this.#buffer.rows;
    this.#rowGroups++;
    await this.#send((file) => {
      const columnData = this.#buffer.take();
      void file.write({ columnData, rowGroupSize: columnData[0]?.data.length ?? 0 });
    });
  }

  async close(): Promise<WrittenParquet> {
    await this.flush();
    await this.#send(this.#parts.finish);
    this.#state = 'closed';
    return { rows: this.#rows, rowGroups: this.#rowGroups, bytes: this.#parts.bytes.offset };
  }

  /** Lets hyparquet-writer append to its memory, then hands what came to the sink and frees it. */
  async #send(append: (file: ParquetWriter) => void): Promise<void> {
    const { file, bytes, sink } = this.#parts;
    // Stays so after an error: a file with a hole must never get a footer.
    this.#state = 'failed';
    append(file);
    const chunk = bytes.getBytes().slice();
    bytes.index = 0;
    this.#state = 'writing';
    try {
      await sink.write(chunk);
      this.#state = 'open';
    } catch (error) {
      this.#state = 'failed';
      throw error;
    }
  }

  #refuse(call: string): never {
    const why = {
      closed: 'the file is closed',
      failed: 'writing failed before',
      writing: 'a row group is still being written',
      open: '',
    }[this.#state];
    const fix = this.#state === 'writing' ? 'Wait for the promise of the call before' : 'Start a new file';
    throw new ParquetError(
      'bad-value',
      { file: this.#parts.name },
      `${call}() was called, but ${why}. Rows would be lost. ${fix}.`,
    );
  }
}
