// SQLite databases, by the SQLite that comes with Node: read.ts and write.ts are what users call.
//
// values.ts says which values go and come; opening files and waiting for locks is io/sqlite-file. A write is staged in a
// database of its own (stage.ts) and moved in one transaction (commit.ts); epochs of a job go there at once (deliver.ts).
export type { SqliteDatabase } from '../sqlite-file/index.ts';
export { readSqlite, sqliteSource } from './read.ts';
export type { SqliteReadOptions } from './read-settings.ts';
export type { SqliteValue } from './values.ts';
export { writeSqlite } from './write.ts';
export type { SqliteWriteOptions } from './write-settings.ts';
