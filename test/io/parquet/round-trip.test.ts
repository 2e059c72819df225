import fc from 'fast-check';
import { parquetReadObjects } from 'hyparquet';
import { expect, test } from 'vitest';
import { column, type ColumnType, type ParquetSchema } from '../../../io/parquet/index.ts';
import { decimalText } from '../../../io/parquet/decimal.ts';
import { dateFromDays } from '../../../io/parquet/calendar.ts';
import { fileOf, rowsOf } from './bytes.ts';

const PLAIN = { noNullPrototype: true };
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const text = fc.string({ unit: 'grapheme', maxLength: 12 });
const whole = (min: number, max: number) => fc.integer({ min, max });
const large = fc.bigInt({ min: 2n ** 60n, max: 2n ** 90n });
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.boolean(),
    // Whole numbers beyond 2^53 are read as bigint: JSON does not tell them apart.
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter((n) => !Number.isInteger(n) || Number.isSafeInteger(n)),
    text,
    large,
    tie('list'),
    tie('object'),
  ),
  list: fc.array(fc.option(tie('value')), { maxLength: 3 }),
  object: fc.dictionary(fc.string({ maxLength: 4 }), fc.option(tie('value')), { maxKeys: 3, noNullPrototype: true }),
})).value;

/** A type, and values of it in the form they are read in. */
interface Sample {
  readonly type: ColumnType;
  readonly values: fc.Arbitrary<unknown>;
}

const LEAVES: readonly Sample[] = [
  { type: column.boolean(), values: fc.boolean() },
  { type: column.int8(), values: whole(-128, 127) },
  { type: column.int16(), values: whole(-32_768, 32_767) },
  { type: column.int32(), values: whole(-(2 ** 31), 2 ** 31 - 1) },
  { type: column.int64(), values: int64 },
  { type: column.uint8(), values: whole(0, 255) },
  { type: column.uint16(), values: whole(0, 65_535) },
  { type: column.uint32(), values: whole(0, 2 ** 32 - 1) },
  { type: column.uint64(), values: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }) },
  { type: column.float(), values: fc.float() },
  { type: column.double(), values: fc.double() },
  { type: column.string(), values: text },
  { type: column.bytes(), values: fc.uint8Array({ maxLength: 9 }) },
  { type: column.date(), values: whole(-(2 ** 31), 2 ** 31 - 1).map(dateFromDays) },
  { type: column.timeMillis(), values: whole(0, 86_399_999) },
  { type: column.timeMicros(), values: fc.bigInt({ min: 0n, max: 86_399_999_999n }) },
  { type: column.timestampMillis(), values: fc.date({ noInvalidDate: true }) },
  { type: column.timestampMicros(), values: int64 },
  { type: column.timestampNanos(), values: int64 },
  { type: column.json(), values: json },
  { type: column.uuid(), values: fc.uuid() },
  ...[
    [5, 2],
    [9, 9],
    [18, 4],
    [30, 10],
    [38, 0],
  ].map(([precision = 1, scale = 0]): Sample => {
    const limit = 10n ** BigInt(precision) - 1n;
    const values = fc.bigInt({ min: -limit, max: limit }).map((unscaled) => decimalText(unscaled, scale));
    return { type: column.decimal(precision, scale), values };
  }),
];

const nullable = ({ type, values }: Sample): Sample => ({ type: column.nullable(type), values: fc.option(values) });

const leaf = fc.constantFrom(...LEAVES);
const sample: fc.Arbitrary<Sample> = fc.letrec<{ sample: Sample; plain: Sample }>((tie) => ({
  sample: fc.tuple(tie('plain'), fc.boolean()).map(([plain, isNullable]) => (isNullable ? nullable(plain) : plain)),
  plain: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    { weight: 4, arbitrary: leaf },
    tie('sample').map(
      ({ type, values }): Sample => ({
        type: column.list(type),
        values: fc.array(values, { maxLength: 3 }),
      }),
    ),
    fc.tuple(leaf, tie('sample')).map(
      ([key, value]): Sample => ({
        type: column.map(key.type, value.type),
        values: fc.array(fc.record({ key: key.values, value: value.values }, PLAIN), { maxLength: 3 }),
      }),
    ),
    fc.array(tie('sample'), { minLength: 1, maxLength: 3 }).map((members): Sample => {
      const named = members.map((member, at) => [`m${at}`, member] as const);
      return {
        type: column.struct(Object.fromEntries(named.map(([name, { type }]) => [name, type]))),
        values: fc.record(Object.fromEntries(named.map(([name, { values }]) => [name, values])), PLAIN),
      };
    }),
  ),
})).sample;

