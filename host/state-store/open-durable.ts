import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { Disk, Random } from '../../model/index.ts';
import { type FileHold, FileHolds } from './file-hold.ts';
import { checkedJob, openDatabase } from './open-database.ts';
import { Presence } from './presence.ts';
import { missing, notADirectory, notEmpty } from './refusals.ts';
import { createSchema, DATABASE, type JobRow, readHeader } from './schema.ts';
import { SqliteStore } from './sqlite-store.ts';
import { stateError } from './state-errors.ts';
import { readWitness, Witness, WITNESS } from './witness.ts';

/** What opening needs of the machine. */
export interface Machine {
  readonly disk: Disk;
  readonly random: Random;
  readonly onStateOpened?: OnStateOpened | undefined;
}

/** A job's state directory that is this process's own. */
export interface OpenState {
  readonly directory: string;
  /** The job, at its last epoch: 0 for one that begins now. */
  readonly job: JobRow;
  /** Holds the database's file, so that another process may read it; undefined if the job gives it up before that. */
  hold(): Promise<FileHold | undefined>;
}

/** Told when a state directory is this process's own; what it returns is called before it is given up. Neither may throw. */
export type OnStateOpened = (state: OpenState) => Promise<() => void>;

/**
 * Opens the store of a directory, and makes it if there is none.
 *
 * @throws StateError if another process has it open, or if it is not what was written there last.
 */
export async function openDurable(directory: string, machine: Machine): Promise<SqliteStore> {
  const { disk, random } = machine;
  let db: DatabaseSync | undefined;
  try {
    const witnessed = await witnessIn(directory, disk);
    db = openDatabase(directory, witnessed);
    if (readHeader(db).isEmpty) createSchema(db, newId(random));
    const job = checkedJob(db, directory, witnessed);
    const witness = await Witness.create(disk, directory, job);
    const presence = new Presence(directory);
    const holds = new FileHolds(db, directory, job);
    const giveUp = await machine.onStateOpened?.({ directory, job, hold: () => holds.hold() });
    return new SqliteStore(db, {
      place: directory,
      job,
      async onCommitted(epoch) {
        await witness.write(epoch);
        presence.check();
        holds.committed(epoch);
      },
      onClose() {
        giveUp?.();
        holds.close();
        // Nothing is left to be written; whoever closes the store has no use for an error.
        void witness.close().catch(() => {});
      },
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
  if ((await disk.stat(join(directory, DATABASE))) !== undefined) return witnessed;
  if (witnessed !== undefined) throw missing(directory, `${DATABASE} is missing`, witnessed.epoch);
  // A job begins here. Beside a state that is there other files do no harm.
  const others = (await disk.list(directory)).filter((name) => !mayBeThere(name)).sort();
  if (others.length > 0) throw notEmpty(directory, others);
  return undefined;
}

/** What a start that was killed may have left, and what a file system or a tool puts into empty directories. */
const mayBeThere = (name: string): boolean =>
  name.startsWith('.') ||
  ['lost+found', 'control.sock', DATABASE, WITNESS].includes(name) ||
  name.startsWith(`${DATABASE}-`) ||
  name.startsWith(`${WITNESS}.`);

/** 16 hexadecimal digits. */
const newId = (random: Random): string =>
  Array.from({ length: 4 }, () =>
    Math.floor(random.next() * 65536)
      .toString(16)
      .padStart(4, '0'),
  ).join('');
