import { readFileSync } from 'node:fs';
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fileSource } from '../../../io/files/index.ts';
import { lineFormat, type LineOptions, readAllText, readText, writeText } from '../../../io/text/index.ts';
import { type DeadLetter, ElementError, type PCollection, Pipeline, PipelineError } from '../../../model/index.ts';
import { directRunner } from '../../../runners/direct/index.ts';
import { assertSourceLaws, assertThat, testPipeline } from '../../../testing/index.ts';
import { create } from '../../../transforms/index.ts';
import { directoryWith, hostWith, readAll, sourceContext } from '../files/support.ts';

const format = (options: LineOptions = {}) => lineFormat('ReadText', options, ({ lines }) => ({ values: lines }));

async function linesOf(content: string | Uint8Array, options: LineOptions = {}, name = 'in.txt') {
  const root = directoryWith({ [name]: content });
  const read = await readAll(fileSource(format(options), `${root}/${name}`), undefined);
  const short = (place: string | undefined) => place?.replace(`${root}/`, '');
  return {
    ...read,
    places: read.places.map(short),
    rejected: read.rejected.map(({ record, message, coordinate }) => ({
      record,
      message: message.replaceAll(`${root}/`, ''),
      coordinate: short(coordinate),
    })),
  };
}

test.each([
  ['', []],
  ['a', ['a']],
  ['a\n', ['a']],
  ['a\nb', ['a', 'b']],
  ['a\r\nb\r\n', ['a', 'b']],
  ['a\r\nb\nc\r', ['a', 'b', 'c']],
  ['\n', ['']],
  ['\n\na\n\n', ['', '', 'a', '']],
  ['a\rb\n', ['a\rb']],
  ['ñandú\n日本\n🎉', ['ñandú', '日本', '🎉']],
  ['\ufeffa\nb', ['a', 'b']],
  ['\ufeff', ['']],
  ['a\n\ufeffb', ['a', '\ufeffb']],
])('the lines of %j are %j', async (content, expected) => {
  expect((await linesOf(content)).values).toEqual(expected);
});

test('a line knows its file and number', async () => {
  expect((await linesOf('a\nb\n\nc')).places).toEqual([
    'in.txt line 1',
    'in.txt line 2',
    'in.txt line 3',
    'in.txt line 4',
  ]);
});

test('lines come whole from blocks and chunks of any border', async () => {
  const lines = Array.from({ length: 30_000 }, (_, index) => 'x'.repeat(index % 97) + index);
  lines[7] = 'y'.repeat(100_000);
  lines[9_999] = 'z'.repeat(700_000);
  const { values, places } = await linesOf(lines.join('\n'));
  expect(values).toEqual(lines);
  expect(places.at(-1)).toBe('in.txt line 30000');
});

test.each([
  ['gzip', '.gz', gzipSync],
  ['zstd', '.zst', zstdCompressSync],
  ['brotli', '.br', brotliCompressSync],
] as const)('lines of a file packed with %s are read', async (_name, extension, pack) => {
  const lines = Array.from({ length: 50_000 }, (_, index) => `line ${index} é`);
  expect((await linesOf(pack(lines.join('\n')), {}, `in.txt${extension}`)).values).toEqual(lines);
});

test('latin1 has a character for every byte', async () => {
  const bytes = Buffer.from(
    Array.from({ length: 256 }, (_, index) => index).filter((byte) => byte !== 10 && byte !== 13),
  );
  expect((await linesOf(bytes, { encoding: 'latin1' })).values).toEqual([bytes.toString('latin1')]);
});

test('a line that is not UTF-8 is rejected with its number, and the others are read', async () => {
  const { values, places, rejected } = await linesOf(Buffer.from('a\ncaf\xe9\nb\r\nc', 'latin1'));
  expect(values).toEqual(['a', 'b', 'c']);
  expect(places).toEqual(['in.txt line 1', 'in.txt line 3', 'in.txt line 4']);
  expect(rejected).toEqual([
    {
      record: 'café',
      coordinate: 'in.txt line 2',
      message:
        "in.txt line 2: this line is not UTF-8. Its characters can't be told. Convert the file, e.g. with iconv -f LATIN1 -t UTF-8 OLD > NEW. A program that reads such files passes encoding: 'latin1'.",
    },
  ]);
});

test('a line that is too long is rejected, and the others are read', async () => {
  for (const long of ['x'.repeat(11), 'x'.repeat(40_000), 'x'.repeat(400_000)]) {
    for (const content of [`a\n${long}\nb`, `a\n${long}\nb\n`]) {
      const { values, rejected } = await linesOf(content, { maxLineBytes: 10 });
      expect(values).toEqual(['a', 'b']);
      expect(rejected).toMatchObject([{ record: 'x'.repeat(Math.min(200, long.length)), coordinate: 'in.txt line 2' }]);
      expect(rejected[0]?.message).toMatch(/this line is longer than 10 bytes\. .* passes a greater maxLineBytes/);
    }
    const last = await linesOf(`a\n${long}`, { maxLineBytes: 10 });
    expect([last.values, last.rejected.length]).toEqual([['a'], 1]);
  }
  expect((await linesOf('a\n1234567890\nb', { maxLineBytes: 10 })).values).toEqual(['a', '1234567890', 'b']);
});

