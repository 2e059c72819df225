import { writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nodeHost } from '../../../host/index.ts';
import { readSqlite, writeSqlite, type SqliteWriteOptions } from '../../../io/sqlite/index.ts';
import { sqliteSink } from '../../../io/sqlite/write.ts';
import {
  type DeadLetter,
  GLOBAL_WINDOW,
  NO_FIRING,
  type PCollection,
  Pipeline,
  PipelineError,
  type SinkContext,
} from '../../../model/index.ts';
import { directRunner } from '../../../runners/direct/index.ts';
import { assertSinkLaws, assertThat } from '../../../testing/index.ts';
import { create } from '../../../transforms/index.ts';
import { databaseOf, query, temporaryFolder } from './temporary-database.ts';

const CUSTOMER = 'CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT NOT NULL, age INTEGER CHECK (age < 150))';

async function run(rows: readonly object[], spec: SqliteWriteOptions<never>): Promise<void> {
  const p = new Pipeline();
  p.apply(create<object>(rows)).apply(writeSqlite<object>(spec), { name: 'Customers' });
  await p.run(directRunner());
}

/** Writes rows and gives those that became dead letters, with their messages. */
async function runWithDeadLetters(
  rows: readonly object[],
  spec: SqliteWriteOptions<never>,
): Promise<Map<unknown, string>> {
  const p = new Pipeline();
  const letters = new Map<unknown, string>();
  const dead: PCollection<DeadLetter<object>>[] = [];
  p.apply(create<object>(rows)).apply(writeSqlite<object>({ ...spec, deadLetters: (failed) => dead.push(failed) }));
  dead[0]?.map(({ element, error }) => void letters.set(element, error.message));
  await p.run(directRunner());
  return letters;
}

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
    expect(query(database, 'SELECT run_id, step, rows FROM _viga_ledger')).toEqual([
      { run_id: 'run-1', step: 'Write', rows: 1 },
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
      `${database} table t: UNIQUE constraint failed: t.n. There is such a row already. Remove it, or write with mode: 'upsert'.`,
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

describe('bad rows', () => {
  const cases: readonly (readonly [string, object, string])[] = [
    [
      'null where a value is needed',
      { id: 1, name: null, age: 1 },
      'NOT NULL constraint failed: customer.name. The column needs a value.',
    ],
    [
      'a broken check',
      { id: 1, name: 'a', age: 200 },
      'CHECK constraint failed: age < 150. The table does not take such a row.',
    ],
    [
      'text in an INTEGER column',
      { id: 1, name: 'a', age: 'old' },
      'column age: "old" is not of its type, INTEGER. The value could not be computed with.',
    ],
    ['a fraction in an INTEGER column', { id: 1, name: 'a', age: 1.5 }, 'column age: 1.5 is not of its type, INTEGER.'],
    [
      'bytes in an INTEGER column',
      { id: 1, name: 'a', age: new Uint8Array(1) },
      'column age: "1 bytes" is not of its type, INTEGER.',
    ],
    [
      'an object',
      { id: 1, name: { first: 'A' }, age: 1 },
      'column name: {"first":"A"} is an object. It could not be read back as it was. Turn it into text first, e.g. with JSON.stringify.',
    ],
    ['NaN', { id: 1, name: Number.NaN, age: 1 }, 'column name: NaN would be stored as NULL.'],
    ['an invalid date', { id: 1, name: new Date(Number.NaN), age: 1 }, 'column name: the date is invalid.'],
    [
      'an integer beyond 64 bits',
      { id: 2n ** 63n, name: 'a', age: 1 },
      'column id: 9223372036854775808n is beyond the 64 bits of an INTEGER.',
    ],
    ['a function', { id: 1, name: () => 1, age: 1 }, 'is a function'],
    ['half a surrogate pair', { id: 1, name: '\uD800', age: 1 }, 'holds half of a surrogate pair'],
    [
      'a key that came before in this run',
      { id: 7, name: 'a', age: 1 },
      'UNIQUE constraint failed: customer.id. There is such a row already.',
    ],
    [
      'a key that the table has',
      { id: 99, name: 'a', age: 1 },
      `the table already has a row with the same id. Remove it, or write with mode: 'upsert'.`,
    ],
    [
      'another property',
      { id: 1, name: 'a', years: 1 },
      'the row has the properties id, name, years, and the first row id, name, age. It is not clear which columns there are. Pass columns.',
    ],
    ['one property more', { id: 1, name: 'a', age: 1, b: 2 }, 'It is not clear which columns there are. Pass columns.'],
  ];
  const good = { id: 7, name: 'Good', age: 7 };

  test.each(cases)('%s', async (_name, row, message) => {
    const database = databaseOf(`${CUSTOMER}; INSERT INTO customer VALUES (99, 'There', 9)`);
    const spec = { database, table: 'customer' };
    const failing = run([good, row], spec);
    await expect(failing).rejects.toThrow(`Customers/Write: ${database} table customer: `);
    await expect(failing).rejects.toThrow(message);
    expect(query(database, 'SELECT id FROM customer')).toEqual([{ id: 99 }]);

    const letters = await runWithDeadLetters([good, row, { ...good, id: 8 }], spec);
    expect([...letters.keys()]).toEqual([row]);
    expect([...letters.values()][0]).toContain(message);
    expect(query(database, 'SELECT id FROM customer')).toEqual([{ id: 7 }, { id: 8 }, { id: 99 }]);
  });

  test('a value of a wrong type in a STRICT table', async () => {
    const database = databaseOf('CREATE TABLE t (n ANY, s BLOB) STRICT');
    await expect(run([{ n: 1, s: 'text' }], { database, table: 't' })).rejects.toThrow(
      'cannot store TEXT value in BLOB column t.s. The table does not take such a row.',
    );
  });
});

describe('what can not be written to is said with its place and the fix', () => {
  test('no file, no directory, no table, no column', async () => {
    const folder = temporaryFolder();
    await expect(run([], { database: `${folder}/none.db`, table: 't' })).rejects.toThrow(
      'there is no such database file. Check the path',
    );
    await expect(
      run([{ n: 1 }], { database: `${folder}/no/x.db`, table: 't', createTable: { n: '' } }),
    ).rejects.toThrow('unable to open database file. The file could not be opened. Check that its directory exists');
    const database = databaseOf(CUSTOMER);
    await expect(run([], { database, table: 'custmer' })).rejects.toThrow(
      `${database} table custmer: there is no such table. The database has: customer. Correct the name, or pass createTable with its columns.`,
    );
    await expect(run([{ id: 1, nmae: 'a' }], { database, table: 'customer' })).rejects.toThrow(
      `${database} table customer: the table has no column "nmae" that can be written. It has id, name, age.`,
    );
    await expect(
      run([{ id: 1 }], {
        database,
        table: 'customer',
        columns: { id: 'id', x: 'age' },
        mode: 'upsert',
        keys: ['id'],
      }),
    ).rejects.toThrow('NOT NULL constraint failed: customer.name');
    await expect(
      run([{ name: 'a' }], { database, table: 'customer', columns: ['name', 'age'] as never }),
    ).rejects.toThrow('no row has the property "age". The column age would be NULL throughout. Correct columns.');
  });

  test('a file that is no database, a view, keys without an index', async () => {
    const text = `${temporaryFolder()}/text.db`;
    writeFileSync(text, 'id,name\n'.repeat(200));
    await expect(run([], { database: text, table: 't' })).rejects.toThrow(
      `${text} table t: file is not a database. The file is no SQLite database`,
    );
    const database = databaseOf('CREATE TABLE t (n, g AS (n + 1)); CREATE VIEW v AS SELECT n FROM t');
    await expect(run([], { database, table: 'v' })).rejects.toThrow('this is a view, and only tables can be written.');
    await expect(run([{ n: 1, g: 2 }], { database, table: 't' })).rejects.toThrow(
      'the table has no column "g" that can be written',
    );
    await expect(run([{ n: 1 }], { database, table: 't', mode: 'upsert', keys: ['n'] })).rejects.toThrow(
      'ON CONFLICT clause does not match any PRIMARY KEY or UNIQUE constraint. Give keys that are the primary key or have a unique index.',
    );
  });

  test('a locked database', async () => {
    const database = databaseOf('CREATE TABLE t (n)');
    const other = new DatabaseSync(database);
    other.exec('BEGIN IMMEDIATE');
    const failing = run([{ n: 1 }], { database, table: 't', lockTimeout: 0 });
    await expect(failing).rejects.toThrow(
      'database is locked. Another connection has the database locked. Run again when it is done, or raise lockTimeout.',
    );
    await expect(failing).rejects.toMatchObject({ retryable: true });

    // The lock goes away while the commit waits for it.
    const host = nodeHost();
    const setTimer: typeof host.clock.setTimer = (_delay, fire) => {
      if (other.isOpen) other.close();
      return host.clock.setTimer(0, fire);
    };
    const p = new Pipeline();
    p.apply(create([{ n: 1 }])).apply(writeSqlite({ database, table: 't' }));
    await p.run(directRunner({ host: { ...host, clock: { ...host.clock, setTimer } } }));
    expect(query(database, 'SELECT * FROM t')).toEqual([{ n: 1 }]);
  });

  test.each<[SqliteWriteOptions<never>, string]>([
    [{ database: ':memory:', table: 't' }, 'only files are seen by all'],
    [{ database: 'a.db', table: '' }, `can't name a table or column`],
    [{ database: 'a.db', table: '_viga_ledger' }, 'keeps the account of commits'],
    [
      { database: 'a.db', table: 't', mode: 'replace' as 'upsert' },
      `sqlite: mode is "replace", but it must be 'insert' or 'upsert'.`,
    ],
    [{ database: 'a.db', table: 't', mode: 'upsert' }, 'must name the columns that tell which row is meant'],
    [{ database: 'a.db', table: 't', columns: [] }, 'must name at least one column'],
    [{ database: 'a.db', table: 't', columns: { a: 'x', b: 'X' } }, 'each only once'],
  ])('options %j', (options, message) => {
    expect(() => writeSqlite(options)).toThrow(message);
    expect(() => writeSqlite(options)).toThrow(PipelineError);
  });
});

test('a misspelt column does not compile', () => {
  const rows = new Pipeline().apply(create([{ id: 1 }]));
  // @ts-expect-error: there is no property ix
  rows.apply(writeSqlite({ database: 'a.db', table: 't', columns: ['ix'] }));
});
