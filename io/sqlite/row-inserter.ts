import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { ConnectorError, ElementError, showValue, type SinkContext } from '../../model/index.ts';
import { type Explanation, explain, isRowAtFault, sqliteError } from '../sqlite-file/index.ts';
import type { TableShape } from './table.ts';
import { fits, type SqliteValue, toSqlite } from './values.ts';
import { type Column, insertInto, type WriteSettings } from './write-settings.ts';

/**
 * Inserts rows into the table of a write, or into its copy in a stage, one by one. A row that is no row, does not fit its
 * columns or breaks a constraint is handed back to the context; the others are there when `add` returns.
 */
export class RowInserter {
  readonly #settings: WriteSettings;
  readonly #context: Pick<SinkContext, 'step' | 'reject'>;
  readonly #db: DatabaseSync;
  readonly #shape: TableShape;
  #columns: readonly Column[] | undefined;
  #insert: StatementSync | undefined;
  /** Which of the columns some row had. */
  #seen: boolean[] = [];
  /** Where the keys of an upsert stand among the columns. */
  #keys: readonly number[] = [];

  constructor(
    settings: WriteSettings,
    context: Pick<SinkContext, 'step' | 'reject'>,
    db: DatabaseSync,
    shape: TableShape,
  ) {
    this.#settings = settings;
    this.#context = context;
    this.#db = db;
    this.#shape = shape;
    if (settings.columns !== undefined) this.#begin(settings.columns);
  }

  /** Those that were named, or those of the first row; none where there was no row. */
  get columns(): readonly Column[] {
    return this.#columns ?? [];
  }

  /** A column of which no row had the property. */
  get unseen(): Column | undefined {
    return this.#columns?.[this.#seen.indexOf(false)];
  }

  /** Returns whether the row was inserted. */
  add(row: object): boolean {
    const problem = this.#add(row);
    if (problem !== undefined) this.reject(row, typeof problem === 'string' ? { message: problem } : problem);
    return problem === undefined;
  }

  reject(row: object, { message, hint }: Explanation): void {
    const error = new ElementError(this.#context.step, row, `${this.#settings.place}: ${message}`, { hint });
    this.#context.reject(row, error);
  }

  #begin(columns: readonly Column[]): readonly Column[] {
    const { place, table } = this.#settings;
    for (const { name } of columns) {
      if (this.#shape.columns.has(name.toLowerCase())) continue;
      throw new ConnectorError(
        place,
        `the table has no column ${JSON.stringify(name)} that can be written. It has ${[...this.#shape.columns.keys()].join(', ')}. Pass columns to say which properties go where.`,
      );
    }
    const names = columns.map(({ name }) => name);
    this.#keys = this.#settings.keys.map((key) => this.#keyAt(key, names));
    const marks = names.map(() => '?').join(', ');
    try {
      const statement = `${insertInto(table, names)} VALUES (${marks}) ${this.#settings.onConflict(names)}`;
      this.#insert = this.#db.prepare(statement);
    } catch (error) {
      throw sqliteError(place, error);
    }
    this.#seen = columns.map(() => false);
    this.#columns = columns;
    return columns;
  }

  #keyAt(key: string, names: readonly string[]): number {
    const index = names.findIndex((name) => name.toLowerCase() === key.toLowerCase());
    if (index >= 0) return index;
    throw new ConnectorError(
      this.#settings.place,
      `the key ${key} is not among the columns that are written: ${names.join(', ')}. Each row would be a new one. Give the rows that property.`,
    );
  }

  /** Inserts a row; says why where that can't be. */
  #add(row: object): Explanation | string | undefined {
    // The types say so, and data that come from elsewhere may not care.
    const isRow = typeof row === 'object' && row !== null;
    if (!isRow || (this.#columns === undefined && Object.keys(row).length === 0)) {
      return `${showValue(row)} is no row, which has its values by column. There is nothing to write. Make rows of such elements in a map(...) first.`;
    }
    const columns = this.#columns ?? this.#begin(Object.keys(row).map((name) => ({ property: name, name })));
    const isDerived = this.#settings.columns === undefined;
    if (isDerived && Object.keys(row).length !== columns.length) return this.#otherColumns(row, columns);
    const values: SqliteValue[] = [];
    for (let i = 0; i < columns.length; i++) {
      const { property, name } = columns[i] as Column; // within the array
      // Only own properties are columns: a row may lack one that is called like a method of all objects.
      const isThere = Object.hasOwn(row, property);
      if (isThere) this.#seen[i] = true;
      else if (isDerived) return this.#otherColumns(row, columns);
      try {
        values.push(this.#valueFor(name, isThere ? (row as Readonly<Record<string, unknown>>)[property] : undefined));
      } catch (error) {
        return `column ${name}: ${(error as Error).message}`;
      }
    }
    const open = this.#keys.find((index) => values[index] === null);
    if (open !== undefined) {
      return `the key ${columns[open]?.name} is null. No row is meant by it, so each run would add another. Give it a value.`;
    }
    return this.#run(values);
  }

  #valueFor(column: string, raw: unknown): SqliteValue {
    const value = toSqlite(raw);
    const affinity = this.#shape.columns.get(column.toLowerCase());
    if (affinity === undefined || fits(affinity, value)) return value;
    throw new TypeError(
      `${JSON.stringify(value instanceof Uint8Array ? `${value.length} bytes` : value)} is not of its type, ${affinity}. The value could not be computed with. Convert it, or change the type of the column.`,
    );
  }

  #run(values: readonly SqliteValue[]): Explanation | undefined {
    try {
      this.#insert?.run(...values);
      return undefined;
    } catch (error) {
      if (isRowAtFault(error)) return explain(error);
      throw sqliteError(this.#settings.place, error);
    }
  }

  #otherColumns(row: object, columns: readonly Column[]): string {
    const first = columns.map(({ property }) => property).join(', ');
    return `the row has the properties ${Object.keys(row).join(', ')}, and the first row ${first}. It is not clear which columns there are. Pass columns.`;
  }
}
