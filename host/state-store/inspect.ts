import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { type Disk, StateError } from '../../model/index.ts';
import { checkRows, type RowCheck } from './check-rows.ts';
import { checkedJob, openDatabase, openHeld, refuseDamagedRows } from './open-database.ts';
import { missing, noDirectory, noState, notADirectory, notCopied } from './refusals.ts';
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

/** The state of a job that runs: where its file is held still. */
export interface HeldState {
  readonly job: JobRow;
  /** Gives the file back to the job. @throws StateError if it has changed meanwhile, so that what was read of it is worth nothing. */
  release(): Promise<void>;
}

/** Where to look. */
export interface StatePlace {
  readonly directory: string;
  readonly disk: Disk;
  /** Undefined where no job runs. */
  readonly held?: HeldState | undefined;
}

/**
 * Lists what a state directory holds.
 *
 * @throws StateError if a job has it open and it is not held, if it holds none, or if a start would be refused.
 */
export const listState = (place: StatePlace): Promise<StateListing> =>
  looking(place, (db, job) => ({ ...job, spaces: sizesOf(db) }));

/**
 * Checks a whole state directory: the structure of the database, and each row.
 *
 * @throws StateError as {@link listState}, or if the structure is damaged.
 */
export const verifyState = (place: StatePlace): Promise<StateCheck> =>
  looking(place, (db, job) => ({ ...job, ...checkRows(db, readSpaces(db, join(place.directory, DATABASE))) }));

/**
 * Copies a state directory as it is at its last epoch into a new one, and checks all of it.
 *
 * @throws StateError as {@link listState}, or if a row is damaged, or if there is something where the copy should be. Then
 * nothing is left of the copy.
 */
export async function backupState(place: StatePlace, to: string): Promise<JobRow> {
  const { disk } = place;
  const copy = join(to, DATABASE);
  let isBegun = false;
  try {
    const job = await looking(place, async (db, found) => {
      refuseDamagedRows(db, join(place.directory, DATABASE));
      await makeEmpty(to, disk);
      isBegun = true;
      await copyDatabase(db, to, copy);
      return found;
    });
    // Last: without it the copy is refused, so one that was not finished is not taken for one.
    await inPlace(to, async () => (await Witness.create(disk, to, job)).close());
    return job;
  } catch (error) {
    if (isBegun) for (const path of [copy, `${copy}-journal`]) await disk.remove(path);
    throw error;
  }
}

async function copyDatabase(db: DatabaseSync, to: string, copy: string): Promise<void> {
  try {
    db.prepare('VACUUM INTO ?').run(copy);
    await sync(copy);
  } catch (error) {
    throw notCopied(to, error);
  }
}

/** Names the place where something of the state went wrong. */
async function inPlace<R>(place: string, body: () => R | Promise<R>): Promise<R> {
  try {
    return await body();
  } catch (error) {
    throw stateError(place, error);
  }
}

/** Opens what is there, looks at it, and closes it. */
const looking = <R>(
  { directory, disk, held }: StatePlace,
  look: (db: DatabaseSync, job: JobRow) => R | Promise<R>,
): Promise<R> =>
  inPlace(directory, async () => {
    let db: DatabaseSync | undefined;
    try {
      const witnessed = held?.job ?? (await witnessOf(directory, disk));
      db = held === undefined ? openDatabase(directory, witnessed) : openHeld(directory, held.job);
      return await look(db, checkedJob(db, directory, witnessed, 'structure'));
    } finally {
      db?.close();
      // Also where something looked wrong: it may have changed while it was read.
      await held?.release();
    }
  });

/** @throws StateError where no job keeps its state, or where its database is gone. */
async function witnessOf(directory: string, disk: Disk): Promise<JobRow | undefined> {
  const found = await disk.stat(directory);
  if (found === undefined) throw noDirectory(directory);
  if (found.kind !== 'directory') throw notADirectory(directory, found.kind);
  const database = await disk.stat(join(directory, DATABASE));
  const witnessed = await readWitness(disk, directory);
  if (database === undefined && witnessed !== undefined) {
    throw missing(directory, `${DATABASE} is missing`, witnessed.epoch);
  }
  // Whether it may be without a witness depends on what it holds.
  if (witnessed === undefined && (database === undefined || database.size === 0)) throw noState(directory);
  return witnessed;
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
