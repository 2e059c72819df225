import { parquetMetadata } from 'hyparquet';
import { expect, test } from 'vitest';
import { column } from '../../../io/parquet/index.ts';
import { parquetWriteFormat } from '../../../io/parquet/write-format.ts';
import { ConnectorError, PipelineError } from '../../../model/index.ts';
import { fileOf, messageOf, rowsOf } from './bytes.ts';

const open = (spec: Parameters<typeof parquetWriteFormat>[0], write: (bytes: Uint8Array) => void | Promise<void>) =>
  parquetWriteFormat<unknown>(spec).open({ write }, { path: '/out/rows.parquet', step: 'Write' });

test('without declared columns the first rows tell them, and all are nullable', async () => {
  const rows = [
    {
      id: 1n,
      n: 1,
      s: 'a',
      at: new Date(5),
      ok: true,
      raw: new Uint8Array([1]),
      list: [1, null],
      map: new Map([['k', 1n]]),
      o: { a: null },
    },
    { id: null, n: 1.5, more: 'later', o: { a: 'x', b: [] } },
    { o: { b: ['y'] } },
  ];
  const read = await rowsOf(await fileOf(rows));
  expect(read).toEqual([
    {
      id: 1n,
      n: 1,
      s: 'a',
      at: new Date(5),
      ok: true,
      raw: new Uint8Array([1]),
      list: [1, null],
      map: [{ key: 'k', value: 1n }],
      o: { a: null, b: null },
      more: null,
    },
    {
      id: null,
      n: 1.5,
      s: null,
      at: null,
      ok: null,
      raw: null,
      list: null,
      map: null,
      o: { a: 'x', b: [] },
      more: 'later',
    },
    {
      id: null,
      n: null,
      s: null,
      at: null,
      ok: null,
      raw: null,
      list: null,
      map: null,
      o: { a: null, b: ['y'] },
      more: null,
    },
  ]);
  expect(Object.keys(read[0] as object)).toEqual(['id', 'n', 's', 'at', 'ok', 'raw', 'list', 'map', 'o', 'more']);
});

test('columns that the first rows do not tell are errors that name the column', async () => {
  expect(await messageOf(fileOf([{ a: 1 }, { a: 'x' }]))).toBe(
    'ConnectorError: /out/rows.parquet: column a is double in one row and string in another. Its type is told from the first 2 rows. Declare the columns, or give all rows the same form.',
  );
  expect(await messageOf(fileOf([{ o: { b: [1n] } }, { o: { b: [true] } }]))).toContain(
    'column o.b.element is int64 in one row and boolean',
  );
  expect(await messageOf(fileOf([{ a: null }]))).toContain(
    'column a holds nothing but nulls, empty lists or empty objects',
  );
  expect(await messageOf(fileOf([{ a: () => 1 }]))).toContain('which no type of Parquet fits');
  expect(await messageOf(fileOf([{ a: new Set([1]) }]))).toContain('holds a Set, which no type of Parquet fits');
  expect(await messageOf(fileOf([]))).toMatch(
    /: there are no columns, as there is no row\. A Parquet file has at least one\. Declare the columns\.$/,
  );
});

test('a later row that differs from the first ones is an error that names row, column and value', async () => {
  const writer = open({ leftOut: [], rowGroupSize: 2 }, () => {});
  await writer.write([{ a: 1 }, { a: 2 }]);
  expect(() => writer.write([{ a: 3 }, { a: 'x' }])).toThrow(
    /^Write: \/out\/rows\.parquet row 3, column a: the value "x" is no double, the type told from the first rows\./,
  );
  expect(() => writer.write([{ a: 3, b: 1 }])).toThrow(/column b: none of the rows that told the types/);
});

test('a row that does not fit its declared columns is an error that says what would', async () => {
  const refused = (type: Parameters<typeof column.nullable>[0], value: unknown) =>
    messageOf(fileOf([{ v: value }], { columns: { v: type } }));
  expect(await refused(column.int32(), 2 ** 31)).toBe(
    'ElementError: Write: /out/rows.parquet row 0, column v: the value 2147483648 is no int32. It would be lost or changed. Pass a whole number from -2147483648 to 2147483647.',
  );
  expect(await refused(column.int32(), 1.5)).toContain('is no int32');
  expect(await refused(column.int64(), 2 ** 53)).toContain('is no int64');
  expect(await refused(column.int64(), 2n ** 63n)).toContain('is no int64');
  expect(await refused(column.string(), 7)).toContain('Pass a string, e.g. String(value)');
  expect(await refused(column.string(), 'a\ud800')).toContain('half a surrogate pair');
  expect(await refused(column.date(), '2021-02-29')).toContain("Pass 'YYYY-MM-DD', or a Date at midnight UTC");
  expect(await refused(column.date(), new Date(1))).toContain('is no date');
  expect(await refused(column.decimal(5, 2), '1.005')).toContain(
    "Pass text like '12.50' with at most 3 digits before the point and 2 behind it",
  );
  expect(await refused(column.decimal(5, 2), '1000')).toContain('is no decimal(5,2)');
  expect(await refused(column.timestampMillis(), new Date(Number.NaN))).toContain('Pass a valid Date');
  expect(await refused(column.json(), [undefined])).toContain('which is no JSON');
  expect(await refused(column.uuid(), 'x')).toContain('is no uuid');
  expect(await refused(column.string(), null)).toContain('the value is null but the type is string');
  expect(await refused(column.nullable(column.string()), undefined)).toContain('the value is missing (undefined)');
  expect(await refused(column.list(column.int32()), [1, null])).toContain('column v.element: the value is null');
  expect(await refused(column.struct({ a: column.int32() }), { a: 'x' })).toContain(
    'column v.a: the value "x" is no int32',
  );
});

