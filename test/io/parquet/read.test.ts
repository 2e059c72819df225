import { parquetWriteBuffer, parquetWriteRows, ByteWriter } from 'hyparquet-writer';
import type { SchemaElement } from 'hyparquet';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { column, type ParquetCondition } from '../../../io/parquet/index.ts';
import type { StandardSchemaV1 } from '../../../model/index.ts';
import { fileOf, memoryFile, messageOf, readFile, rowsOf, split } from './bytes.ts';

const people = { id: column.int64(), city: column.nullable(column.string()), age: column.int32() };
const rows = Array.from({ length: 10_000 }, (_, at) => ({
  id: BigInt(at),
  city: at % 10 === 0 ? null : `city ${at % 7}`,
  age: at % 90,
}));
const file = fileOf(rows, { columns: people, rowGroupSize: 1000 });

test('columns are read in the order they were asked for, and the others are not fetched', async () => {
  const all = memoryFile(await file);
  const some = memoryFile(await file);
  await readFile(all);
  const { rows: read } = await readFile(some, { columns: ['age', 'id'] });
  expect(read.length).toBe(10_000);
  expect(Object.keys(read[0] as object)).toEqual(['age', 'id']);
  const one = memoryFile(await file);
  await readFile(one, { columns: ['age'] });
  expect(one.readBytes).toBeLessThan(all.readBytes);
});

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
  await fc.assert(property, { numRuns: 500 });
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

test('parts of a file together give each row once, in order', async () => {
  const bytes = await file;
  for (const desired of [1, 2, 3, 7, 100]) {
    const parts = (await split(bytes, desired)) ?? [];
    expect(parts[0]?.from).toBe(0);
    expect(parts.at(-1)?.to).toBe(bytes.length);
    // A part begins where a row group does, so there may be fewer.
    expect(parts.length).toBeLessThanOrEqual(Math.min(desired, 10));
    expect(parts.length).toBeGreaterThan(Math.min(desired, 10) / 2);
    const read = [];
    for (const part of parts) read.push(...(await readFile(memoryFile(bytes), {}, part)).rows);
    expect(read).toEqual(rows);
  }
});

test('a part that begins within a row group leaves it to the part before', async () => {
  const bytes = await file;
  const read = [];
  for (const part of [
    { from: 0, to: 5 },
    { from: 5, to: 300 },
    { from: 300, to: bytes.length },
  ]) {
    read.push(...(await readFile(memoryFile(bytes), {}, part)).rows);
  }
  expect(read).toEqual(rows);
});

test('rows come in batches and know their numbers', async () => {
  const { batches, coordinates } = await readFile(memoryFile(await fileOf(rows, { columns: people })));
  expect(Math.max(...batches)).toBeLessThanOrEqual(1024);
  expect(coordinates[5000]).toBe('/data/rows.parquet row 5000');
});

test('a column that is not there is an error that lists those that are', async () => {
  expect(await messageOf(rowsOf(await file, { columns: ['id', 'town'] }))).toBe(
    'ConnectorError: /data/rows.parquet: there is no column "town"; there are id, city, age. Its values would be missing in each row. Correct the name, or read this file on its own.',
  );
});

test('a column of another type than declared is an error before any row', async () => {
  expect(await messageOf(rowsOf(await file, { columns: { age: column.string() } }))).toMatch(
    /the column "age" is int32, but string was declared/,
  );
  expect(await messageOf(rowsOf(await file, { columns: { city: column.string() } }))).toMatch(
    /the column "city" is string, nullable, but string was declared/,
  );
  expect(await rowsOf(await file, { columns: { age: column.nullable(column.int32()) } })).toHaveLength(10_000);
});

