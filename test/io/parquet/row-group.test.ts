import { expect, test } from 'vitest';
import { column } from '../../../io/parquet/index.ts';
import { readFooter } from '../../../io/parquet/footer.ts';
import { readRowGroup } from '../../../io/parquet/row-group.ts';
import { fileOf, memoryFile, readFile } from './bytes.ts';

const columns = {
  id: column.int64(),
  city: column.nullable(column.string()),
  text: column.string(),
  tags: column.list(column.nullable(column.string())),
  more: column.nullable(column.struct({ n: column.nullable(column.int32()) })),
};
// Enough for several pages of 1 MiB in text, and none of another size in the rest.
const rows = Array.from({ length: 20_000 }, (_, at) => ({
  id: BigInt(at),
  city: at % 7 === 0 ? null : `city ${at % 50}`,
  text: `${at} ${'x'.repeat(150)}`,
  tags: Array.from({ length: at % 4 }, (_, tag) => (tag === 2 ? null : `tag ${at % 11}`)),
  more: at % 5 === 0 ? null : { n: at % 3 === 0 ? null : at },
}));
const file = fileOf(rows, { columns });

test('a row group whose values are large is read in slices that together have each row once', async () => {
  const opened = memoryFile(await file);
  const { metadata, columns: all } = await readFooter(opened);
  expect(metadata.row_groups).toHaveLength(1);
  const part = { file: opened, metadata, index: 0, columns: all };
  const sizes: number[] = [];
  const read: Record<string, unknown>[] = [];
  for await (const slice of readRowGroup(part, 1_000_000)) {
    sizes.push(slice.rows);
    for (let at = 0; at < slice.rows; at++) {
      read.push(Object.fromEntries(all.map(({ name }, index) => [name, slice.values[index]?.[at]])));
    }
  }
  expect(sizes.length).toBeGreaterThan(5);
  expect(Math.max(...sizes)).toBeLessThan(20_000 / 4);
  expect(read).toEqual(rows);
});

test('the stored bytes of a row group are fetched once, however many slices it has', async () => {
  const opened = memoryFile(await file);
  const { metadata, columns: all } = await readFooter(opened);
  const before = opened.readBytes;
  for await (const _slice of readRowGroup({ file: opened, metadata, index: 0, columns: all }, 1_000_000));
  expect(opened.readBytes - before).toBeLessThanOrEqual(opened.size ?? 0);
});

test('rows can be read of which only the path tells something', async () => {
  const opened = memoryFile(await file, 'anio=2020/p.parquet');
  const { rows: read } = await readFile(opened, { columns: { anio: column.int32() } });
  expect(read).toHaveLength(20_000);
  expect(read[19_999]).toEqual({ anio: 2020 });
  expect(opened.readBytes).toBeLessThanOrEqual(32 * 1024);
});
