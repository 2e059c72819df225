import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { checkRows } from './check-rows.ts';
import { CHECKPOINT_PAGES } from './file-hold.ts';
import { loadSqlite } from './load-sqlite.ts';
import { behind, damaged, foreign, missing, mixed, newer, withoutWitness } from './refusals.ts';
import { APPLICATION_ID, DATABASE, FORMAT, type JobRow, readHeader, readJob, readSpaces } from './schema.ts';
import { stateError } from './state-errors.ts';
import { WITNESS } from './witness.ts';

/**
 * Settings of a durable database. EXCLUSIVE keeps the lock from the first statement on, and needs no shared memory; a
 * commit is on stable storage when it returns (FULL).
 */
const DURABLE = `
  PRAGMA locking_mode = EXCLUSIVE;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA cache_size = -6000;
  PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES};
  PRAGMA journal_size_limit = 67108864;
`;

/**
 * A database up to this size is read as a whole when it is opened, in about half a second: a key that was changed on disk
 * is not found by looking for it.
 */
const SMALL = 8 << 20;

/**
 * Opens the database of a directory, with its lock, and makes an empty one if there is none.
 *
 * @throws StateError if another process has it open, or if it is not a job's.
 */
export function openDatabase(directory: string, witnessed: JobRow | undefined): DatabaseSync {
  const { DatabaseSync } = loadSqlite();
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(join(directory, DATABASE), { timeout: 0 });
    // Before anything is changed.
    checkHeader(db, directory, witnessed);
    db.exec(DURABLE);
    // Takes the lock that EXCLUSIVE keeps.
    db.exec('BEGIN IMMEDIATE; COMMIT');
    return db;
  } catch (error) {
    db?.close();
    throw stateError(directory, error);
  }
}

/** Opens the database of a job that runs and holds the file still: it is read as it is, without the lock and without the log. */
export function openHeld(directory: string, job: JobRow): DatabaseSync {
  const { DatabaseSync } = loadSqlite();
  const url = pathToFileURL(resolve(directory, DATABASE));
  url.searchParams.set('immutable', '1');
  const db = new DatabaseSync(url, { readOnly: true });
  try {
    checkHeader(db, directory, job);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function checkHeader(db: DatabaseSync, directory: string, witnessed: JobRow | undefined): void {
  const { applicationId, format, isEmpty } = readHeader(db);
  if (applicationId === APPLICATION_ID && format === FORMAT) return;
  if (isEmpty && witnessed !== undefined) throw missing(directory, `${DATABASE} is empty`, witnessed.epoch);
  if (isEmpty && applicationId === 0) return;
  if (applicationId === APPLICATION_ID && format > FORMAT) throw newer(directory, format, FORMAT);
  if (witnessed !== undefined) throw damaged(join(directory, DATABASE), 'the header of the database');
  throw foreign(directory, DATABASE);
}

/**
 * What a database holds, when nothing speaks against it.
 *
 * @throws StateError if it is damaged, or not what was committed to it last.
 */
export function checkedJob(
  db: DatabaseSync,
  directory: string,
  witnessed: JobRow | undefined,
  looksAt: 'structure' | 'rows if few' = 'rows if few',
): JobRow {
  const path = join(directory, DATABASE);
  checkIntegrity(db, path);
  const job = readJob(db, path);
  if (witnessed === undefined && job.epoch > 0) throw withoutWitness(directory, WITNESS, job.epoch);
  if (witnessed !== undefined && witnessed.id !== job.id) throw mixed(directory, job.id, witnessed.id);
  if (witnessed !== undefined && job.epoch < witnessed.epoch) throw behind(directory, job.epoch, witnessed.epoch);
  if (looksAt === 'rows if few' && statSync(path).size <= SMALL) refuseDamagedRows(db, path);
  return job;
}

/** @throws StateError if a row is not as it was written. */
export function refuseDamagedRows(db: DatabaseSync, path: string): void {
  const [first] = checkRows(db, readSpaces(db, path)).damaged;
  if (first !== undefined) throw damaged(path, `a value of ${first[0]}`);
}

function checkIntegrity(db: DatabaseSync, path: string): void {
  const [first] = Object.values(db.prepare('PRAGMA integrity_check(1)').get() ?? {});
  if (first !== 'ok') throw damaged(path, `the database (${String(first)})`);
}
