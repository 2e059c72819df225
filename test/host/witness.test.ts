import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStateStore } from '../../host/state-store/index.ts';
import { nodeHost } from '../../host/index.ts';
import type { Disk } from '../../model/index.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'viga-witness-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const { disk, random } = nodeHost({ seed: 1 });

/** A disk that tells of each write and sync of a file, and of each rename and sync of a directory, when it is done. */
const told = (tell: (operation: string) => void): Disk => ({
  ...disk,
  async open(file, mode) {
    const opened = await disk.open(file, mode);
    return {
      read: (...args) => opened.read(...args),
      async write(bytes, position) {
        await opened.write(bytes, position);
        tell(`write at ${position}`);
      },
      async sync() {
        await opened.sync();
        tell('sync');
      },
      close: () => opened.close(),
    };
  },
  async rename(from, to) {
    await disk.rename(from, to);
    tell(`rename to ${path.basename(to)}`);
  },
  async syncDirectory(directory) {
    await disk.syncDirectory(directory);
    tell('sync directory');
  },
});

test('a commit returns when it is on stable storage that there was one: in one slot, then in the other', async () => {
  const operations: string[] = [];
  const store = await openStateStore(path.join(folder, 'state'), { disk: told((one) => operations.push(one)), random });
  expect(operations.splice(0)).toEqual([
    'write at 0',
    'sync',
    'write at 512',
    'sync',
    'rename to epoch.witness',
    'sync directory',
  ]);
  for (const [epoch, position] of [0, 512, 0].entries()) {
    await store.commit(epoch + 1);
    expect(operations.splice(0)).toEqual([`write at ${position}`, 'sync']);
  }
  store.close();
});

test('a power loss in the middle of a commit, with the witness half-written, leaves the epoch before', async () => {
  const directory = path.join(folder, 'state');
  const store = await openStateStore(directory, { disk, random });
  await store.commit(1);
  const before = readFileSync(path.join(directory, 'epoch.witness'));
  await store.commit(2);
  store.close();
  const after = readFileSync(path.join(directory, 'epoch.witness'));
  const changed = before.findIndex((byte, i) => byte !== after[i]);
  const slot = changed < 512 ? 0 : 512;
  // As if the write of the slot had stopped in the middle of its text.
  before.fill(0, slot + 10, slot + 128);
  cpSync(directory, path.join(folder, 'copy'), { recursive: true });
  writeFileSync(path.join(folder, 'copy', 'epoch.witness'), before);
  const again = await openStateStore(path.join(folder, 'copy'), { disk, random });
  expect(again.epoch).toBe(2);
  again.close();
});
