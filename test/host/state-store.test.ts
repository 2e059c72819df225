import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, expect, test } from 'vitest';
import { backupState, listState, nodeHost, verifyState } from '../../host/index.ts';
import { openStateStore } from '../../host/state-store/index.ts';

const root = mkdtempSync(path.join(tmpdir(), 'viga-test-store-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let made = 0;
const newPath = (): string => path.join(root, String((made += 1)));

const host = nodeHost({ seed: 1, scratchDirectory: root });
const { disk } = host;
const bytes = (text: string): Uint8Array => Buffer.from(text);

/** A closed store of one epoch. */
async function storeWith(rows: Readonly<Record<string, readonly string[]>>, epoch = 1): Promise<string> {
  const directory = newPath();
  const store = await host.openStateStore(directory);
  for (const [name, keys] of Object.entries(rows))
    for (const key of keys) store.space(name).put(bytes(key), bytes(`of ${key}`));
  await store.commit(epoch);
  store.close();
  return directory;
}

/** Changes the database behind Viga's back. */
function tamper(directory: string, sql: string): void {
  const db = new DatabaseSync(path.join(directory, 'state.db'));
  db.exec(sql);
  db.close();
}

test('a directory is made, with those above it', async () => {
  const directory = path.join(newPath(), 'a', 'b');
  const store = await host.openStateStore(directory);
  store.close();
  expect(readdirSync(directory).sort()).toEqual(['epoch.witness', 'state.db']);
});

test('another process is told that the job is open, until the first is killed', async () => {
  const directory = newPath();
  const hostFile = JSON.stringify(path.join(import.meta.dirname, '../../host/index.ts'));
  const open = `
    const { nodeHost } = await import(${hostFile});
    await nodeHost().openStateStore(${JSON.stringify(directory)});
    console.log('open');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', open]);
  await once(child.stdout, 'data');
  await expect(host.openStateStore(directory)).rejects.toMatchObject({
    name: 'StateError',
    reason: 'locked',
    message: `${directory}: another process has this job open (database is locked). Two would each undo what the other keeps. Stop that one with viga stop, or name another directory.`,
  });
  await expect(listState({ directory, disk })).rejects.toMatchObject({ reason: 'locked' });
  child.kill('SIGKILL');
  await once(child, 'close');
  const store = await host.openStateStore(directory);
  expect(store.epoch).toBe(0);
  store.close();
});

test('a file, another program’s database and a newer format are refused, and left as they are', async () => {
  const file = newPath();
  writeFileSync(file, 'x');
  await expect(host.openStateStore(file)).rejects.toMatchObject({
    reason: 'foreign',
    message: expect.stringContaining('this is a file'),
  });
  const other = newPath();
  mkdirSync(other);
  tamper(other, 'CREATE TABLE t (x); INSERT INTO t VALUES (1)');
  await expect(host.openStateStore(other)).rejects.toMatchObject({
    reason: 'foreign',
    message: expect.stringContaining('Name an empty directory.'),
  });
  expect(readdirSync(other)).toEqual(['state.db']);
  const newer = await storeWith({ a: ['k'] });
  tamper(newer, 'PRAGMA user_version = 2');
  await expect(host.openStateStore(newer)).rejects.toMatchObject({
    reason: 'newer',
    message: expect.stringContaining('has format 2, and this version of Viga knows formats up to 1'),
  });
});

test('what is no database at all is refused as damaged', async () => {
  const directory = newPath();
  mkdirSync(directory);
  writeFileSync(path.join(directory, 'state.db'), 'x'.repeat(5000));
  await expect(host.openStateStore(directory)).rejects.toMatchObject({ reason: 'damaged' });
});

test('a directory that may not be made is told with its path', async () => {
  const directory = '/proc/nothing/state';
  await expect(host.openStateStore(directory)).rejects.toMatchObject({
    name: 'StateError',
    reason: 'failed',
    message: expect.stringMatching(/^\/proc\/nothing\/state: no directory can be made here .* Name another place\.$/),
  });
});

test('a row that was changed is told when it is read, even in a store too large to be read when it is opened', async () => {
  const directory = await storeWith({ a: ['k', 'l'] });
  const store = await host.openStateStore(directory);
  const db = Reflect.get(store, 'db') as DatabaseSync;
  db.exec("UPDATE cells SET value = x'00' WHERE key = x'6b'");
  expect(() => store.space('a').get(bytes('k'))).toThrow(/: a value of a is not as it was written/);
  expect(() => store.space('a').get(bytes('l'))).toThrow(/: a value of a is not as it was written/);
  store.close();
});

test.each([
  ['a value', "UPDATE cells SET value = x'00'", 'a value of a is'],
  ['a key', "UPDATE cells SET key = x'00' WHERE key = x'6b'", 'a value of a is'],
  ['a space of a row', 'UPDATE cells SET space = 9', 'a value of space 9, which has no name is'],
  ['the kind of a value', "UPDATE cells SET value = 'text'", 'a value of a is'],
  ['the name of a space', "UPDATE spaces SET name = 'b'", 'the name of space 1 is'],
  ['the epoch', 'UPDATE job SET epoch = 7', 'the row that says which epoch it holds is'],
  ['the row of the epoch', 'DELETE FROM job', 'the row that says which epoch it holds is'],
])('%s that was changed is told when a job starts', async (_what, sql, told) => {
  const directory = await storeWith({ a: ['k', 'l'] });
  tamper(directory, sql);
  await expect(host.openStateStore(directory)).rejects.toMatchObject({
    reason: 'damaged',
    message: expect.stringContaining(told),
  });
});

test('a disk that is full ends the job with its last epoch, which goes on when there is room', async () => {
  const directory = newPath();
  const hostFile = JSON.stringify(path.join(import.meta.dirname, '../../host/index.ts'));
  const program = `
    const { nodeHost } = await import(${hostFile});
    const store = await nodeHost().openStateStore(${JSON.stringify(directory)});
    const space = store.space('a');
    let row = 0;
    try {
      for (;;) {
        for (let i = 0; i < 20; i += 1) space.put(Buffer.from(String(row += 1).padStart(8, '0')), Buffer.alloc(1000));
        await store.commit(store.epoch + 1);
      }
    } catch (error) {
      let again;
      try { space.get(Buffer.from('x')); } catch (second) { again = second === error; }
      console.log(JSON.stringify({ name: error.name, reason: error.reason, message: error.message, epoch: store.epoch, again }));
    }`;
  const ran = spawnSync(
    'sh',
    ['-c', 'ulimit -f 2000; exec "$0" --input-type=module -e "$1"', process.execPath, program],
    { encoding: 'utf8' },
  );
  const told = JSON.parse(ran.stdout) as {
    name: string;
    reason: string;
    message: string;
    epoch: number;
    again: boolean;
  };
  expect(told).toMatchObject({ name: 'StateError', again: true });
  expect(told.reason).toMatch(/no-room|failed/);
  expect(told.message).toMatch(/What was committed is safe\..*start the job again: it goes on from its last epoch\.$/);
  expect(told.epoch).toBeGreaterThan(2);
  const store = await host.openStateStore(directory);
  expect([told.epoch, told.epoch + 1]).toContain(store.epoch);
  expect([...store.space('a').scan()]).toHaveLength(store.epoch * 20);
  store.space('a').put(bytes('more'), bytes('more'));
  await store.commit(store.epoch + 1);
  store.close();
});

test('a run without a directory makes a file only when something is written, and leaves nothing', async () => {
  const before = readdirSync(root);
  const store = await host.openStateStore(undefined);
  expect(store.space('a').get(bytes('k'))).toBeUndefined();
  expect([...store.space('a').scan()]).toEqual([]);
  store.space('a').delete(bytes('k'));
  await store.commit(1);
  expect(readdirSync(root)).toEqual(before);
  store.space('a').put(bytes('k'), bytes('v'));
  expect(readdirSync(root)).toHaveLength(before.length + 1);
  await store.commit(2);
  expect([store.epoch, store.spaces(), [...store.space('a').scan()].length]).toEqual([2, ['a'], 1]);
  store.close();
  expect(readdirSync(root)).toEqual(before);
});

test('a listing says what each space holds', async () => {
  const directory = await storeWith({ b: ['k'], a: ['k', 'longer'] }, 3);
  const listing = await listState({ directory, disk });
  expect(listing).toMatchObject({
    epoch: 3,
    spaces: [
      { name: 'a', rows: 2, bytes: 1 + 4 + 6 + 9 },
      { name: 'b', rows: 1, bytes: 1 + 4 },
    ],
  });
});

test('a check counts the rows, and names the spaces that have damaged ones', async () => {
  const directory = await storeWith({ a: ['k', 'l'], b: ['k'] });
  expect(await verifyState({ directory, disk })).toMatchObject({ rows: 3, damaged: new Map() });
  tamper(directory, "UPDATE cells SET value = x'00' WHERE space = 1");
  expect(await verifyState({ directory, disk })).toMatchObject({ rows: 3, damaged: new Map([['a', 2]]) });
});

test('a backup goes on where the job stood, and is refused where it is older than what was told', async () => {
  const directory = await storeWith({ a: ['k'] }, 5);
  const to = newPath();
  const { id } = await backupState({ directory, disk }, to);
  const copy = await host.openStateStore(to);
  expect([copy.id, copy.epoch, [...copy.space('a').scan()].length]).toEqual([id, 5, 1]);
  copy.close();
  await expect(backupState({ directory, disk }, to)).rejects.toMatchObject({
    reason: 'foreign',
    message: expect.stringContaining('A backup is not put over anything.'),
  });
});

test('damaged state is not backed up', async () => {
  const directory = await storeWith({ a: ['k'] });
  tamper(directory, "UPDATE cells SET value = x'00'");
  const to = newPath();
  await expect(backupState({ directory, disk }, to)).rejects.toMatchObject({ reason: 'damaged' });
  expect(existsSync(to)).toBe(false);
});

test.each([
  ['nothing at all', () => undefined, 'there is no such directory.'],
  ['a file', (at: string) => writeFileSync(at, ''), 'this is a file.'],
  ['an empty directory', (at: string) => mkdirSync(at), 'no job keeps its state here.'],
  [
    'files of others',
    (at: string) => {
      mkdirSync(at);
      writeFileSync(path.join(at, 'state.db'), '');
    },
    'no job keeps its state here.',
  ],
])('where there is %s there is no state to look at, and nothing is made', async (_, make, told) => {
  const directory = newPath();
  make(directory);
  const before = existsSync(directory) ? readdirSync(path.dirname(directory)) : [];
  await expect(listState({ directory, disk })).rejects.toMatchObject({
    reason: 'foreign',
    message: expect.stringContaining(`${directory}: ${told}`),
  });
  expect(existsSync(directory) ? readdirSync(path.dirname(directory)) : []).toEqual(before);
});

test.each([
  ['state.db', 'state.db is missing, though epoch 3 was committed to it.'],
  ['epoch.witness', 'epoch.witness is missing beside a database of epoch 3.'],
])('a look at a state without its %s says what is gone', async (file, told) => {
  const directory = await storeWith({ a: ['k'] }, 3);
  rmSync(path.join(directory, file));
  await expect(listState({ directory, disk })).rejects.toThrow(`${directory}: ${told}`);
});

test.each([
  ['is removed', (at: string) => rmSync(at, { recursive: true }), 'it was removed'],
  ['is renamed', (at: string) => renameSync(at, `${at}-old`), 'it was removed'],
  [
    'has lost its database',
    (at: string) => rmSync(path.join(at, 'state.db')),
    'state.db in it was removed or replaced',
  ],
  ['has lost its log', (at: string) => rmSync(path.join(at, 'state.db-wal')), 'state.db-wal in it was removed'],
  [
    'has another file in the place of its witness',
    (at: string) => {
      const witness = path.join(at, 'epoch.witness');
      copyFileSync(witness, `${witness}.copy`);
      renameSync(`${witness}.copy`, witness);
    },
    'epoch.witness in it was removed or replaced',
  ],
])('a job whose directory %s ends with the next epoch, which nobody is told of', async (_, change, told) => {
  const directory = await storeWith({ a: ['k'] });
  const store = await host.openStateStore(directory);
  try {
    store.space('a').put(bytes('k'), bytes('second'));
    await store.commit(2);
    change(directory);
    store.space('a').put(bytes('k'), bytes('third'));
    await expect(store.commit(3)).rejects.toMatchObject({
      reason: 'failed',
      message: expect.stringContaining(`${directory}: ${told}`),
    });
    expect(store.epoch).toBe(2);
    expect(() => store.space('a').get(bytes('k'))).toThrow('while the job ran');
  } finally {
    store.close();
  }
});

test('a job does not begin beside files of others, which are named and stay; beside its own state they do no harm', async () => {
  const directory = newPath();
  mkdirSync(path.join(directory, 'photos'), { recursive: true });
  for (const name of ['a.csv', 'b.csv', 'c.csv', '.hidden']) writeFileSync(path.join(directory, name), name);
  await expect(host.openStateStore(directory)).rejects.toMatchObject({
    reason: 'foreign',
    message: `${directory}: it holds a.csv, b.csv, c.csv and 1 more, and no job's state. A job keeps its state in a directory of its own, which people may remove as a whole. Name one that is empty or not there yet.`,
  });
  expect(readdirSync(directory).sort()).toEqual(['.hidden', 'a.csv', 'b.csv', 'c.csv', 'photos']);
  const own = newPath();
  (await host.openStateStore(own)).close();
  writeFileSync(path.join(own, 'notes.txt'), 'about this job');
  (await host.openStateStore(own)).close();
  expect(readFileSync(path.join(own, 'notes.txt'), 'utf8')).toBe('about this job');
});

