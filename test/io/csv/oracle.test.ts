import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CsvReadOptions } from '../../../io/csv/read-format.ts';
import { readText } from './read-text.ts';

// csv-parse, the strictest of the known parsers, tells what is right.

const dialect = fc.record({
  delimiter: fc.constantFrom(',', ';', '\t', '|'),
  quote: fc.constantFrom('"', "'", null),
  newline: fc.constantFrom('\n', '\r\n', '\r'),
  trim: fc.boolean(),
  skipEmptyLines: fc.boolean(),
  comment: fc.constantFrom(undefined, '#'),
});

type Drawn = typeof dialect extends fc.Arbitrary<infer D> ? D : never;

/** Text in which everything that means something to a parser is frequent. */
const unit = fc.constantFrom(
  'a',
  'b',
  ' ',
  ',',
  ';',
  '|',
  '\t',
  '"',
  "'",
  '""',
  '\n',
  '\r\n',
  '\r',
  '#',
  '\\',
  'é',
  '日本',
  'ab cd ef gh ij kl',
  '😀',
);

/** Takes away what the two understand differently, each with a right of its own. */
function agreedOn(drawn: string, { trim, newline, comment }: Drawn): string {
  // It lets a comment follow a closing quote, though told that comments are lines.
  const text = comment === undefined ? drawn : drawn.replace(/(["'])[\s#]*#/g, '$1');
  // With trim csv-parse takes away any white space before it looks for line ends: LF between CRs, and blanks at the end.
  // Nor does it mind a second quoted text in the field, which it drops.
  if (trim) {
    const oneQuoted = (newline === '\r' ? text.replaceAll('\n', '') : text).replace(/(["'])\s+(?=["'])/g, '$1');
    return oneQuoted.replace(/\s+$/, '');
  }
  // A CR at the very end is half of a CRLF here, and data there.
  return newline === '\r' ? text : text.replace(/\r+$/, '');
}

function optionsOf(drawn: Drawn): CsvReadOptions {
  const { comment, ...rest } = drawn;
  return { ...rest, header: false, ...(comment === undefined ? {} : { comment }) };
}

function oracle(text: string, drawn: Drawn): unknown[][] | 'refused' {
  try {
    return parse(text, {
      delimiter: drawn.delimiter,
      quote: drawn.quote,
      escape: drawn.quote,
      record_delimiter: drawn.newline === '\r' ? '\r' : ['\r\n', '\n'],
      trim: drawn.trim,
      skip_empty_lines: drawn.skipEmptyLines,
      ...(drawn.comment === undefined ? {} : { comment: drawn.comment, comment_no_infix: true }),
      relax_column_count: false,
      bom: true,
    });
  } catch {
    return 'refused';
  }
}

describe('against csv-parse', () => {
  test('any text is read to the same rows or refused by both, wherever its pieces are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit, maxLength: 40 }),
        dialect,
        fc.integer({ min: 1, max: 30 }),
        async (drawnText, drawn, pieceSize) => {
          const text = agreedOn(drawnText, drawn);
          const expected = oracle(text, drawn);
          const { rows, messages } = await readText(text, optionsOf(drawn), { pieceSize });
          if (expected === 'refused') expect(messages).not.toEqual([]);
          else expect({ rows, messages }).toEqual({ rows: expected, messages: [] });
        },
      ),
      { numRuns: 5000 },
    );
  });
});
