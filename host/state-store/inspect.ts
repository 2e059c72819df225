import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { type Disk, StateError } from '../../model/index.ts';
import { checkRows, type RowCheck } from './check-rows.ts';
import { checkedJob, openDatabase, refuseDamagedRows } from './open-database.ts';
import { noState } from './refusals.ts';
import { DATABASE, type JobRow, readSpaces } from './schema.ts';
import { stateError } from './state-errors.ts';
import { readWitness, Witness } from './witness.ts';

/** One space of a store. */
export interface SpaceSize {
  readonly name: string;
  readonly rows: number;
  /** Of keys and values together. */
  readonly bytes: number;
}

/** What a state directory holds. */
export interface StateListing extends JobRow {
  readonly spaces: readonly SpaceSize[];
}

/** What was found when each row was compared with its crc. */
export type StateCheck = JobRow & RowCheck;

/**
 * Lists what a state directory holds.
 *
 * @throws StateError if a job has it open, if it holds none, or if a start would be refused.
 */
export const listState = (directory: string, disk: Disk): Promise<StateListing> =>
  looking(directory, disk, (db, job) => ({ ...job, spaces: sizesOf(db) }));

/**
 * Checks a whole state directory: the structure of the database, and each row.
 *
 * @throws StateError as {@link listState}, or if the structure is damaged.
 */
export const verifyState = (directory: string, disk: Disk): Promise<StateCheck> =>
  looking(directory, disk, (db, job) => ({ ...job, ...checkRows(db, readSpaces(db, join(directory, DATABASE))) }));

/**
 * Copies a state directory as it is at its last epoch into a new one, and checks all of it.
 *
 * @throws StateError as {@link listState}, or if a row is damaged, or if there is something where the copy should be.
 */
export const backupState = (directory: string, to: string, disk: Disk): Promise<JobRow> =>
  looking(directory, disk, async (db, job) => {
    refuseDamagedRows(db, join(directory, DATABASE));
    await makeEmpty(to, disk);
    const copy = join(to, DATABASE);
    try {
      db.prepare('VACUUM INTO ?').run(copy);
      await sync(copy);
      // Last: without it the copy is refused, so one that was not finished is not taken for one.
      await (await Witness.create(disk, to, job)).close();
    } catch (error) {
      throw stateError(to, error);
    }
    return job;
  });

/** Opens what is there, looks at it, and closes it. */
async function looking<R>(
  directory: string,
  disk: Disk,
  look: (db: DatabaseSync, job: JobRow) => R | Promise<R>,
): Promise<R> {
  let db: DatabaseSync | undefined;
  try {
    const database = await disk.stat(join(directory, DATABASE));
    const witnessed = await readWitness(disk, directory);
    if (database === undefined || witnessed === undefined) throw noState(directory);
    db = openDatabase(directory, witnessed);
    return await look(db, checkedJob(db, directory, witnessed, 'structure'));
  } catch (error) {
    throw stateError(directory, error);
  } finally {
    db?.close();
  }
}

function sizesOf(db: DatabaseSync): readonly SpaceSize[] {
  const sizes = db.prepare(
    `SELECT name, count(*) AS rows, sum(length(key) + length(value)) AS bytes
       FROM cells JOIN spaces ON spaces.id = cells.space GROUP BY space ORDER BY name`,
  );
  // The statement's columns.
  return sizes.all() as unknown as readonly SpaceSize[];
}

/** @throws StateError if there is something already. */
async function makeEmpty(directory: string, disk: Disk): Promise<void> {
  const found = await disk.stat(directory);
  const isTaken = found !== undefined && (found.kind !== 'directory' || (await disk.list(directory)).length > 0);
  if (isTaken) {
    throw new StateError(
      directory,
      'foreign',
      'there is something here already. A backup is not put over anything. Name a directory that is empty or not there.',
    );
  }
  await disk.makeDirectory(directory);
}

async function sync(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
