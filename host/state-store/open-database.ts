import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { type Disk, type Random, StateError } from '../../model/index.ts';
import { loadSqlite } from './load-sqlite.ts';
import { APPLICATION_ID, createSchema, damaged, DATABASE, FORMAT, type JobRow, readHeader, readJob } from './schema.ts';
import { SqliteStore } from './sqlite-store.ts';
import { stateError } from './state-errors.ts';
import { readWitness, Witness } from './witness.ts';

/**
 * Settings of a durable database. EXCLUSIVE keeps the lock from the first statement on, and needs no shared memory; a
 * commit is on stable storage when it returns (FULL).
 */
const DURABLE = `
  PRAGMA locking_mode = EXCLUSIVE;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA cache_size = -16000;
  PRAGMA wal_autocheckpoint = 4000;
  PRAGMA journal_size_limit = 67108864;
`;

/** What opening needs of the machine. */
export interface Machine {
  readonly disk: Disk;
  readonly random: Random;
}

/**
 * Opens the store of a directory, and makes it if there is none.
 *
 * @throws StateError if another process has it open, or if it is not what was written there last.
 */
export async function openDurable(directory: string, { disk, random }: Machine): Promise<SqliteStore> {
  const witnessed = await inDirectory(directory, () => prepareDirectory(directory, disk));
  const db = openDatabase(directory, witnessed);
  try {
    const job = checkedJob(db, directory, { witnessed, newId: () => newId(random) });
    const witness = await Witness.create(disk, directory, job);
    return new SqliteStore(db, {
      place: directory,
      job,
      onCommitted: (epoch) => witness.write(epoch),
      // Nothing is left to be written; whoever closes the store has no use for an error.
      onClose: () => void witness.close().catch(() => {}),
    });
  } catch (error) {
    db.close();
    throw stateError(directory, error);
  }
}

async function inDirectory<T>(directory: string, body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    throw stateError(directory, error);
  }
}

/** Makes the directory, and reads its witness. */
async function prepareDirectory(directory: string, disk: Disk): Promise<JobRow | undefined> {
  const found = await disk.stat(directory);
  if (found !== undefined && found.kind !== 'directory') {
    throw new StateError(
      directory,
      'foreign',
      `this is a ${found.kind}. A job keeps its state in a directory. Name another one.`,
    );
  }
  if (found === undefined) await disk.makeDirectory(directory);
  const witnessed = await readWitness(disk, directory);
  if (witnessed !== undefined && (await disk.stat(join(directory, DATABASE))) === undefined) {
    throw new StateError(
      directory,
      'older',
      `${DATABASE} is missing, though epoch ${witnessed.epoch} was committed to it. A new one would begin the job anew. Restore the directory from a backup, or name an empty one.`,
    );
  }
  return witnessed;
}

/** The database of a directory, with its lock. */
function openDatabase(directory: string, witnessed: JobRow | undefined): DatabaseSync {
  const { DatabaseSync } = loadSqlite();
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(join(directory, DATABASE), { timeout: 0 });
    // Before anything is changed.
    checkHeader(db, directory, witnessed);
    db.exec(DURABLE);
    // The lock that EXCLUSIVE keeps.
    db.exec('BEGIN IMMEDIATE; COMMIT');
    return db;
  } catch (error) {
    db?.close();
    throw stateError(directory, error);
  }
}

function checkHeader(db: DatabaseSync, directory: string, witnessed: JobRow | undefined): void {
  const { applicationId, format, isEmpty } = readHeader(db);
  if (applicationId === APPLICATION_ID && format === FORMAT) return;
  if (witnessed !== undefined && isEmpty) throw behind(directory, 0, witnessed.epoch);
  if (isEmpty && applicationId === 0) return;
  if (applicationId === APPLICATION_ID && format > FORMAT) {
    throw new StateError(
      directory,
      'newer',
      `the state has format ${format}, and this version of Viga knows formats up to ${FORMAT}. It could misread what a newer one wrote. Run the job with the version that wrote it, or a later one.`,
    );
  }
  if (witnessed !== undefined) throw damaged(join(directory, DATABASE), 'the header of the database');
  throw new StateError(
    directory,
    'foreign',
    `${DATABASE} is a SQLite database of another program. A job's state would overwrite it. Name an empty directory.`,
  );
}

/** What the database holds, when nothing speaks against it. */
function checkedJob(
  db: DatabaseSync,
  directory: string,
  { witnessed, newId }: { readonly witnessed: JobRow | undefined; readonly newId: () => string },
): JobRow {
  if (readHeader(db).isEmpty) createSchema(db, newId());
  checkIntegrity(db, join(directory, DATABASE));
  const job = readJob(db, join(directory, DATABASE));
  if (witnessed === undefined) {
    if (job.epoch > 0) throw noWitness(directory, job.epoch);
  } else if (witnessed.id !== job.id) {
    throw new StateError(
      directory,
      'foreign',
      `the database is of job ${job.id}, and its witness of job ${witnessed.id}. The files of two directories were mixed. Restore the whole directory from one backup.`,
    );
  } else if (job.epoch < witnessed.epoch) {
    throw behind(directory, job.epoch, witnessed.epoch);
  }
  return job;
}

function checkIntegrity(db: DatabaseSync, place: string): void {
  const [first] = Object.values(db.prepare('PRAGMA integrity_check(1)').get() ?? {});
  if (first !== 'ok') throw damaged(place, `the database (${String(first)})`);
}

const behind = (directory: string, epoch: number, witnessed: number): StateError =>
  new StateError(
    directory,
    'older',
    `the database stands at epoch ${epoch}, and epoch ${witnessed} was committed to it. The job would do again what others were told is done. Restore the directory from a backup of its last epoch, or start the job anew in an empty one.`,
  );

const noWitness = (directory: string, epoch: number): StateError =>
  new StateError(
    directory,
    'damaged',
    `epoch.witness is missing beside a database of epoch ${epoch}. Without it no one can tell whether the last epochs were lost. Restore the whole directory from one backup.`,
  );

/** 16 hexadecimal digits. */
const newId = (random: Random): string =>
  Array.from({ length: 4 }, () =>
    Math.floor(random.next() * 65536)
      .toString(16)
      .padStart(4, '0'),
  ).join('');
