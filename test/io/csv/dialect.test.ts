import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CsvReadOptions } from '../../../io/csv/index.ts';
import { PipelineError } from '../../../model/index.ts';
import { readText } from './read-text.ts';

const rowsOf = async (text: string | Uint8Array, options: CsvReadOptions = {}): Promise<unknown[]> => {
  const { rows, messages } = await readText(text, options);
  expect(messages).toEqual([]);
  return rows;
};

describe('line ends', () => {
  test.each([
    ['LF', 'a,b\n1,2\n3,4\n'],
    ['CRLF', 'a,b\r\n1,2\r\n3,4\r\n'],
    ['CR', 'a,b\r1,2\r3,4\r'],
    ['no line end after the last record', 'a,b\n1,2\n3,4'],
    ['LF and CRLF mixed', 'a,b\r\n1,2\n3,4\r\n'],
    ['half of a CRLF at the end', 'a,b\r\n1,2\r\n3,4\r'],
  ])('%s', async (_name, text) => {
    expect(await rowsOf(text)).toEqual([
      { a: '1', b: '2' },
      { a: '3', b: '4' },
    ]);
  });

  test('what ends the first line decides, quoted line ends aside', async () => {
    expect(await rowsOf('"a\r\rb",c\n1,2\r3\n')).toEqual([{ 'a\r\rb': '1', c: '2\r3' }]);
    expect(await rowsOf('"a\nb",c\r1,2\n3\r')).toEqual([{ 'a\nb': '1', c: '2\n3' }]);
  });

  test('the option decides where the first line would mislead', async () => {
    expect(await rowsOf('a\rb,c\n1,2\n', { newline: '\n' })).toEqual([{ 'a\rb': '1', c: '2' }]);
    expect(await rowsOf('a\nb,c\r1,2\r', { newline: '\r' })).toEqual([{ 'a\nb': '1', c: '2' }]);
  });
});

describe('quotes', () => {
  test('a quoted field may hold delimiters, quotes and line ends as they are', async () => {
    expect(await rowsOf('a,b\n"1,""x""\r\n\n2","3"\n')).toEqual([{ a: '1,"x"\r\n\n2', b: '3' }]);
  });

  test('quote, escape and delimiter can be others, or none', async () => {
    expect(await rowsOf("a;b\n'x;\\'\\\\';1\n", { delimiter: ';', quote: "'", escape: '\\' })).toEqual([
      { a: "x;'\\", b: '1' },
    ]);
    expect(await rowsOf('a\tb\n"x\t"y"\n', { delimiter: '\t', quote: null })).toEqual([{ a: '"x', b: '"y"' }]);
  });

  test('relaxQuotes takes a quote at a wrong place as text', async () => {
    expect(await rowsOf('a,b\n5" pipe,"x"y\n', { relaxQuotes: true })).toEqual([{ a: '5" pipe', b: '"x"y' }]);
  });
});

describe('what is and is not a record', () => {
  test('comments and empty lines are skipped when asked for', async () => {
    const text = '# written by hand\na,b\n\n1,2\n#3,4\n \t\n5,#6\n';
    expect(await rowsOf(text, { comment: '#', skipEmptyLines: true, trim: true })).toEqual([
      { a: '1', b: '2' },
      { a: '5', b: '#6' },
    ]);
  });

  test('an empty line is one empty field where there is one column', async () => {
    expect(await rowsOf('a\n\n1\n')).toEqual([{ a: '' }, { a: '1' }]);
  });

  test('trim takes white space from around fields, not from inside of quotes', async () => {
    expect(await rowsOf(' a , b\n  1 , " 2 " \n\u00A03\u00A0,\t4\n', { trim: true })).toEqual([
      { a: '1', b: ' 2 ' },
      { a: '3', b: '4' },
    ]);
  });

  test('null text is null without quotes only', async () => {
    expect(await rowsOf('a,b\nNA,"NA"\n', { nullText: 'NA' })).toEqual([{ a: null, b: 'NA' }]);
    expect(await rowsOf('a,b\n,""\n', { nullText: '' })).toEqual([{ a: null, b: '' }]);
    expect(await rowsOf('a,b\n,""\n')).toEqual([{ a: '', b: '' }]);
  });

  test('short rows are filled and long rows cut when asked for', async () => {
    const text = 'a,b,c\n1\n1,2,3,4\n';
    const options = { shortRows: 'fill', longRows: 'truncate' } as const;
    expect(await rowsOf(text, options)).toEqual([
      { a: '1', b: '', c: '' },
      { a: '1', b: '2', c: '3' },
    ]);
    expect((await rowsOf(text, { ...options, nullText: 'NA' }))[0]).toEqual({ a: '1', b: null, c: null });
    expect(await rowsOf('1,2\n3\n4,5,6\n', { ...options, header: false })).toEqual([
      ['1', '2'],
      ['3', ''],
      ['4', '5'],
    ]);
  });
});

