import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import { nodeHost } from '../../../host/index.ts';
import { readSqlite, writeSqlite } from '../../../io/sqlite/index.ts';
import { sqliteSource } from '../../../io/sqlite/read.ts';
import type { SqliteReadOptions } from '../../../io/sqlite/read-settings.ts';
import {
  CancelledError,
  ConnectorError,
  type DeadLetter,
  type PCollection,
  Pipeline,
  PipelineError,
} from '../../../model/index.ts';
import { directRunner } from '../../../runners/direct/index.ts';
import { assertSourceLaws, assertThat, testPipeline } from '../../../testing/index.ts';
import { count } from '../../../index.ts';
import { databaseOf, query, temporaryFolder } from './temporary-database.ts';

const SHOP = `
  CREATE TABLE orders (id INTEGER PRIMARY KEY, name TEXT, total REAL, photo BLOB);
  INSERT INTO orders VALUES (1, 'Anna', 9.5, x'0102'), (2, NULL, 20, NULL);
`;

test('a table is read as objects with the types of SQLite', async (t) => {
  const database = databaseOf(SHOP);
  const p = testPipeline(t);
  const rows = p.apply(readSqlite({ database, table: 'orders' }));
  expectTypeOf(rows).toEqualTypeOf<PCollection<Readonly<Record<string, string | number | Uint8Array | null>>>>();
  assertThat(rows).containsInAnyOrder([
    { id: 1, name: 'Anna', total: 9.5, photo: Uint8Array.of(1, 2) },
    { id: 2, name: null, total: 20, photo: null },
  ]);
  await p.run();
});

test('columns choose and rename; a query has parameters', async (t) => {
  const database = databaseOf(SHOP);
  const p = testPipeline(t);
  const chosen = p.apply(readSqlite({ database, table: 'orders', columns: ['name'] }), { name: 'Chosen' });
  expectTypeOf(chosen).toEqualTypeOf<PCollection<{ readonly name: string | number | Uint8Array | null }>>();
  const renamed = p.apply(
    readSqlite({
      database,
      query: 'SELECT id, upper(name) AS shout, ? AS extra FROM orders WHERE total < ? AND id IN (?, ?)',
      parameters: [true, 10, 1, 2n],
      columns: { key: 'id', loud: 'shout', extra: 'extra' },
    }),
    { name: 'Renamed' },
  );
  assertThat(chosen).containsInAnyOrder([{ name: 'Anna' }, { name: null }]);
  assertThat(renamed).containsInAnyOrder([{ key: 1, loud: 'ANNA', extra: 1 }]);
  await p.run();
});

test('integers beyond 2^53 are exact as bigints, and an error as numbers', async (t) => {
  const database = databaseOf(
    'CREATE TABLE big (id INTEGER, n INTEGER); INSERT INTO big VALUES (1, 9007199254740993), (2, 5)',
  );
  const p = testPipeline(t);
  const all = p.apply(readSqlite({ database, table: 'big', bigints: true }), { name: 'All' });
  const one = p.apply(readSqlite({ database, table: 'big', bigints: ['n'], columns: ['id', 'n'] }), { name: 'One' });
  expectTypeOf(one).toEqualTypeOf<
    PCollection<{
      readonly id: string | number | bigint | Uint8Array | null;
      readonly n: string | number | bigint | Uint8Array | null;
    }>
  >();
  assertThat(all).containsInAnyOrder([
    { id: 1n, n: 9007199254740993n },
    { id: 2n, n: 5n },
  ]);
  assertThat(one).containsInAnyOrder([
    { id: 1, n: 9007199254740993n },
    { id: 2, n: 5n },
  ]);
  await p.run();

  const q = new Pipeline();
  q.apply(readSqlite({ database, table: 'big' }), { name: 'Big' });
  await expect(q.run(directRunner())).rejects.toThrow(
    `Big/Read: ${database} table big row 1: column n: 9007199254740993 is beyond 2^53, so no number is exactly that. It would silently become another. Correct the value. A program that reads such values passes bigints: ['n'].`,
  );
});

