import type { DatabaseSync, StatementSync } from 'node:sqlite';
import {
  ConnectorError,
  ElementError,
  showValue,
  type Scratch,
  type SinkBatch,
  type SinkContext,
  type SinkWriter,
} from '../../model/index.ts';
import { quoteIdentifier } from '../sql/index.ts';
import type { Committable } from './commit.ts';
import { patiently } from './connect.ts';
import { explain, isRowAtFault, sqliteError } from './sqlite-error.ts';
import type { TableShape } from './table.ts';
import { fits, type SqliteValue, toSqlite } from './values.ts';
import { type Column, insertInto, type WriteSettings } from './write-settings.ts';

/** The table of its own in which rows wait for the commit. */
export interface Stage {
  readonly scratch: Scratch;
  readonly path: string;
  readonly db: DatabaseSync;
  readonly shape: TableShape;
  /** Whether the target is there already. */
  readonly hasTarget: boolean;
}

/**
 * Collects rows in a database file of its own, in a table made by the same statement as the target: what the target would
 * refuse is refused at once, row by row, and nothing of the target is locked while the run goes on.
 */
export class StageWriter implements SinkWriter<object, Committable> {
  readonly #settings: WriteSettings;
  readonly #context: SinkContext;
  readonly #stage: Stage;
  #columns: readonly Column[] | undefined;
  #insert: StatementSync | undefined;
  /** Which of the columns some row had. */
  #seen: boolean[] = [];
  /** Where the keys of an upsert stand among the columns. */
  #keys: readonly number[] = [];
  #rows = 0;
  #isOver = false;

  constructor(settings: WriteSettings, context: SinkContext, stage: Stage) {
    this.#settings = settings;
    this.#context = context;
    this.#stage = stage;
    stage.db.exec('BEGIN');
    if (settings.columns !== undefined) this.#begin(settings.columns);
  }

  write({ values }: SinkBatch<object>): void {
    for (const row of values) {
      this.#rows++;
      const problem = this.#add(row);
      if (problem !== undefined) this.#reject(row, problem);
    }
  }

  async prepare(): Promise<Committable> {
    const { db, path } = this.#stage;
    const { place, mode } = this.#settings;
    const unseen = this.#columns?.[this.#seen.indexOf(false)];
    if (this.#rows > 0 && unseen !== undefined) {
      throw new ConnectorError(
        place,
        `no row has the property ${JSON.stringify(unseen.property)}. The column ${unseen.name} would be NULL throughout. Correct columns.`,
      );
    }
    db.exec('COMMIT');
    if (mode === 'insert') await this.#rejectExisting();
    const staged = db.prepare(`SELECT count(*) AS n FROM ${quoteIdentifier(this.#settings.table)}`).get();
    this.#close();
    const { runId, step, host, wrote } = this.#context;
    // SQLite does not tell what its rows take; the file that holds nothing else does.
    if (this.#rows > 0) wrote?.((await host.disk.stat(path))?.size ?? 0);
    const columns = (this.#columns ?? []).map(({ name }) => name);
    return { stage: path, directory: this.#stage.scratch.path, runId, step, columns, rows: Number(staged?.['n']) };
  }

  abort(): Promise<void> {
    this.#close();
    this.#stage.scratch.dispose();
    return Promise.resolve();
  }

  #close(): void {
    if (!this.#isOver) this.#stage.db.close();
    this.#isOver = true;
  }

  #begin(columns: readonly Column[]): readonly Column[] {
    const { shape, db } = this.#stage;
    const { place, table } = this.#settings;
    for (const { name } of columns) {
      if (shape.columns.has(name.toLowerCase())) continue;
      throw new ConnectorError(
        place,
        `the table has no column ${JSON.stringify(name)} that can be written. It has ${[...shape.columns.keys()].join(', ')}. Pass columns to say which properties go where.`,
      );
    }
    const names = columns.map(({ name }) => name);
    this.#keys = this.#settings.keys.map((key) => this.#keyAt(key, names));
    const marks = names.map(() => '?').join(', ');
    try {
      this.#insert = db.prepare(`${insertInto(table, names)} VALUES (${marks}) ${this.#settings.onConflict(names)}`);
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

  /** Stages a row; says why where that can't be. */
  #add(row: object): string | undefined {
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
      const { property, name } = columns[i] as Column;
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
    const affinity = this.#stage.shape.columns.get(column.toLowerCase());
    if (affinity === undefined || fits(affinity, value)) return value;
    throw new TypeError(
      `${JSON.stringify(value instanceof Uint8Array ? `${value.length} bytes` : value)} is not of its type, ${affinity}. The value could not be computed with. Convert it, or change the type of the column.`,
    );
  }

  #run(values: readonly SqliteValue[]): string | undefined {
    try {
      this.#insert?.run(...values);
      return undefined;
    } catch (error) {
      if (isRowAtFault(error)) return explain(error);
      throw sqliteError(this.#stage.path, error);
    }
  }

  #otherColumns(row: object, columns: readonly Column[]): string {
    const first = columns.map(({ property }) => property).join(', ');
    return `the row has the properties ${Object.keys(row).join(', ')}, and the first row ${first}. It is not clear which columns there are. Pass columns.`;
  }

  #reject(row: object, problem: string): void {
    this.#context.reject(row, new ElementError(this.#context.step, row, `${this.#settings.place}: ${problem}`));
  }

  /** Hands back the staged rows whose unique values the target has already, before the commit would fail on them. */
  async #rejectExisting(): Promise<void> {
    const settings = this.#settings;
    const columns = this.#columns ?? [];
    const written = new Set(columns.map(({ name }) => name.toLowerCase()));
    const uniques = this.#stage.shape.uniques.filter((unique) => unique.every((name) => written.has(name)));
    const { db, hasTarget } = this.#stage;
    if (uniques.length === 0 || !hasTarget) return;
    const table = quoteIdentifier(settings.table);
    const isSame = uniques.map((unique) => `(${unique.map(equalIn).join(' AND ')})`).join(' OR ');
    const inTarget = `EXISTS (SELECT 1 FROM target.${table} AS t WHERE ${isSame})`;
    const list = columns.map(({ name }) => `s.${quoteIdentifier(name)}`).join(', ');
    db.prepare('ATTACH ? AS target').run(settings.database.database);
    await patiently(settings.database, this.#context, () => db.exec(`SELECT 1 FROM target.${table} LIMIT 1`));
    const existing = db.prepare(`SELECT ${list} FROM main.${table} AS s WHERE ${inTarget}`);
    existing.setReturnArrays(true);
    existing.setReadBigInts(true);
    for (const values of existing.iterate()) this.#rejectStaged(values as unknown as readonly SqliteValue[], uniques);
    db.exec(`DELETE FROM main.${table} AS s WHERE ${inTarget}`);
    db.exec('DETACH target');
  }

  #rejectStaged(values: readonly SqliteValue[], uniques: readonly (readonly string[])[]): void {
    const columns = this.#columns ?? [];
    const row = Object.fromEntries(columns.map(({ property }, i) => [property, plain(values[i])]));
    const keys = uniques.map((unique) => unique.join(', ')).join(' or ');
    this.#reject(row, `the table already has a row with the same ${keys}. Remove it, or write with mode: 'upsert'.`);
  }
}

const equalIn = (column: string): string => `t.${quoteIdentifier(column)} = s.${quoteIdentifier(column)}`;

/** Integers were staged as such; those that are exact as numbers come back as numbers. */
const plain = (value: SqliteValue | undefined): SqliteValue | undefined =>
  typeof value === 'bigint' && Number.isSafeInteger(Number(value)) ? Number(value) : value;
