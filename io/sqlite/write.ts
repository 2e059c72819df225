import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import {
  type PCollection,
  type PDone,
  type PTransform,
  type Sink,
  type SinkContext,
  write,
  type WriteOptions,
} from '../../model/index.ts';
import { loadSqlite, openDatabase, patiently, sqliteError } from '../sqlite-file/index.ts';
import { type Committable, commitStage } from './commit.ts';
import { EpochWriter, tableOf } from './deliver.ts';
import { StageWriter } from './stage.ts';
import { describeTable, type TableShape } from './table.ts';
import { type SqliteWriteOptions, type WriteSettings, writeSettings } from './write-settings.ts';

/**
 * Writes rows, objects by column, into a table of a SQLite database.
 *
 * Rows wait in a temporary database and are moved in one transaction when the run has succeeded, so a run that fails leaves
 * the table as it was. A job with a state directory writes the rows of each epoch in one transaction after it is durable.
 * An entry in the table `_viga_ledger`, in the same transaction, makes a repeated commit change nothing. Of rows with the
 * same keys in one transaction, `upsert` keeps the one that came last.
 *
 * Booleans are written as 1 and 0, dates as ISO 8601 text in UTC, undefined as NULL. A value that is not of its column's
 * type, and a row that breaks a constraint, end the run, or are set aside with `deadLetters`; foreign keys and triggers
 * are only looked at by the commit, which then fails as a whole.
 *
 * @throws PipelineError if options contradict each other.
 * @example
 * import assert from 'node:assert/strict';
 * import { mkdtempSync } from 'node:fs';
 * import { DatabaseSync } from 'node:sqlite';
 * import { create, Pipeline } from 'viga';
 * import { writeSqlite } from 'viga/io/sqlite';
 * import { directRunner } from 'viga/runners/direct';
 *
 * const database = `${mkdtempSync('/tmp/orders-')}/orders.db`;
 * const p = new Pipeline();
 * p.apply(create([{ id: 1, name: 'Anna' }, { id: 2, name: 'Ben' }])).apply(
 *   writeSqlite({ database, table: 'customer', mode: 'upsert', keys: ['id'], createTable: { id: 'INTEGER', name: 'TEXT' } }),
 * );
 * await p.run(directRunner());
 * const written = new DatabaseSync(database).prepare('SELECT name FROM customer ORDER BY id').all();
 * assert.deepEqual(written.map(({ name }) => name), ['Anna', 'Ben']);
 */
export function writeSqlite<T extends object>(
  spec: SqliteWriteOptions<T> & WriteOptions<T>,
): PTransform<PCollection<T>, PDone> {
  const { name = 'WriteSqlite', deadLetters } = spec;
  const options = deadLetters === undefined ? {} : { deadLetters };
  return { ...write<T, Committable>(sqliteSink(spec), options), name };
}

/** The sink behind {@link writeSqlite}. */
export function sqliteSink<T extends object>(options: SqliteWriteOptions<T>): Sink<T, Committable> {
  const settings = writeSettings(options);
  const epochs = new EpochWriter(settings);
  return {
    kind: 'sink',
    name: 'WriteSqlite',
    guarantee: 'transactional',
    location: `${settings.database.database}#${settings.table}`,
    open: (context) => openWriter(settings, context),
    commit: (staged, context) => commitStage(settings, staged, context),
    deliver: (delivery, context) => epochs.deliver(delivery, context),
    delivered: (jobId, context) => epochs.delivered(jobId, context),
  };
}

async function openWriter(settings: WriteSettings, context: SinkContext): Promise<StageWriter> {
  const target = await describeTarget(settings, context);
  const scratch = context.host.disk.scratch();
  const path = join(scratch.path, 'stage.db');
  let db: DatabaseSync | undefined;
  try {
    db = new (loadSqlite().DatabaseSync)(path, { enableForeignKeyConstraints: false });
    // Nobody else sees this file, and after a crash nobody needs it. The journal is kept for rows that are refused half-way.
    db.exec('PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF');
    for (const statement of target?.statements ?? [settings.createTable ?? '']) db.exec(statement);
    const shape = describeTable(db, settings.place, settings.table) ?? target;
    if (shape === undefined) throw new Error(`This is a bug in Viga: ${settings.place} could not be staged.`);
    return new StageWriter(settings, context, { scratch, path, db, shape, hasTarget: target !== undefined });
  } catch (error) {
    db?.close();
    scratch.dispose();
    throw sqliteError(settings.place, error);
  }
}

/** The table as it is; undefined where this write makes it. */
async function describeTarget(settings: WriteSettings, context: SinkContext): Promise<TableShape | undefined> {
  const { database, table, place, createTable } = settings;
  const isThere = (await context.host.disk.stat(database.database)) !== undefined;
  if (!isThere && createTable !== undefined) return undefined;
  // Not to be read only: a transaction that was cut by a kill has to be taken back first.
  const db = await openDatabase(database, context.host);
  try {
    return await patiently(database, context, () =>
      createTable === undefined ? tableOf(db, settings) : describeTable(db, place, table),
    );
  } catch (error) {
    throw sqliteError(place, error);
  } finally {
    db.close();
  }
}