test('rows that do not fit go to the dead letters with their number', async () => {
  const database = databaseOf(`CREATE TABLE t (n); INSERT INTO t VALUES (1), ('x'), (9007199254740993), (4)`);
  const p = new Pipeline();
  const dead: PCollection<DeadLetter<unknown>>[] = [];
  const rows = p.apply(
    readSqlite({
      database,
      table: 't',
      schema: z.object({ n: z.number() }),
      deadLetters: (failed) => dead.push(failed),
    }),
  );
  expectTypeOf(rows).toEqualTypeOf<PCollection<{ n: number }>>();
  assertThat(rows).containsInAnyOrder([{ n: 1 }, { n: 4 }]);
  assertThat(
    dead[0]?.map(({ element, coordinate }) => ({ element, coordinate })) as PCollection<unknown>,
  ).containsInAnyOrder([
    { element: { n: 'x' }, coordinate: `${database} table t row 2` },
    { element: { n: 9007199254740993n }, coordinate: `${database} table t row 3` },
  ]);
  await p.run(directRunner());
});

test('rows come in batches, each claimed by its last row', async () => {
  const database = databaseOf(
    'CREATE TABLE t (n); WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < 2500) INSERT INTO t SELECT i FROM s',
  );
  const p = new Pipeline();
  assertThat(p.apply(readSqlite({ database, table: 't' })).combineGlobally(count)).containsInAnyOrder([2500]);
  await p.run(directRunner());
  await assertSourceLaws(sqliteSource({ database, table: 't' }), { moments: 10 });
});

test('no more than a thousand rows are taken before the engine has room for them', async () => {
  const database = databaseOf(
    'CREATE TABLE t (n); WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < 2500) INSERT INTO t SELECT i FROM s',
  );
  const source = sqliteSource({ database, table: 't' });
  const tracker = source.createTracker({ from: 0, to: Number.MAX_SAFE_INTEGER });
  const sizes: number[] = [];
  let pending = 0;
  const output = {
    async emit({ values }: { readonly values: readonly unknown[] }) {
      pending++;
      expect(pending).toBe(1);
      await Promise.resolve();
      sizes.push(values.length);
      pending--;
    },
    reject() {},
    advanceWatermark() {},
    setIdle() {},
  };
  const context = { host: nodeHost(), signal: new AbortController().signal, step: 'Read' };
  await source.read(undefined, tracker, output, context);
  expect(sizes).toEqual([1000, 1000, 500]);
});

test('a cancelled run stops reading and writes nothing', async () => {
  const database = databaseOf(
    'CREATE TABLE u (n); CREATE TABLE t (n); WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < 5000) INSERT INTO t SELECT i FROM s',
  );
  const controller = new AbortController();
  let seen = 0;
  const p = new Pipeline();
  p.apply(readSqlite({ database, table: 't', columns: ['n'] }))
    .map((row) => {
      seen++;
      controller.abort();
      return row;
    })
    .apply(writeSqlite({ database, table: 'u' }));
  await expect(p.run(directRunner(), { signal: controller.signal })).rejects.toThrow(CancelledError);
  expect(seen).toBeLessThan(5000);
  expect(query(database, 'SELECT count(*) AS n FROM u')).toEqual([{ n: 0 }]);
});

test('names that mean something to SQL or to objects are names', async (t) => {
  const database = databaseOf(
    `CREATE TABLE "or""der; DROP" ("__proto__", "sel""ect", "constructor"); INSERT INTO "or""der; DROP" VALUES (1, 2, 3)`,
  );
  const p = testPipeline(t);
  const rows = p
    .apply(readSqlite({ database, table: 'or"der; DROP', columns: ['__proto__', 'sel"ect', 'constructor'] }))
    .map((row) => ({
      // The order of fields is not kept between steps.
      entries: Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)),
      isPlain: Object.getPrototypeOf(row) === Object.prototype,
    }));
  const entries: [string, number][] = [
    ['__proto__', 1],
    ['constructor', 3],
    ['sel"ect', 2],
  ];
  assertThat<unknown>(rows).containsInAnyOrder([{ entries, isPlain: true }]);
  await p.run();
});

