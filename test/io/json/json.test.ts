import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { jsonValues } from '../../../io/json/json-values.ts';
import type { InputFile } from '../../../io/files/index.ts';
import { readAllJson, readJson, writeJson } from '../../../io/json/index.ts';
import { type DeadLetter, type PCollection, Pipeline, PipelineError } from '../../../model/index.ts';
import { directRunner } from '../../../runners/direct/index.ts';
import { assertThat, testPipeline } from '../../../testing/index.ts';
import { create } from '../../../transforms/index.ts';
import { directoryWith } from '../files/support.ts';

async function elementsOf(
  content: string | Uint8Array,
  options: Omit<Parameters<typeof readJson>[0], 'files'> = {},
  name = 'in.json',
) {
  const root = directoryWith({ [name]: content });
  const found: unknown[] = [];
  const p = new Pipeline();
  p.apply(readJson({ files: `${root}/${name}`, ...options }), { name: 'Load' }).map(
    (element) => void found.push(element),
  );
  return p.run(directRunner()).then(
    () => found,
    (error: Error) => error.message.replaceAll(`${root}/`, ''),
  );
}

test.each([
  ['[1, 2,\n 3]', [1, 2, 3]],
  ['[]', []],
  [' \n[ ] \n', []],
  ['[[],[[]],{}]', [[], [[]], {}]],
  ['["a,]\\"[", {"x": [1, {"y": "}"}]}]', ['a,]"[', { x: [1, { y: '}' }] }]],
  ['{"a": [1, 2]}', [{ a: [1, 2] }]],
  ['null', [null]],
  ['"[1,2]"', ['[1,2]']],
  [' 42 \n', [42]],
  ['\ufeff[1]', [1]],
  ['["\\\\", "\\\\\\"", "x"]', ['\\', '\\"', 'x']],
])('the elements of %j are %j', async (content, expected) => {
  expect(await elementsOf(content)).toEqual(expected);
});

test.each([
  ['', 'in.json byte 0: the file has no JSON document in it.'],
  ['  \n', 'in.json byte 3: the file has no JSON document in it.'],
  ['[1, 2', 'in.json byte 5: the document ends inside its array.'],
  ['[1,]', 'in.json byte 3: a value is missing between two commas'],
  ['[,1]', 'in.json byte 1: a value is missing'],
  ['[1] x', 'in.json byte 4: something follows the end of the document.'],
  ['[1]\n[2]\n', 'in.json byte 4: something follows the end'],
  ['{"a":1}\n{"a":2}\n', 'in.json byte 0: this value is not JSON: '],
  ['[1, tru, 3]', 'in.json byte 3: this value is not JSON: '],
  ['[{"a":1]}, 2]', 'in.json byte 13: the document ends inside its array.'],
  ['["a]', 'in.json byte 4: the document ends inside its array.'],
  ['[1, 9007199254740993]', 'in.json byte 3: the integer 9007199254740993 does not fit'],
])('%j is an error with its byte', async (content, message) => {
  expect(await elementsOf(content)).toContain(`Load/Read: ${message}`);
});

test('a document that is packed, or in UTF-16, is an error that says so', async () => {
  expect(await elementsOf(gzipSync('[1]'))).toContain('in.json: the file is packed with gzip');
  expect(await elementsOf(Buffer.from('\ufeff[1]', 'utf16le'))).toContain('in.json: the file is in UTF-16');
});

test('a value that is not UTF-8 is an error', async () => {
  expect(await elementsOf(Buffer.from('["caf\xe9"]', 'latin1'))).toContain(
    'in.json byte 1: this value is not UTF-8. JSON is.',
  );
});

test('a value longer than maxValueBytes is an error, as element and as document', async () => {
  const long = JSON.stringify('x'.repeat(600_000));
  for (const content of [`[1, ${long}, 2]`, long]) {
    expect(await elementsOf(content, { maxValueBytes: 1000 })).toMatch(
      /in\.json byte \d+: this value has more than 1000 bytes\. .* A program raises maxValueBytes, or reads JSON lines\./,
    );
  }
  expect(() => readJson({ files: 'x', maxValueBytes: 0 })).toThrow(PipelineError);
});

test('with dead letters what is wrong is one of them, and what is right is read', async () => {
  const root = directoryWith({
    'a.json': '[1, tru, 3]',
    'b.json': '[4, 5',
    'c.json': '[6]',
    'd.json': '[7] more',
    'e.json': '["x"]',
  });
  await testPipeline((p) => {
    const failed: PCollection<DeadLetter<unknown>>[] = [];
    const read = p.apply(
      readJson({ files: `${root}/*.json`, schema: z.number(), deadLetters: (letters) => failed.push(letters) }),
    );
    assertThat(read).containsInAnyOrder([1, 3, 4, 6, 7]);
    const letters = failed[0] as PCollection<DeadLetter<unknown>>;
    assertThat(letters.map(({ element, coordinate }) => ({ element, coordinate }))).containsInAnyOrder([
      { element: ' tru', coordinate: `${root}/a.json byte 3` },
      { element: `${root}/b.json`, coordinate: `${root}/b.json byte 5` },
      { element: `${root}/d.json`, coordinate: `${root}/d.json byte 4` },
      { element: '"x"', coordinate: `${root}/e.json byte 1` },
    ]);
  });
});

