import type { BoundedWindow, PCollection, PDone, PTransform } from '../../model/index.ts';
import { type FileWriteOptions, type PartitionFields, writeFiles } from '../files/index.ts';
import type { InputRowOf, ParquetSchema } from './column.ts';
import { setMember } from './decode-value.ts';
import type { PartitionValue } from './partition.ts';
import { type ParquetFileOptions, parquetWriteFormat } from './write-format.ts';

/** Where and how rows are written. */
export interface WriteParquetOptions<T, P extends string = string>
  extends Pick<
      FileWriteOptions<T>,
      'name' | 'deadLetters' | 'files' | 'shards' | 'perPane' | 'ifExists' | 'maxOpenFiles'
    >,
    ParquetFileOptions {
  /**
   * Fields whose values become directories, `anio=2020/mes=3/`; they are left out of the files, as readers take them from
   * the path. Or a function of row and window that gives such directories; then rows are written whole.
   */
  readonly partitionBy?: readonly P[] | ((row: T, window: BoundedWindow) => PartitionFields);
}

/** Fields that only the path holds. */
type PathFields<P extends string> = { readonly [K in P]: PartitionValue | Date | undefined };

/**
 * Writes rows to Parquet files; nothing is visible before the run has succeeded.
 *
 * With `columns`, values are checked as they come: nothing is rounded, cut or turned into null, and members of a row that
 * `columns` does not name are left out. Without, the rows of a file's first row group tell its columns: all are nullable,
 * number is double, bigint int64, Date timestampMillis, arrays are lists, plain objects structs; a later row that does not
 * fit is an error.
 *
 * In memory is a row group of each file that is open, and all together take about 32 MiB. Files have min, max and null
 * count of each column, by which readers skip row groups.
 *
 * @throws PipelineError for options that contradict each other; ElementError for a row that does not fit, which is a dead
 * letter where asked for.
 * @example
 * import { mkdtemp, rm } from 'node:fs/promises';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { create, Pipeline } from 'viga';
 * import { column, readParquet, writeParquet } from 'viga/io/parquet';
 * import { directRunner } from 'viga/runners/direct';
 * import { assertThat } from 'viga/testing';
 *
 * const directory = await mkdtemp(join(tmpdir(), 'cases-'));
 * const writing = new Pipeline();
 * writing
 *   .apply(create([{ id: 1, day: '2021-03-04', year: 2021 }, { id: 2, day: null, year: 2020 }]))
 *   .apply(
 *     writeParquet({
 *       files: `${directory}/`,
 *       columns: { id: column.int64(), day: column.nullable(column.date()) },
 *       partitionBy: ['year'],
 *     }),
 *   );
 * await writing.run(directRunner());
 *
 * const reading = new Pipeline();
 * const columns = { id: column.int64(), year: column.int32() };
 * assertThat(reading.apply(readParquet({ files: `${directory}/**\/*.parquet`, columns }))).containsInAnyOrder([
 *   { id: 1n, year: 2021 },
 *   { id: 2n, year: 2020 },
 * ]);
 * await reading.run(directRunner());
 * await rm(directory, { recursive: true });
 */
export function writeParquet<C extends ParquetSchema, const P extends string = never>(
  spec: WriteParquetOptions<InputRowOf<C> & PathFields<Exclude<P, keyof C>>, P> & { readonly columns: C },
): PTransform<PCollection<InputRowOf<C> & PathFields<Exclude<P, keyof C>>>, PDone>;
export function writeParquet<T extends object>(
  spec: WriteParquetOptions<T, keyof T & string> & { readonly columns?: undefined },
): PTransform<PCollection<T>, PDone>;
export function writeParquet<T extends object>({
  columns,
  compression,
  rowGroupSize,
  partitionBy,
  ...files
}: WriteParquetOptions<T> & { readonly columns?: ParquetSchema | undefined }): PTransform<PCollection<T>, PDone> {
  const format = parquetWriteFormat<T>({
    columns,
    leftOut: typeof partitionBy === 'object' ? partitionBy : [],
    ...(compression && { compression }),
    ...(rowGroupSize !== undefined && { rowGroupSize }),
  });
  return writeFiles(format, {
    ...files,
    // Pages are compressed, files are not.
    compression: 'none',
    // As a function, because the writer leaves the fields out by itself, without a copy of each row.
    ...(typeof partitionBy === 'object' &&
      partitionBy.length > 0 && { partitionBy: (row: T) => fieldsOf(row, partitionBy) }),
    ...(typeof partitionBy === 'function' && { partitionBy }),
  });
}

/** @throws TypeError for a row that lacks a field: a misspelled name would send all rows to the directory of nulls. */
function fieldsOf(row: object, names: readonly string[]): Record<string, PartitionValue> {
  if (typeof row !== 'object' || row === null) {
    throw new TypeError('this is no object. Its partition fields and columns are read by name. Pass an object.');
  }
  const fields: Record<string, PartitionValue> = {};
  for (const name of names) {
    // What stands in the field is checked when its directory is made.
    const value = (row as Record<string, PartitionValue | undefined>)[name];
    if (value === undefined) {
      throw new TypeError(
        `the partition field ${name} is missing. The row would go to the directory of nulls. Give a value, or null where there is none.`,
      );
    }
    setMember(fields, name, value);
  }
  return fields;
}