describe('what can not be read is said with its place and the fix', () => {
  const run = (spec: SqliteReadOptions): Promise<unknown> => {
    const p = new Pipeline();
    p.apply(readSqlite(spec as { database: string; table: string }));
    return p.run(directRunner());
  };

  test('no file, a directory, and a file that is no database', async () => {
    const folder = temporaryFolder();
    await expect(run({ database: `${folder}/none.db`, table: 't' })).rejects.toThrow(
      `${folder}/none.db: there is no such database file. A new one would be empty. Check the path, or create the database first.`,
    );
    await expect(run({ database: folder, table: 't' })).rejects.toThrow(
      'this is a directory. A SQLite database is one file.',
    );
    const text = path.join(folder, 'text.db');
    writeFileSync(text, 'id,name\n1,Anna\n'.repeat(100));
    await expect(run({ database: text, table: 't' })).rejects.toThrow(
      `${text} table t: file is not a database. The file is no SQLite database, or a damaged one.`,
    );
  });

  test('no table, no column, a doubled column', async () => {
    const database = databaseOf(`${SHOP} CREATE VIEW recent AS SELECT 1`);
    await expect(run({ database, table: 'order' })).rejects.toThrow(
      `${database} table order: no such table: order. The database has: orders, recent. Correct the name.`,
    );
    await expect(run({ database, table: 'orders', columns: ['nmae'] })).rejects.toThrow(
      `${database} table orders: there is no column "nmae". The table has: id, name, total, photo. Name a table that has it. A program corrects columns.`,
    );
    await expect(run({ database, query: 'SELECT id FROM orders', columns: ['name'] })).rejects.toThrow(
      `${database} query: the result has no column "name". It has id. Correct columns.`,
    );
    await expect(run({ database, table: 'orders', bigints: ['ids'] })).rejects.toThrow(
      `bigints has "ids", which is no column. The result has id, name, total, photo. Correct bigints.`,
    );
    await expect(run({ database, query: 'SELECT 1 AS a, 2 AS a' })).rejects.toThrow(
      `the result has two columns "a". A row can have only one value of that name. Rename one with AS.`,
    );
  });

  test('a query that is none, or that would change something', async () => {
    const database = databaseOf(SHOP);
    await expect(run({ database, query: 'SELEC 1' })).rejects.toThrow(
      'near "SELEC": syntax error. Correct the statement.',
    );
    await expect(run({ database, query: 'DELETE FROM orders RETURNING id' })).rejects.toThrow(
      `${database} query: the query would change the database. A read changes nothing. Give a SELECT, or write with writeSqlite.`,
    );
  });

  test('a second statement, which SQLite would leave out', async () => {
    const database = databaseOf(SHOP);
    await expect(run({ database, query: 'SELECT 1 AS one; DROP TABLE orders' })).rejects.toThrow(
      `${database} query: after its first statement the query goes on: "DROP TABLE orders". That would be left out. Give one SELECT.`,
    );
    await run({ database, query: 'SELECT 1 AS one; -- all\n ; /* of it; */ ' });
  });

  test('too many parameters and too few', async () => {
    const database = databaseOf(SHOP);
    const sql = 'SELECT * FROM orders WHERE id = ? AND name = ?';
    await expect(run({ database, query: sql, parameters: [1] })).rejects.toThrow(
      `${database} query: there are fewer parameters (1) than question marks in the query. SQLite would take NULL for a missing one. Give one for each.`,
    );
    await expect(run({ database, query: sql, parameters: [1, 2, 3] })).rejects.toThrow('there are more parameters (3)');
  });

  test('a locked database, which may be tried again', async () => {
    const database = databaseOf(SHOP);
    const other = new DatabaseSync(database);
    other.exec('BEGIN EXCLUSIVE');
    const reading = run({ database, table: 'orders', lockTimeout: 0 });
    await expect(reading).rejects.toThrow(
      'database is locked. Another connection has the database locked. Run again when it is done',
    );
    await expect(reading).rejects.toMatchObject({ name: 'ConnectorError', retryable: true });
    await expect(reading).rejects.toThrow(ConnectorError);
    const patient = run({ database, table: 'orders' });
    other.close();
    await expect(patient).resolves.toMatchObject({ state: 'DONE' });
  });

  test.each<[SqliteReadOptions, string]>([
    [{ database: ':memory:', table: 't' }, 'sqlite: database is ":memory:". Each step opens its own connection'],
    [{ database: '', table: 't' }, 'Give the path of a file.'],
    [{ database: 'a.db' }, 'sqlite: table is undefined and query is undefined. One of them says what to read.'],
    [{ database: 'a.db', table: 't', query: 'SELECT 1' }, 'One of them says what to read.'],
    [{ database: 'a.db', table: 't', parameters: [1] }, 'sqlite: parameters are [1]. Only a query has any.'],
    [{ database: 'a.db', query: '?', parameters: [{}] }, 'sqlite: parameter 1: {} is an object.'],
    [{ database: 'a.db', table: 't', columns: [] }, 'It must name at least one column'],
    [{ database: 'a.db', table: 'a\0b' }, `can't name a table or column`],
  ])('options %j', async (options, message) => {
    expect(() => readSqlite(options as { database: string; table: string })).toThrow(message);
    expect(() => readSqlite(options as { database: string; table: string })).toThrow(PipelineError);
  });
});
