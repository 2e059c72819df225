import { readFileSync } from 'node:fs';
import { type } from 'arktype';
import fc from 'fast-check';
import * as valibot from 'valibot';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { readAllJsonLines, readJsonLines, writeJsonLines } from '../../../io/json/index.ts';
import { type DeadLetter, ElementError, type PCollection, Pipeline } from '../../../model/index.ts';
import { directRunner } from '../../../runners/direct/index.ts';
import { assertThat, testPipeline } from '../../../testing/index.ts';
import { create } from '../../../transforms/index.ts';
import { directoryWith } from '../files/support.ts';

/** Runs a read and gives its elements, in order, or the message of what ended it. */
async function elementsOf(
  content: string | Uint8Array,
  options: Omit<Parameters<typeof readJsonLines>[0], 'files'> = {},
) {
  const root = directoryWith({ 'in.jsonl': content });
  const found: unknown[] = [];
  const p = new Pipeline();
  p.apply(readJsonLines({ files: `${root}/in.jsonl`, ...options }), { name: 'Load' }).map(
    (element) => void found.push(element),
  );
  return p.run(directRunner()).then(
    () => found,
    (error: Error) => error.message.replaceAll(`${root}/`, ''),
  );
}

test('each line is a value; empty lines are passed over', async () => {
  expect(await elementsOf('{"a":1}\n\n[2]\r\n  \nnull\n"x"')).toEqual([{ a: 1 }, [2], null, 'x']);
});

test('a schema that waits is refused with the step', async () => {
  const schema = z.object({}).refine(() => Promise.resolve(true));
  expect(await elementsOf('{"a":1}', { schema } as never)).toMatch(
    /^Load\/Read: the zod schema validates asynchronously\./,
  );
});

test('a line that is not JSON ends the run with step, file, line and the fix', async () => {
  expect(await elementsOf('{"a":1}\n\n{"a":\n')).toMatch(
    /^Load\/Read: in\.jsonl line 3: this line is not JSON: .*\. It has no value\. Correct it\. A program goes on without it where deadLetters are asked for\./,
  );
});

test('with dead letters it is one of them, with its text and place', async () => {
  const root = directoryWith({ 'in.jsonl': '{"a":1}\noops\n{"a":2}\n' });
  await testPipeline((p) => {
    const failed: PCollection<DeadLetter<unknown>>[] = [];
    const read = p.apply(readJsonLines({ files: `${root}/in.jsonl`, deadLetters: (letters) => failed.push(letters) }));
    assertThat(read).containsInAnyOrder([{ a: 1 }, { a: 2 }]);
    const letters = failed[0] as PCollection<DeadLetter<unknown>>;
    assertThat(letters.map(({ element, coordinate }) => ({ element, coordinate }))).containsInAnyOrder([
      { element: 'oops', coordinate: `${root}/in.jsonl line 2` },
    ]);
  });
});

test('a later step is told the line of its element, behind lines that were passed over', async () => {
  const root = directoryWith({ 'in.jsonl': '1\n\noops\n2\n' });
  await testPipeline((p) => {
    const failed: PCollection<DeadLetter<unknown>>[] = [];
    p.apply(readJsonLines({ files: `${root}/in.jsonl`, deadLetters: () => undefined })).map(
      (element) => {
        if (element === 2) throw new Error('no two');
        return element;
      },
      { deadLetters: (letters) => failed.push(letters) },
    );
    assertThat((failed[0] as PCollection<DeadLetter<unknown>>).map(({ coordinate }) => coordinate)).containsInAnyOrder([
      `${root}/in.jsonl line 4`,
    ]);
  });
});

const schemas = {
  zod: z.object({ id: z.string(), at: z.coerce.date() }),
  valibot: valibot.object({
    id: valibot.string(),
    at: valibot.pipe(
      valibot.string(),
      valibot.transform((text) => new Date(text)),
    ),
  }),
  arktype: type({ id: 'string', at: 'string.date.parse' }),
};

