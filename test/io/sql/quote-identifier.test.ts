import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { quoteIdentifier } from '../../../io/sql/index.ts';
import { PipelineError } from '../../../model/index.ts';

test('a name is always quoted, also one that looks quoted', () => {
  expect(['id', 'or"der', '"id"', 'x; DROP TABLE y'].map(quoteIdentifier)).toEqual([
    '"id"',
    '"or""der"',
    '"""id"""',
    '"x; DROP TABLE y"',
  ]);
});

test('a database reads back any name as it was', () => {
  const db = new DatabaseSync(':memory:');
  const name = fc.string({
    unit: fc.oneof(
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
      fc.constantFrom('"', '""', "'", '`', ']', ';', '--', ' ', '\n'),
    ),
    minLength: 1,
    maxLength: 12,
  });
  fc.assert(
    fc.property(
      name.filter((text) => !text.includes('\0')),
      (text) => {
        expect(
          db
            .prepare(`SELECT 1 AS ${quoteIdentifier(text)}`)
            .columns()
            .map((column) => column.name),
        ).toEqual([text]);
      },
    ),
    { numRuns: 5000 },
  );
});

test.each(['', 'a\0b', '\uD800'])('%j is refused', (name) => {
  expect(() => quoteIdentifier(name)).toThrow(PipelineError);
  expect(() => quoteIdentifier(name)).toThrow(`can't name a table or column`);
});
