import type { DatabaseSync } from 'node:sqlite';
import { patiently, type SqliteDatabase, type WaitContext } from './connect.ts';

/**
 * Runs `change` in a transaction that is written as a whole or not at all. Locks of others are waited for before it begins
 * and when it is committed; `change` runs in one go, so that steps of one process never meet in the middle of one.
 */
export async function inTransaction<T>(
  db: DatabaseSync,
  database: SqliteDatabase,
  context: WaitContext,
  change: () => T,
): Promise<T> {
  await patiently(database, context, () => db.exec('BEGIN IMMEDIATE'));
  try {
    const result = change();
    await patiently(database, context, () => db.exec('COMMIT'));
    return result;
  } catch (error) {
    // SQLite has rolled back by itself after some errors.
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}
