import { ConnectorError } from '../../model/index.ts';

/** What `node:sqlite` throws: SQLite's extended result code, and its message. */
export interface SqliteFailure extends Error {
  readonly errcode: number;
}

/** The primary result codes that lead to a message of their own (sqlite.org, "Result and Error Codes"). */
const BUSY = 5;
const LOCKED = 6;
const READONLY = 8;
const IOERR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANTOPEN = 14;
const CONSTRAINT = 19;
const MISMATCH = 20;
const RANGE = 25;
const NOTADB = 26;
/** An extended code: a transaction that was cut off has to be taken back, and this connection may only read. */
const READONLY_ROLLBACK = READONLY | (3 << 8);

export const isSqliteFailure = (error: unknown): error is SqliteFailure =>
  error instanceof Error && typeof (error as Partial<SqliteFailure>).errcode === 'number'; // that is what is asked here

const primary = ({ errcode }: SqliteFailure): number => errcode & 0xff;

/** Whether another connection holds a lock, so that a later attempt may succeed. */
export const isBusy = (error: unknown): boolean => isSqliteFailure(error) && [BUSY, LOCKED].includes(primary(error));

/** Whether one row is at fault: a constraint, or a value of a wrong type. */
export const isRowAtFault = (error: unknown): error is SqliteFailure =>
  isSqliteFailure(error) && [CONSTRAINT, MISMATCH].includes(primary(error));

/** Whether a statement would change what was opened for reading. (Files without permission have extended codes.) */
export const isChangeRefused = (error: unknown): boolean => isSqliteFailure(error) && error.errcode === READONLY;

/** Whether the file holds half a transaction, whose writer was killed. */
export const isCutTransaction = (error: unknown): boolean =>
  isSqliteFailure(error) && error.errcode === READONLY_ROLLBACK;

export const isTooManyParameters = (error: unknown): boolean => isSqliteFailure(error) && primary(error) === RANGE;

/** What SQLite refused to do, how to go on, and what only a program can do. */
export interface Explanation {
  readonly message: string;
  readonly hint?: string | undefined;
}

export function explain(failure: SqliteFailure): Explanation {
  const known = adviceOn(failure);
  const [advice, hint] = typeof known === 'string' ? [known] : known;
  return { message: `${failure.message}. ${advice}`, hint };
}

/** A failure of SQLite as an error of the system at `place`. Errors that are not SQLite's are returned as they are. */
export function sqliteError(place: string, error: unknown): Error {
  if (!isSqliteFailure(error)) return error instanceof Error ? error : new Error(String(error));
  const { message, hint } = explain(error);
  return new ConnectorError(place, message, { cause: error, retryable: isBusy(error), hint });
}

/** What anybody can do, and what only who writes the program can. */
type Advice = string | readonly [advice: string, hint: string];

/** Said where a row is there already. */
export const REPLACES_ROWS = "A program that replaces rows writes with mode: 'upsert'.";

function adviceOn(error: SqliteFailure): Advice {
  switch (primary(error)) {
    case BUSY:
    case LOCKED:
      return [
        'Another connection has the database locked. Run again when it is done.',
        'A program that waits longer raises lockTimeout.',
      ];
    case READONLY:
      return 'The database, or its directory, may not be written by this user. Change its permissions.';
    case IOERR:
      return 'The disk did not read or write as asked. Check the disk and its free space.';
    case CORRUPT:
    case NOTADB:
      return 'The file is no SQLite database, or a damaged one. Check the path, or restore the file from a backup.';
    case FULL:
      return 'There is no room left on the disk. Free space and run again.';
    case CANTOPEN:
      return 'The file could not be opened. Check that its directory exists and may be read and written.';
    case CONSTRAINT:
      return constraintAdvice(error.message);
    case MISMATCH:
      return 'An INTEGER PRIMARY KEY takes whole numbers only. Correct the value.';
    default:
      return adviceOnStatement(error.message);
  }
}

function constraintAdvice(message: string): Advice {
  if (message.startsWith('UNIQUE')) return ['There is such a row already. Remove it.', REPLACES_ROWS];
  if (message.startsWith('NOT NULL')) return 'The column needs a value. Give the row one, or drop the constraint.';
  if (message.startsWith('FOREIGN KEY')) return 'A row refers to another that is not there. Write that one first.';
  return 'The table does not take such a row. Correct the row, or the constraint.';
}

function adviceOnStatement(message: string): string {
  if (message.startsWith('no such table')) return 'Check the name, and the database file.';
  if (message.includes('no such column') || message.includes('has no column')) return 'Check the name of the column.';
  if (message.startsWith('ON CONFLICT')) return 'Give keys that are the primary key or have a unique index.';
  return 'Correct the statement.';
}
