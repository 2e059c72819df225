import type {
  EventTimeOptions,
  InferOutput,
  PBegin,
  PCollection,
  PTransform,
  StandardSchemaV1,
} from '../../model/index.ts';
import { type FileReadOptions, type FilesSpec, readAllFiles, readFiles } from '../files/index.ts';
import type { ParquetSchema, RowOf } from './column.ts';
import type { ParquetCondition } from './filter.ts';
import { parquetFormat } from './read-format.ts';

/** A row as it comes from a file, where nothing says more. */
export type ParquetRow = Readonly<Record<string, unknown>>;

/** What is read of Parquet files. */
export interface ReadParquetOptions<
  C extends readonly string[] | ParquetSchema | undefined = undefined,
  S extends StandardSchemaV1 | undefined = undefined,
> extends Pick<FileReadOptions, 'name' | 'deadLetters' | 'noMatch'> {
  /**
   * The columns to read, in this order; the others are not even fetched. Default: all.
   *
   * Names, or, for rows with types, a record of {@link column} types: a file that differs is then an error before any of
   * its rows is read.
   */
  readonly columns?: C;
  /**
   * Only rows that meet all of these conditions. Files whose path, and row groups whose statistics exclude them are not
   * fetched.
   */
  readonly filter?: readonly ParquetCondition[];
  /** Checks each row, and may change it. Rows that do not fit are dead letters where asked for, and errors otherwise. */
  readonly schema?: S;
}

type Names<C> = C extends readonly (infer N extends string)[] ? { readonly [K in N]: unknown } : ParquetRow;

/** The rows that a reader with these columns and this schema gives. */
export type ReadRow<
  C extends readonly string[] | ParquetSchema | undefined,
  S extends StandardSchemaV1 | undefined,
> = S extends StandardSchemaV1 ? InferOutput<S> : C extends ParquetSchema ? RowOf<C> : Names<C>;

/**
 * Reads the rows of Parquet files.
 *
 * Values come in the one form that {@link column} describes for each type; a null is always null. Directories like
 * `anio=2020/mes=3` below the fixed part of the pattern are columns, too: text, or what `columns` declares. A file is
 * split by its row groups; within it rows keep their order. Elements have the lowest timestamp.
 *
 * In memory are the stored bytes of the columns of one row group, and about 64 MiB of their values.
 *
 * @throws ConnectorError with file and byte for files that are no Parquet, cut or damaged; with file and name for columns
 * that are missing or have another type.
 * @example
 * import { mkdtemp, rm } from 'node:fs/promises';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { create, Pipeline } from 'viga';
 * import { column, readParquet, writeParquet } from 'viga/io/parquet';
 * import { directRunner } from 'viga/runners/direct';
 * import { assertThat } from 'viga/testing';
 *
 * const directory = await mkdtemp(join(tmpdir(), 'cities-'));
 * const columns = { id: column.int64(), city: column.string() };
 * const writing = new Pipeline();
 * writing
 *   .apply(create([{ id: 1n, city: 'Quito' }, { id: 2n, city: 'Lima' }]))
 *   .apply(writeParquet({ files: `${directory}/`, columns }));
 * await writing.run(directRunner());
 *
 * const reading = new Pipeline();
 * const rows = reading.apply(
 *   readParquet({ files: `${directory}/*.parquet`, columns, filter: [{ column: 'city', op: '=', value: 'Lima' }] }),
 * );
 * assertThat(rows.map(({ id }) => id)).containsInAnyOrder([2n]);
 * await reading.run(directRunner());
 * await rm(directory, { recursive: true });
 */
export function readParquet<
  const C extends readonly string[] | ParquetSchema | undefined = undefined,
  S extends StandardSchemaV1 | undefined = undefined,
>(
  spec: ReadParquetOptions<C, S> & Pick<FilesSpec, 'files' | 'watch'> & EventTimeOptions<ReadRow<C, S>>,
): PTransform<PBegin, PCollection<ReadRow<C, S>>> {
  const { files, watch } = spec;
  return readFiles(formatOf(spec), { files, ...(watch && { watch }), ...fileOptions(spec) });
}

/** Reads the Parquet files that elements name, by path or pattern, as {@link readParquet} does; rows keep their windows. */
export function readAllParquet<
  const C extends readonly string[] | ParquetSchema | undefined = undefined,
  S extends StandardSchemaV1 | undefined = undefined,
>(
  options: ReadParquetOptions<C, S> & EventTimeOptions<ReadRow<C, S>> = {},
): PTransform<PCollection<string>, PCollection<ReadRow<C, S>>> {
  return readAllFiles(formatOf(options), fileOptions(options));
}

function formatOf<C extends readonly string[] | ParquetSchema | undefined, S extends StandardSchemaV1 | undefined>({
  columns,
  filter,
  schema,
}: ReadParquetOptions<C, S>) {
  // The types of rows follow from columns and schema, which TypeScript can't see through.
  type Row = ReadRow<C, S>;
  return parquetFormat<Row>({ columns, filter, schema: schema as StandardSchemaV1<unknown, Row> | undefined });
}

function fileOptions<T>({
  name,
  deadLetters,
  noMatch,
  timestamp,
  maxOutOfOrder,
  maxAhead,
}: FileReadOptions & EventTimeOptions<T>): FileReadOptions & EventTimeOptions<T> {
  return {
    ...(name === undefined ? {} : { name }),
    // A file's name says nothing of its pages: a packed file is told from its bytes.
    compression: 'none',
    ...(deadLetters && { deadLetters }),
    ...(noMatch && { noMatch }),
    ...(timestamp && { timestamp }),
    ...(maxOutOfOrder !== undefined && { maxOutOfOrder }),
    ...(maxAhead !== undefined && { maxAhead }),
  };
}
