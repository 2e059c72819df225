import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { timePartitions, writeFiles } from '../../../io/files/index.ts';
import { writeCsv } from '../../../io/csv/index.ts';
import { writeJsonLines } from '../../../io/json/index.ts';
import { column, readParquet, writeParquet } from '../../../io/parquet/index.ts';
import { writeText } from '../../../io/text/index.ts';
import {
  afterCount,
  type DeadLetter,
  fixedWindows,
  hours,
  minutes,
  type PCollection,
  Pipeline,
  repeatedly,
  slidingWindows,
} from '../../../model/index.ts';
import { directRunner } from '../../../runners/direct/index.ts';
import { assertThat } from '../../../testing/index.ts';
import { create } from '../../../transforms/index.ts';
import { bytesFormat } from './formats.ts';
import { contentOf, directoryWith } from './support.ts';

const START = Date.UTC(2020, 8, 19, 7);
const FIRST = '2020-09-19T07-00-00Z_2020-09-19T07-05-00Z';
const SECOND = '2020-09-19T07-05-00Z_2020-09-19T07-10-00Z';

interface Reading {
  readonly at: number;
  readonly device: string;
}

const READINGS: readonly Reading[] = [
  { at: 0, device: 'a' },
  { at: 1, device: 'b' },
  { at: 6, device: 'a' },
];

const readings = (p: Pipeline, of: readonly Reading[] = READINGS): PCollection<Reading> =>
  p
    .apply(create(of))
    .withTimestamps(({ at }) => START + minutes(at))
    .windowInto(fixedWindows({ size: minutes(5) }));

/** What a pipeline leaves in a new directory, by path; in both schedules. */
async function written(build: (p: Pipeline, root: string) => void): Promise<Record<string, string>> {
  const [batch, streaming] = await Promise.all(
    [{}, { streaming: true }].map(async (options) => {
      const root = directoryWith();
      const p = new Pipeline();
      build(p, root);
      await p.run(directRunner(options));
      return visible(root);
    }),
  );
  expect(streaming).toEqual(batch);
  return batch ?? {};
}

const visible = (root: string): Record<string, string> =>
  Object.fromEntries(Object.entries(contentOf(root)).filter(([name]) => !name.includes('.viga')));

test('each window gets a file whose name says window, pane and shard', async () => {
  const files = await written((p, root) => {
    readings(p)
      .map(({ at, device }) => `${device}${at}`)
      .apply(writeText({ files: `${root}/`, perPane: true }));
  });
  expect(files).toEqual({
    [`part-${FIRST}-pane-00000-00000-of-00001.txt`]: 'a0\nb1\n',
    [`part-${SECOND}-pane-00000-00000-of-00001.txt`]: 'a6\n',
  });
});

test('names are as they were asked for', async () => {
  const files = await written((p, root) => {
    readings(p).apply(writeJsonLines({ files: `${root}/{window}/{shard}/p{pane}.jsonl.gz`, perPane: true }));
  });
  expect(Object.keys(files)).toEqual([`${FIRST}/00000/p00000.jsonl.gz`, `${SECOND}/00000/p00000.jsonl.gz`]);
});

test('partitions and shards of a pane are files of their own, and fields of the path are left out', async () => {
  const files = await written((p, root) => {
    readings(p).apply(writeCsv({ files: `${root}/`, perPane: true, partitionBy: ['device'] }));
  });
  expect(files).toEqual({
    [`device=a/part-${FIRST}-pane-00000-00000-of-00001.csv`]: 'at\n0\n',
    [`device=b/part-${FIRST}-pane-00000-00000-of-00001.csv`]: 'at\n1\n',
    [`device=a/part-${SECOND}-pane-00000-00000-of-00001.csv`]: 'at\n6\n',
  });
});

test('an element goes to its shard by content, whatever its order', async () => {
  const many = Array.from({ length: 40 }, (_, i) => ({ at: 1, device: `d${i}` }));
  const contents = (of: readonly Reading[]) =>
    written((p, root) => {
      readings(p, of).apply(writeJsonLines({ files: `${root}/out.jsonl`, perPane: true, shards: 3 }));
    });
  const sorted = (files: Record<string, string>) =>
    Object.entries(files).map(([name, text]) => [name, text.split('\n').sort()]);
  const files = await contents(many);
  expect(Object.keys(files)).toEqual([0, 1, 2].map((n) => `out-${FIRST}-pane-00000-0000${n}-of-00003.jsonl`));
  expect(sorted(await contents(many.toReversed()))).toEqual(sorted(files));
});

test('every firing of a window is a file, also an early one', async () => {
  const files = await written((p, root) => {
    p.apply(create(['a', 'b', 'c']))
      .withTimestamps(() => START)
      .windowInto(fixedWindows({ size: minutes(5) }), {
        trigger: repeatedly(afterCount(2)),
        accumulationMode: 'discarding',
      })
      .apply(writeText({ files: `${root}/`, perPane: true }));
  });
  expect(files).toEqual({
    [`part-${FIRST}-pane-00000-00000-of-00001.txt`]: 'a\nb\n',
    [`part-${FIRST}-pane-00001-00000-of-00001.txt`]: 'c\n',
  });
});

