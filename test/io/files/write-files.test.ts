import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { fileSink, type FileWriteOptions, type WriteFormat, writeFiles } from '../../../io/files/index.ts';
import {
  type DeadLetter,
  ElementError,
  GLOBAL_WINDOW,
  fixedWindows,
  interval,
  NO_FIRING,
  type PCollection,
  type SinkContext,
  slidingWindows,
  Pipeline,
} from '../../../model/index.ts';
import { directRunner } from '../../../runners/direct/index.ts';
import { assertSinkLaws, assertThat, testPipeline } from '../../../testing/index.ts';
import { create } from '../../../transforms/index.ts';
import { bytesFormat } from './formats.ts';
import { contentOf, directoryWith, hostWith, sinkContext, writeAll } from './support.ts';

interface Row {
  readonly year: number;
  readonly city: string | null;
  readonly text: string;
}

const rows: WriteFormat<Row> = {
  name: 'WriteRows',
  extension: '.txt',
  open: (out) => ({
    write: (values) => out.write(Buffer.from(values.map((row) => `${JSON.stringify(row)}\n`).join(''))),
    close: () => undefined,
  }),
};

const sinkIn = (
  root: string,
  files: string,
  options: Omit<FileWriteOptions<string>, 'files' | 'name' | 'deadLetters'> = {},
) => fileSink(bytesFormat, { files: `${root}/${files}`, ...options });

test('a sink of files keeps the laws of sinks, packed or not, in shards or not', async () => {
  for (const options of [{}, { shards: 3 }, { compression: 'gzip' as const }]) {
    await assertSinkLaws({
      elements: ['a', 'b', 'c', 'd'],
      create() {
        const root = directoryWith();
        return {
          sink: sinkIn(root, 'new/out.bin', options),
          // Hidden names are for Viga itself.
          visible: () => Object.entries(contentOf(root)).filter(([name]) => !name.includes('/.')),
          traces: () => readdirSync(root, { recursive: true }).map(String).toSorted(),
        };
      },
    });
  }
});

test('one file has the name that was given', async () => {
  const root = directoryWith();
  await writeAll(sinkIn(root, 'deep/er/out.bin'), [['a', 'b'], ['c']]);
  expect(contentOf(root)).toEqual({ 'deep/er/out.bin': 'abc' });
});

test('a name without a directory is written to the working directory', async () => {
  const root = directoryWith();
  const before = process.cwd();
  process.chdir(root);
  try {
    await writeAll(fileSink(bytesFormat, { files: 'out.bin' }), [['a']]);
    await writeAll(fileSink(bytesFormat, { files: 'out.bin' }), [['b']]);
    await writeAll(fileSink(bytesFormat, { files: '{partition}/p.bin', partitionBy: (of) => ({ of }) }), [['a', 'b']]);
    await writeAll(fileSink(bytesFormat, { files: '{partition}/p.bin', partitionBy: (of) => ({ of }) }), [['b']]);
  } finally {
    process.chdir(before);
  }
  expect(contentOf(root)).toEqual({ 'of=b/p.bin': 'b', 'out.bin': 'b' });
});

test('a file: URL is a path, with its escapes undone', async () => {
  const root = directoryWith();
  await writeAll(fileSink(bytesFormat, { files: `file://${root}/a%20b/c%25.bin` }), [['a']]);
  await writeAll(fileSink(bytesFormat, { files: `file:${root}/d.bin` }), [['d']]);
  expect(contentOf(root)).toEqual({ 'a b/c%.bin': 'a', 'd.bin': 'd' });
});

test('a directory gets a file called part', async () => {
  const root = directoryWith();
  await writeAll(sinkIn(root, 'out/'), [['a']]);
  expect(contentOf(root)).toEqual({ 'out/part.bin': 'a' });
});

test('shards get elements in turn, whatever the batches', async () => {
  const [one, two] = [directoryWith(), directoryWith()];
  await writeAll(sinkIn(one, 'w.bin', { shards: 3 }), [['a', 'b', 'c', 'd', 'e', 'f', 'g']]);
  await writeAll(sinkIn(two, 'w.bin', { shards: 3 }), [['a'], ['b', 'c', 'd', 'e'], [], ['f', 'g']]);
  expect(contentOf(one)).toEqual({
    'w-00000-of-00003.bin': 'adg',
    'w-00001-of-00003.bin': 'be',
    'w-00002-of-00003.bin': 'cf',
  });
  expect(contentOf(two)).toEqual(contentOf(one));
});

