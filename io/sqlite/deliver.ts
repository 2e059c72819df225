import type { DatabaseSync } from 'node:sqlite';
import { ConnectorError, type Delivery, type SinkContext } from '../../model/index.ts';
import {
  enterInLedger,
  hasEpoch,
  inTransaction,
  lastEpoch,
  openDatabase,
  patiently,
  sqliteError,
} from '../sqlite-file/index.ts';
import { RowInserter } from './row-inserter.ts';
import { describeTable, tableNames, type TableShape } from './table.ts';
import type { WriteSettings } from './write-settings.ts';

/**
 * Writes what an epoch has for the table, and the ledger's row that says so, in one transaction; an epoch that the ledger
 * has already changes nothing. Of rows with the same keys an upsert keeps the one that came last.
 *
 * @throws ConnectorError if the ledger has a later epoch of the job: its state is older than the table.
 */
export async function deliverRows(
  settings: WriteSettings,
  delivery: Delivery<object>,
  context: SinkContext,
): Promise<void> {
  const { database, place, createTable } = settings;
  const db = await openDatabase(database, context.host, { creates: createTable !== undefined });
  try {
    await inTransaction(db, database, context, () => write(db, settings, delivery, context));
  } catch (error) {
    throw sqliteError(place, error);
  } finally {
    db.close();
  }
}

function write(db: DatabaseSync, settings: WriteSettings, delivery: Delivery<object>, context: SinkContext): void {
  const { jobId, epoch } = delivery;
  const key = { jobId, step: context.step };
  if (hasEpoch(db, settings.place, key, epoch)) return;
  if (settings.createTable !== undefined) db.exec(settings.createTable);
  const inserter = new RowInserter(settings, context, db, tableOf(db, settings));
  let rows = 0;
  for (const { values } of delivery.batches()) for (const row of values) if (inserter.add(row)) rows++;
  enterInLedger(db, key, { epoch, rows, now: context.host.clock.now() });
}

/** The table as it is in the database. */
export function tableOf(db: DatabaseSync, { place, table }: WriteSettings): TableShape {
  const shape = describeTable(db, place, table);
  if (shape !== undefined) return shape;
  throw new ConnectorError(
    place,
    `there is no such table. The database has: ${tableNames(db)}. Correct the name, or pass createTable with its columns.`,
  );
}

/**
 * The last epoch of a job that the table has, by the ledger.
 *
 * @throws ConnectorError if the table is not there and the write does not make it: better before the first epoch than after.
 */
export async function deliveredEpoch(
  settings: WriteSettings,
  jobId: string,
  context: SinkContext,
): Promise<number | undefined> {
  const { database, place, createTable } = settings;
  const isThere = (await context.host.disk.stat(database.database)) !== undefined;
  if (!isThere && createTable !== undefined) return undefined;
  const db = await openDatabase(database, context.host, { readOnly: true });
  try {
    return await patiently(database, context, () => {
      if (createTable === undefined) tableOf(db, settings);
      return lastEpoch(db, { jobId, step: context.step });
    });
  } catch (error) {
    throw sqliteError(place, error);
  } finally {
    db.close();
  }
}
