import type { DatabaseSync } from 'node:sqlite';
import { ConnectorError } from '../../model/index.ts';
import { quoteIdentifier } from '../sql/index.ts';
import { type Affinity, affinityOf } from './values.ts';

/** A table as the database describes it. Names of SQLite do not tell upper from lower case. */
export interface TableShape {
  /** The statements that make the table and its unique indexes. */
  readonly statements: readonly string[];
  /** The columns that can be written, by their names in lower case. */
  readonly columns: ReadonlyMap<string, Affinity>;
  /** The columns, in lower case, of each constraint that lets no two rows have the same values. */
  readonly uniques: readonly (readonly string[])[];
}

/** The description of a table; undefined where there is none. */
export function describeTable(db: DatabaseSync, place: string, table: string): TableShape | undefined {
  const found = db.prepare('SELECT type, sql FROM sqlite_schema WHERE lower(name) = lower(?)').get(table);
  if (found === undefined) return undefined;
  if (found['type'] !== 'table') {
    throw new ConnectorError(
      place,
      `this is a ${String(found['type'])}, and only tables can be written. Give the name of a table.`,
    );
  }
  const columns = db.prepare('SELECT name, type, pk, hidden FROM pragma_table_xinfo(?) ORDER BY cid').all(table);
  const indexes = db.prepare('SELECT name, origin, partial FROM pragma_index_list(?) WHERE "unique"').all(table);
  const primaryKey = columns.filter(({ pk }) => Number(pk) > 0).sort((a, b) => Number(a['pk']) - Number(b['pk']));
  const uniques = indexes.filter(({ partial }) => partial === 0).map(({ name }) => columnsOfIndex(db, String(name)));
  return {
    statements: [
      String(found['sql']),
      ...indexes.filter(({ origin }) => origin === 'c').map(({ name }) => statementOf(db, String(name))),
    ],
    // What is generated, or hidden in a virtual table, takes no values.
    columns: new Map(
      columns.filter(({ hidden }) => hidden === 0).map(({ name, type }) => [lower(name), affinityOf(String(type))]),
    ),
    uniques: [...uniques, primaryKey.map(({ name }) => lower(name))].filter((names) => names.length > 0),
  };
}

/** The columns of an index, none where it holds expressions. */
function columnsOfIndex(db: DatabaseSync, index: string): readonly string[] {
  const names = db.prepare('SELECT name FROM pragma_index_info(?) ORDER BY seqno').all(index);
  return names.every(({ name }) => typeof name === 'string') ? names.map(({ name }) => lower(name)) : [];
}

const statementOf = (db: DatabaseSync, index: string): string =>
  String(db.prepare(`SELECT sql FROM sqlite_schema WHERE type = 'index' AND name = ?`).get(index)?.['sql']);

const lower = (name: unknown): string => String(name).toLowerCase();

/** The names of all tables and views, for messages. */
export function tableNames(db: DatabaseSync): string {
  const names = db.prepare(
    `SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%'`,
  );
  return (
    names
      .all()
      .map(({ name }) => name)
      .join(', ') || 'none'
  );
}

/** The statement that makes a table of columns with their declarations, with `keys` as its primary key. */
export function createStatement(
  table: string,
  columns: Readonly<Record<string, string>>,
  keys: readonly string[] | undefined,
): string {
  const declarations = Object.entries(columns).map(([name, type]) => `${quoteIdentifier(name)} ${type}`);
  const hasKey = Object.values(columns).some((type) => /\bprimary\s+key\b/i.test(type));
  if (keys !== undefined && !hasKey) declarations.push(`PRIMARY KEY (${keys.map(quoteIdentifier).join(', ')})`);
  return `CREATE TABLE IF NOT EXISTS ${quoteIdentifier(table)} (${declarations.join(', ')})`;
}