test('directories of partitions are columns: text, or what was declared', async () => {
  const bytes = await fileOf([{ id: 1n }], { columns: { id: column.int64() } });
  const at = (path: string) => memoryFile(bytes, path);
  expect((await readFile(at('anio=2020/mes=03/zona=a%2Fb/x=__HIVE_DEFAULT_PARTITION__/p.parquet'))).rows).toEqual([
    { id: 1n, anio: '2020', mes: '03', zona: 'a/b', x: null },
  ]);
  const columns = { mes: column.int32(), id: column.int64(), dia: column.date() };
  expect((await readFile(at('mes=03/dia=2020-01-31/p.parquet'), { columns })).rows).toEqual([
    { mes: 3, id: 1n, dia: '2020-01-31' },
  ]);
  expect(await messageOf(readFile(at('mes=marzo/dia=2020-01-31/p.parquet'), { columns }))).toMatch(
    /the directory mes=marzo is no int32/,
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

test('a schema checks each row, and rows that do not fit are handed back', async () => {
  const adult: StandardSchemaV1<unknown, { name: string }> = {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: (value) => {
        const { id, age } = value as { id: bigint; age: number };
        return age < 18 ? { issues: [{ message: 'too young', path: ['age'] }] } : { value: { name: `p${id}` } };
      },
    },
  };
  const bytes = await fileOf(rows.slice(17, 19), { columns: people });
  const { rows: read, rejected } = await readFile(memoryFile(bytes), { schema: adult });
  expect(read).toEqual([{ name: 'p18' }]);
  expect(rejected).toMatchObject([{ record: { id: 17n }, coordinate: '/data/rows.parquet row 0' }]);
  expect(rejected[0]?.error.message).toContain('the row does not fit the schema: age: too young');
});

test('files of hyparquet-writer are read, with what it infers', async () => {
  const bytes = parquetWriteBuffer({
    columnData: [
      { name: 'bool', data: [true, false, null] },
      { name: 'int', data: [1, 2, 3] },
      { name: 'long', data: [1n, null, -3n] },
      { name: 'real', data: [1.5, 2, 3] },
      { name: 'text', data: ['a', 'é', null] },
      { name: 'at', data: [new Date(1), new Date(2), new Date(3)] },
      { name: 'doc', data: [{ a: 1 }, [2], null] },
      { name: 'raw', data: [new Uint8Array([1]), new Uint8Array([]), new Uint8Array([255])] },
      { name: 'half', data: [1.5, -2, null], type: 'FLOAT16' },
    ],
  });
  expect(await rowsOf(new Uint8Array(bytes))).toEqual([
    {
      bool: true,
      int: 1,
      long: 1n,
      real: 1.5,
      text: 'a',
      at: new Date(1),
      doc: { a: 1 },
      raw: new Uint8Array([1]),
      half: 1.5,
    },
    {
      bool: false,
      int: 2,
      long: null,
      real: 2,
      text: 'é',
      at: new Date(2),
      doc: [2],
      raw: new Uint8Array([]),
      half: -2,
    },
    {
      bool: null,
      int: 3,
      long: -3n,
      real: 3,
      text: null,
      at: new Date(3),
      doc: null,
      raw: new Uint8Array([255]),
      half: null,
    },
  ]);
});

/** A file of one column with this schema, written by hyparquet-writer. */
function fileWith(schema: SchemaElement[], data: unknown[]): Uint8Array {
  const writer = new ByteWriter();
  const name = schema[0]?.name ?? '';
  void parquetWriteRows({
    writer,
    rows: data.map((value) => ({ [name]: value })),
    columns: [{ name }],
    schema: [{ name: 'root', num_children: 1 }, ...schema],
  });
  return writer.getBytes().slice();
}

test('types that Viga does not write are read without loss', async () => {
  const micros = { type: 'TIMESTAMP', isAdjustedToUTC: false, unit: 'MICROS' } as const;
  expect(
    await rowsOf(fileWith([{ name: 'a', type: 'INT64', repetition_type: 'REQUIRED', logical_type: micros }], [-1n])),
  ).toEqual([{ a: -1n }]);
  const decimal = { converted_type: 'DECIMAL', precision: 20, scale: 3 } as const;
  const bytes = fileWith(
    [{ name: 'a', type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL', ...decimal }],
    [-12345678901234567n, null],
  );
  expect(await rowsOf(bytes)).toEqual([{ a: '-12345678901234.567' }, { a: null }]);
  const enumerated = fileWith(
    [{ name: 'a', type: 'BYTE_ARRAY', repetition_type: 'REQUIRED', converted_type: 'ENUM' }],
    ['RED'],
  );
  expect(await rowsOf(enumerated)).toEqual([{ a: 'RED' }]);
  const untyped = fileWith([{ name: 'a', type: 'BYTE_ARRAY', repetition_type: 'REQUIRED' }], ['RED']);
  expect(await rowsOf(untyped)).toEqual([{ a: new TextEncoder().encode('RED') }]);
});

test('lists of old writers are read: two levels, and elements that are groups', async () => {
  const twoLevels: SchemaElement[] = [
    { name: 'a', repetition_type: 'OPTIONAL', num_children: 1, converted_type: 'LIST' },
    { name: 'array', repetition_type: 'REPEATED', num_children: 1 },
    { name: 'x', repetition_type: 'REQUIRED', type: 'INT32' },
  ];
  // hyparquet-writer takes a group named array for a wrapper, and the values for its only member.
  expect(await rowsOf(fileWith(twoLevels, [[1, 2], [], null]))).toEqual([
    { a: [{ x: 1 }, { x: 2 }] },
    { a: [] },
    { a: null },
  ]);
});

test('an empty file has no rows, and its columns are still checked', async () => {
  const bytes = await fileOf([], { columns: people });
  expect(await rowsOf(bytes)).toEqual([]);
  expect(await messageOf(rowsOf(bytes, { columns: ['town'] }))).toMatch(/there is no column "town"/);
});

test('options that contradict each other are told before a file is opened', () => {
  const read = (spec: object) => () => readFile(memoryFile(new Uint8Array()), spec);
  return Promise.all([
    expect(read({ columns: [] })()).rejects.toThrow(/columns is empty/),
    expect(read({ columns: ['a', 'a'] })()).rejects.toThrow(/columns names a twice/),
  ]);
});