test('a write without elements makes its files, empty', async () => {
  const root = directoryWith();
  await writeAll(sinkIn(root, 'w.bin', { shards: 2 }), []);
  await writeAll(sinkIn(root, 'one.bin'), []);
  expect(contentOf(root)).toEqual({ 'one.bin': '', 'w-00000-of-00002.bin': '', 'w-00001-of-00002.bin': '' });
});

test('compression is told by the name or by the option, which completes the name', async () => {
  const root = directoryWith();
  await writeAll(sinkIn(root, 'a.bin.gz'), [['gzip']]);
  await writeAll(sinkIn(root, 'b.bin', { compression: 'zstd', shards: 2 }), [['z', 'std'.repeat(100_000)]]);
  await writeAll(sinkIn(root, 'c.br', { compression: 'brotli' }), [['brotli']]);
  await writeAll(sinkIn(root, 'd.gz', { compression: 'none' }), [['plain']]);
  const read = (name: string): Buffer => readFileSync(`${root}/${name}`);
  expect(gunzipSync(read('a.bin.gz')).toString()).toBe('gzip');
  expect(zstdDecompressSync(read('b-00000-of-00002.bin.zst')).toString()).toBe('z');
  expect(zstdDecompressSync(read('b-00001-of-00002.bin.zst')).toString()).toBe('std'.repeat(100_000));
  expect(brotliDecompressSync(read('c.br')).toString()).toBe('brotli');
  expect(read('d.gz').toString()).toBe('plain');
});

test('fields become directories and are left out of what is written', async () => {
  const root = directoryWith();
  const sink = fileSink(rows, { files: `${root}/out`, partitionBy: ['year', 'city'] });
  await writeAll(sink, [
    [
      { year: 2020, city: 'a/b', text: '1' },
      { year: 2020, city: null, text: '2' },
      { year: 2021, city: '..', text: '3' },
      { year: 2020, city: 'a/b', text: '4' },
    ],
  ]);
  expect(contentOf(root)).toEqual({
    'out/year=2020/city=__HIVE_DEFAULT_PARTITION__/part.txt': '{"text":"2"}\n',
    'out/year=2020/city=a%2Fb/part.txt': '{"text":"1"}\n{"text":"4"}\n',
    'out/year=2021/city=%2E%2E/part.txt': '{"text":"3"}\n',
  });
});

test('a function gives the directories of an element that is written whole', async () => {
  const root = directoryWith();
  const partitionBy = (text: string) => ({
    length: text.length,
    day: new Date(0),
    seen: new Date(1),
    big: 2n ** 60n,
    is: true,
    none: undefined,
  });
  await writeAll(fileSink(bytesFormat, { files: `${root}/out/{partition}/x-{shard}.bin`, partitionBy }), [
    ['aa', 'b', 'cc'],
  ]);
  const rest =
    'day=1970-01-01/seen=1970-01-01T00%3A00%3A00.001Z/big=1152921504606846976/is=true/none=__HIVE_DEFAULT_PARTITION__';
  expect(contentOf(root)).toEqual({
    [`out/length=1/${rest}/x-00000.bin`]: 'b',
    [`out/length=2/${rest}/x-00000.bin`]: 'aacc',
  });
});

test.each([
  ['', /the partition field of is ""\. It has no directory name/],
  [Number.NaN, /the partition field of is NaN/],
  [1.5, /the partition field of is 1\.5/],
  [new Date(Number.NaN), /the partition field of is null/],
  ['x'.repeat(300), /has 303 bytes, and file systems take 255/],
  ['\ud800', /has no directory name that can be read back/],
])('an element whose partition is %o is refused', async (of, message) => {
  const sink = fileSink(bytesFormat, { files: `${directoryWith()}/out`, partitionBy: () => ({ of }) });
  await expect(writeAll(sink, [['a']])).rejects.toThrow(message);
});

