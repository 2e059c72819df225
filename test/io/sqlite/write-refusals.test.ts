import { writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { nodeHost } from '../../../host/index.ts';
import { type SqliteWriteOptions, writeSqlite } from '../../../io/sqlite/index.ts';
import { Pipeline, PipelineError } from '../../../model/index.ts';
import { directRunner } from '../../../runners/direct/index.ts';
import { create } from '../../../transforms/index.ts';
import { databaseOf, query, temporaryFolder } from './temporary-database.ts';
import { run, runWithDeadLetters } from './write-rows.ts';

const CUSTOMER = 'CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT NOT NULL, age INTEGER CHECK (age < 150))';

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
      `the table already has a row with the same id. It is not replaced. Remove it. A program that replaces rows writes with mode: 'upsert'.`,
    ],
    [
      'another property',
      { id: 1, name: 'a', years: 1 },
      'the row has the properties id, name, years, and the first row id, name, age. It is not clear which columns there are. Pass columns.',
    ],
    ['one property more', { id: 1, name: 'a', age: 1, b: 2 }, 'It is not clear which columns there are. Pass columns.'],
    ['no object', 5 as never, '5 is no row, which has its values by column. There is nothing to write.'],
    ['null', null as never, 'null is no row'],
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
  test('no file, no place for a directory, no table, no column', async () => {
    const folder = temporaryFolder();
    await expect(run([], { database: `${folder}/none.db`, table: 't' })).rejects.toThrow(
      'there is no such database file. A new one would be empty. Check the path',
    );
    writeFileSync(`${folder}/file`, '');
    await expect(
      run([{ n: 1 }], { database: `${folder}/file/x.db`, table: 't', createTable: { n: '' } }),
    ).rejects.toThrow(`${folder}/file: this directory can't be made for a database`);
    const database = databaseOf(CUSTOMER);
    await expect(run([], { database, table: 'custmer' })).rejects.toThrow(
      `${database} table custmer: there is no such table. The database has: customer. Correct the name, or create the table. A program creates it with createTable.`,
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
      'database is locked. Another connection has the database locked. Run again when it is done. A program that waits longer raises lockTimeout.',
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
    [{ database: 'a.db', table: 't', createTable: {} }, 'must have a declaration for each column'],
    [{ database: 'a.db', table: 't', mode: 'upsert' }, 'must name the columns that tell which row is meant'],
    [{ database: 'a.db', table: 't', columns: [] }, 'must name at least one column'],
    [{ database: 'a.db', table: 't', columns: { a: 'x', b: 'X' } }, 'each only once'],
  ])('options %j', (options, message) => {
    expect(() => writeSqlite(options)).toThrow(message);
    expect(() => writeSqlite(options)).toThrow(PipelineError);
  });
});
