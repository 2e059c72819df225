import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { messageOf, rowsOf } from './bytes.ts';

// Files of DuckDB 1.5.6 and parquetjs-lite 0.8.7, in fixtures/. DuckDB wrote 60 rows of formulas of their number `i`.

const fixture = async (name: string): Promise<Uint8Array> =>
  new Uint8Array(await readFile(new URL(`fixtures/${name}`, import.meta.url)));

const day = (number: number): string => new Date(number * 86_400_000).toISOString().slice(0, 10);

/** What DuckDB wrote: each type it has, nested ones too. */
const duckdbRow = (i: number) => {
  const long = BigInt(i);
  return {
    id: long,
    city: i % 3 === 0 ? null : `city ${i % 7}`,
    d: i / 8,
    dec: (i * 1.25).toFixed(2),
    wide: (i * 1.25).toFixed(5),
    day: day(i - 2),
    ts: long * 1_000_000n - 1n,
    ns: 1_577_836_800_123_456_789n,
    tz: 1_577_836_800_000_000n,
    ok: i % 2 === 0,
    l: [long, null, long + 1n],
    ls: i % 4 === 0 ? null : i % 4 === 1 ? [] : ['a', null],
    st: i % 5 === 0 ? null : { a: long, b: i % 2 === 0 ? null : { c: 'x' } },
    m: [
      { key: i, value: 'v' },
      { key: i + 1, value: null },
    ],
    lst: [{ k: long }, null],
    ll: [[1], [], null],
    u: '9f2e7c1a-0b4d-4e8f-a1b2-c3d4e5f60718',
    b: new TextEncoder().encode('ab'),
    u8: i,
    u16: i,
    u32: 4_294_967_295 - i,
    u64: 2n ** 64n - 1n - long,
    f: i,
    t: 3_723_000_004n,
    iv: { months: 0, days: i, millis: 0 },
    j: { a: 1 },
  };
};

test('a file of DuckDB with pages of the first version is read exactly', async () => {
  const rows = Array.from({ length: 60 }, (_, i) => duckdbRow(i));
  expect(await rowsOf(await fixture('duckdb-v1-snappy.parquet'))).toEqual(rows);
});

test('a file of DuckDB with delta and split encodings is read exactly', async () => {
  const rows = Array.from({ length: 60 }, (_, i) => {
    const { u32: _left, ...row } = duckdbRow(i);
    return row;
  });
  expect(await rowsOf(await fixture('duckdb-v2-zstd.parquet'))).toEqual(rows);
});

test('unsigned deltas that would be cut to 31 bits are refused instead', async () => {
  expect(await messageOf(rowsOf(await fixture('duckdb-v2-uint32.parquet')))).toMatch(
    /byte \d+: row group 0, column u32: a page begins with a number of more than 32 bits/,
  );
});

test('a file of parquetjs-lite with repeated values outside a list is read exactly', async () => {
  const rows = Array.from({ length: 50 }, (_, i) => ({
    id: BigInt(i),
    name: i % 3 ? `n${i}` : null,
    ok: i % 2 === 0,
    d: i / 4,
    day: '2020-01-02',
    ts: new Date(i),
    us: BigInt(i) * 1000n,
    tags: i % 2 ? ['x', 'y'] : [],
    st: i % 4 ? { a: i } : null,
  }));
  expect(await rowsOf(await fixture('parquetjs-lite-snappy.parquet'))).toEqual(rows);
});
