import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { fileOf, jsonLines, line, runAntennas, scratch, stored, table, TABLES } from './run.ts';

const shared = path.resolve(import.meta.dirname, '../../../../shared/data/devices');

test('bytes are added up by antenna, device and app, per window and per hour, and hours by email', async () => {
  const folder = scratch();
  const lines = [
    line(1, 0, { device: 1, antenna: 0, app: 'SKYPE' }),
    line(2, 299, { device: 2, antenna: 0, app: 'TELEGRAM' }),
    line(4, 300, { device: 1, antenna: 1, app: 'SKYPE' }),
    line(8, 3600, { device: 1, antenna: 0, app: 'SKYPE' }),
  ];
  await runAntennas(folder, { input: fileOf(folder, 'in.jsonl', lines) });
  expect(table(folder, 'bytes_agg_antenna')).toEqual([
    'antenna_id,date,sum_antenna_bytes',
    'antenna-0,2020-09-19T19:00:00Z,3',
    'antenna-1,2020-09-19T19:05:00Z,4',
    'antenna-0,2020-09-19T20:00:00Z,8',
  ]);
  expect(table(folder, 'bytes_agg_user')).toEqual([
    'id,date,sum_user_bytes',
    '00000000-0000-0000-0000-000000000001,2020-09-19T19:00:00Z,1',
    '00000000-0000-0000-0000-000000000002,2020-09-19T19:00:00Z,2',
    '00000000-0000-0000-0000-000000000001,2020-09-19T19:05:00Z,4',
    '00000000-0000-0000-0000-000000000001,2020-09-19T20:00:00Z,8',
  ]);
  expect(table(folder, 'bytes_agg_app')).toEqual([
    'app,date,sum_app_bytes',
    'SKYPE,2020-09-19T19:00:00Z,1',
    'TELEGRAM,2020-09-19T19:00:00Z,2',
    'SKYPE,2020-09-19T19:05:00Z,4',
    'SKYPE,2020-09-19T20:00:00Z,8',
  ]);
  expect(table(folder, 'bytes_agg_antenna_1h')).toEqual([
    'antenna_id,date,sum_antenna_bytes',
    'antenna-0,2020-09-19T19:00:00Z,3',
    'antenna-1,2020-09-19T19:00:00Z,4',
    'antenna-0,2020-09-19T20:00:00Z,8',
  ]);
  expect(table(folder, 'bytes_agg_user_1h')).toEqual([
    'email,date,sum_user_bytes',
    'andres@example.com,2020-09-19T19:00:00Z,5',
    'paco@example.com,2020-09-19T19:00:00Z,2',
    'andres@example.com,2020-09-19T20:00:00Z,8',
  ]);
  expect(table(folder, 'bytes_agg_app_1h')).toEqual([
    'app,date,sum_app_bytes',
    'SKYPE,2020-09-19T19:00:00Z,5',
    'TELEGRAM,2020-09-19T19:00:00Z,2',
    'SKYPE,2020-09-19T20:00:00Z,8',
  ]);
  expect(table(folder, 'users_over_quota_1h')).toEqual(['email,date,quota,sum_user_bytes']);
});

test('the database holds the rows of the CSV files', async () => {
  const folder = scratch();
  await runAntennas(folder, { ticks: 700 });
  for (const name of TABLES) expect(stored(folder, name), name).toEqual(table(folder, name).slice(1));
  expect(stored(folder, 'bytes_agg_user')).toHaveLength(20 * 3);
});

test('sums beyond what a number holds are exact', async () => {
  const folder = scratch();
  const lines = Array.from({ length: 5 }, () => line(Number.MAX_SAFE_INTEGER, 0));
  await runAntennas(folder, { input: fileOf(folder, 'in.jsonl', lines) });
  expect(table(folder, 'bytes_agg_app')[1]).toBe('SKYPE,2020-09-19T19:00:00Z,45035996273704955');
  expect(stored(folder, 'users_over_quota_1h')).toHaveLength(1);
});

describe('quotas', () => {
  const run = async (users: string, lines: readonly string[]): Promise<readonly string[]> => {
    const folder = scratch();
    writeFileSync(path.join(folder, 'users.csv'), users);
    const input = fileOf(folder, 'in.jsonl', lines);
    await runAntennas(folder, { input, users: path.join(folder, 'users.csv') });
    return table(folder, 'users_over_quota_1h').slice(1);
  };
  const one = '00000000-0000-0000-0000-000000000001';
  const two = '00000000-0000-0000-0000-000000000002';

  test('are broken by more, not by as much', async () => {
    const users = `id,name,email,quota\n${one},a,a@x,10\n${two},b,b@x,10\n`;
    expect(await run(users, [line(10, 0), line(10, 0, { device: 2 }), line(1, 3599, { device: 2 })])).toEqual([
      'b@x,2020-09-19T19:00:00Z,10,11',
    ]);
  });

  test('of 0 are broken by a byte; without one nothing is', async () => {
    const users = `quota,email,id\n0,a@x,${one}\n,b@x,${two}\n`;
    const lines = [line(1, 0), line(9_999, 0, { device: 2 }), line(0, 3_600)];
    expect(await run(users, lines)).toEqual(['a@x,2020-09-19T19:00:00Z,0,1']);
  });

  test('of users with one email: the highest counts, for the sum of all', async () => {
    const users = `id,email,quota\n${one},a@x,5\n${two},a@x,9\n00000000-0000-0000-0000-000000000003,a@x,\n`;
    const lines = [line(5, 0), line(4, 0, { device: 2 }), line(1, 0, { device: 3 })];
    expect(await run(users, lines)).toEqual(['a@x,2020-09-19T19:00:00Z,9,10']);
    expect(await run(users, lines.slice(0, 2))).toEqual([]);
  });

  test('do not count twice for a user whose row comes twice', async () => {
    const users = `id,email,quota\n${one},a@x,5\n${one},a@x,5\n`;
    expect(await run(users, [line(6, 0)])).toEqual(['a@x,2020-09-19T19:00:00Z,5,6']);
  });
});

