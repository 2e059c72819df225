import type { DatabaseSync } from 'node:sqlite';
import { ConnectorError, type SinkContext } from '../../model/index.ts';
import { quoteIdentifier } from '../sql/index.ts';
import {
  enterInLedger,
  inTransaction,
  lastEpoch,
  type LedgerKey,
  openDatabase,
  patiently,
  sqliteError,
} from '../sqlite-file/index.ts';
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

/** Stages have no order among each other. */
const STAGE_EPOCH = 0;

/** Moves staged rows into the target, all or none; what the ledger has already is not moved again. */
export async function commitStage(settings: WriteSettings, staged: Committable, context: SinkContext): Promise<void> {
  const { database, place, createTable } = settings;
  const key = { jobId: staged.runId, step: staged.step, stage: staged.stage };
  const db = await openDatabase(database, context.host, { creates: createTable !== undefined });
  try {
    if ((await patiently(database, context, () => lastEpoch(db, key))) === undefined) {
      await attachStage(db, place, staged, context);
      await inTransaction(db, database, context, () => move(db, settings, staged, key, context));
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

function move(
  db: DatabaseSync,
  settings: WriteSettings,
  { columns, rows }: Committable,
  key: LedgerKey,
  { host }: SinkContext,
): void {
  // Another process may have committed the same while this one waited.
  if (lastEpoch(db, key) !== undefined) return;
  if (settings.createTable !== undefined) db.exec(settings.createTable);
  if (rows > 0) db.exec(moveStatement(settings, columns));
  enterInLedger(db, key, { epoch: STAGE_EPOCH, rows, now: host.clock.now() });
}

/** Without WHERE, SQLite would read the ON of an upsert as the beginning of a join. */
const moveStatement = ({ table, onConflict }: WriteSettings, columns: readonly string[]): string =>
  `${insertInto(table, columns)} SELECT ${columns.map(quoteIdentifier).join(', ')} FROM stage.${quoteIdentifier(table)} WHERE true ${onConflict(columns)}`;