test('directories can be told by the window, and an element of several windows is in the files of each', async () => {
  const files = await written((p, root) => {
    p.apply(create(['x']))
      .withTimestamps(() => START + minutes(30))
      .windowInto(slidingWindows({ size: hours(2), period: hours(1) }))
      .apply(writeText({ files: `${root}/{partition}/x.txt`, perPane: true, partitionBy: timePartitions('hour') }));
  });
  expect(Object.keys(files).map((name) => name.replace(/\/x-.*/, ''))).toEqual([
    'year=2020/month=9/day=19/hour=6',
    'year=2020/month=9/day=19/hour=7',
  ]);
});

test('rows of panes are written to Parquet and read back with their partitions', async () => {
  const root = directoryWith();
  const p = new Pipeline();
  const columns = { at: column.int32(), device: column.string() };
  readings(p).apply(writeParquet({ files: `${root}/`, perPane: true, columns, partitionBy: timePartitions('day') }));
  await p.run(directRunner({ streaming: true }));
  const reading = new Pipeline();
  const found = reading.apply(
    readParquet({ files: `${root}/**/*.parquet`, columns: { ...columns, day: column.int32() } }),
  );
  assertThat(found).containsInAnyOrder(READINGS.map((row) => ({ ...row, day: 19 })));
  await reading.run(directRunner());
});

test('elements without a partition and those that a format refuses go to one collection of dead letters', async () => {
  const root = directoryWith();
  const p = new Pipeline();
  const dead: PCollection<DeadLetter<string>>[] = [];
  p.apply(create(['good', 'no partition', 'two\nlines'])).apply(
    writeText({
      files: `${root}/`,
      perPane: true,
      partitionBy(text) {
        if (text === 'no partition') throw new Error('none');
        return { first: text.slice(0, 1) };
      },
      deadLetters: (failed) => dead.push(failed),
    }),
  );
  expect(dead).toHaveLength(1);
  assertThat((dead[0] as PCollection<DeadLetter<string>>).map(({ element }) => element)).containsInAnyOrder([
    'no partition',
    'two\nlines',
  ]);
  await p.run(directRunner());
  expect(visible(root)).toEqual({
    'first=g/part-global-pane-00000-00000-of-00001.txt': 'good\n',
    // Its only element was set aside.
    'first=t/part-global-pane-00000-00000-of-00001.txt': '',
  });
});

test('a later run takes the place of an earlier one, whether by panes or as a whole, or is refused', async () => {
  const root = directoryWith({ 'mine.bin': 'mine' });
  const write = async (values: readonly string[], options: { perPane?: boolean; ifExists?: 'fail' }) => {
    const p = new Pipeline();
    p.apply(create(values)).apply(
      writeFiles(bytesFormat, { files: `${root}/`, partitionBy: (text) => ({ first: text }), ...options }),
    );
    await p.run(directRunner());
  };
  const pane = (first: string) => `first=${first}/part-global-pane-00000-00000-of-00001.bin`;
  await write(['a', 'b'], { perPane: true });
  await write(['b', 'c'], { perPane: true });
  expect(visible(root)).toEqual({ 'mine.bin': 'mine', [pane('b')]: 'b', [pane('c')]: 'c' });
  await expect(write(['d'], { perPane: true, ifExists: 'fail' })).rejects.toThrow('this exists already.');
  await expect(write(['d'], { ifExists: 'fail' })).rejects.toThrow('this exists already.');
  await write(['e'], {});
  expect(visible(root)).toEqual({ 'mine.bin': 'mine', 'first=e/part.bin': 'e' });
  await write(['f'], { perPane: true });
  expect(visible(root)).toEqual({ 'mine.bin': 'mine', [pane('f')]: 'f' });
  await write([], { perPane: true });
  expect(visible(root)).toEqual({ 'mine.bin': 'mine' });
});

test('the manifests of a run name its files with their checksums', async () => {
  const root = directoryWith();
  const p = new Pipeline();
  readings(p)
    .map(({ device }) => device)
    .apply(writeFiles(bytesFormat, { files: `${root}/`, perPane: true }));
  await p.run(directRunner());
  const [manifest = ''] = Object.keys(contentOf(root)).filter((name) => /\.viga\/panes=[^/]+\/0\.json$/.test(name));
  const { files } = JSON.parse(readFileSync(`${root}/${manifest}`, 'utf8')) as { files: { path: string }[] };
  expect(files.map((file) => file.path).sort()).toEqual(Object.keys(visible(root)));
  expect(files[0]).toMatchObject({ size: expect.any(Number), sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
});

test('what never ends is only written from windows, and {pane} only where there are files of panes', () => {
  const p = new Pipeline();
  const write = (options: object) => () =>
    p.apply(create(['a'])).apply(writeFiles(bytesFormat, { files: 'out/{pane}.bin', ...options }));
  expect(write({})).toThrow('files has {pane}, and files are not written per pane.');
  expect(write({ perPane: true })).not.toThrow();
});
