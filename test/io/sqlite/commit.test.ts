import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { nodeHost } from '../../../host/index.ts';
import { readSqlite, writeSqlite } from '../../../io/sqlite/index.ts';
import { sqliteSink } from '../../../io/sqlite/write.ts';
import { GLOBAL_WINDOW, NO_FIRING, Pipeline, type SinkContext } from '../../../model/index.ts';
import { directRunner } from '../../../runners/direct/index.ts';
import { assertSinkLaws } from '../../../testing/index.ts';
import { create } from '../../../transforms/index.ts';
import { databaseOf, query } from './temporary-database.ts';
import { run } from './write-rows.ts';

describe('a run is one transaction', () => {
  const context = (runId: string): SinkContext => ({
    host: nodeHost(),
    signal: new AbortController().signal,
    step: 'Write',
    runId,
    reject(_element, error) {
      throw error;
    },
  });
  const batch = (values: readonly object[]) => ({
    values,
    timestamps: 0,
    windows: [GLOBAL_WINDOW],
    panes: NO_FIRING,
  });

  test('a repeated commit changes nothing, also by another process that finds the stage gone', async () => {
    const database = databaseOf('CREATE TABLE t (n)');
    const sink = sqliteSink<object>({ database, table: 't' });
    const writer = await sink.open(context('run-1'));
    await writer.write(batch([{ n: 1 }]));
    expect(query(database, 'SELECT * FROM t')).toEqual([]);
    const staged = await writer.prepare();
    expect(query(database, 'SELECT * FROM t')).toEqual([]);
    await sink.commit(staged, context('run-1'));
    await sqliteSink<object>({ database, table: 't' }).commit(structuredClone(staged), context('run-1'));
    expect(query(database, 'SELECT * FROM t')).toEqual([{ n: 1 }]);
    expect(query(database, 'SELECT job_id, step, rows FROM _viga_ledger')).toEqual([
      { job_id: 'run-1', step: 'Write', rows: 1 },
    ]);
    await expect(sink.commit({ ...staged, runId: 'run-2' }, context('run-2'))).rejects.toThrow(
      `are gone, and the table does not have them`,
    );
  });

  test('a commit that fails leaves the table and the ledger as they were, and may be tried again', async () => {
    const database = databaseOf('CREATE TABLE t (n UNIQUE)');
    const sink = sqliteSink<object>({ database, table: 't' });
    const writer = await sink.open(context('run-1'));
    await writer.write(batch([{ n: 1 }, { n: 2 }]));
    const staged = await writer.prepare();
    const other = new DatabaseSync(database);
    other.exec('INSERT INTO t VALUES (2)');
    await expect(sink.commit(staged, context('run-1'))).rejects.toThrow(
      `${database} table t: UNIQUE constraint failed: t.n. There is such a row already. Remove it. A program that replaces rows writes with mode: 'upsert'.`,
    );
    expect(query(database, 'SELECT * FROM t')).toEqual([{ n: 2 }]);
    other.exec('DELETE FROM t');
    other.close();
    await sink.commit(staged, context('run-1'));
    expect(query(database, 'SELECT n FROM t ORDER BY n')).toEqual([{ n: 1 }, { n: 2 }]);
  });

  test('a foreign key that leads nowhere fails the commit as a whole', async () => {
    const database = databaseOf('CREATE TABLE a (id INTEGER PRIMARY KEY); CREATE TABLE b (a INTEGER REFERENCES a)');
    await expect(run([{ a: 1 }], { database, table: 'b' })).rejects.toThrow(
      `${database} table b: FOREIGN KEY constraint failed. A row refers to another that is not there. Write that one first.`,
    );
    expect(query(database, 'SELECT * FROM b')).toEqual([]);
  });

  test('a run that fails elsewhere leaves no row', async () => {
    const database = databaseOf('CREATE TABLE t (n)');
    const p = new Pipeline();
    const numbers = p.apply(create([{ n: 1 }, { n: 2 }]));
    numbers.apply(writeSqlite({ database, table: 't' }));
    numbers.map(({ n }) => {
      if (n === 2) throw new Error('no twos');
      return n;
    });
    await expect(p.run(directRunner())).rejects.toThrow('no twos');
    expect(query(database, 'SELECT * FROM t')).toEqual([]);
  });

  test('reading and writing one database in one pipeline works', async () => {
    const database = databaseOf('CREATE TABLE a (n); CREATE TABLE b (n); INSERT INTO a VALUES (1), (2)');
    const p = new Pipeline();
    p.apply(readSqlite({ database, table: 'a', columns: ['n'] })).apply(writeSqlite({ database, table: 'b' }));
    await p.run(directRunner());
    expect(query(database, 'SELECT n FROM b ORDER BY n')).toEqual([{ n: 1 }, { n: 2 }]);
  });

  test('the laws of sinks hold', async () => {
    await assertSinkLaws({
      elements: [
        { id: 1, name: 'a' },
        { id: 2, name: 'b' },
        { id: 3, name: 'c' },
      ],
      create() {
        const database = databaseOf('CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT)');
        const sink = sqliteSink<{ id: number; name: string }>({ database, table: 't' });
        return { sink, visible: () => query(database, 'SELECT * FROM t ORDER BY id') };
      },
    });
  });

  test('many rows are staged on disk and written', async () => {
    const database = databaseOf('CREATE TABLE t (n INTEGER PRIMARY KEY, text TEXT)');
    await run(
      Array.from({ length: 20_000 }, (_, n) => ({ n, text: `row ${n}` })),
      { database, table: 't' },
    );
    expect(query(database, 'SELECT count(*) AS n, max(text) AS last FROM t')).toEqual([
      { n: 20_000, last: 'row 9999' },
    ]);
  });
});