test.each(LEAVES.map((one) => [one.type.kind, one] as const))(
  '%s values come back as they were',
  async (_kind, one) => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.option(one.values), { maxLength: 40 }), async (values) => {
        const rows = values.map((value) => ({ value }));
        expect(await rowsOf(await fileOf(rows, { columns: { value: column.nullable(one.type) } }))).toStrictEqual(rows);
      }),
      { numRuns: 40 },
    );
  },
);

test('rows of any schema come back as they were, in row groups and batches of any size', async () => {
  const files = fc.array(sample, { minLength: 1, maxLength: 3 }).chain((samples) =>
    fc.record({
      columns: fc.constant(Object.fromEntries(samples.map(({ type }, at) => [`c${at}`, type]))),
      rows: fc.array(fc.record(Object.fromEntries(samples.map(({ values }, at) => [`c${at}`, values])), PLAIN), {
        maxLength: 12,
      }),
      rowGroupSize: fc.integer({ min: 1, max: 12 }),
      batch: fc.integer({ min: 1, max: 12 }),
      compression: fc.constantFrom('zstd', 'snappy', 'gzip', 'none' as const),
    }),
  );
  await fc.assert(
    fc.asyncProperty(files, async ({ rows, columns, batch, ...options }) => {
      expect(await rowsOf(await fileOf(rows, { columns, ...options }, batch))).toStrictEqual(rows);
    }),
    { numRuns: 200 },
  );
});

test('thousands of rows come back from dictionaries and several pages', async () => {
  const columns = {
    id: column.int64(),
    city: column.nullable(column.string()),
    text: column.string(),
    zero: column.double(),
    tags: column.list(column.string()),
  };
  const rows = Array.from({ length: 30_000 }, (_, at) => ({
    id: BigInt(at) * 1_000_003n,
    city: at % 7 === 0 ? null : `city ${at % 50}`,
    text: `${at} ${'x'.repeat(60)}`,
    zero: at % 3 === 0 ? -0 : 0,
    tags: Array.from({ length: at % 4 }, (_, tag) => `tag ${tag}`),
  }));
  const bytes = await fileOf(rows, { columns, rowGroupSize: 20_000 });
  expect(await rowsOf(bytes)).toStrictEqual(rows);
});

test('columns may have any name, also those of the prototype, with points, or nothing', async () => {
  const columns: ParquetSchema = Object.fromEntries(
    ['__proto__', 'constructor', 'a.b', '', 'año', 'key'].map((name) => [name, column.nullable(column.string())]),
  );
  const withProto = Object.create(null) as Record<string, ColumnType>;
  for (const [name, type] of Object.entries(columns))
    Object.defineProperty(withProto, name, { value: type, enumerable: true });
  const row = JSON.parse('{"__proto__":"p","constructor":"c","a.b":"d","":"e","año":"f","key":null}');
  const [read] = await rowsOf(await fileOf([row], { columns: withProto }));
  expect(JSON.stringify(read)).toBe(JSON.stringify(row));
  expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
});

test('a plain reader finds the same values in what was written', async () => {
  const bytes = await fileOf(
    [
      {
        id: 7,
        day: '2021-03-04',
        amount: '12.50',
        tags: ['a', null],
        at: new Date(5),
        ok: true,
        more: { n: 1 },
        doc: { a: 1 },
      },
      { id: 8n, day: null, amount: '-0.01', tags: [], at: new Date(6), ok: false, more: null, doc: null },
    ],
    {
      columns: {
        id: column.int64(),
        day: column.nullable(column.date()),
        amount: column.decimal(12, 2),
        tags: column.list(column.nullable(column.string())),
        at: column.timestampMicros(),
        ok: column.boolean(),
        more: column.nullable(column.struct({ n: column.int32() })),
        doc: column.nullable(column.json()),
      },
      compression: 'snappy',
    },
  );
  const file = { byteLength: bytes.length, slice: (from: number, to?: number) => bytes.slice(from, to).buffer };
  expect(await parquetReadObjects({ file })).toEqual([
    {
      id: 7n,
      day: new Date('2021-03-04'),
      amount: 12.5,
      tags: ['a', null],
      at: new Date(5),
      ok: true,
      more: { n: 1 },
      doc: { a: 1 },
    },
    { id: 8n, day: null, amount: -0.01, tags: [], at: new Date(6), ok: false, more: undefined, doc: null },
  ]);
});