test('lines behind one that is too long keep their numbers', async () => {
  const { places, rejected } = await linesOf(`${'x'.repeat(600_000)}\nb\nc`, { maxLineBytes: 10 });
  expect(rejected[0]?.coordinate).toBe('in.txt line 1');
  expect(places).toEqual(['in.txt line 2', 'in.txt line 3']);
});

test('a file in UTF-16 is rejected as a whole', async () => {
  for (const mark of [Buffer.from([0xff, 0xfe]), Buffer.from([0xfe, 0xff])]) {
    const { values, rejected } = await linesOf(Buffer.concat([mark, Buffer.from('a\nb\n', 'utf16le')]));
    expect(values).toEqual([]);
    expect(rejected[0]?.message).toMatch(/^in\.txt: the file is in UTF-16, .* iconv/);
  }
});

test('a packed file that is not called so is rejected as a whole, with how it is unpacked', async () => {
  const packed = [
    [
      gzipSync('a\nb\n'),
      /^in\.txt: the file is packed with gzip, .* ending \.gz, or unpack it\..* compression: 'gzip'/,
    ],
    [zstdCompressSync('a\nb\n'), /packed with zstd, .* ending \.zst/],
    [Buffer.from('PK\x03\x04 a.txt'), /packed with zip, .* Unpack it\.$/],
  ] as const;
  for (const [bytes, message] of packed) {
    const { values, rejected } = await linesOf(bytes);
    expect([values, rejected.length]).toEqual([[], 1]);
    expect(rejected[0]?.message).toMatch(message);
  }
});

describe('divided', () => {
  const contents = ['', 'a', 'a\n', '\n\n\n', 'ab\r\n\r\ncd\n', '\ufeffé\nfg', 'a\nbb\nccc\n\ndddd'];

  test.each(contents)('at every byte, %j gives each line once', async (content) => {
    const size = Buffer.byteLength(content);
    const root = directoryWith({ 'in.txt': content });
    const source = fileSource(format(), `${root}/in.txt`);
    const context = sourceContext();
    const { parts } = await source.initialRestriction(undefined, context);
    const whole = (await readAll(source, undefined, context)).values;
    for (let first = 0; first <= size; first += 1) {
      for (let second = first; second <= size; second += 1) {
        const values: string[] = [];
        for (const range of [
          { from: 0, to: first },
          { from: first, to: second },
          { from: second, to: size },
        ]) {
          const restriction = { parts: parts.map((part) => ({ ...part, range })) };
          values.push(...(await readAll(source, undefined, context, restriction)).values);
        }
        expect(values, `at ${first} and ${second}`).toEqual(whole);
      }
    }
  });

  test('while it is read it keeps the laws of sources', async () => {
    const root = directoryWith({ 'a.txt': contents.at(-1) as string, 'b.txt': 'x\r\ny', 'c.txt.gz': gzipSync('p\nq') });
    await assertSourceLaws(fileSource(format(), `${root}/*`));
  });

  test('a line inside a file is placed by its byte', async () => {
    const root = directoryWith({ 'in.txt': 'ñ\nb\nc\nd' });
    const source = fileSource(format(), `${root}/in.txt`);
    const { parts } = await source.initialRestriction(undefined, sourceContext());
    const restriction = { parts: parts.map((part) => ({ ...part, range: { from: 2, to: 8 } })) };
    const { places } = await readAll(source, undefined, sourceContext(), restriction);
    expect(places).toEqual([3, 5, 7].map((byte) => `${root}/in.txt byte ${byte}`));
  });

  test('a large file is offered in as many parts as are asked for, a small one whole', async () => {
    const root = directoryWith({ big: 'x\n'.repeat(1_000_000), small: 'x\n' });
    const context = sourceContext();
    const count = async (name: string): Promise<number | undefined> => {
      const source = fileSource(format(), `${root}/${name}`);
      return (await source.split?.(await source.initialRestriction(undefined, context), 4, context))?.length;
    };
    expect([await count('big'), await count('small')]).toEqual([4, 1]);
  });
});

