import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CsvReadOptions } from '../../../io/csv/index.ts';
import { readText } from './read-text.ts';

interface Case {
  readonly name: string;
  readonly text: string | Uint8Array;
  readonly options?: CsvReadOptions;
  readonly message: string;
  readonly record?: unknown;
  /** What is read besides. */
  readonly rows?: unknown[];
}

const cases: readonly Case[] = [
  {
    name: 'a record with too few fields',
    text: 'a,b\n1,2\n3\n5,6\n',
    message: `Read: orders.csv line 3: expected 2 fields, found 1. Its values can't be told apart by column. Correct the record. A program that reads such files passes shortRows: 'fill'.`,
    record: '3',
    rows: [
      { a: '1', b: '2' },
      { a: '5', b: '6' },
    ],
  },
  {
    name: 'a record with too many fields, after one of several lines',
    text: 'a,b\r\n"1\r\n\r\n",2\r\n3,4,"5\r\n6"\r\n',
    message: `Read: orders.csv line 5: expected 2 fields, found 3. Its values can't be told apart by column. Correct the record. A program that reads such files passes longRows: 'truncate'.`,
    record: '3,4,"5\r\n6"',
    rows: [{ a: '1\r\n\r\n', b: '2' }],
  },
  {
    name: 'an empty line',
    text: 'a,b\n1,2\n\n',
    message: `Read: orders.csv line 3: expected 2 fields, the line is empty. Its values can't be told apart by column. Remove the line. A program that reads such files passes skipEmptyLines: true.`,
    record: '',
    rows: [{ a: '1', b: '2' }],
  },
  {
    name: 'a quote inside a field without quotes',
    text: 'a,b\n5" pipe,2\n3,4\n',
    message: `Read: orders.csv line 2: a quote " stands inside a field without quotes. It is not clear what it means. Enclose the field in quotes and double the ". A program that takes such quotes as letters passes relaxQuotes: true.`,
    record: '5" pipe,2',
    rows: [{ a: '3', b: '4' }],
  },
  {
    name: 'text after a closing quote, in the third line of a record',
    text: 'a,b\n1,"x\n\ny"z\n3,4\n',
    message: `Read: orders.csv line 4: a quoted field goes on after its closing ". It is not clear where the field ends. Double the " inside of quotes. A program that takes such quotes as letters passes relaxQuotes: true.`,
    record: '1,"x\n\ny"z',
    rows: [{ a: '3', b: '4' }],
  },
  {
    name: 'a quote that is never closed costs only its line',
    text: 'a,b\n1,"x\n3,4\n',
    message: `Read: orders.csv line 2: the quote " is never closed. All that follows would be one field. Close it, or take it out of the line. A program passes quote: null where quotes mean nothing, or a greater maxRecordLength.`,
    record: '1,"x',
    rows: [{ a: '3', b: '4' }],
  },
  {
    name: 'a quote that is not closed within the limit',
    text: `a,b\n1,"x\n${'3,4\n'.repeat(20)}`,
    options: { maxRecordLength: 30 },
    message: `Read: orders.csv line 2: the quote " is not closed within 30 bytes. All that follows would be one field. Close it, or take it out of the line. A program passes quote: null where quotes mean nothing, or a greater maxRecordLength.`,
    record: '1,"x',
  },
  {
    name: 'a record beyond the limit',
    text: `a,b\n${'x'.repeat(40)},1\n3,4\n`,
    options: { maxRecordLength: 30 },
    message: `Read: orders.csv line 2: the record is longer than 30 bytes. It would have to be held in memory whole. Check that the file has line ends, and is a CSV file. A program checks delimiter and quote, or passes a greater maxRecordLength.`,
    rows: [{ a: '3', b: '4' }],
  },
  {
    name: 'bytes that are no UTF-8',
    text: Buffer.concat([
      Buffer.from('a,"bé"\n1,"ok é"\n2,"'),
      Buffer.from('Bogotá', 'latin1'),
      Buffer.from('"\n3,4\n'),
    ]),
    message: `Read: orders.csv line 3: the column "bé" holds bytes that are no UTF-8, about "2,\\"Bogot\uFFFD\\"\\n3,4\\n". They would be lost. Convert the file, e.g. with iconv -f LATIN1 -t UTF-8 OLD > NEW. A program that reads such files passes encoding: 'latin1', or invalidBytes: 'replace'.`,
    record: '2,"Bogot\uFFFD"',
    rows: [
      { a: '1', bé: 'ok é' },
      { a: '3', bé: '4' },
    ],
  },
  {
    name: 'a column that is not there',
    text: 'id,Total\n1,2\n',
    options: { columns: ['total'] },
    message: `Read: orders.csv line 1: no row of this file was read: there is no column "total". The file has: id, Total. Check that this is the right file, and its delimiter. A program corrects columns, or passes ignoreCase: true if only case or spaces differ.`,
    record: 'id,Total',
    rows: [],
  },
  {
    name: 'a column that is there twice',
    text: 'id,x,id\n1,2,3\n',
    message: `Read: orders.csv line 1: no row of this file was read: the column "id" is there twice, as field 1 and 3. A row can have only one value of that name. Rename one in the file. A program that reads such files names those it needs with columns, or passes header: [names] and skips the first line with comment.`,
    record: 'id,x,id',
    rows: [],
  },
  {
    name: 'an empty file',
    text: '',
    message:
      'Read: orders.csv line 1: no row of this file was read: the file is empty, without even a header line. Its columns have no names. Check how it was written, or leave it out. A program that knows the names passes header: [names].',
    rows: [],
  },
  {
    name: 'a header with a quote at a wrong place',
    text: 'a,b"\n1,2\n',
    message: `Read: orders.csv line 1: no row of this file was read: a quote " stands inside a field without quotes. It is not clear what it means. Enclose the field in quotes and double the ". A program that takes such quotes as letters passes relaxQuotes: true.`,
    rows: [],
  },
  {
    name: 'a file in UTF-16',
    text: Buffer.from('\uFEFFa,b\n1,2\n', 'utf16le'),
    message:
      'Read: orders.csv line 1: no row of this file was read: the file is in UTF-16, as its first two bytes say. Only UTF-8 and Latin-1 are read. Convert it, e.g. with iconv -f UTF-16 -t UTF-8 OLD > NEW.',
    rows: [],
  },
  {
    name: 'a file in UTF-16 without its mark',
    text: Buffer.from('a,b\n1,2\n', 'utf16le').swap16(),
    message:
      'Read: orders.csv line 1: no row of this file was read: the file is in UTF-16, as every second byte is zero. Only UTF-8 and Latin-1 are read. Convert it, e.g. with iconv -f UTF-16BE -t UTF-8 OLD > NEW.',
    rows: [],
  },
  {
    name: 'a packed file that is not called so',
    text: gzipSync('a,b\n1,2\n'),
    message: `Read: orders.csv line 1: no row of this file was read: the file is packed with gzip, as its first bytes say, and is read as if it were not. No text comes of that. Give its name the ending .gz, or unpack it. A program whose files have other names passes compression: 'gzip'.`,
    rows: [],
  },
  {
    name: 'a file in UTF-8 that is said to be in Latin-1',
    text: '\uFEFFa,b\n1,2\n',
    options: { encoding: 'latin1' },
    message: `Read: orders.csv line 1: no row of this file was read: the file is in UTF-8, as its byte order mark says, and is read as Latin-1. Letters with accents would come out wrong. Have it written in Latin-1. A program that reads UTF-8 leaves encoding out.`,
    rows: [],
  },
];

