import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CsvReadOptions, type CsvWriteOptions, csvWriteFormat } from '../../../io/csv/index.ts';
import { ElementError, PipelineError } from '../../../model/index.ts';
import { readText } from './read-text.ts';

interface Written {
  readonly text: string;
  readonly refused: { readonly element: unknown; readonly error: Error }[];
}

/** Writes rows as one file, those that can't be set aside where asked for. */
async function print(
  rows: readonly object[],
  options: CsvWriteOptions<never> = {},
  setsAside = false,
): Promise<Written> {
  const pieces: Buffer[] = [];
  const refused: Written['refused'] = [];
  const writer = csvWriteFormat<object>(options).open(
    { write: (bytes) => void pieces.push(Buffer.from(bytes)) },
    {
      path: 'out.csv',
      step: 'Write',
      ...(setsAside ? { reject: (element, error) => refused.push({ element, error }) } : {}),
    },
  );
  await writer.write(rows.slice(0, 1));
  await writer.write(rows.slice(1));
  await writer.close();
  return { text: Buffer.concat(pieces).toString(), refused };
}

const textOf = async (rows: readonly object[], options?: CsvWriteOptions<never>): Promise<string> =>
  (await print(rows, options)).text;

test('the header is written once, then a line for each row', async () => {
  expect(
    await textOf([
      { id: 1, name: 'Anna' },
      { name: 'Ben', id: 2 },
    ]),
  ).toBe('id,name\n1,Anna\n2,Ben\n');
});

test('columns choose, order and rename', async () => {
  const rows = [{ id: 1, name: 'Anna', secret: 'x' }];
  expect(await textOf(rows, { columns: ['name', 'id'] as never })).toBe('name,id\nAnna,1\n');
  expect(await textOf(rows, { columns: { name: 'Full name', id: 'Id, old' } as never })).toBe(
    'Full name,"Id, old"\nAnna,1\n',
  );
});

test('known columns make a header even without rows; unknown ones an empty file', async () => {
  expect(await textOf([], { columns: ['a', 'b'] as never })).toBe('a,b\n');
  expect(await textOf([])).toBe('');
});

test('the dialect is delimiter, quote, escape, line end and header', async () => {
  const rows = [{ a: `it's; \\`, b: 'x' }];
  const options = { delimiter: ';', quote: "'", escape: '\\', newline: '\r\n', header: false } as const;
  expect(await textOf(rows, options)).toBe("'it\\'s; \\\\';x\r\n");
});

test('arrays are rows by position', async () => {
  expect(
    await textOf(
      [
        [1, null],
        ['a', 'b,c'],
      ],
      { header: false },
    ),
  ).toBe('1,\na,"b,c"\n');
  expect(await textOf([[1, 2]], { columns: ['x', 'y'] as never })).toBe('x,y\n1,2\n');
});

test.each([
  ['text', 'plain', 'plain'],
  ['a delimiter', 'a,b', '"a,b"'],
  ['a quote', 'a"b', '"a""b"'],
  ['line ends', 'a\nb\rc', '"a\nb\rc"'],
  ['white space at an edge', ' a', '" a"'],
  ['white space at the other edge', 'a\u00A0', '"a\u00A0"'],
  ['white space in between', 'a b', 'a b'],
  ['null', null, ''],
  ['undefined', undefined, ''],
  ['an empty text', '', ''],
  ['an integer', 42, '42'],
  ['a fraction', 0.1, '0.1'],
  ['a large number', 1e21, '1e+21'],
  ['a bigint beyond 2^53', 9007199254740993n, '9007199254740993'],
  ['a boolean', false, 'false'],
  ['a date', new Date(0), '1970-01-01T00:00:00.000Z'],
  ['letters beyond ASCII', 'Bogotá 日本 😀', 'Bogotá 日本 😀'],
])('%s', async (_name, value, text) => {
  expect(await textOf([{ value, end: 'x' }])).toBe(`value,end\n${text},x\n`);
});

test('with a null text, null and the empty text come back as they were', async () => {
  const rows = [
    { a: null, b: '' },
    { a: '', b: null },
    { a: 'x', b: 'NULL' },
  ];
  for (const nullText of ['', 'NULL']) {
    const { rows: back } = await readText(await textOf(rows, { nullText }), { nullText });
    expect(back).toEqual(rows);
  }
});

test('a record that would be an empty line is quoted', async () => {
  expect(await textOf([{ a: '' }, { a: null }])).toBe('a\n""\n""\n');
});