// Schema libraries generate code where they may; what is tested here is how they are called.
test.each(Object.entries(schemas))(
  'a schema of %s types the elements and refuses what does not fit',
  async (_name, schema) => {
    expect(await elementsOf('{"id":"a","at":"2024-01-01"}', { schema } as never)).toEqual([
      { id: 'a', at: new Date('2024-01-01') },
    ]);
    expect(await elementsOf('{"id":"a","at":"2024-01-01"}\n{"id":7,"at":"2024-01-01"}', { schema } as never)).toMatch(
      /^Load\/Read: in\.jsonl line 2: this line does not fit the schema: id.*\. Steps rely on its type\. Correct it\. A program corrects the schema/,
    );
  },
);

test('elements have the type of the schema', async () => {
  const root = directoryWith({ 'in.jsonl': '{"id":"a","at":"2024-01-01"}' });
  await testPipeline((p) => {
    const read: PCollection<{ id: string; at: Date }> = p.apply(
      readJsonLines({ files: `${root}/*`, schema: schemas.zod }),
    );
    assertThat(read.map(({ at }) => at.getTime())).containsInAnyOrder([Date.parse('2024-01-01')]);
  });
});

const LARGE =
  '[9007199254740993, -9007199254740993, 9007199254740991, 1e20, 0.12345678901234567890, "9007199254740993", {"n":12345678901234567890}]';

test('an integer that a number can’t hold is an error, bigint or rounded, as is asked for', async () => {
  expect(await elementsOf(LARGE)).toMatch(
    /line 1: the integer 9007199254740993 does not fit into a number\. Its last digits would change\. Write it as text, in quotes\. A program passes bigIntegers: 'bigint'/,
  );
  expect(await elementsOf(LARGE, { bigIntegers: 'bigint' })).toEqual([
    [
      9007199254740993n,
      -9007199254740993n,
      9007199254740991,
      1e20,
      0.12345678901234568,
      '9007199254740993',
      { n: 12345678901234567890n },
    ],
  ]);
  expect(await elementsOf(LARGE, { bigIntegers: 'number' })).toEqual([JSON.parse(LARGE)]);
});

test('a number that was written as its own digits is no error', async () => {
  const numbers = [1e20, -1e20, 123456789012345670000, 2 ** 53, 2 ** 60, 1e300];
  expect(await elementsOf(JSON.stringify(numbers))).toEqual([numbers]);
});

test('an integer is found wherever it stands', async () => {
  const integer = fc.bigInt({ min: 2n ** 53n, max: 2n ** 80n });
  await fc.assert(
    fc.asyncProperty(integer, fc.nat(60), fc.nat(60), async (number, before, after) => {
      const text = `{"${'k'.repeat(before)}":${number},"x":"${'y'.repeat(after)}"}`;
      const expected = { ['k'.repeat(before)]: number, x: 'y'.repeat(after) };
      expect(await elementsOf(text, { bigIntegers: 'bigint' })).toEqual([expected]);
    }),
    { numRuns: 30 },
  );
});

test('a field called __proto__ is a field', async () => {
  const [found] = (await elementsOf('{"__proto__":{"polluted":true},"a":1}')) as [object];
  expect(Object.keys(found)).toEqual(['__proto__', 'a']);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});

async function written(elements: readonly unknown[], options: object = {}) {
  const root = directoryWith();
  const p = new Pipeline();
  p.apply(create(elements)).apply(writeJsonLines({ files: `${root}/w.jsonl`, ...options }), { name: 'Save' });
  return p.run(directRunner()).then(
    () => readFileSync(`${root}/w.jsonl`, 'utf8'),
    (error: Error) => error,
  );
}

test('dates, bigints, bytes and undefined are written by their rules', async () => {
  const element = {
    at: new Date(0),
    id: 2n ** 64n,
    bytes: new Uint8Array([1, 2, 255]),
    none: undefined,
    nothing: null,
    list: [1n, [new Date(1)]],
    own: { toJSON: () => ({ n: 3n }) },
    text: 'a\n"\ud800',
  };
  expect(await written([element])).toBe(
    '{"at":"1970-01-01T00:00:00.000Z","id":18446744073709551616,"bytes":"AQL/","nothing":null,"list":[1,["1970-01-01T00:00:00.001Z"]],"own":{"n":3},"text":"a\\n\\"\\ud800"}\n',
  );
});

