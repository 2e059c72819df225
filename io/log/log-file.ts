import type { DatabaseSync } from 'node:sqlite';
import { ConnectorError } from '../../model/index.ts';
import { openDatabase, patiently, type SqliteDatabase, sqliteError, type WaitContext } from '../sqlite-file/index.ts';

/** Says in the header of a SQLite file that it is a log: "Vlog". */
const APPLICATION_ID = 0x566c6f67;
const VERSION = 1;

// A partition has the records from `first` up to, not including, `next`, without gaps: writers append in one transaction,
// and retention removes from the front only. `uid` tells a topic from another of its name.
const SCHEMA = `
CREATE TABLE topics (
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, uid TEXT NOT NULL,
  max_age INTEGER, max_records INTEGER);
CREATE TABLE partitions (
  topic INTEGER NOT NULL REFERENCES topics (id) ON DELETE CASCADE, partition INTEGER NOT NULL,
  first INTEGER NOT NULL, next INTEGER NOT NULL,
  PRIMARY KEY (topic, partition)) WITHOUT ROWID;
CREATE TABLE records (
  topic INTEGER NOT NULL REFERENCES topics (id) ON DELETE CASCADE, partition INTEGER NOT NULL, "offset" INTEGER NOT NULL,
  timestamp NUMERIC NOT NULL, key BLOB, value BLOB NOT NULL, headers BLOB,
  PRIMARY KEY (topic, partition, "offset")) WITHOUT ROWID;
CREATE TABLE groups (
  name TEXT NOT NULL, topic INTEGER NOT NULL REFERENCES topics (id) ON DELETE CASCADE, partition INTEGER NOT NULL,
  next INTEGER NOT NULL, committed_at NUMERIC NOT NULL,
  PRIMARY KEY (name, topic, partition)) WITHOUT ROWID;
PRAGMA application_id = ${APPLICATION_ID};
PRAGMA user_version = ${VERSION};`;

/** Opens a log for a step of a pipeline; waiting for locks lets the rest of the process run. */
export async function openLogFile(
  database: SqliteDatabase,
  context: WaitContext,
  options: { readonly creates?: boolean; readonly readOnly?: boolean } = {},
): Promise<DatabaseSync> {
  const db = await openDatabase(database, context.host, { ...options, missing: noSuchLog });
  try {
    await patiently(database, context, () => prepareLog(db, database.database, options.creates ?? false));
    return db;
  } catch (error) {
    db.close();
    throw sqliteError(database.database, error);
  }
}

const noSuchLog = (file: string): ConnectorError =>
  new ConnectorError(
    file,
    'there is no such log. There is nothing to read. Check the path, or write to the log first.',
    {
      hint: 'A program makes one with openLog(file).',
    },
  );

/**
 * Makes the tables of a log in an empty file, where `creates`.
 *
 * @throws ConnectorError if the file is something else.
 */
export function prepareLog(db: DatabaseSync, file: string, creates: boolean): void {
  if (!isLog(db, file)) {
    if (!creates) {
      throw new ConnectorError(
        file,
        'the file is empty. It has no topic yet. Check the path, or write to the log first.',
        { hint: 'A program makes topics with openLog(file).createTopic.' },
      );
    }
    // Readers and one writer at a time do not wait for each other.
    db.exec('PRAGMA journal_mode = WAL');
    db.exec('BEGIN IMMEDIATE');
    try {
      // Another process may have been first.
      if (!isLog(db, file)) db.exec(SCHEMA);
      db.exec('COMMIT');
    } finally {
      if (db.isTransaction) db.exec('ROLLBACK');
    }
  }
  db.exec('PRAGMA foreign_keys = ON');
}

function isLog(db: DatabaseSync, file: string): boolean {
  const application = numberOf(db, 'PRAGMA application_id', 'application_id');
  const version = numberOf(db, 'PRAGMA user_version', 'user_version');
  if (application === APPLICATION_ID && version === VERSION) return true;
  if (application === APPLICATION_ID) {
    throw new ConnectorError(
      file,
      `this log is of version ${version}, and this Viga knows version ${VERSION}. It can't be read safely. Use the Viga that wrote it.`,
    );
  }
  const isEmpty = numberOf(db, 'SELECT count(*) AS n FROM sqlite_schema', 'n') === 0;
  if (application === 0 && isEmpty) return false;
  throw new ConnectorError(
    file,
    'this SQLite database is no log. Its tables would be in the way. Name another file; tables are read with readSqlite.',
  );
}

const numberOf = (db: DatabaseSync, statement: string, column: string): number =>
  Number(db.prepare(statement).get()?.[column]);
