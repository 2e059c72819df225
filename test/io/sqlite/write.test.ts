import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readSqlite, writeSqlite } from '../../../io/sqlite/index.ts';
import { Pipeline } from '../../../model/index.ts';
import { directRunner } from '../../../runners/direct/index.ts';
import { assertThat } from '../../../testing/index.ts';
import { create } from '../../../transforms/index.ts';
import { databaseOf, query, temporaryFolder } from './temporary-database.ts';
import { run, runWithDeadLetters } from './write-rows.ts';

const CUSTOMER = 'CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT NOT NULL, age INTEGER CHECK (age < 150))';

test('rows are inserted by the names of their properties', async () => {
  const database = databaseOf(CUSTOMER);
  await run(
    [
      { id: 1, name: 'Anna', age: 30 },
      { age: null, name: 'Ben', id: 2 },
    ],
    { database, table: 'customer' },
  );
  expect(query(database, 'SELECT * FROM customer')).toEqual([
    { id: 1, name: 'Anna', age: 30 },
    { id: 2, name: 'Ben', age: null },
  ]);
});

test('columns choose and rename; what is not written has its default', async () => {
  const database = databaseOf(`CREATE TABLE t (id INTEGER PRIMARY KEY, "na""me" TEXT, since TEXT DEFAULT 'now')`);
  const columns = { name: 'na"me' } as never;
  await run([{ name: 'Anna', secret: 1 }, { secret: 2 }, { name: 'Ben' }], { database, table: 't', columns });
  expect(query(database, 'SELECT * FROM t')).toEqual([
    { id: 1, 'na"me': 'Anna', since: 'now' },
    { id: 2, 'na"me': null, since: 'now' },
    { id: 3, 'na"me': 'Ben', since: 'now' },
  ]);
});

test('a database that is not there is made, with the directories above it', async () => {
  const database = `${temporaryFolder()}/not/there/yet.db`;
  await run([{ id: 1 }], { database, table: 't', createTable: { id: 'INTEGER' } });
  expect(query(database, 'SELECT id FROM t')).toEqual([{ id: 1 }]);
});

test('an upsert replaces the rows with the same keys, and the last of a run wins', async () => {
  const database = databaseOf(`${CUSTOMER}; INSERT INTO customer VALUES (1, 'Old', 50), (9, 'Kept', 9)`);
  const spec = { database, table: 'customer', mode: 'upsert', keys: ['id'] } as const;
  await run(
    [
      { id: 1, name: 'Anna' },
      { id: 2, name: 'Ben' },
      { id: 2, name: 'Benno' },
    ],
    spec,
  );
  const once = query(database, 'SELECT * FROM customer ORDER BY id');
  expect(once).toEqual([
    { id: 1, name: 'Anna', age: 50 },
    { id: 2, name: 'Benno', age: null },
    { id: 9, name: 'Kept', age: 9 },
  ]);
  await run(
    [
      { id: 1, name: 'Anna' },
      { id: 2, name: 'Benno' },
    ],
    spec,
  );
  expect(query(database, 'SELECT * FROM customer ORDER BY id')).toEqual(once);
});

test('an upsert of nothing but keys leaves rows as they are', async () => {
  const database = databaseOf('CREATE TABLE seen (a, b, PRIMARY KEY (a, b)) WITHOUT ROWID');
  await run(
    [
      { a: 1, b: 2 },
      { a: 1, b: 2 },
    ],
    { database, table: 'seen', mode: 'upsert', keys: ['a', 'b'] },
  );
  expect(query(database, 'SELECT * FROM seen')).toEqual([{ a: 1, b: 2 }]);
});

test('an upsert needs the values of its keys', async () => {
  const database = databaseOf('CREATE TABLE t (id INTEGER PRIMARY KEY, n)');
  const spec = { database, table: 't', mode: 'upsert', keys: ['id'] } as const;
  await expect(run([{ n: 1 }], spec)).rejects.toThrow(
    `${database} table t: the key id is not among the columns that are written: n. Each row would be a new one. Give the rows that property.`,
  );
  const nameless = { id: null, n: 1 };
  const letters = await runWithDeadLetters([nameless, { id: 2, n: 2 }], spec);
  expect([...letters.keys()]).toEqual([nameless]);
  expect([...letters.values()][0]).toContain(
    'the key id is null. No row is meant by it, so each run would add another.',
  );
  expect(query(database, 'SELECT * FROM t')).toEqual([{ id: 2, n: 2 }]);
});

