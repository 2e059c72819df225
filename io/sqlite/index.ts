// SQLite databases, by the SQLite that comes with Node: read.ts and write.ts are what users call.
//
// connect.ts opens files and waits for locks, values.ts says which values go and come, sqlite-error.ts explains what SQLite
// says. A write is staged in a database of its own (stage.ts) and moved in one transaction (commit.ts).
export type { SqliteDatabase } from './connect.ts';
export { readSqlite } from './read.ts';
export type { SqliteReadOptions } from './read-settings.ts';
export type { SqliteValue } from './values.ts';
export { writeSqlite } from './write.ts';
export type { SqliteWriteOptions } from './write-settings.ts';