describe('one bad record is refused with its line and its text, and reading goes on', () => {
  for (const { name, text, options, message, record, rows } of cases) {
    test(name, async () => {
      const read = await readText(text, options);
      expect(read.messages).toEqual([message]);
      if (record !== undefined) expect(read.rejected[0]?.record).toBe(record);
      if (rows !== undefined) expect(read.rows).toEqual(rows);
    });
  }
});

test('rows and refusals do not depend on where the pieces of a file are cut', async () => {
  const unit = fc.constantFrom('a', ',', '"', '""', '\n', '\r\n', 'é', 'longer than a slice', '#');
  const options = fc.record({
    maxRecordLength: fc.constantFrom(3, 10, 1000),
    skipEmptyLines: fc.boolean(),
    trim: fc.boolean(),
    relaxQuotes: fc.boolean(),
    comment: fc.constantFrom('', '#'),
    header: fc.constantFrom(true, false),
    escape: fc.constantFrom('"', '\\'),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit, maxLength: 40 }),
      options,
      fc.integer({ min: 1, max: 20 }),
      async (text, drawn, pieceSize) => {
        const spec: CsvReadOptions = { ...drawn, as: 'records' };
        const whole = await readText(text, spec);
        const cut = await readText(text, spec, { pieceSize });
        expect({ rows: cut.rows, messages: cut.messages }).toEqual({ rows: whole.rows, messages: whole.messages });
      },
    ),
    { numRuns: 3000 },
  );
});

test('of any bytes, each line is a row or a refusal', async () => {
  const bytes = fc
    .uint8Array({ maxLength: 60 })
    .filter(([first, second]) => !(first && first > 253 && second && second > 253));
  const options: CsvReadOptions = {
    header: false,
    quote: null,
    newline: '\n',
    longRows: 'truncate',
    shortRows: 'fill',
  };
  await fc.assert(
    fc.asyncProperty(bytes, fc.integer({ min: 1, max: 20 }), async (content, pieceSize) => {
      const { rows, messages } = await readText(content, options, { pieceSize });
      const lines = Buffer.from(content).toString('latin1').split('\n');
      expect(rows.length + messages.length).toBe(lines.at(-1) === '' ? lines.length - 1 : lines.length);
    }),
    { numRuns: 2000 },
  );
});

test('a line that is far too long is refused without being held in memory', async () => {
  const text = `a,b\n${'x'.repeat(5_000_000)}\n3,4\n`;
  const { rows, rejected } = await readText(text, { maxRecordLength: 100_000 }, { pieceSize: 65_536 });
  expect(rows).toEqual([{ a: '3', b: '4' }]);
  expect(rejected).toHaveLength(1);
  expect(String(rejected[0]?.record).length).toBe(10_000);
});
