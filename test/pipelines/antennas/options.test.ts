import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { OptionsError } from 'viga';
import { describe, expect, test } from 'vitest';
import { type Given, fileOf, line, runAntennas, scratch } from './run.ts';

test.each<[Given, string]>([
  [{ mode: 'streaming', hour: ['2020-09-19T19:00:00Z'] }, '--hour: 2020-09-19T19:00:00Z was given for a streaming run'],
  [{ hour: ['2020-09-19T19:30:00Z'] }, "--hour: '2020-09-19T19:30:00Z' is not the start of an hour in UTC"],
  [{ hour: ['2020-09-19T19:00:00+05:30'] }, 'Give e.g. 2020-09-19T13:00:00Z'],
  [{ hour: ['2020-09-19 19:00'] }, "--hour: '2020-09-19 19:00' is no instant"],
  [{ hour: ['2020-02-30T19:00:00Z'] }, "--hour: '2020-02-30T19:00:00Z' is no instant"],
  [{ realtime: true }, '--realtime: it makes a batch run wait for nothing'],
  [{ input: 'in.jsonl', ticks: 1 }, '--ticks: it is for the simulator, and --input=in.jsonl takes its place'],
  [{ input: 'in.jsonl', disorder: 'within' }, '--disorder: it is for the simulator'],
  [{ input: 'in.jsonl', start: '2020-09-19T19:00:00Z' }, '--start: it is for the simulator'],
  [{ input: '' }, '--input: it names nothing'],
  [{ input: 'parquet:' }, '--input: it names nothing'],
  [{ input: 'log:antennas.log' }, "--input: 'log:antennas.log' names no topic of a log"],
  [{ input: 'log:#devices' }, 'Give log:FILE#TOPIC'],
  [{ input: 'parquet:nowhere/raw/' }, '--raw: nowhere/raw is what --input=parquet:nowhere/raw reads'],
  [{ input: 'parquet:nowhere' }, '--raw: nowhere/raw lies in what --input=parquet:nowhere reads'],
  [{ input: 'parquet:kept/year=2020', raw: './kept' }, '--raw: ./kept holds what --input=parquet:kept/year=2020 reads'],
  [{ ticks: 1.5 }, '--ticks: 1.5 is no whole number from 0'],
  [{ ticks: -1 }, '--ticks: -1 is no whole number from 0'],
  [{ start: '19:00' }, "--start: '19:00' is no instant"],
  [{ start: '1969-12-31T23:59:59Z' }, 'is no instant from 1970 on'],
  [{ window: '5' }, "--window: '5' is no duration"],
  [{ window: '0s' }, "--window: '0s' is no number of whole seconds from 1"],
  [{ window: '1500ms' }, 'Event times are in seconds'],
  [{ maxOutOfOrder: '' }, "--max-out-of-order: '' is no duration"],
  [{ allowedLateness: '-1s' }, "--allowed-lateness: '-1s' is no duration"],
  [{ users: 'sqlite:users.db' }, "--users: 'sqlite:users.db' names no table of a database"],
  [{ users: '' }, '--users: the name is empty'],
  [{ output: '' }, '--output: the name is empty'],
  [{ raw: '' }, '--raw: the name is empty'],
])('%j is refused before anything runs', async (given, message) => {
  await expect(runAntennas('nowhere', given)).rejects.toThrow(OptionsError);
  await expect(runAntennas('nowhere', given)).rejects.toThrow(message);
});

describe('tables of users that are none', () => {
  const one = '00000000-0000-0000-0000-000000000001';

  test.each([
    ['id,name,quota\n1,a,5\n', 'email'],
    ['id,email,quota\n,a@x,5\n', "a user has no id: id '', email 'a@x', quota '5'"],
    [`id,email,quota\n${one},,5\n`, 'a user has no email'],
    [`id,email,quota\n${one},a@x,5.5\n`, `the quota of ${one} is '5.5', which is no whole number of bytes from 0`],
    [`id,email,quota\n${one},a@x,-1\n`, 'no whole number of bytes'],
    [`id,email,quota\n${one},a@x,5\n${one},b@x,5\n`, `the id ${one} comes twice, with the emails a@x and b@x`],
    ['', 'users.csv line 1: no row of this file was read: the file is empty'],
  ])('%j', async (text, message) => {
    const folder = scratch();
    const users = path.join(folder, 'users.csv');
    writeFileSync(users, text);
    const input = fileOf(folder, 'in.jsonl', [line(1, 0)]);
    await expect(runAntennas(`${folder}/out`, { input, users })).rejects.toThrow(message);
    await expect(runAntennas(`${folder}/out`, { input, users })).rejects.toThrow(users);
  });

  test('a file that is not there', async () => {
    const folder = scratch();
    await expect(runAntennas(`${folder}/out`, { ticks: 1, users: `${folder}/no.csv` })).rejects.toThrow(
      `${folder}/no.csv: there is no such file`,
    );
  });
});

function program(...args: string[]) {
  const cwd = path.resolve(import.meta.dirname, '../../..');
  const all = ['--disable-warning=ExperimentalWarning', 'pipelines/antennas.ts', '--quiet', ...args];
  return spawnSync(process.execPath, all, { cwd, encoding: 'utf8' });
}

test.each([
  ['--input=%s/no.jsonl', 'there is no such file.', 'Correct the name, or put there what is to be read.'],
  ['--input=parquet:%s/none', 'no file matches this pattern.', 'Correct the name, or put there what is to be read.'],
  ['--input=log:%s/no.log#devices', 'there is no such log.', 'Check the path, or write to the log first.'],
  ['--users=sqlite:%s/no.db#users', 'there is no such database file.', 'Check the path, or create the database first.'],
])('what is not there is told with the option that names it: %s', (form, what, fix) => {
  const folder = scratch();
  const option = form.replace('%s', folder);
  const { status, stderr } = program(option, `--output=${folder}/out`);
  expect(stderr).toContain(what);
  expect(stderr).toContain(`  option   ${option}\n`);
  expect(stderr).toContain(`  fix      ${fix}\n`);
  expect(status).toBe(1);
});

test('a wrong command line is one line and the usage, with exit code 2', () => {
  const { status, stderr } = program('--mode=batch', '--realtime');
  expect(stderr).toMatch(/^✖ --realtime: .*\nUsage: node pipelines\/antennas\.ts \[options\] .*\n$/);
  expect(status).toBe(2);
});
