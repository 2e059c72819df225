import { copyFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { nodeHost } from '../../../host/index.ts';
import { sqliteSink } from '../../../io/sqlite/write.ts';
import { type Delivery, GLOBAL_WINDOW, NO_FIRING, type SinkContext } from '../../../model/index.ts';
import { databaseOf, query, temporaryFolder } from './temporary-database.ts';

const contextOf = (step: string, rejected?: unknown[]): SinkContext => ({
  host: nodeHost(),
  signal: new AbortController().signal,
  step,
  runId: 'job-a',
  reject(element, error) {
    if (rejected === undefined) throw error;
    rejected.push(element);
  },
});
const context = contextOf('Write');

/** What an epoch has, in batches. */
const delivery = (epoch: number, batches: readonly (readonly object[])[], jobId = 'job-a'): Delivery<object> => ({
  jobId,
  epoch,
  *batches() {
    for (const values of batches) yield { values, timestamps: 0, windows: [GLOBAL_WINDOW], panes: NO_FIRING };
  },
});

const ledgerOf = (database: string) => query(database, 'SELECT job_id, step, epoch, rows FROM _viga_ledger');

test('an epoch is written with its row in the ledger, and written again changes nothing', async () => {
  const database = databaseOf('CREATE TABLE t (n)');
  const sink = sqliteSink<object>({ database, table: 't' });
  expect(await sink.delivered?.('job-a', context)).toBeUndefined();
  await sink.deliver?.(delivery(3, [[{ n: 1 }, { n: 2 }], [{ n: 3 }]]), context);
  expect(ledgerOf(database)).toEqual([{ job_id: 'job-a', step: 'Write', epoch: 3, rows: 3 }]);
  // The reply was lost: the job, perhaps another process of it, delivers once more.
  await sqliteSink<object>({ database, table: 't' }).deliver?.(
    delivery(3, [[{ n: 1 }, { n: 2 }], [{ n: 3 }]]),
    context,
  );
  expect(query(database, 'SELECT n FROM t')).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
  await sink.deliver?.(delivery(7, [[{ n: 4 }]]), context);
  expect(ledgerOf(database)).toEqual([{ job_id: 'job-a', step: 'Write', epoch: 7, rows: 1 }]);
  expect(await sink.delivered?.('job-a', context)).toBe(7);
});

test('of several rows with one key in a delivery the last one stays, and later epochs replace it', async () => {
  const database = databaseOf('CREATE TABLE t (id INTEGER PRIMARY KEY, sum INTEGER)');
  const sink = sqliteSink<object>({ database, table: 't', mode: 'upsert', keys: ['id'] });
  const first = [
    { id: 1, sum: 10 },
    { id: 2, sum: 5 },
    { id: 1, sum: 30 },
  ];
  await sink.deliver?.(delivery(1, [first, [{ id: 1, sum: 20 }]]), context);
  expect(query(database, 'SELECT id, sum FROM t ORDER BY id')).toEqual([
    { id: 1, sum: 20 },
    { id: 2, sum: 5 },
  ]);
  await sink.deliver?.(delivery(2, [[{ id: 2, sum: 6 }]]), context);
  expect(query(database, 'SELECT id, sum FROM t ORDER BY id')).toEqual([
    { id: 1, sum: 20 },
    { id: 2, sum: 6 },
  ]);
});

test('a job whose state is older than the table is refused, and the table is as it was', async () => {
  const database = databaseOf('CREATE TABLE t (n)');
  const sink = sqliteSink<object>({ database, table: 't' });
  await sink.deliver?.(delivery(5, [[{ n: 1 }]]), context);
  const restored = sqliteSink<object>({ database, table: 't' });
  for (let attempt = 0; attempt < 2; attempt += 1) {
    await expect(restored.deliver?.(delivery(4, [[{ n: 0 }]]), context)).rejects.toThrow(
      `${database} table t: Write is to write its epoch 4, and the ledger here has epoch 5 of its job, which this process did not write. The state is older than the sink`,
    );
  }
  expect(query(database, 'SELECT n FROM t')).toEqual([{ n: 1 }]);
});

test.each([
  ['deleted', (database: string) => rmSync(database)],
  ['set back', (database: string) => copyFileSync(`${database}.old`, database)],
])('a database that was %s while its job runs gets nothing more', async (_, change) => {
  const database = path.join(temporaryFolder(), 'new.db');
  const sink = sqliteSink<object>({ database, table: 't', createTable: { n: 'INTEGER' } });
  await sink.deliver?.(delivery(1, [[{ n: 1 }]]), context);
  copyFileSync(database, `${database}.old`);
  await sink.deliver?.(delivery(2, [[{ n: 2 }]]), context);
  change(database);
  await expect(sink.deliver?.(delivery(4, [[{ n: 4 }]]), context)).rejects.toThrow(
    `${database} table t: Write has written its epoch 2 here, and the ledger does not have it any more`,
  );
});

test('rows and the ledger that speaks of them are one transaction: without the one the others are not there', async () => {
  const database = databaseOf('CREATE TABLE t (n)');
  const sink = sqliteSink<object>({ database, table: 't' });
  await sink.deliver?.(delivery(1, [[{ n: 1 }]]), context);
  const db = new DatabaseSync(database);
  db.exec(`CREATE TRIGGER full BEFORE INSERT ON _viga_ledger BEGIN SELECT RAISE(ABORT, 'no room'); END`);
  await expect(sink.deliver?.(delivery(2, [[{ n: 2 }]]), context)).rejects.toThrow('no room');
  expect(query(database, 'SELECT n FROM t')).toEqual([{ n: 1 }]);
  db.exec('DROP TRIGGER full');
  db.close();
  await sink.deliver?.(delivery(2, [[{ n: 2 }]]), context);
  expect(query(database, 'SELECT n FROM t')).toEqual([{ n: 1 }, { n: 2 }]);
});

test('after a crash all that is not known to have arrived is handed over again, and changes nothing', async () => {
  const database = databaseOf('CREATE TABLE t (n)');
  const before = sqliteSink<object>({ database, table: 't' });
  for (const epoch of [1, 2, 3]) await before.deliver?.(delivery(epoch, [[{ n: epoch }]]), context);
  const restarted = sqliteSink<object>({ database, table: 't' });
  expect(await restarted.delivered?.('job-a', context)).toBe(3);
  for (const epoch of [2, 3, 4]) await restarted.deliver?.(delivery(epoch, [[{ n: epoch }]]), context);
  expect(query(database, 'SELECT n FROM t')).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }, { n: 4 }]);
  // A copy of the job's state is in use by another process.
  const copy = sqliteSink<object>({ database, table: 't' });
  await copy.delivered?.('job-a', context);
  await copy.deliver?.(delivery(9, [[{ n: 9 }]]), context);
  await expect(restarted.deliver?.(delivery(5, [[{ n: 5 }]]), context)).rejects.toThrow('two copies of it are in use');
});