test('lines that are written are read again, packed or not, in shards or not', async () => {
  const line = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\n') && !text.endsWith('\r'));
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { maxLength: 30 }),
      fc.integer({ min: 1, max: 3 }),
      fc.constantFrom('none', 'gzip', 'zstd', 'brotli'),
      fc.constantFrom('\n', '\r\n'),
      async (lines, shards, compression, lineEnd) => {
        const root = directoryWith();
        const p = new Pipeline();
        p.apply(create(lines)).apply(writeText({ files: `${root}/w.txt`, shards, compression, lineEnd }));
        await p.run(directRunner());
        // A mark at the begin of a file is read as one: the first line of a file is not written with it.
        if (lines.some((text) => text.startsWith('\ufeff'))) return;
        await testPipeline((q) => {
          assertThat(q.apply(readText({ files: `${root}/w*` }))).containsInAnyOrder(lines);
        });
      },
    ),
    { numRuns: 40 },
  );
});

test('one file keeps the order of its elements', async () => {
  const root = directoryWith();
  const p = new Pipeline();
  const lines = Array.from({ length: 10_000 }, (_, index) => String(index));
  p.apply(create(lines)).apply(writeText({ files: `${root}/w.txt` }));
  await p.run(directRunner());
  expect(readFileSync(`${root}/w.txt`, 'utf8')).toBe(lines.map((text) => `${text}\n`).join(''));
});

test('an element that is no line goes to the dead letters', async () => {
  const root = directoryWith();
  await testPipeline((p) => {
    const failed: PCollection<DeadLetter<string>>[] = [];
    const bad = ['a\nb', 'a\r', '\ud800'];
    p.apply(create(['good', ...bad])).apply(
      writeText({ files: `${root}/w.txt`, deadLetters: (letters) => failed.push(letters) }),
    );
    assertThat((failed[0] as PCollection<DeadLetter<string>>).map(({ element }) => element)).containsInAnyOrder(bad);
  });
  expect(readFileSync(`${root}/w.txt`, 'utf8')).toBe('good\n');
});

test('without dead letters it ends the run with the step and the fix', async () => {
  const root = directoryWith();
  const p = new Pipeline();
  p.apply(create(['a\nb'])).apply(writeText({ files: `${root}/w.txt` }), { name: 'Save' });
  const run = p.run(directRunner());
  await expect(run).rejects.toThrow(ElementError);
  await expect(run).rejects.toThrow(/^Save\/Write: this element has a line break in it\. .* write JSON lines/);
});

test('a line that can’t be read ends the run with step, file and line, or is a dead letter', async () => {
  const root = directoryWith({ 'in.txt': Buffer.from('a\n\xe9\n', 'latin1') });
  const p = new Pipeline();
  p.apply(readText({ files: `${root}/in.txt` }), { name: 'Load' });
  await expect(p.run(directRunner())).rejects.toThrow(/^Load\/Read: .*in\.txt line 2: this line is not UTF-8\./);
  await testPipeline((q) => {
    const failed: PCollection<DeadLetter<unknown>>[] = [];
    const lines = q.apply(readText({ files: `${root}/in.txt`, deadLetters: (letters) => failed.push(letters) }));
    assertThat(lines).containsInAnyOrder(['a']);
    const letters = failed[0] as PCollection<DeadLetter<unknown>>;
    assertThat(letters.map(({ element, coordinate }) => ({ element, coordinate }))).containsInAnyOrder([
      { element: 'é', coordinate: `${root}/in.txt line 2` },
    ]);
  });
});

test('names of files can be elements', async () => {
  const root = directoryWith({ 'a.txt': '1\n2\n', 'b.txt': '3' });
  await testPipeline((p) => {
    const lines = p.apply(create([`${root}/a.txt`, `${root}/b*`])).apply(readAllText());
    assertThat(lines).containsInAnyOrder(['1', '2', '3']);
  });
});

test('a maxLineBytes that is none is refused when the pipeline is built', () => {
  expect(() => readText({ files: 'x', maxLineBytes: 0 })).toThrow(PipelineError);
  expect(() => readText({ files: 'x', maxLineBytes: 1.5 })).toThrow(/maxLineBytes is 1\.5 but must be a whole number/);
});

test('reading stops where the rest of a range was given away while a batch waited', async () => {
  const lines = Array.from({ length: 20_000 }, (_, index) => `line ${String(index).padStart(8, '0')}`);
  const root = directoryWith({ 'in.txt': `${lines.join('\n')}\n` });
  const source = fileSource(format(), `${root}/in.txt`);
  const context = sourceContext(hostWith());
  const tracker = source.createTracker(await source.initialRestriction(undefined, context));
  const values: string[] = [];
  let rest: Parameters<typeof source.createTracker>[0] | undefined;
  const output = {
    async emit(batch: { readonly values: readonly string[] }) {
      await Promise.resolve();
      values.push(...batch.values);
      rest ??= tracker.trySplit(0.3)?.residual;
    },
    reject: () => undefined,
    advanceWatermark: () => undefined,
    setIdle: () => undefined,
  };
  await source.read(undefined, tracker, output, context);
  tracker.checkDone();
  expect(values.length).toBeLessThan(lines.length);
  values.push(...(await readAll(source, undefined, context, rest)).values);
  expect(values).toEqual(lines);
});