test('the table, and the database, are made where they are not there', async () => {
  const database = `${temporaryFolder()}/new.db`;
  const spec = { database, table: 'order', createTable: { id: 'INTEGER', note: 'TEXT NOT NULL' }, keys: ['id'] };
  await run([{ id: 1, note: 'x' }], spec);
  await run([{ id: 2, note: 'y' }], spec);
  expect(query(database, 'SELECT * FROM "order"')).toEqual([
    { id: 1, note: 'x' },
    { id: 2, note: 'y' },
  ]);
  await expect(run([{ id: 2, note: 'z' }], spec)).rejects.toThrow('the table already has a row with the same id');
  await run([], { ...spec, table: 'empty' });
  expect(query(database, 'SELECT * FROM empty')).toEqual([]);
});

test('values of every kind are read back', async () => {
  const database = databaseOf('CREATE TABLE t (i INTEGER, r REAL, s TEXT, b BLOB, x)');
  await run(
    [
      { i: 2n ** 63n - 1n, r: 1, s: 5, b: Uint8Array.of(0, 255), x: true },
      { i: '42', r: '1e3', s: new Date(0), b: 'text', x: Number.POSITIVE_INFINITY },
      { i: 3, r: 0.1, s: '', b: null, x: undefined },
    ],
    { database, table: 't' },
  );
  const p = new Pipeline();
  assertThat(p.apply(readSqlite({ database, table: 't', bigints: ['i'] }))).containsInAnyOrder([
    { i: 2n ** 63n - 1n, r: 1, s: '5', b: Uint8Array.of(0, 255), x: 1 },
    { i: 42n, r: 1000, s: '1970-01-01T00:00:00.000Z', b: 'text', x: Number.POSITIVE_INFINITY },
    { i: 3n, r: 0.1, s: '', b: null, x: null },
  ]);
  await p.run(directRunner());
});

test('any names and values come back as they went', async () => {
  const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }).filter((text) => !text.includes('\0'));
  const value = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.constant(null),
  );
  const names = fc.uniqueArray(fc.oneof(name, fc.constantFrom('__proto__', 'select', '"', "'")), {
    minLength: 1,
    maxLength: 4,
    selector: (text) => text.toLowerCase(),
  });
  await fc.assert(
    fc.asyncProperty(
      names,
      fc.array(fc.array(value, { minLength: 4, maxLength: 4 }), { minLength: 1, maxLength: 4 }),
      async (columns, table) => {
        const database = `${temporaryFolder()}/any.db`;
        const rows = table.map((values) => Object.fromEntries(columns.map((column, i) => [column, values[i]])));
        await run(rows, {
          database,
          table: columns[0] as string,
          createTable: Object.fromEntries(columns.map((column) => [column, ''])),
        });
        const p = new Pipeline();
        const back = p
          .apply(readSqlite({ database, table: columns[0] as string, bigints: true }))
          .map((row) => Object.entries(row));
        assertThat<unknown>(back).containsInAnyOrder(rows.map((row) => Object.entries(row)));
        await p.run(directRunner());
      },
    ),
    { numRuns: 30 },
  );
});

test('a misspelt column does not compile', () => {
  const rows = new Pipeline().apply(create([{ id: 1 }]));
  // @ts-expect-error: there is no property ix
  rows.apply(writeSqlite({ database: 'a.db', table: 't', columns: ['ix'] }));
});

test('the result of the run tells how many bytes were written, none where there was no row', async () => {
  const database = databaseOf('CREATE TABLE t (text TEXT)');
  const bytesOf = async (rows: readonly { readonly text: string }[]): Promise<number | undefined> => {
    const p = new Pipeline();
    p.apply(create(rows)).apply(writeSqlite({ database, table: 't' }), { name: 'Save' });
    const { steps } = await p.run(directRunner());
    return steps.find(({ step }) => step.startsWith('Save'))?.bytes;
  };
  expect(await bytesOf([])).toBe(0);
  expect(await bytesOf([{ text: 'x'.repeat(100_000) }])).toBeGreaterThanOrEqual(100_000);
});
