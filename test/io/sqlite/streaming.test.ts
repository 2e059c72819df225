import { expect, test } from 'vitest';
import { readSqlite, writeSqlite } from '../../../io/sqlite/index.ts';
import { Pipeline } from '../../../model/index.ts';
import { directRunner } from '../../../runners/direct/index.ts';
import { generate } from '../../../transforms/index.ts';
import { databaseOf, query, temporaryFolder } from './temporary-database.ts';

/** Runs a pipeline as a job that cuts an epoch as often as it can. */
async function runJob(build: (p: Pipeline) => void, stateDirectory = `${temporaryFolder()}/state`): Promise<string> {
  const p = new Pipeline();
  build(p);
  return (await p.run(directRunner({ stateDirectory, epochInterval: 1 }))).state;
}

test('a job reads one table and writes another of the same database', async () => {
  const database = databaseOf('CREATE TABLE a (n INTEGER); CREATE TABLE b (n INTEGER PRIMARY KEY)');
  await runJob((p) => {
    p.apply(generate({ count: 20_000, element: (n) => ({ n }) })).apply(writeSqlite({ database, table: 'a' }));
  });
  expect(query(database, 'SELECT count(*) AS n FROM a')).toEqual([{ n: 20_000 }]);
  await runJob((p) => {
    p.apply(readSqlite({ database, table: 'a' })).apply(writeSqlite({ database, table: 'b' }));
  });
  expect(query(database, 'SELECT count(*) AS n, sum(n) AS sum FROM b')).toEqual([{ n: 20_000, sum: 199_990_000 }]);
});

test('two writes of a job to one database have ledgers of their own', async () => {
  const database = databaseOf('CREATE TABLE a (n INTEGER PRIMARY KEY); CREATE TABLE b (n INTEGER PRIMARY KEY)');
  await runJob((p) => {
    const numbers = p.apply(generate({ count: 5_000, element: (n) => ({ n }) }));
    numbers.apply(writeSqlite({ database, table: 'a' }), { name: 'A' });
    numbers.apply(writeSqlite({ database, table: 'b' }), { name: 'B' });
  });
  expect(query(database, 'SELECT count(*) AS n FROM a')).toEqual([{ n: 5_000 }]);
  expect(query(database, 'SELECT count(*) AS n FROM b')).toEqual([{ n: 5_000 }]);
  expect(query(database, 'SELECT count(DISTINCT job_id) AS jobs, count(*) AS steps FROM _viga_ledger')).toEqual([
    { jobs: 1, steps: 2 },
  ]);
});

test('a job that is finished writes nothing when it is started again, and a new one writes anew', async () => {
  const database = databaseOf('CREATE TABLE a (n INTEGER)');
  const state = `${temporaryFolder()}/state`;
  const build = (p: Pipeline) => {
    p.apply(generate({ count: 10, element: (n) => ({ n }) })).apply(writeSqlite({ database, table: 'a' }));
  };
  await runJob(build, state);
  await runJob(build, state);
  expect(query(database, 'SELECT count(*) AS n FROM a')).toEqual([{ n: 10 }]);
  await runJob(build);
  expect(query(database, 'SELECT count(*) AS n FROM a')).toEqual([{ n: 20 }]);
});