test('with dead letters an element that has no place is one of them', async () => {
  const root = directoryWith();
  await testPipeline((p) => {
    const failed: PCollection<DeadLetter<string>>[] = [];
    const partitionBy = (of: string) => ({ of });
    p.apply(create(['', 'a', 'b'])).apply(
      writeFiles(bytesFormat, { files: `${root}/out/`, partitionBy, deadLetters: (letters) => failed.push(letters) }),
    );
    assertThat((failed[0] as PCollection<DeadLetter<string>>).map(({ element }) => element)).containsInAnyOrder(['']);
  });
  expect(contentOf(root)).toEqual({ 'out/of=a/part.bin': 'a', 'out/of=b/part.bin': 'b' });
});

test('without dead letters it ends the run with the step, and nothing is published', async () => {
  const root = directoryWith();
  const p = new Pipeline();
  p.apply(create(['a', ''])).apply(writeFiles(bytesFormat, { files: `${root}/out/`, partitionBy: (of) => ({ of }) }), {
    name: 'Save',
  });
  const run = p.run(directRunner());
  await expect(run).rejects.toThrow(ElementError);
  await expect(run).rejects.toThrow(/^Save\/Write: the partition field of is ""/);
  expect(readdirSync(root)).toEqual([]);
});

test('windows become names, and an element in two windows is in two files', async () => {
  const root = directoryWith();
  const sink = sinkIn(root, '{window}/w.bin');
  await writeAll(sink, [['a', 'b']], sinkContext(), [interval(0, 3_600_000), interval(1_800_500, 5_400_500)]);
  expect(contentOf(root)).toEqual({
    '1970-01-01T00-00-00Z_1970-01-01T01-00-00Z/w.bin': 'ab',
    '1970-01-01T00-30-00.500Z_1970-01-01T01-30-00.500Z/w.bin': 'ab',
  });
  const other = directoryWith();
  await writeAll(sinkIn(other, 'w-{window}.bin'), [['a']], sinkContext(), [GLOBAL_WINDOW]);
  expect(contentOf(other)).toEqual({ 'w-global.bin': 'a' });
});

test('elements of a pipeline go to the files of their windows', async () => {
  const root = directoryWith();
  await testPipeline((p) => {
    const letters = p.apply(create(['a', 'b', 'c'])).withTimestamps((letter) => (letter.charCodeAt(0) - 97) * 1000);
    letters
      .windowInto(fixedWindows({ size: 2000 }))
      .apply(writeFiles(bytesFormat, { files: `${root}/fixed/{window}.bin` }));
    letters
      .windowInto(slidingWindows({ size: 2000, period: 1000 }))
      .map((letter) => letter)
      .apply(writeFiles(bytesFormat, { files: `${root}/sliding/`, partitionBy: (letter) => ({ letter }), shards: 1 }));
    letters
      .windowInto(slidingWindows({ size: 2000, period: 1000 }))
      .apply(writeFiles(bytesFormat, { files: `${root}/both/{window}/`, partitionBy: (letter) => ({ letter }) }));
  });
  const content = contentOf(root);
  expect(content['fixed/1970-01-01T00-00-00Z_1970-01-01T00-00-02Z.bin']?.split('').toSorted().join('')).toBe('ab');
  expect(content['fixed/1970-01-01T00-00-02Z_1970-01-01T00-00-04Z.bin']).toBe('c');
  expect(Object.keys(content).filter((name) => name.startsWith('sliding'))).toHaveLength(3);
  expect(Object.keys(content).filter((name) => name.startsWith('both'))).toEqual([
    'both/1969-12-31T23-59-59Z_1970-01-01T00-00-01Z/letter=a/part.bin',
    'both/1970-01-01T00-00-00Z_1970-01-01T00-00-02Z/letter=a/part.bin',
    'both/1970-01-01T00-00-00Z_1970-01-01T00-00-02Z/letter=b/part.bin',
    'both/1970-01-01T00-00-01Z_1970-01-01T00-00-03Z/letter=b/part.bin',
    'both/1970-01-01T00-00-01Z_1970-01-01T00-00-03Z/letter=c/part.bin',
    'both/1970-01-01T00-00-02Z_1970-01-01T00-00-04Z/letter=c/part.bin',
  ]);
});