test.each([
  ['an empty volume', ['lost+found', '.snapshot']],
  ['what a start that was killed left', ['state.db-journal', 'epoch.witness.new']],
])('a job begins in %s', async (_, names) => {
  const directory = newPath();
  mkdirSync(directory);
  for (const name of names) writeFileSync(path.join(directory, name), '');
  (await host.openStateStore(directory)).close();
});

test.each([
  ['EACCES', 'can not be read and written (EACCES: no). The job keeps its state there. Let this user read and write'],
  ['EROFS', 'can not be read and written (EROFS: no).'],
  ['ENOTDIR', 'no directory can be made here (ENOTDIR: no). The job keeps its state in a directory of its own. Name'],
  ['ENOSPC', 'there is no room for the state (ENOSPC: no). What was committed is safe. Free space and start'],
  ['EIO', 'EIO: no. What was committed is safe. Check the disk, then start'],
])('a directory that can not be made for %s is told with what to do', async (code, told) => {
  const directory = newPath();
  const makeDirectory = () => Promise.reject(Object.assign(new Error(`${code}: no`), { code }));
  const opening = openStateStore(directory, { disk: { ...disk, makeDirectory }, random: host.random });
  await expect(opening).rejects.toMatchObject({ name: 'StateError', message: expect.stringContaining(told) });
});
