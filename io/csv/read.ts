import type {
  EventTimeOptions,
  InferOutput,
  PBegin,
  PCollection,
  PTransform,
  StandardSchemaV1,
} from '../../model/index.ts';
import { type FileReadOptions, type FilesSpec, readAllFiles, readFiles } from '../files/index.ts';
import { type CsvReadOptions, type CsvRecord, csvReadFormat } from './read-format.ts';

/** What a field is: text, or null too where there is a `nullText`. */
type Field<N extends string | undefined> = [N] extends [string] ? string | null : string;

/** All options but those that decide the type of the rows. */
interface Common<N extends string | undefined>
  extends Omit<CsvReadOptions, 'schema' | 'as' | 'columns' | 'nullText' | 'header'>,
    FileReadOptions {
  readonly nullText?: N;
}

type Header = Pick<CsvReadOptions, 'header'>;
type WithHeader = { readonly header?: true | readonly string[]; readonly as?: 'objects' };

/** Rows as a schema returns them. */
export type CsvSchemaOptions<S extends StandardSchemaV1> = Omit<CsvReadOptions, 'schema'> &
  FileReadOptions & { readonly schema: S };
/** Records with file, line and header. */
export type CsvRecordOptions<N extends string | undefined> = Common<N> & Header & { readonly as: 'records' };
/** Rows by position. */
export type CsvArrayOptions<N extends string | undefined> = Common<N> &
  ((Header & { readonly as: 'arrays' }) | { readonly header: false; readonly as?: 'arrays' });
/** Rows with the columns that were asked for. */
export type CsvColumnOptions<C extends string, N extends string | undefined> = Common<N> &
  WithHeader & { readonly columns: readonly C[] | { readonly [K in C]: string } };
/** Rows with all columns of their file. */
export type CsvRowOptions<N extends string | undefined> = Common<N> & WithHeader;

/** The function of event time is only given rows that these options make, as the overloads say. */
const ofRows = <O extends EventTimeOptions<never>>(options: O) => options as O & EventTimeOptions<unknown>;

/**
 * Reads CSV files.
 *
 * Rows are objects of text by column name; with `schema` they are what the schema makes of that, and have its type. Text
 * stays text without a schema: nothing is guessed. Rows have the lowest timestamp and are in the global window.
 *
 * What is not as RFC 4180 has it, quotes at wrong places, quotes never closed, records with too many or too few fields,
 * doubled or missing columns, bytes that are no UTF-8, is an error with file, line and the option that allows it. With
 * `deadLetters` such rows, as text, and rows that the schema refuses are set aside, with `coordinate` `PATH line N`.
 *
 * @throws PipelineError if options contradict each other.
 * @example
 * import assert from 'node:assert/strict';
 * import { mkdtempSync, writeFileSync } from 'node:fs';
 * import { Pipeline } from 'viga';
 * import { readCsv } from 'viga/io/csv';
 * import { directRunner } from 'viga/runners/direct';
 * import { assertThat } from 'viga/testing';
 *
 * const folder = mkdtempSync('/tmp/orders-');
 * writeFileSync(`${folder}/orders.csv`, 'Order Id;Amount;Note\n1;10;"fast; please"\n2;5;\n');
 * const p = new Pipeline();
 * const orders = p.apply(
 *   readCsv({ files: `${folder}/*.csv`, delimiter: ';', columns: { id: 'Order Id', note: 'Note' } }),
 * );
 * assertThat(orders).containsInAnyOrder([{ id: '1', note: 'fast; please' }, { id: '2', note: '' }]);
 * assert.equal((await p.run(directRunner())).state, 'DONE');
 */
export function readCsv<S extends StandardSchemaV1>(
  spec: CsvSchemaOptions<S> & FilesSpec & EventTimeOptions<InferOutput<S>>,
): PTransform<PBegin, PCollection<InferOutput<S>>>;
export function readCsv<N extends string | undefined = undefined>(
  spec: CsvRecordOptions<N> & FilesSpec & EventTimeOptions<CsvRecord<Field<N>>>,
): PTransform<PBegin, PCollection<CsvRecord<Field<N>>>>;
export function readCsv<N extends string | undefined = undefined>(
  spec: CsvArrayOptions<N> & FilesSpec & EventTimeOptions<readonly Field<N>[]>,
): PTransform<PBegin, PCollection<readonly Field<N>[]>>;
export function readCsv<const C extends string, N extends string | undefined = undefined>(
  spec: CsvColumnOptions<C, N> & FilesSpec & EventTimeOptions<{ readonly [K in C]: Field<N> }>,
): PTransform<PBegin, PCollection<{ readonly [K in C]: Field<N> }>>;
export function readCsv<N extends string | undefined = undefined>(
  spec: CsvRowOptions<N> & FilesSpec & EventTimeOptions<Readonly<Record<string, Field<N>>>>,
): PTransform<PBegin, PCollection<Readonly<Record<string, Field<N>>>>>;
export function readCsv(
  spec: CsvReadOptions & FilesSpec & EventTimeOptions<never>,
): PTransform<PBegin, PCollection<unknown>> {
  return { ...readFiles(csvReadFormat(spec), ofRows(spec)), name: spec.name ?? 'ReadCsv' };
}

/**
 * Reads the CSV files that elements name, by path or pattern. Options and rows are those of {@link readCsv}; rows keep the
 * timestamp and windows of the element that named their file.
 *
 * @throws PipelineError if options contradict each other.
 */
export function readAllCsv<S extends StandardSchemaV1>(
  options: CsvSchemaOptions<S> & EventTimeOptions<InferOutput<S>>,
): PTransform<PCollection<string>, PCollection<InferOutput<S>>>;
export function readAllCsv<N extends string | undefined = undefined>(
  options: CsvRecordOptions<N> & EventTimeOptions<CsvRecord<Field<N>>>,
): PTransform<PCollection<string>, PCollection<CsvRecord<Field<N>>>>;
export function readAllCsv<N extends string | undefined = undefined>(
  options: CsvArrayOptions<N> & EventTimeOptions<readonly Field<N>[]>,
): PTransform<PCollection<string>, PCollection<readonly Field<N>[]>>;
export function readAllCsv<const C extends string, N extends string | undefined = undefined>(
  options: CsvColumnOptions<C, N> & EventTimeOptions<{ readonly [K in C]: Field<N> }>,
): PTransform<PCollection<string>, PCollection<{ readonly [K in C]: Field<N> }>>;
export function readAllCsv<N extends string | undefined = undefined>(
  options?: CsvRowOptions<N> & EventTimeOptions<Readonly<Record<string, Field<N>>>>,
): PTransform<PCollection<string>, PCollection<Readonly<Record<string, Field<N>>>>>;
export function readAllCsv(
  options: CsvReadOptions & FileReadOptions & EventTimeOptions<never> = {},
): PTransform<PCollection<string>, PCollection<unknown>> {
  return { ...readAllFiles(csvReadFormat(options), ofRows(options)), name: options.name ?? 'ReadAllCsv' };
}
