import { existsSync, readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { PanePublication } from '../../../io/publishing/pane-manifest.ts';
import { fileKey, type PaneGroup } from '../../../io/files/pane-writer.ts';
import { paneSink } from '../../../io/files/write-panes.ts';
import {
  type Host,
  interval,
  kv,
  NO_FIRING,
  type Sink,
  type SinkBatch,
  type SinkContext,
} from '../../../model/index.ts';
import { assertSinkLaws } from '../../../testing/index.ts';
import { bytesFormat } from './formats.ts';
import { contentOf, Crash, crashingDisk, directoryWith, diskFault, hostWith as realHost, unsynced } from './support.ts';

/** What dies here is the process, not the machine: nothing need be on stable storage. */
const hostWith = (change: Parameters<typeof realHost>[0] = () => ({})): Host =>
  realHost((disk) => {
    const quick = { ...disk, ...unsynced(disk) };
    return { ...quick, ...change(quick) };
  });

type PaneSink = Sink<PaneGroup<string>, PanePublication>;

const sinkIn = (root: string, options: { ifExists?: 'fail' } = {}): PaneSink =>
  paneSink(bytesFormat, { files: `${root}/out/`, partitionBy: () => ({}), ...options });

/** What each epoch of a job writes: the panes of a window, by partition. */
const EPOCHS: readonly (readonly (readonly [partition: string, text: string])[])[] = [
  [
    ['a=1', 'one'],
    ['a=2', 'two'],
  ],
  [['a=1', 'three']],
  [],
  [
    ['a=2', 'four'],
    ['b=1', 'five'],
  ],
];

const batchOf = (epoch: number): SinkBatch<PaneGroup<string>> => ({
  values: (EPOCHS[epoch - 1] ?? []).map(([partition, text]) => kv(fileKey(0, partition), [text])),
  timestamps: epoch,
  windows: [interval(epoch * 1000, epoch * 1000 + 1000)],
  panes: { ...NO_FIRING, index: 0 },
});

/** What of a job survives a crash: the last durable epoch, and what sinks have not got for certain. */
class Job {
  epoch = 0;
  readonly outbox: PanePublication[] = [];
  readonly id: string;

  constructor(id = 'job-a') {
    this.id = id;
  }

  context(host: Host, epoch: number): SinkContext {
    return {
      host,
      signal: new AbortController().signal,
      step: 'Write',
      runId: `${this.id}-${epoch}`,
      job: { id: this.id, epoch },
      reject(_element, error) {
        throw error;
      },
    };
  }

  /** Goes on from what survived to its end, as a run with a state directory does. */
  async run(sink: PaneSink, host: Host): Promise<void> {
    await sink.recover?.(this.context(host, this.epoch));
    await this.deliver(sink, host);
    while (this.epoch < EPOCHS.length) {
      const epoch = this.epoch + 1;
      const batch = batchOf(epoch);
      if (batch.values.length > 0) {
        const writer = await sink.open(this.context(host, epoch));
        await writer.write(batch);
        this.outbox.push(structuredClone(await writer.prepare()));
      }
      this.epoch = epoch;
      await this.deliver(sink, host);
    }
  }

  async deliver(sink: PaneSink, host: Host): Promise<void> {
    for (let next = this.outbox[0]; next !== undefined; next = this.outbox[0]) {
      await sink.commit(next, this.context(host, next.job.epoch));
      this.outbox.shift();
    }
  }
}

/** What a reader of the directory finds. */
const visible = (root: string): Record<string, string> =>
  Object.fromEntries(Object.entries(contentOf(root)).filter(([name]) => !/(^|\/)\./.test(name)));

/** What epochs up to one make visible. */
async function after(epochs: number): Promise<Record<string, string>> {
  const root = directoryWith();
  await new Job().run(sinkIn(root), hostWith());
  const windows = EPOCHS.slice(0, epochs).map((_, i) => new Date(i * 1000 + 1000).toISOString().slice(17, 19));
  return Object.fromEntries(
    Object.entries(visible(root)).filter(([name]) => windows.some((at) => name.includes(`00-00-${at}Z_`))),
  );
}

const staged = (root: string): readonly string[] =>
  existsSync(`${root}/out/.viga`) ? readdirSync(`${root}/out/.viga`).filter((name) => name.startsWith('staging')) : [];

const isCrash = (error: unknown): boolean => error instanceof Crash || (error as Error).cause instanceof Crash;

test('a job that dies at any step shows only what is durable, and ends with each pane exactly once', async () => {
  const all = await after(EPOCHS.length);
  expect(Object.values(all).sort()).toEqual(['five', 'four', 'one', 'three', 'two']);
  const durable = await Promise.all([0, 1, 2, 3, 4].map(after));
  const diedIn = new Set<number>();
  for (let fatal = 1; ; fatal += 1) {
    const root = directoryWith();
    const job = new Job();
    const dying = hostWith((disk) => crashingDisk(disk, fatal).disk);
    const died = await job.run(sinkIn(root), dying).then(
      () => false,
      (error: unknown) => {
        if (!isCrash(error)) throw error;
        return true;
      },
    );
    for (const [name, text] of Object.entries(visible(root))) {
      expect(durable[job.epoch]?.[name], `${name} after change ${fatal}`).toBe(text);
    }
    diedIn.add(job.epoch);
    await job.run(sinkIn(root), hostWith());
    expect(visible(root), `died at change ${fatal}`).toEqual(all);
    expect(staged(root)).toEqual([]);
    if (!died) break;
    expect(fatal).toBeLessThan(500);
  }
  expect(diedIn).toEqual(new Set([0, 1, 2, 3, 4]));
}, 60_000);

test('a restart can itself die at any step', async () => {
  const all = await after(EPOCHS.length);
  for (let fatal = 1; ; fatal += 1) {
    const root = directoryWith();
    const job = new Job();
    // Dies when the first file has been put in its place, and what was staged for a later epoch is there as well.
    let renames = 0;
    const cut = hostWith((disk) => ({
      async rename(from, to) {
        if (to.endsWith('.bin') && (renames += 1) > 3) throw new Crash();
        await disk.rename(from, to);
      },
    }));
    await expect(job.run(sinkIn(root), cut)).rejects.toThrow();
    expect(job.epoch).toBe(4);
    const died = await job
      .run(
        sinkIn(root),
        hostWith((disk) => crashingDisk(disk, fatal).disk),
      )
      .then(
        () => false,
        () => true,
      );
    await job.run(sinkIn(root), hostWith());
    expect(visible(root), `died at change ${fatal}`).toEqual(all);
    if (!died) break;
    expect(fatal).toBeLessThan(200);
  }
}, 60_000);

test('a reply that is lost leads to a second commit, which changes nothing', async () => {
  const root = directoryWith();
  const job = new Job();
  const sink = sinkIn(root);
  const committed: PanePublication[] = [];
  const remembering: PaneSink = {
    ...sink,
    async commit(publication, context) {
      await sink.commit(publication, context);
      committed.push(publication);
    },
  };
  await job.run(remembering, hostWith());
  const content = contentOf(root, { manifests: true });
  for (const publication of committed) await sink.commit(publication, job.context(hostWith(), publication.job.epoch));
  expect(contentOf(root, { manifests: true })).toEqual(content);
});

test('a full disk fails an epoch or its publishing, and trying again succeeds when there is room', async () => {
  const all = await after(EPOCHS.length);
  for (const operation of ['rename', 'open', 'makeDirectory'] as const) {
    const root = directoryWith();
    const job = new Job();
    let calls = 0;
    const full = hostWith((disk) => ({
      [operation]: async (...args: [never, never]) => {
        if ((calls += 1) > 2) throw diskFault('ENOSPC');
        return disk[operation](...args);
      },
    }));
    await expect(job.run(sinkIn(root), full)).rejects.toThrow(/the disk is full \(ENOSPC\)/);
    await job.run(sinkIn(root), hostWith());
    expect(visible(root)).toEqual(all);
    expect(staged(root)).toEqual([]);
  }
});

test('a run that gives up a publish half-way leaves what the next one finishes it from', async () => {
  const root = directoryWith();
  const job = new Job();
  let renames = 0;
  const refusing = hostWith((disk) => ({
    async rename(from, to) {
      if (to.endsWith('.bin') && (renames += 1) > 1) throw diskFault('EIO');
      await disk.rename(from, to);
    },
  }));
  const context = job.context(refusing, 1);
  const writer = await sinkIn(root).open(context);
  await writer.write(batchOf(1));
  const publication = await writer.prepare();
  await expect(sinkIn(root).commit(publication, context)).rejects.toThrow('EIO');
  await writer.abort();
  expect(Object.keys(visible(root))).toHaveLength(1);
  await sinkIn(root).recover?.(new Job('job-b').context(hostWith(), 0));
  expect(Object.values(visible(root)).sort()).toEqual(['one', 'two']);
  expect(staged(root)).toEqual([]);
});

describe('other jobs', () => {
  test('lose their files to the first publish of a new one, but not before', async () => {
    const root = directoryWith({ 'out/mine.txt': 'mine' });
    await new Job('job-a').run(sinkIn(root), hostWith());
    const before = visible(root);
    const job = new Job('job-b');
    const sink = sinkIn(root);
    await sink.recover?.(job.context(hostWith(), 0));
    const writer = await sink.open(job.context(hostWith(), 2));
    await writer.write(batchOf(2));
    const publication = await writer.prepare();
    expect(visible(root)).toEqual(before);
    await sink.commit(publication, job.context(hostWith(), 2));
    expect(Object.values(visible(root)).sort()).toEqual(['mine', 'three']);
  });

  test('are in the way where nothing may be overwritten', async () => {
    const root = directoryWith();
    await new Job('job-a').run(sinkIn(root), hostWith());
    const before = contentOf(root, { manifests: true });
    await expect(new Job('job-b').run(sinkIn(root, { ifExists: 'fail' }), hostWith())).rejects.toThrow(
      "this exists already. ifExists is 'fail', so it is not replaced.",
    );
    expect(contentOf(root, { manifests: true })).toEqual(before);
    // Its own files do not stop a job that goes on.
    const again = new Job('job-a');
    again.epoch = 4;
    await again.run(sinkIn(root, { ifExists: 'fail' }), hostWith());
  });
});

test('a job whose state is older than its files is refused', async () => {
  const root = directoryWith();
  await new Job().run(sinkIn(root), hostWith());
  const restored = new Job();
  restored.epoch = 2;
  await expect(restored.run(sinkIn(root), hostWith())).rejects.toMatchObject({
    name: 'StateError',
    reason: 'older',
    message: expect.stringContaining(
      'this job has published files of its epoch 4 here, and its state is at epoch 2. The state is older than the sink',
    ),
  });
});

test('two steps of a job that write to the same files are told', async () => {
  const root = directoryWith();
  const job = new Job();
  await sinkIn(root).open(job.context(hostWith(), 1));
  await expect(sinkIn(root).open(job.context(hostWith(), 1))).rejects.toThrow(
    'two steps of this run write to the same files.',
  );
});

test('staged files that somebody removed are an error that names one, and nothing is published', async () => {
  const root = directoryWith();
  const job = new Job();
  const sink = sinkIn(root);
  const writer = await sink.open(job.context(hostWith(), 1));
  await writer.write(batchOf(1));
  const publication = await writer.prepare();
  await hostWith().disk.remove(`${root}/out/.viga/${publication.staging}`);
  await expect(sink.commit(publication, job.context(hostWith(), 1))).rejects.toThrow('this staged file is gone.');
  expect(visible(root)).toEqual({});
});

test('a publish of another job that can not be finished is given up with a warning, and replaced', async () => {
  const root = directoryWith();
  let renames = 0;
  const cut = hostWith((disk) => ({
    async rename(from, to) {
      if (to.endsWith('.bin') && (renames += 1) > 1) throw new Crash();
      await disk.rename(from, to);
    },
  }));
  await expect(new Job('job-a').run(sinkIn(root), cut)).rejects.toThrow();
  const [staging = ''] = staged(root);
  for (const name of readdirSync(`${root}/out/.viga/${staging}`).filter((one) => one !== 'journal.json')) {
    await hostWith().disk.remove(`${root}/out/.viga/${staging}/${name}`);
  }
  const warnings: string[] = [];
  const host = { ...hostWith(), warn: (message: string) => void warnings.push(message) };
  await new Job('job-b').run(sinkIn(root), host);
  expect(warnings).toEqual([expect.stringContaining('of job job-a was cut, and what it staged is gone')]);
  expect(visible(root)).toEqual(await after(EPOCHS.length));
});

test('the laws of sinks hold', async () => {
  await assertSinkLaws({
    elements: [kv(fileKey(0, 'a=1'), ['x']), kv(fileKey(0, 'a=2'), ['y', 'z'])],
    create() {
      const root = directoryWith();
      return { sink: sinkIn(root), visible: () => visible(root), traces: () => contentOf(root) };
    },
  });
});
