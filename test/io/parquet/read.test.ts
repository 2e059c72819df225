import { parquetWriteBuffer, parquetWriteRows, ByteWriter } from 'hyparquet-writer';
import type { SchemaElement } from 'hyparquet';
import { expect, test } from 'vitest';
import { column } from '../../../io/parquet/index.ts';
import { nodeHost } from '../../../host/index.ts';
import { parquetFormat } from '../../../io/parquet/read-format.ts';
import { CancelledError, OffsetTracker, type StandardSchemaV1 } from '../../../model/index.ts';
import { fileOf, memoryFile, messageOf, people, readFile, rows, rowsOf, split } from './bytes.ts';

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

test('two columns of one name are an error, not one that hides the other', async () => {
  const bytes = parquetWriteBuffer({
    columnData: [
      { name: 'a', data: [1] },
      { name: 'a', data: [2] },
    ],
  });
  expect(await messageOf(rowsOf(new Uint8Array(bytes)))).toContain(
    'there are two columns "a". A row has one value of each name',
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
    expect(read({ columns: { a: column.string } })()).rejects.toThrow(
      /columns: "a" is .*, which is no type of a column\. .* with its parentheses/,
    ),
  ]);
});

test('a run that was cancelled reads no further', async () => {
  const bytes = await file;
  const abort = new AbortController();
  const emitted: number[] = [];
  const output = {
    emit: ({ values }: { readonly values: readonly unknown[] }) => {
      emitted.push(values.length);
      abort.abort();
    },
    reject() {},
    advanceWatermark() {},
    setIdle() {},
  };
  const context = { host: nodeHost(), signal: abort.signal, step: 'Read' };
  const tracker = new OffsetTracker({ from: 0, to: bytes.length });
  await expect(parquetFormat({}).read(memoryFile(bytes), tracker, output, context)).rejects.toThrow(CancelledError);
  expect(emitted).toEqual([1000]);
});
