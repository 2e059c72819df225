import fc from 'fast-check';
import { expect, test } from 'vitest';
import { column, type ParquetCondition } from '../../../io/parquet/index.ts';
import { fileOf, memoryFile, messageOf, people, readFile, rows, rowsOf } from './bytes.ts';

const file = fileOf(rows, { columns: people, rowGroupSize: 1000 });

test('row groups that a filter excludes by their statistics are not fetched', async () => {
  const bytes = await fileOf(rows, { columns: people, rowGroupSize: 1000, compression: 'none' });
  const whole = memoryFile(bytes);
  await readFile(whole);
  const filtered = memoryFile(bytes);
  const { rows: read } = await readFile(filtered, {
    filter: [
      { column: 'id', op: '>=', value: 4500 },
      { column: 'id', op: '<', value: 4510n },
    ],
  });
  expect(read).toEqual(rows.slice(4500, 4510));
  const footer = new DataView(bytes.buffer, bytes.length - 8).getUint32(0, true) + 8;
  // One row group of ten, and the end of the file, which is read in any case.
  expect(filtered.readBytes - 32 * 1024).toBeLessThan((whole.readBytes - footer) / 8);
});

test('a filter gives the rows that a plain filter of all rows gives', async () => {
  const values = fc.record({
    i: fc.option(fc.integer({ min: -3, max: 3 })),
    l: fc.option(fc.bigInt({ min: -3n, max: 3n })),
    s: fc.option(
      fc.constantFrom('', 'a', 'b', 'é', '\ue000', '\u{1f600}', 'zebra with a name that is longer than sixteen bytes'),
    ),
    d: fc.option(fc.constantFrom(0, -0, 1.5, -1.5, Number.NaN, Number.POSITIVE_INFINITY)),
    dec: fc.option(fc.constantFrom('0.00', '1.50', '-1.50', '90071992547409.93')),
    day: fc.option(fc.constantFrom('1969-12-31', '1970-01-01', '2021-03-04')),
    b: fc.option(fc.boolean()),
  });
  const columns = {
    i: column.nullable(column.int32()),
    l: column.nullable(column.int64()),
    s: column.nullable(column.string()),
    d: column.nullable(column.double()),
    dec: column.nullable(column.decimal(18, 2)),
    day: column.nullable(column.date()),
    b: column.nullable(column.boolean()),
  };
  const op = fc.constantFrom('=', '!=', '<', '<=', '>', '>=' as const);
  const property = fc.asyncProperty(
    fc.array(values, { maxLength: 12 }),
    values,
    op,
    fc.constantFrom('i', 'l', 's', 'd', 'dec', 'day', 'b' as const),
    async (all, wanted, operator, name) => {
      const value = wanted[name];
      const filter: ParquetCondition[] =
        value === null
          ? [{ column: name, op: operator === '=' ? 'is-null' : 'is-not-null' }]
          : [{ column: name, op: operator, value }];
      const expected = all.filter((row) => plainly(row[name], operator, value));
      expect(await rowsOf(await fileOf(all, { columns, rowGroupSize: 3 }), { filter })).toEqual(expected);
    },
  );
  await fc.assert(property, { numRuns: 300 });
});

function plainly(own: unknown, op: string, wanted: unknown): boolean {
  if (wanted === null) return (own === null) === (op === '=');
  if (own === null) return false;
  const isDecimal = typeof own === 'string' && /^-?\d+\.\d\d$/.test(own);
  const order = isDecimal
    ? Math.sign(Number(own) - Number(wanted))
    : typeof own === 'string'
      ? Buffer.compare(Buffer.from(own), Buffer.from(wanted as string))
      : (own as number) < (wanted as number)
        ? -1
        : (own as number) > (wanted as number)
          ? 1
          : own === wanted
            ? 0
            : Number.NaN;
  const results: Record<string, boolean> = {
    '=': order === 0,
    '!=': order !== 0,
    '<': order < 0,
    '<=': order <= 0,
    '>': order > 0,
    '>=': order >= 0,
  };
  return results[op] ?? false;
}

test('in takes any of several values', async () => {
  const read = await rowsOf(await file, {
    columns: ['id'],
    filter: [{ column: 'id', op: 'in', value: [3n, 7, 20_000n] }],
  });
  expect(read).toEqual([{ id: 3n }, { id: 7n }]);
});

test('a condition on a value of another type is an error, not an empty result', async () => {
  expect(await messageOf(rowsOf(await file, { filter: [{ column: 'age', op: '=', value: '7' }] }))).toMatch(
    /filter: age = "7" can't be decided, because the column is int32/,
  );
});

test('a file whose path a filter excludes is read no further than its footer', async () => {
  const bytes = await fileOf(rows, { columns: people, compression: 'none' });
  const filter: ParquetCondition[] = [{ column: 'anio', op: '>', value: 2020 }];
  const columns = { id: column.int64(), anio: column.int32() };
  const excluded = memoryFile(bytes, 'anio=2020/p.parquet');
  expect((await readFile(excluded, { columns, filter })).rows).toEqual([]);
  expect(excluded.readBytes).toBeLessThanOrEqual(32 * 1024);
  expect((await readFile(memoryFile(bytes, 'anio=2021/p.parquet'), { columns, filter })).rows).toHaveLength(10_000);
});
