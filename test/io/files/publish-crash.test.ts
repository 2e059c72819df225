import { cpSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { fileSink } from '../../../io/files/index.ts';
import { GLOBAL_WINDOW, MIN_TIMESTAMP, NO_FIRING } from '../../../model/index.ts';
import { bytesFormat } from './formats.ts';
import {
  contentOf,
  Crash,
  crashingDisk,
  directoryWith,
  diskFault,
  hostWith,
  sinkContext,
  writeAll,
} from './support.ts';

const CASES = [
  ['partitions that come and go', { files: 'out/', partitionBy: (text: string) => ({ first: text.slice(0, 1) }) }],
  ['shards', { files: 'out/w.bin', shards: 3 }],
  ['one file', { files: 'out/w.bin' }],
] as const;

const OLD = [['a1', 'b1', 'c1']];
const NEW = [['b2', 'c2', 'd2', 'e2']];

test.each(CASES)(
  'a run that writes %s and dies at any step leaves the old files or the new ones',
  async (_what, options) => {
    const template = directoryWith();
    const sinkIn = (root: string) => fileSink(bytesFormat, { ...options, files: `${root}/${options.files}` });
    await writeAll(sinkIn(template), OLD);
    const old = contentOf(template);
    const complete = directoryWith();
    await writeAll(sinkIn(complete), OLD);
    await writeAll(sinkIn(complete), NEW);
    const all = contentOf(complete);
    expect(all).not.toEqual(old);

    const outcomes = new Set<string>();
    for (let fatal = 1; ; fatal += 1) {
      const root = directoryWith();
      cpSync(template, root, { recursive: true });
      let counted: () => number = () => 0;
      const host = hostWith((disk) => {
        const crashing = crashingDisk(disk, fatal);
        counted = crashing.changes;
        return crashing.disk;
      });
      const died = await writeWithoutCleanUp(sinkIn(root), NEW, host);
      // The next start: whatever it does later, recovery alone must leave one of the two sets.
      await sinkIn(root).recover?.(sinkContext());
      const found = visible(root);
      const outcome = JSON.stringify(found) === JSON.stringify(old) ? 'old' : 'new';
      expect(found, `died at change ${fatal} of ${counted()}`).toEqual(outcome === 'old' ? old : all);
      outcomes.add(outcome);
      // And a run after it is as if nothing had been.
      const writer = await sinkIn(root).open(sinkContext());
      await writer.abort();
      expect(readdirSync(`${root}/out/.viga`).filter((name) => /^staging|^journal.*json$/.test(name))).toEqual([]);
      if (!died) break;
      expect(fatal).toBeLessThan(500);
    }
    expect(outcomes).toEqual(new Set(['old', 'new']));
  },
  60_000,
);

test('recovery can itself be cut at any step', async () => {
  const partitionBy = (text: string) => ({ first: text.slice(0, 1) });
  const sinkIn = (root: string) => fileSink(bytesFormat, { files: `${root}/out/`, partitionBy });
  const cut = directoryWith();
  await writeAll(sinkIn(cut), OLD);
  // Cut after the first file was put in its place.
  let renames = 0;
  const host = hostWith((disk) => ({
    async rename(from, to) {
      if (to.endsWith('.bin') && (renames += 1) > 1) throw new Crash();
      await disk.rename(from, to);
    },
  }));
  expect(await writeWithoutCleanUp(sinkIn(cut), NEW, host)).toBe(true);
  expect(Object.values(visible(cut)).filter((content) => content.endsWith('2'))).toHaveLength(1);

  for (let fatal = 1; ; fatal += 1) {
    const root = directoryWith();
    cpSync(cut, root, { recursive: true });
    const dying = sinkContext(hostWith((disk) => crashingDisk(disk, fatal).disk));
    const died = await Promise.resolve(sinkIn(root).recover?.(dying)).then(
      () => false,
      () => true,
    );
    await sinkIn(root).recover?.(sinkContext());
    expect(visible(root), `died at change ${fatal}`).toEqual({
      'out/first=b/part.bin': 'b2',
      'out/first=c/part.bin': 'c2',
      'out/first=d/part.bin': 'd2',
      'out/first=e/part.bin': 'e2',
    });
    if (!died) break;
    expect(fatal).toBeLessThan(500);
  }
});

test('a commit that is repeated after the run is over changes nothing', async () => {
  const root = directoryWith();
  const sink = fileSink(bytesFormat, { files: `${root}/w.bin` });
  const context = sinkContext();
  const committable = await writeAll(sink, NEW, context);
  await sink.commit(structuredClone(committable), context);
  await sink.recover?.(context);
  await sink.commit(committable, context);
  expect(visible(root)).toEqual({ 'w.bin': 'b2c2d2e2' });
});

test('giving up after a commit that failed half-way leaves what the next start needs to finish it', async () => {
  const root = directoryWith();
  const sink = fileSink(bytesFormat, { files: `${root}/w.bin`, shards: 3 });
  await writeAll(sink, OLD);
  const full = hostWith((disk) => ({
    async rename(from, to) {
      if (to.includes('.viga/manifest')) throw diskFault('ENOSPC');
      await disk.rename(from, to);
    },
  }));
  const context = sinkContext(full);
  const writer = await sink.open(context);
  for (const values of NEW) {
    await writer.write({ values, timestamps: MIN_TIMESTAMP, windows: [GLOBAL_WINDOW], panes: NO_FIRING });
  }
  await expect(Promise.resolve(writer.prepare()).then((prepared) => sink.commit(prepared, context))).rejects.toThrow(
    /the disk is full \(ENOSPC\)/,
  );
  await writer.abort();
  await sink.recover?.(sinkContext());
  expect(visible(root)).toEqual({
    'w-00000-of-00003.bin': 'b2e2',
    'w-00001-of-00003.bin': 'c2',
    'w-00002-of-00003.bin': 'd2',
  });
  expect(JSON.parse(readFileSync(`${root}/.viga/manifest-w.bin.json`, 'utf8')).runId).toBe(context.runId);
});

test('a publish whose staged files somebody removed is given up with a warning, and the next run replaces all', async () => {
  const root = directoryWith();
  const sink = fileSink(bytesFormat, { files: `${root}/w.bin`, shards: 3 });
  await writeAll(sink, OLD);
  let renames = 0;
  const dying = hostWith((disk) => ({
    async rename(from, to) {
      if (to.endsWith('.bin') && (renames += 1) > 1) throw new Crash();
      await disk.rename(from, to);
    },
  }));
  expect(await writeWithoutCleanUp(sink, NEW, dying)).toBe(true);
  const staging = readdirSync(`${root}/.viga`).find((name) => name.startsWith('staging')) as string;
  rmSync(`${root}/.viga/${staging}`, { recursive: true });
  const host = hostWith();
  await sink.recover?.(sinkContext(host));
  expect(host.warnings).toEqual([
    expect.stringMatching(
      /w\.bin: the publish of run run-\d+ was cut, and its staged w-0000\d-of-00003\.bin is gone, .* Run again/,
    ),
  ]);
  await writeAll(fileSink(bytesFormat, { files: `${root}/w.bin` }), [['x']]);
  expect(visible(root)).toEqual({ 'w.bin': 'x' });
  expect(existsSync(`${root}/.viga/journal-w.bin.json`)).toBe(false);
});

/** As a process that dies: no abort, no second try. Returns whether it died. */
async function writeWithoutCleanUp(
  sink: ReturnType<typeof fileSink<string>>,
  batches: readonly (readonly string[])[],
  host: ReturnType<typeof hostWith>,
): Promise<boolean> {
  const context = sinkContext(host);
  try {
    await sink.recover?.(context);
    const writer = await sink.open(context);
    for (const values of batches)
      await writer.write({ values, timestamps: MIN_TIMESTAMP, windows: [GLOBAL_WINDOW], panes: NO_FIRING });
    await sink.commit(await writer.prepare(), context);
    return false;
  } catch (error) {
    const cause = error instanceof Crash ? error : (error as Error).cause;
    if (!(cause instanceof Crash)) throw error;
    return true;
  }
}

/** What a reader of the directory finds. */
const visible = (root: string): Record<string, string> =>
  Object.fromEntries(Object.entries(contentOf(root)).filter(([name]) => !/(^|\/)\./.test(name)));
