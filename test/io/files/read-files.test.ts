import { appendFileSync, truncateSync, unlinkSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fileSource, readAllFiles, readFiles } from '../../../io/files/index.ts';
import { CancelledError, ConnectorError, type DeadLetter, type PCollection, Pipeline } from '../../../model/index.ts';
import { directRunner } from '../../../runners/direct/index.ts';
import { assertSourceLaws, assertThat, testPipeline } from '../../../testing/index.ts';
import { create } from '../../../transforms/index.ts';
import { byteFormat, wholeFormat } from './formats.ts';
import { diskFault, directoryWith, hostWith, readAll, sourceContext } from './support.ts';

test('files are read in the order of their paths', async () => {
  const root = directoryWith({ 'b.txt': 'B', 'a.txt': 'A', 'd/c.txt': 'C' });
  const { values } = await readAll(fileSource(wholeFormat, `${root}/**`), undefined);
  expect(values).toEqual(['A', 'B', 'C']);
});

test('several patterns keep their order, and a file found twice is read once', async () => {
  const root = directoryWith({ 'b.txt': 'B', 'a.txt': 'A', 'b.csv': 'C' });
  const { values } = await readAll(fileSource(wholeFormat, [`${root}/b.*`, `${root}/?.txt`]), undefined);
  expect(values).toEqual(['C', 'B', 'A']);
});

test('a source of files that can be divided keeps the laws of sources', async () => {
  const root = directoryWith({ 'a.bin': 'abc', 'b.bin': '', 'c.bin': 'defghij' });
  await assertSourceLaws(fileSource(byteFormat, `${root}/*`));
});

test('a source of files that are read as a whole keeps the laws of sources', async () => {
  const root = directoryWith({ a: 'abc', 'b.gz': gzipSync('packed'), c: 'defghij' });
  await assertSourceLaws(fileSource(wholeFormat, `${root}/*`));
});

test('restrictions are divided by size: large files in parts, small ones together', async () => {
  const files = { big: 'x'.repeat(1000), s1: 'x'.repeat(20), s2: 'x'.repeat(20), 's3.gz': gzipSync('y'.repeat(500)) };
  const root = directoryWith(files);
  const source = fileSource(byteFormat, `${root}/*`);
  const context = sourceContext();
  const initial = await source.initialRestriction(undefined, context);
  const parts = (await source.split?.(initial, 4, context)) ?? [];
  const shown = parts.map((part) =>
    part.parts
      .map(({ relativePath, range }) => `${relativePath}${range ? `[${range.from},${range.to})` : ''}`)
      .join(' '),
  );
  expect(shown).toEqual(['big[0,250)', 'big[250,500)', 'big[500,750)', 'big[750,1000) s1[0,20) s2[0,20) s3.gz']);
  // What was divided can be divided again.
  const [first] = parts;
  const again = (first && (await source.split?.(first, 2, context))) ?? [];
  expect(again.flatMap(({ parts: [part] }) => part?.range)).toEqual([
    { from: 0, to: 125 },
    { from: 125, to: 250 },
  ]);
});

test('any division reads each byte once', async () => {
  const root = directoryWith({ a: 'abcdefghij', b: 'klmnopqrstuvwxyz', c: '' });
  const source = fileSource(byteFormat, `${root}/*`);
  const context = sourceContext();
  const initial = await source.initialRestriction(undefined, context);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 5 }), async (desired, then) => {
      const parts = (await source.split?.(initial, desired, context)) ?? [];
      const values: number[] = [];
      for (const part of parts) {
        for (const piece of (await source.split?.(part, then, context)) ?? []) {
          values.push(...(await readAll(source, undefined, context, piece)).values);
        }
      }
      expect(Buffer.from(values).toString()).toBe('abcdefghijklmnopqrstuvwxyz');
    }),
  );
});

test('a file that has become shorter, or is gone, is an error that says so', async () => {
  const root = directoryWith({ a: 'abc', b: 'def' });
  const source = fileSource(wholeFormat, `${root}/*`);
  const initial = await source.initialRestriction(undefined, sourceContext());
  truncateSync(`${root}/a`, 1);
  await expect(readAll(source, undefined, sourceContext(), initial)).rejects.toThrow(
    `${root}/a: the file had 3 bytes when the run began and has 1 now. Records would be missing. Do not change files while they are read; run again.`,
  );
  unlinkSync(`${root}/a`);
  await expect(readAll(source, undefined, sourceContext(), initial)).rejects.toThrow(/had 3 bytes .* and is gone now/);
});

test('what is appended while files are read does not belong to the run', async () => {
  const root = directoryWith({ a: 'abc' });
  const source = fileSource(byteFormat, `${root}/a`);
  const initial = await source.initialRestriction(undefined, sourceContext());
  appendFileSync(`${root}/a`, 'defghi');
  expect((await readAll(source, undefined, sourceContext(), initial)).values).toEqual([...Buffer.from('abc')]);
});

test('a file that may not be read is named', async () => {
  const root = directoryWith({ a: 'abc' });
  const host = hostWith(() => ({ open: () => Promise.reject(diskFault('EACCES')) }));
  await expect(readAll(fileSource(wholeFormat, `${root}/a`), undefined, sourceContext(host))).rejects.toThrow(
    new ConnectorError(
      `${root}/a`,
      "this can't be read: permission is denied (EACCES). Its records would be missing. Give the user of this process the right with chmod or chown, or use another path.",
    ),
  );
});

