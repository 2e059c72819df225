import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { nodeHost } from '../../host/index.ts';
import { StateError } from '../../model/index.ts';

const root = mkdtempSync(path.join(tmpdir(), 'viga-test-state-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let made = 0;
const newPath = (): string => path.join(root, String((made += 1)));

const WRITER = path.join(import.meta.dirname, 'state-writer.ts');
const FILES = ['state.db', 'state.db-wal', 'epoch.witness'];

/** Commits epochs 1 to `epochs`, then dies without closing. */
function written(epochs: number, rows = 50): string {
  const directory = newPath();
  const { stdout, stderr } = spawnSync(process.execPath, [WRITER, directory, String(epochs), String(rows)], {
    encoding: 'utf8',
  });
  expect([stderr, stdout]).toEqual(['', expect.stringContaining(`committed ${epochs}\n`)]);
  return directory;
}

/** The epoch that a directory opens at, all of whose rows are of that epoch; or why it does not open. */
async function look(directory: string, rows = 50): Promise<number | StateError> {
  try {
    const store = await nodeHost().openStateStore(directory);
    try {
      const contents = Array.from(
        store.space('cells').scan(),
        ({ key, value }) => [String(Buffer.from(key)), String(Buffer.from(value))] as const,
      );
      const expected = Array.from(
        { length: rows },
        (_, row) => [`row ${row}`, `epoch ${store.epoch} ${'x'.repeat(row * 3)}`] as const,
      );
      expect(new Map(contents)).toEqual(new Map(store.epoch === 0 ? [] : expected));
      return store.epoch;
    } finally {
      store.close();
    }
  } catch (error) {
    if (error instanceof StateError) return error;
    throw error;
  }
}

const copyOf = (directory: string): string => {
  const copy = newPath();
  cpSync(directory, copy, { recursive: true });
  return copy;
};

/** Right, or refused by a name; never an epoch before the last one that was told. */
function expectSafe(found: number | StateError, told: number): void {
  if (typeof found === 'number') expect(found).toBeGreaterThanOrEqual(told);
  else expect(['damaged', 'older', 'foreign', 'newer']).toContain(found.reason);
}

test('a process that is killed at any moment leaves its last epoch, whole', async () => {
  const directory = newPath();
  const random = nodeHost({ seed: 20 }).random;
  let told = 0;
  for (let kill = 0; kill < 8; kill += 1) {
    const child: ChildProcess = spawn(process.execPath, [WRITER, directory]);
    let output = '';
    child.stdout?.on('data', (text: Buffer) => (output += text.toString()));
    child.stderr?.on('data', (text: Buffer) => (output += text.toString()));
    while (!output.includes('committed')) await once(child.stdout as NodeJS.ReadableStream, 'data');
    await pause(random.next() * 60);
    child.kill('SIGKILL');
    await once(child, 'close');
    const opened = Number(/opened (\d+)/.exec(output)?.[1]);
    expect(opened).toBeGreaterThanOrEqual(told);
    told = Number([...output.matchAll(/committed (\d+)\n/g)].at(-1)?.[1]);
    const found = await look(directory);
    expect([told, told + 1]).toContain(found);
  }
});

test('copies that are taken while a job commits are right or refused', async () => {
  const directory = newPath();
  const child = spawn(process.execPath, [WRITER, directory]);
  await once(child.stdout, 'data');
  const copies: { readonly copy: string; readonly order: readonly string[] }[] = [];
  const orders = [FILES, FILES.toReversed(), ['state.db-wal', 'epoch.witness', 'state.db']];
  for (let i = 0; i < 24; i += 1) {
    const order = orders[i % 3] as readonly string[];
    const copy = mkdtempSync(path.join(root, 'copy-'));
    for (const file of order) {
      if (existsSync(path.join(directory, file))) copyFileSync(path.join(directory, file), path.join(copy, file));
    }
    copies.push({ copy, order });
    await pause(5);
  }
  child.kill('SIGKILL');
  await once(child, 'close');
  let right = 0;
  for (const { copy } of copies) {
    const witness = readFileSync(path.join(copy, 'epoch.witness'), 'latin1');
    const epochs = [...witness.matchAll(/epoch witness 1 \S+ (\d+) /g)].map(([, epoch]) => Number(epoch));
    const found = await look(copy);
    expectSafe(found, Math.max(...epochs));
    if (typeof found === 'number') right += 1;
  }
  expect(right).toBeGreaterThan(0);
});

test('a log that is cut anywhere before its last commit is refused', async () => {
  const directory = written(8, 6);
  const log = readFileSync(path.join(directory, 'state.db-wal'));
  const pageSize = log.readUInt32BE(8);
  const frame = 24 + pageSize;
  expect((log.length - 32) % frame).toBe(0);
  const frames = (log.length - 32) / frame;
  expect(frames).toBeGreaterThan(10);
  expect(await look(copyOf(directory), 6)).toBe(8);
  for (let kept = 0; kept < frames; kept += 1) {
    for (const more of [0, 24, 1000]) {
      const copy = copyOf(directory);
      writeFileSync(path.join(copy, 'state.db-wal'), log.subarray(0, 32 + kept * frame + more));
      expect(await look(copy, 6)).toMatchObject({ name: 'StateError', reason: 'older' });
    }
  }
});

test('without its log, or without its database, a job does not begin anew', async () => {
  const directory = written(3);
  const withoutLog = copyOf(directory);
  rmSync(path.join(withoutLog, 'state.db-wal'));
  expect(await look(withoutLog)).toMatchObject({ reason: 'older' });
  const withoutDatabase = copyOf(directory);
  rmSync(path.join(withoutDatabase, 'state.db'));
  expect(await look(withoutDatabase)).toMatchObject({
    reason: 'older',
    message: expect.stringContaining('state.db is missing, though epoch 3'),
  });
  const emptied = copyOf(directory);
  writeFileSync(path.join(emptied, 'state.db'), '');
  rmSync(path.join(emptied, 'state.db-wal'));
  expect(await look(emptied)).toMatchObject({
    reason: 'older',
    message: expect.stringContaining('state.db is empty, though epoch 3'),
  });
});

test.each([['state.db'], ['state.db-wal'], ['epoch.witness']])(
  'a flipped bit of %s is noticed, or was of no use',
  async (file) => {
    const directory = written(4, 40);
    if (file === 'state.db') {
      // Closed, so that all is in the database.
      expect(await look(directory, 40)).toBe(4);
    }
    const whole = readFileSync(path.join(directory, file));
    const random = nodeHost({ seed: 7 }).random;
    const reasons = new Map<string, number>();
    const copy = copyOf(directory);
    const others = FILES.filter((other) => other !== file && existsSync(path.join(directory, other)));
    for (let flip = 0; flip < 60; flip += 1) {
      const bytes = Buffer.from(whole);
      const at = Math.floor(random.next() * bytes.length);
      bytes[at] = (bytes[at] as number) ^ (1 << Math.floor(random.next() * 8));
      rmSync(copy, { recursive: true });
      cpSync(directory, copy, { recursive: true });
      for (const other of others) copyFileSync(path.join(directory, other), path.join(copy, other));
      writeFileSync(path.join(copy, file), bytes);
      const found = await look(copy, 40);
      // Of the witness's two slots one is enough.
      expectSafe(found, 4);
      const reason = typeof found === 'number' ? 'right' : found.reason;
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    }
    if (file === 'epoch.witness') expect([...reasons.keys()]).toEqual(['right']);
    else expect(reasons.get('damaged') ?? reasons.get('older')).toBeGreaterThan(10);
  },
);

test('a witness that is damaged in both slots, or missing, is no reason to trust the database', async () => {
  const directory = written(2);
  const damaged = copyOf(directory);
  const bytes = readFileSync(path.join(damaged, 'epoch.witness'));
  bytes.fill(0);
  writeFileSync(path.join(damaged, 'epoch.witness'), bytes);
  expect(await look(damaged)).toMatchObject({
    reason: 'damaged',
    message: expect.stringContaining('epoch.witness: the last epoch'),
  });
  const missing = copyOf(directory);
  rmSync(path.join(missing, 'epoch.witness'));
  expect(await look(missing)).toMatchObject({
    reason: 'damaged',
    message: expect.stringContaining('epoch.witness is missing beside a database of epoch 2'),
  });
});

test('files of two jobs are not mixed', async () => {
  const [one, other] = [written(1), written(1)];
  copyFileSync(path.join(other, 'epoch.witness'), path.join(one, 'epoch.witness'));
  expect(await look(one)).toMatchObject({
    reason: 'foreign',
    message: expect.stringContaining('files of two directories were mixed'),
  });
});
