import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { backupState, type FileHold, listState, nodeHost, type OpenState, verifyState } from '../../host/index.ts';
import { FileHolds } from '../../host/state-store/file-hold.ts';
import { openDatabase } from '../../host/state-store/open-database.ts';
import { createSchema } from '../../host/state-store/schema.ts';
import type { StateStore } from '../../model/index.ts';

let root: string;
let directory: string;
let store: StateStore;
let state: OpenState;
let isGivenUp: boolean;

beforeEach(async () => {
  root = mkdtempSync(path.join(tmpdir(), 'viga-test-hold-'));
  directory = path.join(root, 'state');
  isGivenUp = false;
  const host = nodeHost({
    onStateOpened: async (opened) => {
      state = opened;
      return () => {
        isGivenUp = true;
      };
    },
  });
  store = await host.openStateStore(directory);
});
afterEach(() => {
  store.close();
  rmSync(root, { recursive: true });
});

const { disk } = nodeHost();
const put = (row: number): void => store.space('rows').put(Buffer.from(`row ${row}`), Buffer.alloc(500, row));
const held = async (): Promise<FileHold> => {
  const hold = await state.hold();
  if (hold === undefined) throw new Error('the store is closed');
  return hold;
};
const placeOf = (hold: FileHold) => ({
  directory,
  disk,
  held: { job: hold.job, release: async () => expect(hold.isIntact).toBe(true) },
});
const file = (): Buffer => readFileSync(path.join(directory, 'state.db'));

test('the file is held at the end of an epoch that is being written, and stays so while others are committed', async () => {
  put(1);
  await store.commit(1);
  put(2);
  const holding = held();
  let isHeld = false;
  void holding.then(() => (isHeld = true));
  await new Promise(setImmediate);
  expect(isHeld).toBe(false);
  await store.commit(2);
  const hold = await holding;
  expect(hold.job).toEqual({ id: store.id, epoch: 2 });
  for (let epoch = 3; epoch < 20; epoch++) {
    for (let row = 0; row < 2_000; row++) put(epoch * 2_000 + row);
    await store.commit(epoch);
  }
  expect(await listState(placeOf(hold))).toMatchObject({ epoch: 2, spaces: [{ name: 'rows', rows: 2 }] });
  expect(await verifyState(placeOf(hold))).toMatchObject({ epoch: 2, rows: 2, damaged: new Map() });
  // Released, the file is written to again.
  const before = file();
  expect(hold.isIntact).toBe(true);
  hold.release();
  put(3);
  await store.commit(20);
  expect(file().equals(before)).toBe(false);
});

test('a copy of the held file is a state from which a job goes on', async () => {
  put(1);
  await store.commit(1);
  const hold = await held();
  put(2);
  const to = path.join(root, 'copy');
  expect(await backupState(placeOf(hold), to)).toEqual({ id: store.id, epoch: 1 });
  const copy = await nodeHost().openStateStore(to);
  expect([copy.id, copy.epoch, [...copy.space('rows').scan()].length]).toEqual([store.id, 1, 1]);
  copy.close();
});

test('what is read of a file that changed meanwhile is worth nothing: its copy does not stay', async () => {
  put(1);
  await store.commit(1);
  const hold = await held();
  const to = path.join(root, 'copy');
  const place = placeOf(hold);
  const release = () => Promise.reject(new Error('it has changed'));
  await expect(backupState({ ...place, held: { ...place.held, release } }, to)).rejects.toThrow('it has changed');
  await expect(listState({ directory: to, disk })).rejects.toMatchObject({ reason: 'foreign' });
});

test('several may hold it, and it is free when the last one releases it', async () => {
  put(1);
  await store.commit(1);
  const [one, two] = await Promise.all([held(), held()]);
  one.release();
  one.release();
  put(2);
  await store.commit(2);
  expect([one.isIntact, two.isIntact]).toEqual([false, true]);
  expect((await held()).job.epoch).toBe(1);
});

test('a store that is closed takes the file back, and tells who waits for it', async () => {
  put(1);
  await store.commit(1);
  const hold = await held();
  store.close();
  expect([isGivenUp, hold.isIntact]).toEqual([true, false]);
  hold.release();
  expect(await state.hold()).toBeUndefined();
});

test('who waits for an epoch that does not come is told when the store is closed', async () => {
  put(1);
  const waiting = state.hold();
  store.close();
  expect(await waiting).toBeUndefined();
});

test('a hold ends when the log has become too long', async () => {
  const place = path.join(root, 'small');
  await disk.makeDirectory(place);
  const db = openDatabase(place, undefined);
  createSchema(db, 'id');
  const holds = new FileHolds(db, place, { id: 'id', epoch: 0 }, 100_000);
  const hold = await holds.hold();
  db.exec('CREATE TABLE t (blob)');
  holds.committed(1);
  expect(hold?.isIntact).toBe(true);
  for (let i = 0; i < 4; i++) {
    db.exec('INSERT INTO t VALUES (zeroblob(50000))');
    holds.committed(2 + i);
  }
  expect(hold?.isIntact).toBe(false);
  db.close();
});
