import { PipelineError, showValue } from '../../model/index.ts';
import { quoteIdentifier } from '../sql/index.ts';
import { checkDatabase, LEDGER, type SqliteDatabase } from '../sqlite-file/index.ts';
import { createStatement } from './table.ts';

/** Where and how rows are written. */
export interface SqliteWriteOptions<T extends object = object> extends SqliteDatabase {
  readonly table: string;
  /** `upsert`: a row with the `keys` of one that is there replaces its other columns. Default `insert`. */
  readonly mode?: 'insert' | 'upsert';
  /** With `upsert`: the columns, with a primary key or unique index, that tell which row is meant. */
  readonly keys?: readonly string[];
  /**
   * The properties of the rows that are written: names that are also those of the columns, or an object of these with the
   * names of the columns. Default: the properties of the first row, which all rows must then have.
   */
  readonly columns?: readonly (keyof T & string)[] | { readonly [K in keyof T & string]?: string };
  /**
   * Makes the table, in the transaction of the rows, where it is not there: columns with their declarations in SQL, e.g.
   * `{ id: 'INTEGER', name: 'TEXT NOT NULL' }`. `keys` become its primary key.
   */
  readonly createTable?: Readonly<Record<string, string>>;
}

/** A property of the rows, and the column that it goes to. */
export interface Column {
  readonly property: string;
  readonly name: string;
}

/** The options of a write, checked, in the form that staging and committing use. */
export interface WriteSettings {
  readonly database: SqliteDatabase;
  readonly table: string;
  /** Database and table, for messages. */
  readonly place: string;
  readonly mode: 'insert' | 'upsert';
  /** The keys of an upsert. */
  readonly keys: readonly string[];
  /** Undefined: those of the first row. */
  readonly columns: readonly Column[] | undefined;
  /** The statement that makes the table where it is not there. */
  readonly createTable: string | undefined;
  /** The end of an insert into these columns. */
  readonly onConflict: (columns: readonly string[]) => string;
}

/** @throws PipelineError if options contradict each other. */
export function writeSettings<T extends object>(options: SqliteWriteOptions<T>): WriteSettings {
  const { database, lockTimeout, table, mode = 'insert', keys, createTable } = options;
  checkDatabase(options);
  quoteIdentifier(table);
  if (table.toLowerCase() === LEDGER)
    throw refusal('table', table, 'keeps the account of commits. Choose another name');
  if (mode !== 'insert' && mode !== 'upsert') throw refusal('mode', mode, `must be 'insert' or 'upsert'`);
  if (mode === 'upsert' && (keys === undefined || keys.length === 0)) {
    throw refusal('keys', keys, 'must name the columns that tell which row is meant, e.g. ["id"]');
  }
  if (createTable !== undefined && Object.keys(createTable).length === 0) {
    throw refusal('createTable', createTable, `must have a declaration for each column, e.g. { id: 'INTEGER' }`);
  }
  const columns = columnsOf(options.columns);
  return {
    database: { database, ...(lockTimeout === undefined ? {} : { lockTimeout }) },
    table,
    place: `${database} table ${table}`,
    mode,
    keys: mode === 'upsert' && keys ? keys : [],
    columns,
    createTable: createTable && createStatement(table, createTable, keys),
    onConflict: mode === 'upsert' && keys ? (names) => onConflict(keys, names) : () => '',
  };
}

function columnsOf(columns: SqliteWriteOptions['columns'] | undefined): readonly Column[] | undefined {
  if (columns === undefined) return undefined;
  // What is no array is a record.
  const pairs = Array.isArray(columns)
    ? columns.map((name: string): Column => ({ property: name, name }))
    : Object.entries(columns as Readonly<Record<string, string>>).map(([property, name]) => ({ property, name }));
  const names = new Set(pairs.map(({ name }) => name.toLowerCase()));
  if (names.size === 0 || names.size < pairs.length) {
    throw refusal('columns', columns, 'must name at least one column, and each only once');
  }
  return pairs;
}

const refusal = (option: string, value: unknown, rule: string): PipelineError =>
  new PipelineError(undefined, `sqlite: ${option} is ${showValue(value)}, but it ${rule}.`);

/** The beginning of an insert. */
export const insertInto = (table: string, columns: readonly string[]): string =>
  `INSERT INTO main.${quoteIdentifier(table)} (${columns.map(quoteIdentifier).join(', ')})`;

/** The end of an upsert: a row with the same keys gets the new values. */
function onConflict(keys: readonly string[], columns: readonly string[]): string {
  const isKey = new Set(keys.map((key) => key.toLowerCase()));
  const sets = columns
    .filter((name) => !isKey.has(name.toLowerCase()))
    .map((name) => `${quoteIdentifier(name)} = excluded.${quoteIdentifier(name)}`);
  const action = sets.length === 0 ? 'NOTHING' : `UPDATE SET ${sets.join(', ')}`;
  return `ON CONFLICT (${keys.map(quoteIdentifier).join(', ')}) DO ${action}`;
}
