import type { DatabaseSync } from 'node:sqlite';
import { ConnectorError, type SinkContext } from '../../model/index.ts';
import { quoteIdentifier } from '../sql/index.ts';
import { openDatabase, patiently } from './connect.ts';
import { enterInLedger, isInLedger } from './ledger.ts';
import { sqliteError } from './sqlite-error.ts';
import { insertInto, type WriteSettings } from './write-settings.ts';

/** Staged rows that wait for their commit, as plain data. */
export interface Committable {
  /** The database file that holds them, and the directory to remove with it. */
  readonly stage: string;
  readonly directory: string;
  readonly runId: string;
  readonly step: string;
  readonly columns: readonly string[];
  readonly rows: number;
}

/** Moves staged rows into the target, all or none; what the ledger has already is not moved again. */
export async function commitStage(settings: WriteSettings, staged: Committable, context: SinkContext): Promise<void> {
  const { database, place, createTable } = settings;
  const db = await openDatabase(database, context.host, { creates: createTable !== undefined });
  try {
    if (!(await patiently(database, context, () => isInLedger(db, staged)))) {
      await attachStage(db, place, staged, context);
      await patiently(database, context, () => db.exec('BEGIN IMMEDIATE'));
      await move(db, settings, staged, context);
    }
  } catch (error) {
    throw sqliteError(place, error);
  } finally {
    db.close();
  }
  await context.host.disk.remove(staged.directory);
}

async function attachStage(
  db: DatabaseSync,
  place: string,
  { stage }: Committable,
  { host }: SinkContext,
): Promise<void> {
  if ((await host.disk.stat(stage)) === undefined) {
    throw new ConnectorError(
      place,
      `the rows staged in ${stage} are gone, and the table does not have them. They were removed between the run and its commit. Run again.`,
    );
  }
  db.prepare('ATTACH ? AS stage').run(stage);
}

async function move(
  db: DatabaseSync,
  settings: WriteSettings,
  staged: Committable,
  context: SinkContext,
): Promise<void> {
  const { database, createTable } = settings;
  try {
    // Another process may have committed the same while this one waited.
    if (!isInLedger(db, staged)) {
      if (createTable !== undefined) db.exec(createTable);
      if (staged.rows > 0) db.exec(moveStatement(settings, staged.columns));
      enterInLedger(db, staged, context.host.clock.now());
    }
    await patiently(database, context, () => db.exec('COMMIT'));
  } catch (error) {
    // SQLite has rolled back by itself after some errors.
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

/** Without WHERE, SQLite would read the ON of an upsert as the beginning of a join. */
const moveStatement = ({ table, onConflict }: WriteSettings, columns: readonly string[]): string =>
  `${insertInto(table, columns)} SELECT ${columns.map(quoteIdentifier).join(', ')} FROM stage.${quoteIdentifier(table)} WHERE true ${onConflict(columns)}`;
