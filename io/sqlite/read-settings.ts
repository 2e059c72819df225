import { PipelineError, showValue, type StandardSchemaV1 } from '../../model/index.ts';
import { quoteIdentifier } from '../sql/index.ts';
import { checkDatabase, type SqliteDatabase } from '../sqlite-file/index.ts';
import { type SqliteValue, toSqlite } from './values.ts';

/** What is read, all of a table or the result of a query; and what its rows become. */
export interface SqliteReadOptions extends SqliteDatabase {
  readonly table?: string;
  /** One SELECT. Its values are `parameters`, never part of its text. */
  readonly query?: string;
  /** The values of the question marks in `query`, in their order. */
  readonly parameters?: readonly unknown[];
  /** The columns that rows have: names, or an object of new names with the names of the columns. Default: all. */
  readonly columns?: readonly string[] | Readonly<Record<string, string>>;
  /**
   * Which columns have their integers as bigints: all, or those named. Default: none, and an integer beyond 2^53 is an
   * error, as no number is exactly that.
   */
  readonly bigints?: boolean | readonly string[];
  /** Checks and converts each row; what it refuses is a bad row. */
  readonly schema?: StandardSchemaV1;
}

/** The options of a read, checked. */
export interface ReadSettings {
  readonly database: SqliteDatabase;
  /** Database and table or query, for messages. */
  readonly place: string;
  readonly table: string | undefined;
  readonly statement: string;
  readonly parameters: readonly SqliteValue[];
  /** Names of rows with the names of columns; undefined: all, as they are called. */
  readonly columns: readonly (readonly [name: string, column: string])[] | undefined;
  readonly bigints: boolean | readonly string[];
  readonly schema: StandardSchemaV1 | undefined;
}

/** @throws PipelineError if options contradict each other. */
export function readSettings(options: SqliteReadOptions): ReadSettings {
  const { database, lockTimeout, table, query, parameters = [], bigints = false, schema } = options;
  checkDatabase(options);
  if ((table === undefined) === (query === undefined)) {
    throw refusal(`table is ${showValue(table)} and query is ${showValue(query)}`, 'One of them says what to read');
  }
  if (query === undefined && parameters.length > 0) {
    throw refusal(`parameters are ${showValue(parameters)}`, 'Only a query has any');
  }
  const columns = columnsOf(options.columns);
  return {
    database: { database, ...(lockTimeout === undefined ? {} : { lockTimeout }) },
    place: table === undefined ? `${database} query` : `${database} table ${table}`,
    table,
    statement: query ?? selectAll(table ?? '', columns),
    parameters: parameters.map(parameter),
    columns,
    bigints,
    schema,
  };
}

function columnsOf(columns: SqliteReadOptions['columns']): ReadSettings['columns'] {
  if (columns === undefined) return undefined;
  const pairs = Array.isArray(columns)
    ? columns.map((name: string) => [name, name] as const)
    : Object.entries(columns as Readonly<Record<string, string>>); // no array: a record
  if (pairs.length > 0 && new Set(pairs.map(([name]) => name)).size === pairs.length) return pairs;
  throw refusal(`columns is ${showValue(columns)}`, 'It must name at least one column, and each only once');
}

function selectAll(table: string, columns: ReadSettings['columns']): string {
  const list = columns?.map(([, column]) => quoteIdentifier(column)).join(', ') ?? '*';
  return `SELECT ${list} FROM ${quoteIdentifier(table)}`;
}

function parameter(value: unknown, index: number): SqliteValue {
  try {
    return toSqlite(value);
  } catch (error) {
    throw refusal(`parameter ${index + 1}: ${(error as Error).message}`, '');
  }
}

const refusal = (what: string, rule: string): PipelineError =>
  new PipelineError(undefined, rule === '' ? `sqlite: ${what}` : `sqlite: ${what}. ${rule}.`);
