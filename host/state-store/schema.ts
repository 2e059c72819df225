import type { DatabaseSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import { damaged } from './refusals.ts';

/** The name of the database in a state directory. */
export const DATABASE = 'state.db';

/** What marks the header of a database as Viga's: `Viga` in ASCII. */
export const APPLICATION_ID = 0x56696761;

/** The format of what follows; a later one is refused, an earlier one would be migrated here. */
export const FORMAT = 1;

/**
 * One table for all spaces: the rows of a space are neighbors, ordered by the bytes of their keys. Each row has a crc of
 * all that is in it, so that a flipped bit is not read as another value.
 */
const CREATE = `
  CREATE TABLE job (
    only INTEGER PRIMARY KEY CHECK (only = 1), id TEXT NOT NULL, epoch INTEGER NOT NULL, crc INTEGER NOT NULL
  );
  CREATE TABLE spaces (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, crc INTEGER NOT NULL);
  CREATE TABLE cells (
    space INTEGER NOT NULL, key BLOB NOT NULL, value BLOB NOT NULL, crc INTEGER NOT NULL, PRIMARY KEY (space, key)
  ) WITHOUT ROWID;
`;

/** What the header of a database says, and whether anything is in it. */
export interface Header {
  readonly applicationId: number;
  readonly format: number;
  readonly isEmpty: boolean;
}

export function readHeader(db: DatabaseSync): Header {
  const number = (sql: string): number => {
    // Each statement gives one row of one number.
    const row = db.prepare(sql).get() as Record<string, number>;
    return Object.values(row)[0] as number;
  };
  return {
    applicationId: number('PRAGMA application_id'),
    format: number('PRAGMA user_version'),
    isEmpty: number('SELECT count(*) FROM sqlite_schema') === 0,
  };
}

/** Makes the tables of a new store, and marks the file as one: all of it or nothing. */
export function createSchema(db: DatabaseSync, id: string): void {
  db.exec('BEGIN IMMEDIATE');
  db.exec(CREATE);
  db.prepare('INSERT INTO job VALUES (1, ?, 0, ?)').run(id, jobCrc(id, 0));
  db.exec(`PRAGMA user_version = ${FORMAT}; PRAGMA application_id = ${APPLICATION_ID}; COMMIT`);
}

/** The one row of the table `job`. */
export interface JobRow {
  readonly id: string;
  readonly epoch: number;
}

const jobCrc = (id: string, epoch: number): number => crc32(`${id} ${epoch}`);

/** @throws StateError if the row is damaged. */
export function readJob(db: DatabaseSync, place: string): JobRow {
  // The types are those of the table's columns.
  const row = db.prepare('SELECT id, epoch, crc FROM job').get() as (JobRow & { readonly crc: number }) | undefined;
  if (row === undefined || row.crc !== jobCrc(row.id, row.epoch)) {
    throw damaged(place, 'the row that says which epoch it holds');
  }
  return { id: row.id, epoch: row.epoch };
}

export function writeEpoch(db: DatabaseSync, { id }: JobRow, epoch: number): void {
  db.prepare('UPDATE job SET epoch = ?, crc = ?').run(epoch, jobCrc(id, epoch));
}

/** The names of all spaces, with the numbers that stand for them in rows. */
export function readSpaces(db: DatabaseSync, place: string): Map<string, number> {
  const spaces = new Map<string, number>();
  // The types are those of the table's columns.
  const rows = db.prepare('SELECT id, name, crc FROM spaces').all() as unknown as {
    readonly id: number;
    readonly name: string;
    readonly crc: number;
  }[];
  for (const { id, name, crc } of rows) {
    if (crc !== crc32(name, id)) throw damaged(place, `the name of space ${id}`);
    spaces.set(name, id);
  }
  return spaces;
}

export function addSpace(db: DatabaseSync, name: string, id: number): void {
  db.prepare('INSERT INTO spaces VALUES (?, ?, ?)').run(id, name, crc32(name, id));
}

/** Of a row's contents; -1, which no row has, where a flipped bit has made something else of its bytes. */
export const cellCrc = (space: number, key: Uint8Array, value: Uint8Array): number =>
  key instanceof Uint8Array && value instanceof Uint8Array ? crcAfter(value, crcAfter(key, space)) : -1;

/** On Node 22 the crc of a blob of no bytes that SQLite gave is 0, whatever came before. */
const crcAfter = (bytes: Uint8Array, before: number): number => (bytes.length === 0 ? before : crc32(bytes, before));
