import * as v from 'valibot';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { formatIssues, type StandardSchemaV1, validateSync } from '../../model/index.ts';

const schemas: readonly [string, StandardSchemaV1<unknown, { id: string; amount: number }>][] = [
  [
    'zod',
    z.object({ id: z.string(), amount: z.number() }) as StandardSchemaV1<unknown, { id: string; amount: number }>,
  ],
  [
    'valibot',
    v.object({ id: v.string(), amount: v.number() }) as StandardSchemaV1<unknown, { id: string; amount: number }>,
  ],
];

test.each(schemas)('a value that a schema of %s takes comes out typed', (_vendor, schema) => {
  expect(validateSync(schema, { id: 'a', amount: 1 }, 'Read')).toEqual(
    expect.objectContaining({ value: { id: 'a', amount: 1 } }),
  );
});

test.each(schemas)('what a schema of %s refuses is said field by field', (_vendor, schema) => {
  const result = validateSync(schema, { id: 1, amount: 'x' }, 'Read');
  expect(formatIssues(result.issues ?? [])).toMatch(/^id: .+; amount: .+$/);
});

test('more than three issues are counted, paths are joined', () => {
  const issue = (path: readonly PropertyKey[]) => ({ message: 'is wrong', path });
  expect(formatIssues([issue([])])).toBe('is wrong');
  expect(formatIssues([{ message: 'is wrong', path: [{ key: 'tags' }, 0] }])).toBe('tags.0: is wrong');
  expect(formatIssues(['a', 'b', 'c', 'd', 'e'].map((name) => issue([name])))).toBe(
    'a: is wrong; b: is wrong; c: is wrong; and 2 more',
  );
});

test('a schema that waits is refused, since a reader does not', () => {
  const waiting = z.string().refine(() => Promise.resolve(true));
  expect(() => validateSync(waiting as StandardSchemaV1<unknown, string>, 'a', 'ReadOrders')).toThrow(
    /^ReadOrders: the zod schema validates asynchronously\..*do those in a later map/,
  );
});
