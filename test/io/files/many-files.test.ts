import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nodeHost } from '../../../host/index.ts';
import { fileSink, type FileWriteOptions } from '../../../io/files/index.ts';
import { GLOBAL_WINDOW, NO_FIRING } from '../../../model/index.ts';
import { bytesFormat } from './formats.ts';
import { contentOf, directoryWith, hostWith, sinkContext, writeAll } from './support.ts';

const sinkIn = (
  root: string,
  files: string,
  options: Omit<FileWriteOptions<string>, 'files' | 'name' | 'deadLetters'> = {},
) => fileSink(bytesFormat, { files: `${root}/${files}`, ...options });

test('at most maxOpenFiles are open, and each file is written in one go', async () => {
  const root = directoryWith();
  let open = 0;
  let most = 0;
  const host = hostWith((disk) => ({
    async open(path, mode) {
      const file = await disk.open(path, mode);
      if (!path.includes('staging')) return file;
      open += 1;
      most = Math.max(most, open);
      return {
        ...file,
        close() {
          open -= 1;
          return file.close();
        },
      };
    },
  }));
  const sink = sinkIn(root, 'out/', { partitionBy: (text: string) => ({ of: text.slice(0, 1) }), maxOpenFiles: 2 });
  await writeAll(
    sink,
    [
      ['a1', 'b1'],
      ['c1', 'a2'],
      ['d1', 'c2', 'b2'],
      ['c3', 'd2'],
    ],
    sinkContext(host),
  );
  expect(contentOf(root)).toEqual({
    'out/of=a/part.bin': 'a1a2',
    'out/of=b/part.bin': 'b1b2',
    'out/of=c/part.bin': 'c1c2c3',
    'out/of=d/part.bin': 'd1d2',
  });
  expect([most, open]).toEqual([2, 0]);
});

test('any number of open files gives the same files', async () => {
  const partitionBy = (text: string) => ({ of: text.length });
  const texts = fc.array(
    fc.array(fc.string({ maxLength: 40, unit: fc.constantFrom('a', 'ß', '🎉') }), { maxLength: 30 }),
  );
  await fc.assert(
    fc.asyncProperty(
      texts,
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 3 }),
      async (batches, maxOpenFiles, shards) => {
        const [few, many] = [directoryWith(), directoryWith()];
        await writeAll(sinkIn(few, 'out/', { partitionBy, maxOpenFiles, shards }), batches);
        await writeAll(sinkIn(many, 'out/', { partitionBy, shards }), batches);
        expect(contentOf(few)).toEqual(contentOf(many));
      },
    ),
    { numRuns: 30 },
  );
});

test('more files than hashes tell apart are written too', async () => {
  const root = directoryWith();
  const partitionBy = (text: string) => ({ of: text });
  const texts = Array.from({ length: 400 }, (_, index) => String(index));
  await writeAll(sinkIn(root, 'out/', { partitionBy, maxOpenFiles: 3 }), [texts, texts]);
  expect(contentOf(root)).toEqual(
    Object.fromEntries(texts.map((text) => [`out/of=${text}/part.bin`, text + text]).toSorted()),
  );
});

test('what is set aside is gone after success and failure', async () => {
  const root = directoryWith();
  const scratch = directoryWith();
  const { disk } = nodeHost({ scratchDirectory: scratch });
  const host = hostWith(() => ({ scratch: () => disk.scratch() }));
  const sink = sinkIn(root, 'out/', { partitionBy: (of: string) => ({ of }), maxOpenFiles: 1 });
  const writer = await sink.open(sinkContext(host));
  await writer.write({ values: ['a', 'b'], timestamps: 0, windows: [GLOBAL_WINDOW], panes: NO_FIRING });
  expect(readdirSync(scratch)).toHaveLength(1);
  await writer.abort();
  expect(readdirSync(scratch)).toEqual([]);
  await writeAll(sink, [['a', 'b']], sinkContext(host));
  expect(readdirSync(scratch)).toEqual([]);
});

test('an element that can be set aside in no form is rejected', async () => {
  const root = directoryWith();
  const rejected: unknown[] = [];
  const context = { ...sinkContext(), reject: (element: unknown) => rejected.push(element) };
  const sink = fileSink<{ of: number; act?: () => void }>(
    {
      name: 'W',
      extension: '.txt',
      open: (out) => ({ write: (rows) => out.write(Buffer.from(`${rows.length};`)), close: () => undefined }),
    },
    { files: `${root}/`, partitionBy: ({ of }) => ({ of }), maxOpenFiles: 1 },
  );
  const bad = { of: 2, act: () => undefined };
  await writeAll(sink, [[{ of: 1 }, { of: 2 }, bad, { of: 2 }]], context);
  expect(rejected).toEqual([bad]);
  expect(contentOf(root)).toEqual({ 'of=1/part.txt': '1;', 'of=2/part.txt': '1;1;' });
});