test('a read that fails is named, and the file is closed', async () => {
  const root = directoryWith({ a: 'abc' });
  let closed = 0;
  const host = hostWith((disk) => ({
    async open(path, mode) {
      const file = await disk.open(path, mode);
      return {
        ...file,
        read: () => Promise.reject(diskFault('EIO')),
        close() {
          closed += 1;
          return file.close();
        },
      };
    },
  }));
  await expect(readAll(fileSource(wholeFormat, `${root}/a`), undefined, sourceContext(host))).rejects.toThrow(
    /a: this can't be read: EIO: refused/,
  );
  expect(closed).toBe(1);
});

test('a cancelled run stops reading', async () => {
  const root = directoryWith({ a: 'abc' });
  const abort = new AbortController();
  abort.abort();
  await expect(
    readAll(fileSource(wholeFormat, `${root}/a`), undefined, sourceContext(hostWith(), abort.signal)),
  ).rejects.toThrow(CancelledError);
});

test('a packed file is told by its name, or by the option', async () => {
  const root = directoryWith({ 'a.gz': gzipSync('packed'), b: gzipSync('nameless') });
  const read = async (file: string, compression?: 'gzip' | 'none') =>
    (
      await readAll(
        fileSource(wholeFormat, `${root}/${file}`, compression === undefined ? {} : { compression }),
        undefined,
      )
    ).values[0];
  expect(await read('a.gz')).toBe('packed');
  expect(await read('b', 'gzip')).toBe('nameless');
  expect(await read('a.gz', 'none')).not.toBe('packed');
});

test('a damaged file ends the run with file and byte', async () => {
  const cut = gzipSync('some text that is long enough').subarray(0, 20);
  const root = directoryWith({ 'a.gz': cut });
  const p = new Pipeline();
  p.apply(readFiles(wholeFormat, { files: `${root}/*.gz` }), { name: 'Packed' });
  await expect(p.run(directRunner())).rejects.toThrow(
    /^Packed\/Read: .*a\.gz byte 20: the gzip data end too early: the file is cut off\./,
  );
});

test('with dead letters a damaged file is one of them, and the others are read', async (context) => {
  const root = directoryWith({
    'a.gz': gzipSync('before'),
    'b.gz': gzipSync('x'.repeat(99)).subarray(0, 15),
    'c.gz': gzipSync('after'),
  });
  const p = testPipeline(context);
  const failed: PCollection<DeadLetter<unknown>>[] = [];
  const read = p.apply(
    readFiles(wholeFormat, { files: `${root}/*.gz`, deadLetters: (letters) => failed.push(letters) }),
  );
  assertThat(read).containsInAnyOrder(['before', 'after']);
  const letters = failed[0] as PCollection<DeadLetter<unknown>>;
  assertThat(letters.map(({ element, coordinate }) => ({ element, coordinate }))).containsInAnyOrder([
    { element: `${root}/b.gz`, coordinate: `${root}/b.gz byte 15` },
  ]);
  await p.run();
});

test('a list without a name is refused, but where nothing may match', async () => {
  expect(() => readFiles(wholeFormat, { files: [] })).toThrow(
    "ReadWhole: files is an empty list. There is nothing to read. Name one, or pass noMatch: 'allow' where none may be there.",
  );
  expect((await readAll(fileSource(wholeFormat, [], { noMatch: 'allow' }), undefined)).values).toEqual([]);
});

test('a pattern that matches nothing ends the run, unless that is allowed', async (context) => {
  const root = directoryWith();
  const p = new Pipeline();
  p.apply(readFiles(wholeFormat, { files: `${root}/*.txt` }));
  await expect(p.run(directRunner())).rejects.toThrow(/no file matches this pattern/);
  const q = testPipeline(context);
  assertThat(q.apply(readFiles(wholeFormat, { files: `${root}/*.txt`, noMatch: 'allow' }))).isEmpty();
  await q.run();
});

test('names of files can be elements: paths and patterns, whose timestamps their records keep', async (context) => {
  const root = directoryWith({ 'a.txt': 'A', 'b.txt': 'B', 'c.csv': 'C' });
  const p = testPipeline(context);
  const read = p
    .apply(create([`${root}/*.txt`, `${root}/c.csv`]))
    .withTimestamps((name) => (name.endsWith('csv') ? 2 : 1))
    .apply(readAllFiles(wholeFormat))
    .map((text, { timestamp }) => `${text}${timestamp}`);
  assertThat(read).containsInAnyOrder(['A1', 'B1', 'C2']);
  await p.run();
});

test('with dead letters a name of no file, of a directory, or of a file that may not be read is one of them', async () => {
  const root = directoryWith({ 'a.txt': 'A', 'secret.txt': 'S', 'd/x.txt': 'X' });
  const files = [`${root}/no*.txt`, `${root}/d`, `${root}/*.txt`];
  const host = hostWith((disk) => ({
    open: (path, mode) => (path.endsWith('secret.txt') ? Promise.reject(diskFault('EACCES')) : disk.open(path, mode)),
  }));
  const source = fileSource(wholeFormat, files, { deadLetters: () => undefined });
  const { values, rejected } = await readAll(source, undefined, sourceContext(host));
  expect(values).toEqual(['A']);
  expect(rejected.map(({ record, message }) => [record, message.slice(0, 200).split('. ')[0]])).toEqual([
    [files[0], `${files[0]}: no file matches this pattern`],
    [files[1], `${files[1]}: this is a directory, and a file is read here`],
    [`${root}/secret.txt`, `${root}/secret.txt: this can't be read: permission is denied (EACCES)`],
  ]);
  await assertSourceLaws(source);
});
