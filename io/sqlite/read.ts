import {
  type EventTimeOptions,
  type InferOutput,
  type OffsetRange,
  OffsetTracker,
  type PBegin,
  type PCollection,
  type PTransform,
  read,
  type ReadOptions,
  type Source,
  type StandardSchemaV1,
} from '../../model/index.ts';
import { readRows } from './read-rows.ts';
import { readSettings, type SqliteReadOptions } from './read-settings.ts';
import type { SqliteValue } from './values.ts';

type Bigints = boolean | readonly string[];
/** What a value can be: bigints only where they were asked for. */
type Value<B extends Bigints> = [B] extends [false] ? Exclude<SqliteValue, bigint> : SqliteValue;

/** What to read. */
type What =
  | { readonly table: string; readonly query?: never; readonly parameters?: never }
  | { readonly query: string; readonly parameters?: readonly unknown[]; readonly table?: never };

type Common<B extends Bigints> = Pick<SqliteReadOptions, 'database' | 'lockTimeout'> &
  Pick<ReadOptions, 'name' | 'deadLetters'> &
  What & { readonly bigints?: B };

/** Rows as a schema returns them. */
export type SqliteSchemaSpec<S extends StandardSchemaV1> = Common<Bigints> &
  Pick<SqliteReadOptions, 'columns'> & { readonly schema: S };
/** Rows with the columns that were asked for. */
export type SqliteColumnSpec<C extends string, B extends Bigints> = Common<B> & {
  readonly columns: readonly C[] | { readonly [K in C]: string };
};

/**
 * Reads a table, or the result of a query, from a SQLite database.
 *
 * Rows are objects by column: text, numbers, null, and bytes (`Uint8Array`) for blobs. Integers are numbers; one beyond 2^53
 * is an error, or exact with `bigints`. With `schema` rows are what the schema makes of them. A thousand rows at a time are
 * in memory. The database is read as it was at the first row, and stays open until the last.
 *
 * Rows have the lowest timestamp, or that of `timestamp`, and are in the global window. Rows that can't be elements end the
 * run, or go to `deadLetters` with a coordinate like `shop.db table orders row 7`.
 *
 * @throws PipelineError if options contradict each other.
 * @example
 * import { mkdtempSync } from 'node:fs';
 * import { DatabaseSync } from 'node:sqlite';
 * import { Pipeline } from 'viga';
 * import { readSqlite } from 'viga/io/sqlite';
 * import { directRunner } from 'viga/runners/direct';
 * import { assertThat } from 'viga/testing';
 *
 * const database = `${mkdtempSync('/tmp/shop-')}/shop.db`;
 * new DatabaseSync(database).exec(`CREATE TABLE orders (id INTEGER, total REAL);
 *   INSERT INTO orders VALUES (1, 9.5), (2, 20)`);
 * const p = new Pipeline();
 * const large = p.apply(readSqlite({ database, query: 'SELECT id FROM orders WHERE total > ?', parameters: [10] }));
 * assertThat(large).containsInAnyOrder([{ id: 2 }]);
 * await p.run(directRunner());
 */
export function readSqlite<S extends StandardSchemaV1>(
  spec: SqliteSchemaSpec<S> & EventTimeOptions<InferOutput<S>>,
): PTransform<PBegin, PCollection<InferOutput<S>>>;
export function readSqlite<const C extends string, const B extends Bigints = false>(
  spec: SqliteColumnSpec<C, B> & EventTimeOptions<{ readonly [K in C]: Value<B> }>,
): PTransform<PBegin, PCollection<{ readonly [K in C]: Value<B> }>>;
export function readSqlite<const B extends Bigints = false>(
  spec: Common<B> & EventTimeOptions<Readonly<Record<string, Value<B>>>>,
): PTransform<PBegin, PCollection<Readonly<Record<string, Value<B>>>>>;
export function readSqlite(
  spec: SqliteReadOptions & Omit<ReadOptions<never>, 'isBounded'>,
): PTransform<PBegin, PCollection<unknown>> {
  const { name = 'ReadSqlite', deadLetters, timestamp, maxOutOfOrder, maxAhead } = spec;
  const options = {
    ...(deadLetters !== undefined && { deadLetters }),
    // It is only given rows that these options make, as the overloads say.
    ...(timestamp !== undefined && { timestamp: timestamp as ReadOptions['timestamp'] & {} }),
    ...(maxOutOfOrder !== undefined && { maxOutOfOrder }),
    ...(maxAhead !== undefined && { maxAhead }),
  };
  return { ...read(sqliteSource(spec), options), name };
}

/** The source behind {@link readSqlite}. Positions are the numbers of rows, from 0. */
export function sqliteSource(options: SqliteReadOptions): Source<unknown, OffsetRange, number> {
  const settings = readSettings(options);
  return {
    kind: 'source',
    name: 'ReadSqlite',
    location: settings.place,
    // Rows are counted: those of another result have other numbers.
    filter: [settings.statement, ...settings.parameters],
    initialRestriction: () => ({ from: 0, to: Number.MAX_SAFE_INTEGER }),
    createTracker: (range) => new WholeResult(range),
    async read(_nothing, tracker, output, context) {
      // The trackers that createTracker makes come back.
      await readRows(settings, tracker as WholeResult, output, context);
      return undefined;
    },
  };
}

/**
 * The rows of a result, whose number is only known at its end. They have no order that a second query would have to keep,
 * so one reader reads them all.
 */
class WholeResult extends OffsetTracker {
  #isOver = false;

  override tryClaim(row: number): boolean {
    this.#isOver = !super.tryClaim(row);
    return !this.#isOver;
  }

  override trySplit(): undefined {
    return undefined;
  }

  /** The result as a whole is the unit. */
  override progress(): { readonly completed: number; readonly remaining: number } {
    return this.#isOver ? { completed: 1, remaining: 0 } : { completed: 0, remaining: 1 };
  }
}