test('jobs and steps have ledgers of their own, and the rows of other jobs are left alone', async () => {
  const database = databaseOf('CREATE TABLE t (n); INSERT INTO t VALUES (0)');
  const sink = sqliteSink<object>({ database, table: 't' });
  await sink.deliver?.(delivery(9, [[{ n: 1 }]]), context);
  await sink.deliver?.(delivery(1, [[{ n: 2 }]], 'job-b'), context);
  await sink.deliver?.(delivery(1, [[{ n: 3 }]]), contextOf('Other'));
  expect(query(database, 'SELECT n FROM t ORDER BY n')).toEqual([{ n: 0 }, { n: 1 }, { n: 2 }, { n: 3 }]);
  expect(await sink.delivered?.('job-b', context)).toBe(1);
  expect(await sink.delivered?.('job-a', context)).toBe(9);
  expect(await sink.delivered?.('job-a', contextOf('Other'))).toBe(1);
});

test('a delivery that fails half-way leaves neither rows nor ledger, and may be made again', async () => {
  const database = databaseOf('CREATE TABLE t (n UNIQUE)');
  const sink = sqliteSink<object>({ database, table: 't' });
  await expect(sink.deliver?.(delivery(1, [[{ n: 1 }], [{ n: 1 }]]), context)).rejects.toThrow(
    `UNIQUE constraint failed: t.n. There is such a row already. Remove it. A program that replaces rows writes with mode: 'upsert'.`,
  );
  const broken: Delivery<object> = {
    ...delivery(1, []),
    *batches() {
      yield* delivery(1, [[{ n: 1 }]]).batches();
      throw new Error('the spool can not be read');
    },
  };
  await expect(sink.deliver?.(broken, context)).rejects.toThrow('the spool can not be read');
  expect(query(database, 'SELECT n FROM t')).toEqual([]);
  expect(await sink.delivered?.('job-a', context)).toBeUndefined();
  await sink.deliver?.(delivery(1, [[{ n: 1 }], [{ n: 2 }]]), context);
  expect(query(database, 'SELECT n FROM t')).toEqual([{ n: 1 }, { n: 2 }]);
});

test('a row at fault is handed back where that is asked for, and the others are written', async () => {
  const database = databaseOf('CREATE TABLE t (n INTEGER UNIQUE)');
  const sink = sqliteSink<object>({ database, table: 't' });
  const rejected: unknown[] = [];
  await sink.deliver?.(delivery(1, [[{ n: 1 }, { n: 'two' }, { n: 1 }, { n: 3 }]]), contextOf('Write', rejected));
  expect(rejected).toEqual([{ n: 'two' }, { n: 1 }]);
  expect(query(database, 'SELECT n FROM t')).toEqual([{ n: 1 }, { n: 3 }]);
});

test('the table is made by the first epoch; without createTable its lack is told before one', async () => {
  const database = path.join(temporaryFolder(), 'new.db');
  const sink = sqliteSink<object>({ database, table: 't', createTable: { n: 'INTEGER' } });
  expect(await sink.delivered?.('job-a', context)).toBeUndefined();
  await sink.deliver?.(delivery(1, []), context);
  await sink.deliver?.(delivery(2, [[{ n: 1 }]]), context);
  expect(query(database, 'SELECT n FROM t')).toEqual([{ n: 1 }]);
  await expect(sqliteSink<object>({ database, table: 'u' }).delivered?.('job-a', context)).rejects.toThrow(
    `${database} table u: there is no such table. The database has: t, _viga_ledger. Correct the name, or create the table. A program creates it with createTable.`,
  );
});

test('a lock of another connection is waited for', async () => {
  const database = databaseOf('CREATE TABLE t (n)');
  const other = new DatabaseSync(database);
  other.exec('BEGIN IMMEDIATE; INSERT INTO t VALUES (0)');
  const host = nodeHost();
  let waits = 0;
  const patient: SinkContext = {
    ...context,
    host: {
      ...host,
      clock: {
        ...host.clock,
        setTimer(_delay, fire) {
          if ((waits += 1) === 3) other.exec('COMMIT');
          return host.clock.setTimer(0, fire);
        },
      },
    },
  };
  await sqliteSink<object>({ database, table: 't' }).deliver?.(delivery(1, [[{ n: 1 }]]), patient);
  other.close();
  expect(waits).toBe(3);
  expect(query(database, 'SELECT n FROM t')).toEqual([{ n: 0 }, { n: 1 }]);
});