describe('names', () => {
  test('given names make the first line data', async () => {
    expect(await rowsOf('1,2\n', { header: ['a', 'b'] })).toEqual([{ a: '1', b: '2' }]);
  });

  test('rows have the chosen columns in the chosen order', async () => {
    const [row] = await rowsOf('a,b,c\n1,2,3\n', { columns: ['c', 'a'] });
    expect(JSON.stringify(row)).toBe('{"c":"3","a":"1"}');
  });

  test('a doubled column that no one wants does no harm', async () => {
    expect(await rowsOf('a,x,x\n1,2,3\n', { columns: ['a'] })).toEqual([{ a: '1' }]);
  });

  test.each(['__proto__', 'constructor', 'prototype', 'toString', '0', '', 'a"b', 'line\u2028end'])(
    'the column %j is a column like any other',
    async (name) => {
      const header = `"${name.replaceAll('"', '""')}",x`;
      const [row] = (await rowsOf(`${header}\nv,1\n`)) as [object];
      expect(Object.keys(row).sort()).toEqual([name, 'x'].sort());
      expect(Object.getOwnPropertyDescriptor(row, name)?.value).toBe('v');
      expect(Object.getPrototypeOf(row)).toBe(Object.prototype);
      expect(Object.hasOwn(Object.prototype, 'x')).toBe(false);
    },
  );

  test('any names give equal rows, with code from text and without', async () => {
    const names = fc.uniqueArray(
      fc.oneof(fc.string({ unit: 'binary', maxLength: 4 }), fc.constantFrom('__proto__', '0', "'")),
      {
        minLength: 1,
        maxLength: 6,
      },
    );
    await fc.assert(
      fc.asyncProperty(names, async (header) => {
        const text = `${header.map((_, i) => `v${i}`).join(',')}\n`;
        const compiled = await readText(text, { header });
        const interpreted = await readText(text, { header }, { codegen: false });
        const expected = header.map((name, i) => [name, `v${i}`] as const);
        for (const { rows } of [compiled, interpreted]) {
          expect(new Map(Object.entries(rows[0] as object))).toEqual(new Map(expected));
        }
        expect(Object.keys(interpreted.rows[0] as object)).toEqual(Object.keys(compiled.rows[0] as object));
      }),
      { numRuns: 300 },
    );
  });

  test('a header of 1,500 columns is read', async () => {
    const header = Array.from({ length: 1500 }, (_, i) => `c${i}`);
    const [row] = await rowsOf(`${header.join(',')}\n${header.join(',')}\n`);
    expect(row).toEqual(Object.fromEntries(header.map((name) => [name, name])));
  });
});

describe('encodings', () => {
  test('UTF-8 with a byte order mark', async () => {
    const text = '\uFEFFmunicipio,año\nCúcuta 日本 😀 Norte de Santander,2021\n';
    expect(await rowsOf(text)).toEqual([{ municipio: 'Cúcuta 日本 😀 Norte de Santander', año: '2021' }]);
  });

  test('Latin-1', async () => {
    const bytes = Buffer.from('municipio,año\n"Cúcuta",2021\nNariño,2022\n', 'latin1');
    expect(await rowsOf(bytes, { encoding: 'latin1' })).toEqual([
      { municipio: 'Cúcuta', año: '2021' },
      { municipio: 'Nariño', año: '2022' },
    ]);
    expect(await rowsOf(Buffer.from('a§b\n1§2\n', 'latin1'), { encoding: 'latin1', delimiter: '§' })).toEqual([
      { a: '1', b: '2' },
    ]);
  });

  test('bytes that are no UTF-8 are replaced when asked for', async () => {
    const bytes = Buffer.from('a,b\nCúcuta,2\n', 'latin1');
    expect(await rowsOf(bytes, { invalidBytes: 'replace' })).toEqual([{ a: 'C\uFFFDcuta', b: '2' }]);
  });
});

describe('options that cannot work are refused when the pipeline is built', () => {
  test.each<[CsvReadOptions, string]>([
    [{ delimiter: '' }, 'csv: delimiter is "" but must be one character of one byte'],
    [{ delimiter: '||' }, 'csv: delimiter is "||" but must be one character'],
    [{ delimiter: '§' }, 'csv: delimiter is "§" but must be one character of one byte (ASCII)'],
    [{ delimiter: '\n' }, 'that is no line end'],
    [{ quote: ',' }, 'csv: quote is "," but must be one character'],
    [{ quote: null, escape: '\\' }, 'csv: escape is "\\\\" but only works inside of quotes'],
    [{ escape: ',' }, 'csv: escape is ","'],
    [{ comment: '\n' }, 'csv: comment is "\\n" but must not hold a line end'],
    [{ comment: ',x' }, 'nor start with the delimiter or the quote'],
    [{ maxRecordLength: 0 }, 'csv: maxRecordLength is 0 but must be a whole number of bytes'],
    [{ header: [] }, 'csv: header is [] but must have one name for each column'],
    [{ header: ['a', 'a'] }, 'each only once'],
    [{ header: false, columns: ['a'] }, 'Leave out header: false, or columns'],
    [{ as: 'arrays', columns: ['a'] }, 'Leave out as, or columns'],
    [{ header: false, as: 'objects' }, 'needs names, and header is false'],
    [{ columns: [] }, 'must name at least one column'],
    [{ ignoreCase: true }, 'csv: ignoreCase is true but is about finding columns'],
    [{ headerRecord: true }, "csv: headerRecord is true but needs as: 'records', and a header in the file"],
    [{ newline: 'LF' as '\n' }, `csv: newline is "LF" but must be '\\n', '\\r\\n' or '\\r'`],
    [{ encoding: 'utf-16' as 'utf-8' }, `csv: encoding is "utf-16" but must be 'utf-8' or 'latin1'`],
    [{ as: 'maps' as 'arrays' }, `csv: as is "maps" but must be`],
  ])('%j', async (options, message) => {
    const refused = readText('', options);
    await expect(refused).rejects.toThrow(message);
    await expect(refused).rejects.toThrow(PipelineError);
  });
});
