import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import {
  CancelledError,
  ConnectorError,
  type Duration,
  type Host,
  messageOf,
  PipelineError,
  showValue,
} from '../../model/index.ts';
import { loadSqlite } from './load-sqlite.ts';
import { isBusy, isCutTransaction, sqliteError } from './sqlite-error.ts';

/** Where a database is, and how long to wait for it. */
export interface SqliteDatabase {
  /** The path of the database file. */
  readonly database: string;
  /** How long to wait while another connection has the database locked. Default 10 s. */
  readonly lockTimeout?: Duration;
}

/** How a database is opened. */
export interface OpenDatabaseOptions {
  readonly readOnly?: boolean;
  readonly creates?: boolean;
  readonly missing?: (database: string) => ConnectorError;
}

/** What waiting needs of the run. */
export interface WaitContext {
  readonly host: Host;
  readonly signal: AbortSignal;
}

const PAUSE = 20;

/** @throws PipelineError if `database` can't be shared between connections, or is no path. */
export function checkDatabase({ database }: SqliteDatabase): void {
  // What the types forbid comes from options that were read somewhere.
  const isPath = typeof database === 'string' && database !== '' && !database.includes('\0');
  if (isPath && database !== ':memory:') return;
  throw new PipelineError(
    'sqlite',
    `database is ${showValue(database)}. Each step opens its own connection, and only files are seen by all. Give the path of a file.`,
  );
}

/**
 * Opens a database file.
 *
 * With `creates` a file that is not there is made, with the directories above it.
 *
 * @throws ConnectorError, which `missing` makes where it is no mere database, if there is no such file, unless `creates`.
 */
export async function openDatabase(
  { database }: SqliteDatabase,
  host: Host,
  options: OpenDatabaseOptions = {},
): Promise<DatabaseSync> {
  const found = await host.disk.stat(database);
  if (found !== undefined && found.kind !== 'file') {
    throw new ConnectorError(
      database,
      `this is a ${found.kind}. A SQLite database is one file. Give the path of the file.`,
    );
  }
  if (found === undefined && !options.creates) {
    throw (options.missing ?? noSuchDatabase)(database);
  }
  if (found === undefined) await makeDirectory(dirname(database), host);
  try {
    // Waiting is done by `patiently`, which lets the rest of the process run meanwhile.
    return options.readOnly ? openToRead(database) : open(database);
  } catch (error) {
    throw sqliteError(database, error);
  }
}

const noSuchDatabase = (database: string): ConnectorError =>
  new ConnectorError(
    database,
    'there is no such database file. A new one would be empty. Check the path, or create the database first.',
  );

const open = (database: string, options: { readonly readOnly?: boolean } = {}): DatabaseSync =>
  new (loadSqlite().DatabaseSync)(database, { ...options, timeout: 0 });

/** What a writer left that was killed within a transaction can only be taken back by a connection that may write. */
function openToRead(database: string): DatabaseSync {
  const db = open(database, { readOnly: true });
  if (!isCut(db)) return db;
  db.close();
  const writer = open(database);
  isCut(writer);
  writer.close();
  return open(database, { readOnly: true });
}

/** Whether half a transaction is in the way of a first look; a connection that may write takes it back by looking. */
function isCut(db: DatabaseSync): boolean {
  try {
    db.prepare('SELECT 1 FROM sqlite_schema').get();
    return false;
  } catch (error) {
    // All else, locks for one, shows again when the database is used.
    return isCutTransaction(error);
  }
}

async function makeDirectory(directory: string, { disk }: Host): Promise<void> {
  try {
    await disk.makeDirectory(directory);
  } catch (cause) {
    throw new ConnectorError(
      directory,
      `this directory can't be made for a database: ${messageOf(cause)}. Nothing can be stored. Check the path.`,
      { cause },
    );
  }
}

/**
 * Tries again while another connection has the database locked, up to the database's `lockTimeout`.
 *
 * @throws ConnectorError, retryable, when the time is up.
 */
export async function patiently<T>(
  { database, lockTimeout = 10_000 }: SqliteDatabase,
  { host, signal }: WaitContext,
  attempt: () => T,
): Promise<T> {
  const end = host.clock.monotonic() + lockTimeout;
  for (;;) {
    try {
      return attempt();
    } catch (error) {
      if (!isBusy(error)) throw error;
      if (host.clock.monotonic() >= end) throw sqliteError(database, error);
    }
    if (signal.aborted) throw new CancelledError(`${database}: the run was cancelled while waiting for a lock.`);
    await new Promise<void>((resolve) => host.clock.setTimer(PAUSE, resolve));
  }
}
