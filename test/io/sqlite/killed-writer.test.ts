import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { create, Pipeline } from '../../../index.ts';
import { readSqlite, writeSqlite } from '../../../io/sqlite/index.ts';
import { directRunner } from '../../../runners/direct/index.ts';
import { assertThat } from '../../../testing/index.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'viga-killed-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** Leaves half a transaction in the file, and the journal that takes it back. */
const HALF = `
  import { DatabaseSync } from 'node:sqlite';
  const db = new DatabaseSync(process.argv[1]);
  db.exec('CREATE TABLE numbers (n INTEGER); PRAGMA cache_size = 1; BEGIN IMMEDIATE');
  const insert = db.prepare('INSERT INTO numbers VALUES (?)');
  for (let n = 0; n < 10_000; n++) insert.run(n);
  process.kill(process.pid, 'SIGKILL');
`;

test.each(['with', 'without'])(
  'a table goes on being written %s a state directory after its writer was killed',
  async (how) => {
    const database = join(directory, 'out.db');
    const { signal } = spawnSync(process.execPath, ['--input-type=module', '--eval', HALF, database]);
    expect(signal).toBe('SIGKILL');
    expect(existsSync(`${database}-journal`)).toBe(true);
    const p = new Pipeline();
    p.apply(create([{ n: 1 }])).apply(writeSqlite({ name: 'Out', database, table: 'numbers', mode: 'insert' }));
    await p.run(directRunner(how === 'with' ? { stateDirectory: join(directory, 'state') } : {}));
    const rows = new DatabaseSync(database).prepare('SELECT n FROM numbers').all();
    expect(rows.map(({ n }) => n)).toEqual([1]);
  },
);

test('a table is read after its writer was killed, as it was before the transaction', async () => {
  const database = join(directory, 'out.db');
  const before = new DatabaseSync(database);
  before.exec('CREATE TABLE numbers (n INTEGER); INSERT INTO numbers VALUES (7)');
  before.close();
  const { signal } = spawnSync(process.execPath, [
    '--input-type=module',
    '--eval',
    HALF.replace('CREATE TABLE numbers (n INTEGER);', ''),
    database,
  ]);
  expect(signal).toBe('SIGKILL');
  expect(existsSync(`${database}-journal`)).toBe(true);
  const p = new Pipeline();
  assertThat(p.apply(readSqlite({ database, table: 'numbers' }))).containsInAnyOrder([{ n: 7 }]);
  await p.run(directRunner());
});