describe('what can not be written', () => {
  test.each<[unknown, string]>([
    [{ a: Number.NaN }, 'out.csv: column "a": NaN is no number that readers of CSV agree on. Write null,'],
    [{ a: new Date(Number.NaN) }, 'out.csv: column "a": the date is invalid'],
    [{ a: { b: 1 } }, 'out.csv: column "a": {"b":1} is an object, and a field is text. Turn it into text first'],
    [{ a: [1] }, 'out.csv: column "a": [1] is an object'],
    [{ a: new Uint8Array(2) }, 'out.csv: column "a": [2 bytes] is an object'],
    [{ a: () => 1 }, 'is a function'],
    [{ a: '\uD800' }, 'holds half of a surrogate pair'],
    [5, 'out.csv: 5 is no row, which has its values by column, or in an array. There is nothing to write.'],
    [null, 'out.csv: null is no row'],
    [{}, 'out.csv: {} is no row'],
    [[], 'out.csv: [] is no row'],
    [[1], 'out.csv: the row is an array, whose columns have no names for the header. Pass columns, or header: false.'],
  ])('%j', async (row, message) => {
    const writing = print([row as object]);
    await expect(writing).rejects.toThrow(message);
    await expect(writing).rejects.toThrow(ElementError);
  });

  test('is handed back where dead letters are asked for, and leaves no trace', async () => {
    const rows = [{ a: 1, b: 2 }, { a: 1, b: {} }, { a: 3 }, { a: 4, c: 5 }, { a: 6, b: 7, c: 8 }, { a: 9, b: 10 }];
    const { text, refused } = await print(rows, {}, true);
    expect(text).toBe('a,b\n1,2\n9,10\n');
    expect(refused.map(({ element }) => element)).toEqual(rows.slice(1, 5));
    expect(refused[1]?.error.message).toBe(
      'Write: out.csv: the row has the columns ["a"], and the first row of the file ["a","b"]. The header is already written. Pass columns to say which there are.',
    );
  });

  test('a column that no row has', async () => {
    const writing = print([{ id: 1 }], { columns: ['id', 'nmae'] as never });
    await expect(writing).rejects.toThrow(
      'Write: no row of out.csv has the column "nmae". It would be empty throughout.',
    );
  });

  test('a column that only some rows have is empty in the others', async () => {
    expect(await textOf([{ id: 1 }, { id: 2, note: 'x' }], { columns: ['id', 'note'] as never })).toBe(
      'id,note\n1,\n2,x\n',
    );
  });

  test('a row with more or fewer values than columns', async () => {
    await expect(print([[1, 2, 3]], { columns: ['a', 'b'] as never })).rejects.toThrow(
      'the row has 3 values, and there are 2 columns',
    );
  });

  test('text that needs quotes where there are none', async () => {
    await expect(print([{ a: 'x,y' }], { quote: null })).rejects.toThrow(
      '"x,y" would be read as something else without quotes',
    );
  });

  test.each<[CsvWriteOptions<never>, string]>([
    [{ newline: '\r' as '\n' }, `csv: newline is "\\r" but must be '\\n' or '\\r\\n'`],
    [{ columns: [] }, 'csv: columns is [] but must name at least one column'],
    [{ columns: { a: 'x', b: 'x' } }, 'each only once'],
    [{ delimiter: '"' }, 'csv: quote is "\\"" but must be one character'],
  ])('options %j', (options, message) => {
    expect(() => csvWriteFormat(options)).toThrow(message);
    expect(() => csvWriteFormat(options)).toThrow(PipelineError);
  });
});

test('a property that all objects inherit is not taken for a column', async () => {
  const row = JSON.parse('{"id":1,"__proto__":"p"}');
  const columns = ['id', '__proto__', 'toString'] as never;
  expect(await textOf([row, { id: 2, toString: 'own' }], { columns })).toBe('id,__proto__,toString\n1,p,\n2,,own\n');
});

test('a large file is handed on in pieces', async () => {
  const sizes: number[] = [];
  const writer = csvWriteFormat({}).open(
    { write: (bytes) => void sizes.push(bytes.length) },
    { path: 'out.csv', step: 'Write' },
  );
  await writer.write(Array.from({ length: 20_000 }, (_, id) => ({ id, text: 'some text or other' })));
  await writer.close();
  expect(sizes.length).toBeGreaterThan(5);
  expect(Math.max(...sizes)).toBeLessThan(70_000);
});

test('what is written is read back, by this reader and by csv-parse, in any dialect', async () => {
  const unit = fc.constantFrom('a', ',', ';', '"', "'", '\\', '\n', '\r', ' ', '\t', 'é', '\uFEFF', '#', '😀');
  const text = fc.string({ unit, maxLength: 8 });
  const dialect = fc.record({
    delimiter: fc.constantFrom(',', ';', '\t', '|'),
    quote: fc.constantFrom('"', "'"),
    newline: fc.constantFrom('\n', '\r\n'),
    escape: fc.constantFrom(undefined, '\\'),
    nullText: fc.constantFrom('', 'a', undefined),
  });
  const table = fc.integer({ min: 1, max: 4 }).chain((width) =>
    fc.record({
      header: fc.uniqueArray(text, { minLength: width, maxLength: width }),
      rows: fc.array(fc.array(fc.option(text), { minLength: width, maxLength: width }), { maxLength: 4 }),
    }),
  );
  await fc.assert(
    fc.asyncProperty(table, dialect, async ({ header, rows }, { nullText, escape, ...rest }) => {
      const options = {
        ...rest,
        ...(escape === undefined ? {} : { escape }),
        ...(nullText === undefined ? {} : { nullText }),
      };
      const written = await textOf(rows, { ...options, columns: header as never });
      const expected = rows.map((row) => row.map((value) => (value === null && nullText === undefined ? '' : value)));
      // The newline is given: a CR in the header would otherwise be taken for it.
      const spec: CsvReadOptions = { ...options, as: 'arrays' };
      const { rows: back, messages } = await readText(written, spec, { pieceSize: 7 });
      expect({ back, messages }).toEqual({ back: expected, messages: [] });
      const { delimiter, quote, newline } = rest;
      const asText = (value: string | null): string => value ?? nullText ?? '';
      const oracle = parse(written, { delimiter, quote, escape: escape ?? quote, record_delimiter: newline });
      expect(oracle).toEqual([header, ...rows.map((row) => row.map(asText))]);
    }),
    { numRuns: 1000 },
  );
});