/** A file whose chunks are as long as is asked for, in one buffer that is used again. */
function inChunks(bytes: Buffer, size: number): InputFile {
  return {
    path: 'in.json',
    relativePath: 'in.json',
    size: bytes.length,
    isRandomAccess: true,
    read: async () => 0,
    async *chunks() {
      const buffer = Buffer.alloc(size);
      for (let at = 0; at < bytes.length; at += size) {
        const count = bytes.copy(buffer, 0, at, at + size);
        yield buffer.subarray(0, count);
      }
    },
  };
}

test('elements come whole from chunks of any border', async () => {
  const value = fc.jsonValue({ maxDepth: 4 });
  const space = fc.constantFrom('', ' ', '\n\t', '  ');
  await fc.assert(
    fc.asyncProperty(fc.array(value), space, fc.integer({ min: 1, max: 9 }), async (elements, blank, size) => {
      const text = `${blank}[${blank}${elements.map((element) => JSON.stringify(element, undefined, blank)).join(`${blank},${blank}`)}]${blank}`;
      const found: unknown[] = [];
      for await (const pieces of jsonValues(inChunks(Buffer.from(text), size), 1e6)) {
        found.push(...pieces.map(({ bytes }) => JSON.parse(bytes.toString())));
      }
      expect(found).toEqual(JSON.parse(JSON.stringify(elements)));
    }),
  );
});

test('any cut or changed byte of an array is an error or another valid document, never a wrong element', async () => {
  const text = '[1, {"a": [true, "x,]"]}, [null], "\\"", -1.5e3]';
  for (let at = 0; at < text.length; at += 1) {
    for (const put of ['', ',', ']', '[', '"', '\\', '}']) {
      const changed = text.slice(0, at) + put + text.slice(at + 1);
      let expected: unknown;
      try {
        const document: unknown = JSON.parse(changed);
        expected = Array.isArray(document) ? document : [document];
      } catch {
        expected = expect.stringMatching(/^Load\/Read: in\.json byte \d+: /);
      }
      expect(await elementsOf(changed), changed).toEqual(expected);
    }
  }
});

test('a packed document is read', async () => {
  expect(
    await elementsOf(gzipSync(JSON.stringify(Array.from({ length: 5000 }, (_, index) => index))), {}, 'in.json.gz'),
  ).toHaveLength(5000);
});

async function written(elements: readonly unknown[], options: object = {}) {
  const root = directoryWith();
  const p = new Pipeline();
  p.apply(create(elements)).apply(writeJson({ files: `${root}/w.json`, ...options }), { name: 'Save' });
  return p.run(directRunner()).then(
    () => readFileSync(`${root}/w.json`, 'utf8'),
    (error: Error) => error.message.replaceAll(`${root}/`, ''),
  );
}

test('a document is an array of its elements', async () => {
  expect(await written([])).toBe('[]\n');
  expect(await written([1])).toBe('[\n1\n]\n');
  expect(await written([{ a: 1n }, 'x'])).toBe('[\n{"a":1},\n"x"\n]\n');
});

test('a single document is its one element', async () => {
  const options = { document: 'single' };
  expect(await written([{ a: [1] }], options)).toBe('{"a":[1]}\n');
  expect(await written([], options)).toMatch(/w\.json: no element came for a file with document: 'single'\. .*Combine/);
  expect(await written([1, 2], options)).toMatch(/w\.json: a second element came for a file with document: 'single'\./);
});

test('documents that are written are read again, of any number of elements and files', async () => {
  const value = fc
    .jsonValue({ maxDepth: 2 })
    .filter((one) => !JSON.stringify(one).includes('-0') && !Object.is(one, -0));
  await fc.assert(
    fc.asyncProperty(fc.array(value, { maxLength: 9 }), fc.integer({ min: 1, max: 3 }), async (elements, shards) => {
      const root = directoryWith();
      const p = new Pipeline();
      p.apply(create(elements)).apply(writeJson({ files: `${root}/w.json`, shards }));
      await p.run(directRunner());
      const found: unknown[] = [];
      const q = new Pipeline();
      q.apply(create([`${root}/w*`]))
        .apply(readAllJson({ bigIntegers: 'number' }))
        .map((one) => void found.push(one));
      await q.run(directRunner());
      const sorted = (values: readonly unknown[]): readonly string[] => values.map((one) => JSON.stringify(one)).sort();
      expect(sorted(found)).toEqual(sorted(elements));
    }),
    { numRuns: 20 },
  );
});