test('the manifest names the complete set with sizes and checksums', async () => {
  const root = directoryWith();
  await writeAll(sinkIn(root, 'out/', { shards: 2 }), [['a', 'bc']], sinkContext(hostWith(), 'run-x'));
  const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
  expect(JSON.parse(readFileSync(`${root}/out/.viga/manifest.json`, 'utf8'))).toEqual({
    format: 'viga-manifest-1',
    runId: 'run-x',
    files: [
      { path: 'part-00000-of-00002.bin', size: 1, sha256: sha256('a') },
      { path: 'part-00001-of-00002.bin', size: 2, sha256: sha256('bc') },
    ],
    crc32: expect.stringMatching(/^[0-9a-f]{8}$/),
  });
});

test('a second run replaces the first: files and directories that it does not write are removed', async () => {
  const root = directoryWith();
  const partitionBy = (of: string) => ({ of });
  await writeAll(sinkIn(root, 'out/', { partitionBy }), [['a', 'b', 'c']]);
  await writeAll(sinkIn(root, 'out/', { partitionBy }), [['b']]);
  expect(contentOf(root)).toEqual({ 'out/of=b/part.bin': 'b' });
  expect(readdirSync(`${root}/out`).sort()).toEqual(['.viga', 'of=b']);
});

test('another number of shards, or another compression, replaces what was there too', async () => {
  const root = directoryWith();
  await writeAll(sinkIn(root, 'w.bin', { shards: 3 }), [['a', 'b', 'c']]);
  await writeAll(sinkIn(root, 'w.bin', { compression: 'gzip' }), [['a']]);
  await writeAll(sinkIn(root, 'w.bin'), [['x']]);
  expect(contentOf(root)).toEqual({ 'w.bin': 'x' });
});

test('two writes into one directory do not touch each other', async () => {
  const root = directoryWith();
  for (const text of ['1', '2']) {
    await writeAll(sinkIn(root, 'a.bin'), [[text]]);
    await writeAll(sinkIn(root, 'b.bin', { shards: 2 }), [[text, text]]);
    await writeAll(sinkIn(root, '{partition}/c.bin', { partitionBy: (of: string) => ({ of }) }), [[text]]);
  }
  expect(contentOf(root)).toEqual({
    'a.bin': '2',
    'b-00000-of-00002.bin': '2',
    'b-00001-of-00002.bin': '2',
    'of=2/c.bin': '2',
  });
});

test('two steps of one run that write to the same files are refused, and nothing changes', async () => {
  const root = directoryWith({ 'w.bin': 'old' });
  const p = new Pipeline();
  const letters = p.apply(create(['a']));
  letters.apply(writeFiles(bytesFormat, { files: `${root}/w.bin` }));
  letters.apply(writeFiles(bytesFormat, { files: `${root}/w.bin` }));
  await expect(p.run(directRunner())).rejects.toThrow(/Give each( step)? its own files/);
  expect(contentOf(root)).toEqual({ 'w.bin': 'old' });
  const context = sinkContext(hostWith(), 'same');
  const writer = await sinkIn(root, 'w.bin').open(context);
  await expect(sinkIn(root, 'w.bin').open(context)).rejects.toThrow(
    `${root}/w.bin: two steps of this run write to the same files. The second would replace what the first wrote. Give each its own files.`,
  );
  await writer.abort();
});

test('writes whose names begin alike can be under way together', async () => {
  const root = directoryWith();
  const names = ['a', 'a.b', 'a=', 'a-b'];
  const contexts = names.map(() => sinkContext());
  const writers = [];
  for (const [index, name] of names.entries())
    writers.push(await sinkIn(root, name).open(contexts[index] as SinkContext));
  for (const [index, name] of names.entries()) {
    const context = contexts[index] as SinkContext;
    await writers[index]?.write({ values: [name], timestamps: 0, windows: [GLOBAL_WINDOW], panes: NO_FIRING });
    await sinkIn(root, name).commit((await writers[index]?.prepare()) as never, context);
  }
  expect(contentOf(root)).toEqual(Object.fromEntries(names.toSorted().map((name) => [name, name])));
});