test('what is no message is set aside with its place and what is wrong; the rest goes on', async () => {
  const folder = scratch();
  const lines = [
    line(1, 0),
    '{"bytes":1',
    line(-1, 0),
    '',
    line(2, 1).replace('1600542001', '1600542001000'),
    '{"bytes":"many","timestamp":1600542000,"app":"","id":"x"}',
    line(4, 2),
  ];
  const input = fileOf(folder, 'in.jsonl', lines);
  await runAntennas(folder, { input });
  expect(table(folder, 'bytes_agg_app')).toEqual(['app,date,sum_app_bytes', 'SKYPE,2020-09-19T19:00:00Z,5']);
  const rejected = jsonLines(path.join(folder, 'rejected'));
  expect(rejected.map(({ place }) => place)).toEqual([2, 3, 5, 6].map((at) => `${input} line ${at}`));
  expect(rejected.map(({ message }) => message)).toEqual([1, 2, 4, 5].map((at) => lines[at]));
  expect(rejected.map(({ reason }) => reason)).toEqual([
    expect.stringContaining('JSON'),
    'this is no message: bytes: is less than 0',
    'this is no message: timestamp: is beyond the year 9999: event time is in seconds, not in milliseconds',
    expect.stringMatching(/bytes: is no whole number; app: is empty; antenna_id: /),
  ]);
});

test('an empty input gives tables without rows', async () => {
  const folder = scratch();
  await runAntennas(folder, { input: fileOf(folder, 'in.jsonl', []) });
  for (const name of TABLES) expect(table(folder, name), name).toHaveLength(1);
  expect(stored(folder, 'bytes_agg_user')).toEqual([]);
});

test('a second run of the same hour changes nothing', async () => {
  const folder = scratch();
  await runAntennas(folder, { ticks: 100 });
  const [rows, before] = [stored(folder, 'bytes_agg_user'), table(folder, 'bytes_agg_user')];
  await runAntennas(folder, { ticks: 100 });
  expect(stored(folder, 'bytes_agg_user')).toEqual(rows);
  expect(table(folder, 'bytes_agg_user')).toEqual(before);
});

test('users are read from a table of an SQLite database, whatever it is called', async () => {
  const folder = scratch();
  const database = new DatabaseSync(path.join(folder, 'people.db'));
  database.exec('CREATE TABLE "my ""users""" (id TEXT, name TEXT, email TEXT, quota BIGINT)');
  const insert = database.prepare('INSERT INTO "my ""users""" VALUES (?, ?, ?, ?)');
  insert.run('00000000-0000-0000-0000-000000000001', 'a', 'a@x', 9_007_199_254_740_993n);
  insert.run('00000000-0000-0000-0000-000000000002', 'b', 'b@x', null);
  database.close();
  const lines = [line(Number.MAX_SAFE_INTEGER, 0), line(3, 1), line(7, 0, { device: 2 })];
  await runAntennas(folder, {
    input: fileOf(folder, 'in.jsonl', lines),
    users: `sqlite:${folder}/people.db#my "users"`,
  });
  expect(table(folder, 'bytes_agg_user_1h').slice(1)).toEqual([
    'a@x,2020-09-19T19:00:00Z,9007199254740994',
    'b@x,2020-09-19T19:00:00Z,7',
  ]);
  expect(table(folder, 'users_over_quota_1h').slice(1)).toEqual([
    'a@x,2020-09-19T19:00:00Z,9007199254740993,9007199254740994',
  ]);
});

// Counted on the published messages by other means than this pipeline.
describe.skipIf(!existsSync(shared))('the published messages (skipped where they are not)', () => {
  test('give the known sums of two hours, in which nobody is over the quota', async () => {
    const folder = scratch();
    await runAntennas(folder, { input: path.join(shared, 'devices.jsonl'), users: `${shared}/user_metadata.csv` });
    expect(table(folder, 'bytes_agg_antenna_1h').slice(1)).toEqual([
      '00000000-0000-0000-0000-000000000000,2020-09-19T19:00:00Z,28739',
      '00000000-0000-0000-0000-000000000000,2020-10-07T06:00:00Z,28368',
      '11111111-1111-1111-1111-111111111111,2020-10-07T06:00:00Z,32805',
      '22222222-2222-2222-2222-222222222222,2020-10-07T06:00:00Z,39733',
    ]);
    expect(table(folder, 'bytes_agg_user_1h')).toContain('fede@gmail.com,2020-09-19T19:00:00Z,1411');
    expect(table(folder, 'users_over_quota_1h')).toHaveLength(1);
  });
});