test('values may come in other exact forms', async () => {
  const columns = {
    long: column.int64(),
    day: column.date(),
    amount: column.decimal(5, 2),
    micros: column.timestampMicros(),
    map: column.map(column.string(), column.int32()),
  };
  const row = { long: 7, day: new Date('2021-03-04'), amount: 3n, micros: new Date(2), map: new Map([['a', 1]]) };
  expect(await rowsOf(await fileOf([row], { columns }))).toEqual([
    { long: 7n, day: '2021-03-04', amount: '3.00', micros: 2000n, map: [{ key: 'a', value: 1 }] },
  ]);
});

test('a row that does not fit is handed back, whole, and the others of its batch are written', async () => {
  const parts: Uint8Array[] = [];
  const rejected: unknown[] = [];
  const writer = parquetWriteFormat<unknown>({
    leftOut: [],
    columns: { a: column.int32(), b: column.string() },
  }).open(
    { write: (bytes) => void parts.push(bytes.slice()) },
    { path: '/out/rows.parquet', step: 'Write', reject: (element) => void rejected.push(element) },
  );
  await writer.write([{ a: 1, b: 'x' }, { a: 2, b: 4 }, 'no row', { a: 3, b: 'y' }]);
  await writer.close();
  expect(rejected).toEqual([{ a: 2, b: 4 }, 'no row']);
  expect(await rowsOf(new Uint8Array(Buffer.concat(parts)))).toEqual([
    { a: 1, b: 'x' },
    { a: 3, b: 'y' },
  ]);
});

test('row groups have the size that was asked for, whatever batches come', async () => {
  const rows = Array.from({ length: 2500 }, (_, at) => ({ at }));
  const columns = { at: column.int32() };
  for (const batch of [1, 999, 2500]) {
    const bytes = await fileOf(rows, { columns, rowGroupSize: 1000 }, batch);
    const sizes = parquetMetadata(bytes).row_groups.map((group) => Number(group.num_rows));
    expect(sizes).toEqual([1000, 1000, 500]);
    expect(await rowsOf(bytes)).toEqual(rows);
  }
});

test('many open files share their memory: row groups end early', async () => {
  const spec = { leftOut: [], columns: { text: column.string() } };
  const format = parquetWriteFormat<unknown>(spec);
  const written: number[] = [];
  const writers = Array.from({ length: 300 }, (_, at) => {
    written.push(0);
    const out = { write: (bytes: Uint8Array) => void (written[at] = (written[at] ?? 0) + bytes.length) };
    return format.open(out, { path: `/out/${at}`, step: 'Write' });
  });
  let given = 0;
  for (let round = 0; round < 40; round++) {
    const text = String(round).padStart(7000);
    for (const writer of writers) {
      given += text.length;
      await writer.write([{ text }]);
    }
  }
  // Of about 80 MB no more than the shared 64 MiB may wait: each file has written its share.
  expect(given).toBeGreaterThan(64 * 1024 * 1024);
  expect(written.filter((bytes) => bytes > 0)).toHaveLength(300);
  for (const writer of writers) await writer.close();
});

test('options that can not be are told at once', () => {
  const columns = { a: column.int32() };
  expect(() => parquetWriteFormat({ leftOut: [], columns, rowGroupSize: 0 })).toThrow(PipelineError);
  expect(() => parquetWriteFormat({ leftOut: [], columns, rowGroupSize: 0 })).toThrow(/rowGroupSize is 0/);
  // A program in JavaScript can pass anything.
  const compression = 'lzo' as 'zstd';
  expect(() => parquetWriteFormat({ leftOut: [], columns, compression })).toThrow(
    /compression is 'lzo'.*Use one of zstd, snappy, gzip, none/,
  );
  expect(() => parquetWriteFormat({ leftOut: ['a'], columns })).toThrow(/columns names none that is written/);
  expect(() => parquetWriteFormat({ leftOut: [], columns: { a: column.struct({}) } })).toThrow(
    /a struct without a member/,
  );
  expect(() => column.decimal(39, 0)).toThrow(/precision is 39/);
  expect(() => column.map(column.nullable(column.string()), column.int32())).toThrow(/no null keys/);
});

test('an error of the disk ends the file', async () => {
  const writer = open({ leftOut: [], columns: { a: column.int32() }, rowGroupSize: 1 }, () =>
    Promise.reject(new ConnectorError('/out', 'the disk is full')),
  );
  await expect(writer.write([{ a: 1 }])).rejects.toThrow('the disk is full');
});