const cyclic: { self?: unknown } = {};
cyclic.self = cyclic;

test.each([
  [{ a: { b: [Number.NaN] } }, 'the field a.b[0] is NaN'],
  [Number.POSITIVE_INFINITY, 'the element is Infinity'],
  [{ at: new Date(Number.NaN) }, 'the field at is a Date'],
  [{ m: new Map() }, 'the field m is a Map'],
  [{ s: new Set() }, 'the field s is a Set'],
  [{ f: () => 1 }, 'the field f is '],
  [[undefined], 'the field [0] is undefined'],
  [undefined, 'the element is undefined'],
  [{ a: new Float64Array(1) }, 'the field a is a Float64Array'],
  [{ r: /x/ }, 'the field r is a RegExp'],
  [{ e: new Error('x') }, 'the field e is a Error'],
  [{ s: Symbol('x') }, 'the field s is '],
  [{ j: { toJSON: () => Number.NaN } }, 'the field j is NaN'],
  [cyclic, 'nested deeper than 500 levels, or contains itself'],
])('%o has no form in JSON and ends the run instead of becoming null', async (element, message) => {
  const error = await written([{ fine: 1 }, element]);
  expect(error).toBeInstanceOf(ElementError);
  expect((error as Error).message).toContain('Save/Write: ');
  expect((error as Error).message).toContain(message);
});

test('with dead letters it is one of them', async () => {
  const root = directoryWith();
  await testPipeline((p) => {
    const failed: PCollection<DeadLetter<unknown>>[] = [];
    p.apply(create<unknown>([{ n: 1 }, { n: Number.NaN }])).apply(
      writeJsonLines({ files: `${root}/w.jsonl`, deadLetters: (letters) => failed.push(letters) }),
    );
    const letters = failed[0] as PCollection<DeadLetter<unknown>>;
    assertThat(letters.map(({ error }) => error.name)).containsInAnyOrder(['TypeError']);
  });
  expect(readFileSync(`${root}/w.jsonl`, 'utf8')).toBe('{"n":1}\n');
});

// Numbers of many digits come back as bigint here, and -0 is written as 0.
const jsonValue = fc
  .jsonValue({ maxDepth: 3 })
  .filter((value) => !/\d{16}|-0/.test(JSON.stringify(value)) && !Object.is(value, -0));
const large = fc
  .bigInt({ min: -(2n ** 100n), max: 2n ** 100n })
  .filter((number) => number > 2n ** 53n || number < -(2n ** 53n));

test('values that are written are read again', async () => {
  const element = fc.record({ any: jsonValue, big: large, ['__proto__']: fc.string() });
  await fc.assert(
    fc.asyncProperty(fc.array(element, { maxLength: 8 }), fc.integer({ min: 1, max: 3 }), async (elements, shards) => {
      const root = directoryWith();
      const p = new Pipeline();
      p.apply(create(elements)).apply(writeJsonLines({ files: `${root}/w.jsonl.zst`, shards }));
      await p.run(directRunner());
      const found: unknown[] = [];
      const q = new Pipeline();
      q.apply(readJsonLines({ files: `${root}/w*`, bigIntegers: 'bigint' })).map((value) => void found.push(value));
      await q.run(directRunner());
      const text = (value: unknown): string =>
        JSON.stringify(value, (_key, field: unknown) => (typeof field === 'bigint' ? `${field}n` : field));
      expect(found.map(text).sort()).toEqual(elements.map(text).sort());
    }),
    { numRuns: 30 },
  );
});

test('names of files can be elements', async () => {
  const root = directoryWith({ 'a.jsonl': '1\n2\n', 'b.jsonl': '3' });
  await testPipeline((p) => {
    const read = p.apply(create([`${root}/*.jsonl`])).apply(readAllJsonLines({ schema: z.number() }));
    assertThat(read.map((number) => number + 1)).containsInAnyOrder([2, 3, 4]);
  });
});
