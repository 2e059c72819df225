import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { Disk, Random } from '../../model/index.ts';
import { checkedJob, openDatabase } from './open-database.ts';
import { missing, notADirectory } from './refusals.ts';
import { createSchema, DATABASE, type JobRow, readHeader } from './schema.ts';
import { SqliteStore } from './sqlite-store.ts';
import { stateError } from './state-errors.ts';
import { readWitness, Witness } from './witness.ts';

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
  let db: DatabaseSync | undefined;
  try {
    const witnessed = await witnessIn(directory, disk);
    db = openDatabase(directory, witnessed);
    if (readHeader(db).isEmpty) createSchema(db, newId(random));
    const job = checkedJob(db, directory, witnessed);
    const witness = await Witness.create(disk, directory, job);
    return new SqliteStore(db, {
      place: directory,
      job,
      onCommitted: (epoch) => witness.write(epoch),
      // Nothing is left to be written; whoever closes the store has no use for an error.
      onClose: () => void witness.close().catch(() => {}),
    });
  } catch (error) {
    db?.close();
    throw stateError(directory, error);
  }
}

/** Makes the directory if it is not there, and reads its witness. */
async function witnessIn(directory: string, disk: Disk): Promise<JobRow | undefined> {
  const found = await disk.stat(directory);
  if (found !== undefined && found.kind !== 'directory') throw notADirectory(directory, found.kind);
  if (found === undefined) await disk.makeDirectory(directory);
  const witnessed = await readWitness(disk, directory);
  if (witnessed !== undefined && (await disk.stat(join(directory, DATABASE))) === undefined) {
    throw missing(directory, DATABASE, witnessed.epoch);
  }
  return witnessed;
}

/** 16 hexadecimal digits. */
const newId = (random: Random): string =>
  Array.from({ length: 4 }, () =>
    Math.floor(random.next() * 65536)
      .toString(16)
      .padStart(4, '0'),
  ).join('');
