import type { DatabaseSync, StatementSync } from 'node:sqlite';
import {
  ConnectorError,
  ElementError,
  formatIssues,
  type OffsetTracker,
  type SourceContext,
  type SourceOutput,
  validateSync,
} from '../../model/index.ts';
import { checkParameterCount, refuseSecondStatement } from './check-query.ts';
import type { ReadSettings } from './read-settings.ts';
import { isChangeRefused, isSqliteFailure, openDatabase, patiently, sqliteError } from '../sqlite-file/index.ts';
import { tableNames } from './table.ts';
import type { SqliteValue } from './values.ts';

/** How many rows are handed over together, and so are in memory. */
const BATCH = 1000;

/** A row by name. */
type Row = Record<string, SqliteValue>;

interface ResultColumn {
  /** Its name in rows, and where in the result its value stands. */
  readonly name: string;
  readonly index: number;
  readonly isBigint: boolean;
}

/** Hands over the rows of a query, batch by batch; rows that can't be elements are rejected with their number. */
export async function readRows(
  settings: ReadSettings,
  tracker: OffsetTracker,
  output: SourceOutput<unknown>,
  context: SourceContext,
): Promise<void> {
  const db = await openDatabase(settings.database, context.host, { readOnly: true });
  try {
    const statement = await patiently(settings.database, context, () => prepare(db, settings));
    const columns = resultColumns(statement, settings);
    const rows = statement.iterate(...settings.parameters);
    // The first row is where another's lock is met.
    let next = await patiently(settings.database, context, () => rows.next());
    const batch = new Batch(settings, tracker, output, context.step);
    while (!next.done) {
      // With setReturnArrays rows are arrays, which the types of node:sqlite do not say.
      batch.add(next.value as unknown as readonly SqliteValue[], columns);
      if (batch.isFull) {
        context.signal.throwIfAborted();
        if (!(await batch.handOver())) return;
      }
      next = rows.next();
    }
    if (await batch.handOver()) tracker.tryClaim(tracker.currentRestriction().to);
  } catch (error) {
    throw readError(settings, error);
  } finally {
    db.close();
  }
}

function readError({ place, table }: ReadSettings, cause: unknown): Error {
  if (table !== undefined || !isChangeRefused(cause)) return sqliteError(place, cause);
  return new ConnectorError(
    place,
    'the query would change the database. A read changes nothing. Give a SELECT, or write with writeSqlite.',
    { cause },
  );
}

function prepare(db: DatabaseSync, settings: ReadSettings): StatementSync {
  const { statement, parameters, place } = settings;
  try {
    checkParameterCount(db, statement, parameters, place);
    const prepared = db.prepare(statement);
    refuseSecondStatement(statement.slice(prepared.sourceSQL.length), place);
    prepared.setReturnArrays(true);
    prepared.setReadBigInts(true);
    return prepared;
  } catch (error) {
    throw isSqliteFailure(error) ? (missingName(db, settings, error) ?? error) : error;
  }
}

/** Where a name is wrong, says which there are. */
function missingName(
  db: DatabaseSync,
  { place, table, columns }: ReadSettings,
  cause: Error,
): ConnectorError | undefined {
  if (cause.message.startsWith('no such table')) {
    return new ConnectorError(place, `${cause.message}. The database has: ${tableNames(db)}. Correct the name.`, {
      cause,
    });
  }
  if (table === undefined || !cause.message.startsWith('no such column')) return undefined;
  const names = db
    .prepare('SELECT name FROM pragma_table_info(?)')
    .all(table)
    .map(({ name }) => String(name));
  const missing = columns?.find(([, column]) => !names.some((name) => name.toLowerCase() === column.toLowerCase()));
  return (
    missing &&
    new ConnectorError(
      place,
      `there is no column ${JSON.stringify(missing[1])}. The table has: ${names.join(', ')}. Name a table that has it.`,
      { cause, hint: 'A program corrects columns.' },
    )
  );
}

