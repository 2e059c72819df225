import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { main } from '../../cli/main.ts';
import { nodeHost } from '../../host/index.ts';
import { capturedTerminal } from './captured-terminal.ts';

const root = mkdtempSync(path.join(tmpdir(), 'viga-test-state-command-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const directory = path.join(root, 'job');
let id = '';

async function state(...args: readonly string[]) {
  const terminal = capturedTerminal();
  const code = await main(['state', ...args], terminal);
  return { code, ...terminal.written };
}

beforeAll(async () => {
  const store = await nodeHost().openStateStore(directory);
  store.space('count#cells').put(Buffer.from('key'), Buffer.from('value'));
  store.space('viga#job').put(Buffer.from('job'), Buffer.alloc(2000));
  await store.commit(1234);
  id = store.id;
  store.close();
});

test('ls tells the job, its epoch, and what each space holds', async () => {
  expect(await state('ls', directory)).toEqual({
    code: 0,
    out: `Job ${id}, epoch 1,234\n  count#cells  1 row      8 B\n  viga#job     1 row  1.96 KB\n`,
    err: '',
  });
});

test('each answers machines in one line', async () => {
  const { out } = await state('ls', directory, '--json');
  expect(JSON.parse(out)).toEqual({
    isRunning: false,
    id,
    epoch: 1234,
    spaces: [
      { name: 'count#cells', rows: 1, bytes: 8 },
      { name: 'viga#job', rows: 1, bytes: 2003 },
    ],
  });
  expect(JSON.parse((await state('verify', directory, '--json')).out)).toEqual({
    isRunning: false,
    id,
    epoch: 1234,
    rows: 2,
    damaged: {},
  });
});

test('verify reads all rows', async () => {
  expect(await state('verify', directory)).toMatchObject({
    code: 0,
    out: `Job ${id}, epoch 1,234: 2 rows read, all as they were written\n`,
  });
});

test('verify names the spaces of damaged rows, and fails', async () => {
  const damaged = path.join(root, 'damaged');
  expect((await state('backup', directory, damaged)).code).toBe(0);
  const db = new DatabaseSync(path.join(damaged, 'state.db'));
  db.exec("UPDATE cells SET value = x'00' WHERE space = 1");
  db.close();
  expect(await state('verify', damaged)).toMatchObject({
    code: 4,
    out: expect.stringContaining('  count#cells: 1 damaged row\nThe job can not go on from this.'),
  });
});

test('backup makes a copy from which the job goes on', async () => {
  const to = path.join(root, 'copy');
  expect(await state('backup', directory, to)).toMatchObject({
    code: 0,
    out: `Job ${id}, epoch 1,234: copied to ${to}\n`,
  });
  expect((await state('ls', to)).out).toBe((await state('ls', directory)).out);
  expect(await state('backup', directory, to)).toMatchObject({
    code: 4,
    err: expect.stringContaining('there is something here already'),
  });
});

test('a process that has the state open and can not be asked is told as that', async () => {
  const store = await nodeHost().openStateStore(directory);
  try {
    expect(await state('ls', directory)).toMatchObject({
      code: 4,
      out: '',
      err: expect.stringContaining('a process has this state open and does not answer.'),
    });
  } finally {
    store.close();
  }
});

test('a directory without state is told with its path', async () => {
  expect(await state('verify', root)).toMatchObject({
    code: 4,
    err: expect.stringContaining(`${root}: no job keeps its state here.`),
  });
});

describe('what is typed wrongly is told with what is right', () => {
  test.each([
    [[], 'what to do is missing. Write one of: ls, verify, backup'],
    [['list'], 'list: there is no such command. Write one of: ls, verify, backup'],
    [['ls'], 'STATE_DIR is missing. Write: viga state ls STATE_DIR'],
    [['backup', 'a'], 'TO_DIR is missing. Write: viga state backup STATE_DIR TO_DIR'],
    [['ls', 'a', 'b'], 'b is not expected. Write: viga state ls STATE_DIR'],
    [['ls', 'a', '--all'], '--all: there is no such option. --json is the only one.'],
  ])('viga state %j', async (args, told) => {
    const { code, err } = await state(...args);
    expect(code).toBe(2);
    expect(err).toContain(told);
  });
});

test('help lists what can be done', async () => {
  for (const args of [
    ['state', '--help'],
    ['help', 'state'],
    ['state', 'ls', '-h'],
  ]) {
    const terminal = capturedTerminal();
    expect(await main(args, terminal)).toBe(0);
    expect(terminal.written.out).toMatch(
      /^Usage: viga state ls\|verify\|backup STATE_DIR \[--json\]\n[\s\S]*viga state backup STATE_DIR TO_DIR/,
    );
  }
});