test('files that Viga did not write are left alone, and reported where they are read along', async () => {
  const root = directoryWith({ 'out/of=z/other.bin': 'foreign', 'out/note.md': 'hello', 'out/more.bin': 'foreign' });
  const host = hostWith();
  const partitionBy = (of: string) => ({ of });
  await writeAll(sinkIn(root, 'out/', { partitionBy }), [['a']], sinkContext(host));
  await writeAll(sinkIn(root, 'out/single.bin'), [['b']], sinkContext(host));
  expect(host.warnings).toEqual([
    `${root}/out/more.bin: this and 1 more files here were not written by Viga, so left alone, among the output in ${root}/out. Who reads that directory reads them too. Move them away if they are not meant.`,
  ]);
  await writeAll(sinkIn(root, 'out/', { partitionBy }), [['b']], sinkContext(host));
  expect(contentOf(root)).toEqual({
    'out/more.bin': 'foreign',
    'out/note.md': 'hello',
    'out/of=b/part.bin': 'b',
    'out/of=z/other.bin': 'foreign',
    'out/single.bin': 'b',
  });
});

test('a file of the run before that somebody changed since is left alone and reported', async () => {
  const root = directoryWith();
  const host = hostWith();
  const partitionBy = (of: string) => ({ of });
  await writeAll(sinkIn(root, 'out/', { partitionBy }), [['a', 'b']], sinkContext(host));
  writeFileSync(`${root}/out/of=a/part.bin`, 'my own work');
  await writeAll(sinkIn(root, 'out/', { partitionBy }), [['b']], sinkContext(host));
  expect(contentOf(root)).toEqual({ 'out/of=a/part.bin': 'my own work', 'out/of=b/part.bin': 'b' });
  expect(host.warnings[0]).toMatch(
    /of=a\/part\.bin: this was written by the run before, but somebody changed it since/,
  );
});

test('a stale file is left alone where somebody put as many other bytes into it', async () => {
  const root = directoryWith();
  const host = hostWith();
  const partitionBy = (of: string) => ({ of });
  await writeAll(sinkIn(root, 'out/', { partitionBy }), [['a', 'b', 'c']], sinkContext(host));
  writeFileSync(`${root}/out/of=a/part.bin`, 'A');
  await writeAll(sinkIn(root, 'out/', { partitionBy }), [['b']], sinkContext(host));
  expect(contentOf(root)).toEqual({ 'out/of=a/part.bin': 'A', 'out/of=b/part.bin': 'b' });
  expect(host.warnings[0]).toMatch(/of=a\/part\.bin: .*somebody changed it since/);
});

test('bytes are counted as they reach the disk, in the result of the run as well', async () => {
  const root = directoryWith();
  const p = new Pipeline();
  p.apply(create(['abc', 'de'])).apply(writeFiles(bytesFormat, { files: `${root}/w.bin` }), { name: 'Save' });
  const { steps } = await p.run(directRunner());
  expect(steps.find(({ step }) => step.startsWith('Save'))?.bytes).toBe(5);
  const counted: number[] = [];
  const context = { ...sinkContext(), wrote: (bytes: number) => void counted.push(bytes) };
  await writeAll(fileSink(bytesFormat, { files: `${root}/w.bin.gz` }), [['a'.repeat(10_000)]], context);
  expect(counted.reduce((sum, bytes) => sum + bytes, 0)).toBe(readFileSync(`${root}/w.bin.gz`).length);
});

test('a run that fails leaves no directory that it made, however many of its writes share it', async () => {
  const root = directoryWith();
  const p = new Pipeline();
  const texts = p.apply(create(['a'])).map((): string => {
    throw new Error('broken');
  });
  for (const name of ['x.bin', 'y/y.bin', 'y/z/z.bin']) {
    texts.apply(writeFiles(bytesFormat, { files: `${root}/new/out/${name}` }));
  }
  await expect(p.run(directRunner())).rejects.toThrow('broken');
  expect(readdirSync(root)).toEqual([]);
});