function resultColumns(statement: StatementSync, settings: ReadSettings): readonly ResultColumn[] {
  const names = statement.columns().map(({ name }) => name);
  const { bigints } = settings;
  const unknown = typeof bigints === 'boolean' ? undefined : bigints.find((column) => !names.includes(column));
  if (unknown !== undefined) {
    throw new ConnectorError(
      settings.place,
      `bigints has ${JSON.stringify(unknown)}, which is no column. The result has ${names.join(', ')}. Correct bigints.`,
    );
  }
  const wanted = settings.columns ?? names.map((name) => [name, name] as const);
  return wanted.map(([name, column]) => {
    const index = names.indexOf(column);
    if (index < 0) {
      throw new ConnectorError(
        settings.place,
        `the result has no column ${JSON.stringify(column)}. It has ${names.join(', ')}. Correct columns.`,
      );
    }
    if (names.lastIndexOf(column) !== index) {
      throw new ConnectorError(
        settings.place,
        `the result has two columns ${JSON.stringify(column)}. A row can have only one value of that name. Rename one with AS.`,
      );
    }
    return { name, index, isBigint: typeof bigints === 'boolean' ? bigints : bigints.includes(column) };
  });
}

class Batch {
  readonly #settings: ReadSettings;
  readonly #tracker: OffsetTracker;
  readonly #output: SourceOutput<unknown>;
  readonly #step: string;
  /** The number, from 0, of the row that comes next. */
  #next = 0;
  #claimed = 0;
  #values: unknown[] = [];
  /** The number of each value's row: rejected ones are not among them. */
  #numbers: number[] = [];

  constructor(settings: ReadSettings, tracker: OffsetTracker, output: SourceOutput<unknown>, step: string) {
    this.#settings = settings;
    this.#tracker = tracker;
    this.#output = output;
    this.#step = step;
  }

  get isFull(): boolean {
    return this.#next - this.#claimed >= BATCH;
  }

  add(values: readonly SqliteValue[], columns: readonly ResultColumn[]): void {
    const number = this.#next++;
    const row: Row = {};
    for (const column of columns) {
      const value = values[column.index] as SqliteValue;
      if (typeof value !== 'bigint' || column.isBigint) {
        setOwn(row, column.name, value);
        continue;
      }
      const asNumber = Number(value);
      if (!Number.isSafeInteger(asNumber))
        return this.#reject({ [column.name]: value }, number, tooLarge(column.name, value), readAsBigints(column.name));
      setOwn(row, column.name, asNumber);
    }
    this.#take(row, number);
  }

  /** Claims and emits what was added; false: the rest is for someone else. */
  async handOver(): Promise<boolean> {
    if (this.#next === this.#claimed) return true;
    this.#claimed = this.#next;
    if (!this.#tracker.tryClaim(this.#next - 1)) return false;
    const numbers = this.#numbers;
    const values = this.#values;
    this.#numbers = [];
    this.#values = [];
    await this.#output.emit({ values, coordinate: (index) => this.#place(numbers[index] ?? 0) });
    return true;
  }

  #take(row: Row, number: number): void {
    const { schema } = this.#settings;
    const result = schema === undefined ? { value: row } : validateSync(schema, row, this.#step);
    if (result.issues === undefined) {
      this.#values.push(result.value);
      this.#numbers.push(number);
      return;
    }
    this.#reject(
      row,
      number,
      `the row does not fit the schema: ${formatIssues(result.issues)}. Correct the row.`,
      'A program corrects the schema, or sets such rows aside with deadLetters.',
    );
  }

  #reject(record: unknown, number: number, message: string, hint: string): void {
    const coordinate = this.#place(number);
    this.#output.reject(
      record,
      new ElementError(this.#step, record, `${coordinate}: ${message}`, { coordinate, hint }),
      coordinate,
    );
  }

  #place(number: number): string {
    return `${this.#settings.place} row ${number + 1}`;
  }
}

const tooLarge = (column: string, value: bigint): string =>
  `column ${column}: ${value} is beyond 2^53, so no number is exactly that. It would silently become another. Correct the value.`;

const readAsBigints = (column: string): string => `A program that reads such values passes bigints: ['${column}'].`;

/** Names come from the database: `__proto__` becomes an own property like any other. */
function setOwn(row: Row, name: string, value: SqliteValue): void {
  if (name !== '__proto__') row[name] = value;
  else Object.defineProperty(row, name, { value, enumerable: true, configurable: true, writable: true });
}
