import type { DatabaseSync } from 'node:sqlite';
import { ConnectorError, type Delivery, type SinkContext } from '../../model/index.ts';
import { EpochGuard, inTransaction, openDatabase, patiently, sqliteError } from '../sqlite-file/index.ts';
import { RowInserter } from './row-inserter.ts';
import { describeTable, tableNames, type TableShape } from './table.ts';
import type { WriteSettings } from './write-settings.ts';

/** Writes what the epochs of a job have for a table. */
export class EpochWriter {
  readonly #settings: WriteSettings;
  readonly #guard = new EpochGuard();

  constructor(settings: WriteSettings) {
    this.#settings = settings;
  }

  /**
   * Writes an epoch, and the ledger's row that says so, in one transaction; one that the ledger has already changes nothing.
   * Of rows with the same keys an upsert keeps the one that came last.
   *
   * @throws ConnectorError if the ledger has an epoch of the job that this process knows nothing of.
   */
  async deliver(delivery: Delivery<object>, context: SinkContext): Promise<void> {
    const { database, place, createTable } = this.#settings;
    const db = await openDatabase(database, context.host, { creates: createTable !== undefined });
    try {
      await inTransaction(db, database, context, () => this.#write(db, delivery, context));
    } catch (error) {
      throw sqliteError(place, error);
    } finally {
      db.close();
    }
  }

  #write(db: DatabaseSync, delivery: Delivery<object>, context: SinkContext): void {
    const { place, createTable } = this.#settings;
    const { jobId, epoch } = delivery;
    const key = { jobId, step: context.step };
    if (this.#guard.has(db, place, key, epoch)) return;
    if (createTable !== undefined) db.exec(createTable);
    const inserter = new RowInserter(this.#settings, context, db, tableOf(db, this.#settings));
    let rows = 0;
    for (const { values } of delivery.batches()) for (const row of values) if (inserter.add(row)) rows++;
    this.#guard.enter(db, key, { epoch, rows, now: context.host.clock.now() });
  }

  /**
   * The last epoch of a job that the table has, by the ledger.
   *
   * @throws ConnectorError if the table is not there and the write does not make it: better before the first epoch than
   * after it.
   */
  async delivered(jobId: string, context: SinkContext): Promise<number | undefined> {
    const { database, place, createTable } = this.#settings;
    const isThere = (await context.host.disk.stat(database.database)) !== undefined;
    if (!isThere && createTable !== undefined) return undefined;
    // Not to be read only: a transaction that was cut by a kill has to be taken back first.
    const db = await openDatabase(database, context.host);
    try {
      return await patiently(database, context, () => {
        if (createTable === undefined) tableOf(db, this.#settings);
        return this.#guard.find(db, { jobId, step: context.step });
      });
    } catch (error) {
      throw sqliteError(place, error);
    } finally {
      db.close();
    }
  }
}

/** The table as it is in the database. @throws ConnectorError that names the tables there are, if it is not among them. */
export function tableOf(db: DatabaseSync, { place, table }: WriteSettings): TableShape {
  const shape = describeTable(db, place, table);
  if (shape !== undefined) return shape;
  throw new ConnectorError(
    place,
    `there is no such table. The database has: ${tableNames(db)}. Correct the name, or create the table.`,
    { hint: 'A program creates it with createTable.' },
  );
}
