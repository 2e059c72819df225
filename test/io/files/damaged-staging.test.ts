import { readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { fileKey } from '../../../io/files/pane-writer.ts';
import { fileSink } from '../../../io/files/index.ts';
import { paneSink } from '../../../io/files/write-panes.ts';
import { ConnectorError, interval, kv, NO_FIRING, type Sink, type SinkContext } from '../../../model/index.ts';
import { bytesFormat } from './formats.ts';
import { contentOf, Crash, directoryWith, hostWith, sinkContext } from './support.ts';

type AnySink = Sink<unknown, unknown>;

// A whole is written as texts, panes as groups; both sinks are made anew for each process.
const wholeIn = (root: string): AnySink => fileSink(bytesFormat, { files: `${root}/out/`, shards: 2 }) as AnySink;
const panesIn = (root: string): AnySink => paneSink(bytesFormat, { files: `${root}/out/`, shards: 2 }) as AnySink;

const KINDS = [
  ['a whole', wholeIn, ['one', 'two']],
  ['panes', panesIn, [kv(fileKey(0, ''), ['one']), kv(fileKey(1, ''), ['two'])]],
] as const;

const contextOf = (job: string, host = hostWith()): SinkContext => ({
  ...sinkContext(host, `${job}-1`),
  job: { id: job, epoch: 1 },
});

/** As a process does that ends before it publishes. */
async function stage(sink: AnySink, values: readonly unknown[], context = contextOf('job')): Promise<unknown> {
  const writer = await sink.open(context);
  await writer.write({ values, timestamps: 0, windows: [interval(0, 1_000)], panes: { ...NO_FIRING, index: 0 } });
  return writer.prepare();
}

/** A publish that ends with its process, after the first file was put in its place. */
async function publishHalf(sink: AnySink, publication: unknown): Promise<void> {
  let renames = 0;
  const dying = hostWith((disk) => ({
    async rename(from, to) {
      if (to.endsWith('.bin') && (renames += 1) > 1) throw new Crash();
      await disk.rename(from, to);
    },
  }));
  await expect(sink.commit(publication, contextOf('job', dying))).rejects.toThrow();
}

/** Paths of what is kept beside the output, hidden directories and all. */
const keptIn = (root: string, name: RegExp): readonly string[] =>
  readdirSync(`${root}/out/.viga`, { recursive: true, encoding: 'utf8' })
    .filter((path) => name.test(path))
    .map((path) => `${root}/out/.viga/${path}`)
    .sort();

/** What a reader of the directory finds. */
const visible = (root: string): readonly string[] =>
  Object.entries(contentOf(root))
    .filter(([name]) => !/(^|\/)\./.test(name))
    .map(([, text]) => text)
    .sort();

function flip(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes[at] = (bytes[at] ?? 0) ^ 4;
  writeFileSync(path, bytes);
}

const STAGED = /^staging[^/]*\/\d+$/;

test.each(KINDS)(
  'a staged file of %s that the disk has changed is refused by name, and nothing is published',
  async (_, sinkIn, values) => {
    for (const damage of [(path: string) => flip(path, 1), (path: string) => truncateSync(path, 1)]) {
      const root = directoryWith();
      const publication = await stage(sinkIn(root), values);
      const [, last = ''] = keptIn(root, STAGED);
      const before = readFileSync(last);
      damage(last);
      const refused = sinkIn(root).commit(publication, contextOf('job'));
      await expect(refused).rejects.toThrow(ConnectorError);
      await expect(refused).rejects.toThrow(`${last}: this staged file is not as it was written`);
      expect(visible(root)).toEqual([]);
      // Brought back it is published.
      writeFileSync(last, before);
      await sinkIn(root).commit(publication, contextOf('job'));
      expect(visible(root)).toEqual(['one', 'two']);
    }
  },
);

test.each(KINDS)(
  'a publish of %s that was cut is not finished with a file that the disk has changed',
  async (_, sinkIn, values) => {
    const root = directoryWith();
    const sink = sinkIn(root);
    const publication = await stage(sink, values);
    await publishHalf(sink, publication);
    const [left = ''] = keptIn(root, STAGED);
    flip(left, 0);
    await expect(sinkIn(root).commit(publication, contextOf('job'))).rejects.toThrow(
      `${left}: this staged file is not as`,
    );
    expect(visible(root)).toHaveLength(1);
    flip(left, 0);
    await sinkIn(root).commit(publication, contextOf('job'));
    expect(visible(root)).toEqual(['one', 'two']);
  },
);

test('a staged file that is cut off meanwhile is noticed by the process that wrote it, too', async () => {
  for (const [, sinkIn, values] of KINDS) {
    const root = directoryWith();
    const sink = sinkIn(root);
    const publication = await stage(sink, values);
    const [first = ''] = keptIn(root, STAGED);
    truncateSync(first, 1);
    await expect(sink.commit(publication, contextOf('job'))).rejects.toThrow(`${first}: this staged file is not as`);
    expect(visible(root)).toEqual([]);
  }
});

/** Publishes half of what was staged, and gives the publication and its journal. */
async function halfPublished(root: string, [, sinkIn, values]: (typeof KINDS)[number]) {
  const publication = await stage(sinkIn(root), values);
  await publishHalf(sinkIn(root), publication);
  const [journal = ''] = keptIn(root, /journal\.json$/);
  return { publication, journal };
}

test('a damaged journal of panes is refused by name; the job whose they are goes on, as its state says the same', async () => {
  const step = 41;
  for (let at = 0; ; at += step) {
    const root = directoryWith();
    const { publication, journal } = await halfPublished(root, KINDS[1]);
    if (at >= readFileSync(journal).length) break;
    flip(journal, at);
    await expect(panesIn(root).recover?.(contextOf('other'))).rejects.toThrow(
      `${journal}: this is not a journal of Viga`,
    );
    expect(visible(root)).toHaveLength(1);
    await panesIn(root).commit(publication, contextOf('job'));
    expect(visible(root)).toEqual(['one', 'two']);
  }
});

test('a damaged journal of a whole is refused by name, and what it says can be done without it', async () => {
  const root = directoryWith();
  const { publication, journal } = await halfPublished(root, KINDS[0]);
  for (let at = 0; at < readFileSync(journal).length; at += 7) {
    flip(journal, at);
    const refusal = `${journal}: this is not a journal of Viga`;
    await expect(wholeIn(root).commit(publication, contextOf('job'))).rejects.toThrow(refusal);
    await expect(wholeIn(root).recover?.(contextOf('other'))).rejects.toThrow(refusal);
    flip(journal, at);
  }
  expect(visible(root)).toHaveLength(1);
  rmSync(journal);
  await wholeIn(root).commit(publication, contextOf('job'));
  expect(visible(root)).toEqual(['one', 'two']);
});

test.each(KINDS)(
  'a damaged manifest of %s is refused by name before anything rests on it',
  async (_, sinkIn, values) => {
    const root = directoryWith();
    await sinkIn(root).commit(await stage(sinkIn(root), values), contextOf('job'));
    const [manifest = ''] = keptIn(root, /(manifest|panes=.*\/1)\.json$/);
    for (let at = 0; at < readFileSync(manifest).length; at += 7) {
      flip(manifest, at);
      const next = contextOf(`next-${at}`);
      const publication = await stage(wholeIn(root), ['new'], next);
      await expect(wholeIn(root).commit(publication, next)).rejects.toThrow(
        `${manifest}: this is not a manifest of Viga`,
      );
      expect(visible(root)).toEqual(['one', 'two']);
      flip(manifest, at);
    }
  },
);

test.each(KINDS)('a manifest of %s from before manifests had a checksum is still one', async (_, sinkIn, values) => {
  const root = directoryWith();
  await sinkIn(root).commit(await stage(sinkIn(root), values), contextOf('job'));
  const [manifest = ''] = keptIn(root, /(manifest|panes=.*\/1)\.json$/);
  const { crc32: _crc32, ...older } = JSON.parse(readFileSync(manifest, 'utf8')) as Record<string, unknown>;
  writeFileSync(manifest, JSON.stringify(older));
  const next = contextOf('next');
  await wholeIn(root).commit(await stage(wholeIn(root), ['new'], next), next);
  expect(visible(root)).toEqual(['', 'new']); // a file for each of the two shards
});
