import fc from 'fast-check';
import { zstdCompressSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { column } from '../../../io/parquet/index.ts';
import { ConnectorError } from '../../../model/index.ts';
import { fileOf, memoryFile, messageOf, readFile, rowsOf } from './bytes.ts';

const columns = {
  id: column.int64(),
  city: column.nullable(column.string()),
  amount: column.double(),
  ok: column.nullable(column.boolean()),
  tags: column.list(column.nullable(column.string())),
};
const rows = Array.from({ length: 300 }, (_, at) => ({
  id: BigInt(at),
  city: at % 5 === 0 ? null : `city ${at % 20}`,
  amount: at / 8,
  ok: at % 3 === 0 ? null : at % 2 === 0,
  tags: Array.from({ length: at % 3 }, (_, tag) => (tag === 1 ? null : `tag ${at % 9}`)),
}));
const whole = (compression: 'zstd' | 'snappy' | 'none') => fileOf(rows, { columns, compression, rowGroupSize: 200 });

/** What an error about the content of a file says: where, what, why, and what to do. */
const PLACE = /^ConnectorError: \/data\/rows\.parquet byte \d+: .+\. .+\.$/;

test('a file that was cut at any byte is an error with file and byte', async () => {
  const bytes = await whole('zstd');
  for (let length = 0; length < bytes.length; length += length < 64 || length > bytes.length - 64 ? 1 : 37) {
    const message = await messageOf(rowsOf(bytes.subarray(0, length)));
    expect(message).toMatch(PLACE);
    expect(message).toContain(`byte ${length}: `);
  }
});

test('a file whose beginning is missing is an error with file and byte', async () => {
  const bytes = await whole('snappy');
  expect(await messageOf(rowsOf(bytes.subarray(100)))).toMatch(PLACE);
});

test('what is no Parquet file is told so', async () => {
  const text = new TextEncoder().encode('id,city\n1,Quito\n2,Lima\n');
  expect(await messageOf(rowsOf(text))).toBe(
    'ConnectorError: /data/rows.parquet byte 0: this is no Parquet file: it lacks the mark PAR1 at its start and end. It is of another format. Check the path and the format, or leave the file out.',
  );
  expect(await messageOf(rowsOf(gzipSync(await whole('none'))))).toContain('It is packed with gzip. Unpack it first.');
  expect(await messageOf(rowsOf(new Uint8Array()))).toContain(
    'byte 0: the file ends here, but the smallest Parquet file has 12 bytes. It was cut, or is of another format. Check',
  );
});

test('a file that is unpacked from front to back can not be read', async () => {
  const file = { ...memoryFile(await whole('none')), isRandomAccess: false };
  expect(await messageOf(readFile(file))).toMatch(
    /is read from its end, but this one is packed as a whole.*Unpack the file first/,
  );
});

test('an encrypted footer is told so', async () => {
  const bytes = await whole('none');
  bytes.set(new TextEncoder().encode('PARE'), bytes.length - 4);
  expect(await messageOf(rowsOf(bytes))).toMatch(/the footer is encrypted/);
});

test('a file that lacks its beginning is told so', async () => {
  expect(await messageOf(rowsOf((await whole('none')).subarray(4)))).toMatch(
    /^ConnectorError: \/data\/rows\.parquet byte 4: row group 0, column \w+: what stands here is no page\. The file is damaged/,
  );
});

test('a footer that claims more than the file has is told so', async () => {
  const bytes = await whole('none');
  new DataView(bytes.buffer).setUint32(bytes.length - 8, 1_000_000, true);
  const message = await messageOf(rowsOf(bytes));
  expect(message).toMatch(PLACE);
  expect(message).toContain('the footer claims 1000000 bytes');
});

test('a damaged page names row group and column', async () => {
  const bytes = await whole('zstd');
  // Behind the mark and the header of the first page of the first column.
  bytes.fill(0xff, 60, 70);
  expect(await messageOf(rowsOf(bytes))).toMatch(
    / byte \d+: row group 0, column id: .+\. The file is damaged or was cut\. Write it again/,
  );
});

test.each(['zstd', 'snappy', 'none'] as const)(
  'changed bytes in a file with %s pages never hang or crash, and errors name the place',
  async (compression) => {
    const bytes = await whole(compression);
    const change = fc.record({ at: fc.nat(bytes.length - 1), to: fc.nat(255) });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
        const damaged = bytes.slice();
        for (const { at, to } of changes) damaged[at] = to;
        const result = await rowsOf(damaged).catch((error: unknown) => error);
        if (!Array.isArray(result)) {
          expect(result).toBeInstanceOf(ConnectorError);
          expect(String(result)).toMatch(PLACE);
        }
      }),
      { numRuns: 250 },
    );
  },
);

test('a page that would grow beyond all measure is refused before it is unpacked', async () => {
  const bytes = await fileOf([{ text: 'a'.repeat(40 * 1024 * 1024) }], { columns: { text: column.string() } });
  expect(bytes.length).toBeLessThan(20_000);
  expect(await messageOf(rowsOf(bytes))).toMatch(/column text: a page of \d+ bytes claims to become 419\d+; at most/);
});

test('a page that unpacks to more than it claims is an error', async () => {
  const bytes = await fileOf([{ text: 'a'.repeat(1000) }], { columns: { text: column.string() }, compression: 'zstd' });
  const packed = zstdCompressSync(new Uint8Array(100_000));
  const at = bytes.indexOf(0x28); // the first byte of the page's zstd frame
  expect(packed[0]).toBe(0x28);
  const damaged = bytes.slice();
  damaged.set(packed.subarray(0, Math.min(packed.length, 20)), at);
  expect(await messageOf(rowsOf(damaged))).toMatch(PLACE);
});

test('only the columns that are read can fail', async () => {
  const bytes = await whole('zstd');
  bytes.fill(0xff, 60, 70);
  expect(await rowsOf(bytes, { columns: ['amount'] })).toHaveLength(300);
});

test('messages stay on one line, whatever names a file has', async () => {
  const bytes = await fileOf([{ 'a\nb': 1 }], { columns: { 'a\nb': column.int32() }, compression: 'none' });
  bytes.fill(0xff, 4, 12);
  expect(await messageOf(rowsOf(bytes))).toMatch(/column a\ufffdb: .+\.$/);
  expect(await messageOf(rowsOf(bytes, { columns: ['c'] }))).toMatch(/there are a\ufffdb\. .+\.$/);
});
