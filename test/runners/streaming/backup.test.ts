import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { backupState, nodeHost, type OpenState } from '../../../host/index.ts';
import { count, fixedWindows, Pipeline, read, seconds, type Sink, StateError, write } from '../../../index.ts';
import { directRunner } from '../../../runners/direct/index.ts';
import { virtualHost } from '../../helpers/virtual-host.ts';
import { type Action, listSource } from './list-source.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'viga-backup-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const NUMBERS = 40;
/** A number every 700 ms, so that most windows of 5 s are open over several epochs. */
const actions: readonly Action<number>[] = Array.from({ length: NUMBERS }, (_, n) => [
  { give: [[n, n * 700] as const] },
  { watermark: n * 700 },
  { rest: 700 },
]).flat();

interface Table {
  readonly epoch: number;
  readonly rows: readonly string[];
}

/** A table with a ledger, which can be copied at any moment. */
function tableSink(start: Table, onDelivered: (table: Table) => void = () => undefined) {
  let table = start;
  const sink: Sink<string, never> = {
    kind: 'sink',
    name: 'Table',
    guarantee: 'transactional',
    open: () => Promise.reject(new Error('it gets epochs only')),
    commit: () => Promise.reject(new Error('it gets epochs only')),
    deliver: async ({ epoch, batches }) => {
      if (epoch <= table.epoch) return;
      table = { epoch, rows: [...table.rows, ...[...batches()].flatMap(({ values }) => values)] };
      onDelivered(table);
    },
    delivered: async () => (table.epoch === 0 ? undefined : table.epoch),
  };
  return { sink, copy: () => table };
}

/** Runs the job on a state directory to its end. */
async function run(state: string, sink: Sink<string>, onOpened: (state: OpenState) => void = () => undefined) {
  const { openStateStore } = nodeHost({
    onStateOpened: async (opened) => {
      onOpened(opened);
      return () => undefined;
    },
  });
  const p = new Pipeline();
  p.apply(read(listSource(actions), { isBounded: false, name: 'Numbers' }))
    .windowInto(fixedWindows({ size: seconds(5) }))
    .keyBy((n) => (n % 2 === 0 ? 'even' : 'odd'), { name: 'Parity' })
    .combinePerKey(count, { name: 'Count' })
    .map(({ key, value }, { window }) => `${key} ${window.maxTimestamp} ${value}`)
    .apply(write(sink, { name: 'Rows' }));
  const host = { ...virtualHost(), openStateStore };
  return p.run(directRunner({ host, stateDirectory: state, streaming: true }));
}

const EMPTY: Table = { epoch: 0, rows: [] };

test('a job goes on from a backup that was made while it ran, and its sink has each row once', async () => {
  const backups: { readonly directory: string; readonly epoch: number; readonly sinkThen: Table }[] = [];
  const table = tableSink(EMPTY, ({ epoch }) => {
    void backUp(join(folder, `backup-${epoch}`));
  });
  let opened: OpenState | undefined;
  const pending: Promise<void>[] = [];
  const backUp = (directory: string): Promise<void> => {
    const made = (async () => {
      const hold = await opened?.hold();
      if (hold === undefined) return;
      const sinkThen = table.copy();
      const held = { job: hold.job, release: async () => hold.release() };
      const { epoch } = await backupState({ directory: join(folder, 'state'), disk: nodeHost().disk, held }, directory);
      backups.push({ directory, epoch, sinkThen });
    })();
    pending.push(made);
    return made;
  };
  await run(join(folder, 'state'), table.sink, (state) => {
    opened = state;
  });
  await Promise.all(pending);
  const all = [...table.copy().rows].sort();
  expect(all.reduce((sum, row) => sum + Number(row.split(' ')[2]), 0)).toBe(NUMBERS);
  expect(backups.filter(({ sinkThen }) => sinkThen.rows.length < all.length).length).toBeGreaterThan(3);
  for (const { directory, epoch, sinkThen } of backups) {
    expect(sinkThen.epoch).toBeLessThanOrEqual(epoch);
    // Its sink was restored to that moment too: what it had not been given then waits in the state.
    const restored = tableSink(sinkThen);
    await run(directory, restored.sink);
    expect([...restored.copy().rows].sort()).toEqual(all);
  }
});

test('a backup is refused while the sink has what came after it', async () => {
  const directory = join(folder, 'state');
  const table = tableSink(EMPTY);
  let backup: Promise<unknown> | undefined;
  await run(directory, table.sink, ({ hold }) => {
    backup = hold().then((held) => {
      if (held === undefined) throw new Error('the job was not running');
      return backupState(
        { directory, disk: nodeHost().disk, held: { job: held.job, release: async () => held.release() } },
        join(folder, 'backup'),
      );
    });
  });
  await backup;
  const again = run(join(folder, 'backup'), table.sink);
  await expect(again).rejects.toThrow(StateError);
  await expect(again).rejects.toThrow(/Rows: the sink has epoch \d+ of this job and the state directory stands at/);
});
