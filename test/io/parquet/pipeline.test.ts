import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, expectTypeOf, test } from 'vitest';
import { column, type ParquetRow, readAllParquet, readParquet, writeParquet } from '../../../io/parquet/index.ts';
import { loadPackage } from '../../../io/parquet/load-package.ts';
import {
  createElements,
  type DeadLetter,
  type PCollection,
  Pipeline,
  type StandardSchemaV1,
} from '../../../model/index.ts';
import { directRunner } from '../../../runners/direct/index.ts';
import { assertThat } from '../../../testing/index.ts';

let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'viga-parquet-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const files = async () =>
  (await readdir(directory, { recursive: true })).filter((name) => name.endsWith('.parquet')).sort();

const cases = { id: column.int64(), day: column.nullable(column.date()), city: column.string() };

async function writeCases(options: { readonly shards?: number } = {}): Promise<void> {
  const p = new Pipeline();
  p.apply(
    createElements([
      { id: 1, day: '2020-03-06', city: 'Quito', year: 2020, zone: 'a/b' },
      { id: 2, day: null, city: 'Lima', year: 2021, zone: null },
      { id: 3, day: '2021-01-01', city: 'Cali', year: 2021, zone: 'c' },
    ]),
  ).apply(writeParquet({ files: `${directory}/`, columns: cases, partitionBy: ['year', 'zone'], ...options }));
  await p.run(directRunner());
}

test('partitions are written to directories and read back as columns', async () => {
  await writeCases();
  expect(await files()).toEqual([
    'year=2020/zone=a%2Fb/part.parquet',
    'year=2021/zone=__HIVE_DEFAULT_PARTITION__/part.parquet',
    'year=2021/zone=c/part.parquet',
  ]);
  const p = new Pipeline();
  const columns = { ...cases, year: column.int32(), zone: column.nullable(column.string()) };
  const rows = p.apply(readParquet({ files: `${directory}/**/*.parquet`, columns }));
  expectTypeOf(rows).toEqualTypeOf<
    PCollection<{
      readonly id: bigint;
      readonly day: string | null;
      readonly city: string;
      readonly year: number;
      readonly zone: string | null;
    }>
  >();
  assertThat(rows).containsInAnyOrder([
    { id: 1n, day: '2020-03-06', city: 'Quito', year: 2020, zone: 'a/b' },
    { id: 2n, day: null, city: 'Lima', year: 2021, zone: null },
    { id: 3n, day: '2021-01-01', city: 'Cali', year: 2021, zone: 'c' },
  ]);
  await p.run(directRunner());
});

test('names of columns give rows of these columns', async () => {
  await writeCases();
  const p = new Pipeline();
  const filter = [{ column: 'year', op: '=', value: '2020' }] as const;
  const rows = p.apply(readParquet({ files: `${directory}/**/*.parquet`, columns: ['city', 'year'], filter }));
  expectTypeOf(rows).toEqualTypeOf<PCollection<{ readonly city: unknown; readonly year: unknown }>>();
  assertThat(rows).containsInAnyOrder([{ city: 'Quito', year: '2020' }]);
  await p.run(directRunner());
});

test('files that elements name are read', async () => {
  await writeCases();
  const p = new Pipeline();
  const names = p.apply(createElements(await files())).map((name) => join(directory, name));
  assertThat(names.apply(readAllParquet({ columns: { city: column.string() } }))).containsInAnyOrder([
    { city: 'Quito' },
    { city: 'Lima' },
    { city: 'Cali' },
  ]);
  await p.run(directRunner());
});

test('partitions beyond the files that may be open go on in files of their own', async () => {
  const p = new Pipeline();
  const rows = Array.from({ length: 400 }, (_, at) => ({ at, part: at % 8 }));
  p.apply(createElements(rows)).apply(
    writeParquet({ files: `${directory}/`, columns: { at: column.int32() }, partitionBy: ['part'], maxOpenFiles: 3 }),
  );
  await p.run(directRunner());
  expect((await files()).length).toBeGreaterThanOrEqual(8);
  const reading = new Pipeline();
  const columns = { at: column.int32(), part: column.int32() };
  assertThat(reading.apply(readParquet({ files: `${directory}/**/*.parquet`, columns }))).containsInAnyOrder(rows);
  await reading.run(directRunner());
});

test('rows that do not fit are dead letters where asked for, and the others are written', async () => {
  const p = new Pipeline();
  const failed: PCollection<DeadLetter<{ readonly n: number }>>[] = [];
  p.apply(createElements([{ n: 1 }, { n: 1.5 }, { n: 3 }])).apply(
    writeParquet({
      files: join(directory, 'n.parquet'),
      columns: { n: column.int32() },
      deadLetters: (letters) => failed.push(letters),
    }),
  );
  const [letters] = failed;
  if (letters === undefined) throw new Error('deadLetters was not called');
  assertThat(letters.map(({ element }) => element)).containsInAnyOrder([{ n: 1.5 }]);
  await p.run(directRunner());
  const reading = new Pipeline();
  assertThat(reading.apply(readParquet({ files: join(directory, 'n.parquet') }))).containsInAnyOrder([
    { n: 1 },
    { n: 3 },
  ]);
  await reading.run(directRunner());
});

test('a row that does not fit ends the run without dead letters, and nothing is written', async () => {
  const p = new Pipeline();
  p.apply(createElements([{ n: 1.5 }])).apply(
    writeParquet({ files: join(directory, 'n.parquet'), columns: { n: column.int32() } }),
  );
  await expect(p.run(directRunner())).rejects.toThrow(/row 0, column n: the value 1\.5 is no int32/);
  expect(await files()).toEqual([]);
});

test('a row without its partition field is an error, not a null', async () => {
  const p = new Pipeline();
  const rows: { readonly a: number; readonly year?: number }[] = [{ a: 1 }];
  p.apply(createElements(rows)).apply(writeParquet({ files: `${directory}/`, partitionBy: ['year'] }));
  await expect(p.run(directRunner())).rejects.toThrow(/the partition field year is missing/);
});

test('damaged files are dead letters where asked for, and the others are read', async () => {
  await writeCases();
  await writeFile(join(directory, 'year=2021', 'broken.parquet'), 'PAR1 is how it starts');
  const p = new Pipeline();
  const failed: PCollection<DeadLetter<unknown>>[] = [];
  const rows = p.apply(
    readParquet({
      files: `${directory}/**/*.parquet`,
      columns: ['city'],
      deadLetters: (letters) => failed.push(letters),
    }),
  );
  assertThat(rows).containsInAnyOrder([{ city: 'Quito' }, { city: 'Lima' }, { city: 'Cali' }]);
  const [letters] = failed;
  if (letters === undefined) throw new Error('deadLetters was not called');
  assertThat(
    letters.map(({ error }) => /broken\.parquet byte 21: the file ends here without a footer/.test(error.message)),
  ).containsInAnyOrder([true]);
  await p.run(directRunner());
});

test('rows without declared columns are written with the columns they have', async () => {
  const p = new Pipeline();
  p.apply(
    createElements([
      { word: 'a', count: 2 },
      { word: 'b', count: 1 },
    ]),
  ).apply(writeParquet({ files: join(directory, 'words.parquet'), compression: 'snappy' }));
  await p.run(directRunner());
  const reading = new Pipeline();
  assertThat(reading.apply(readParquet({ files: join(directory, 'words.parquet') }))).containsInAnyOrder([
    { word: 'a', count: 2 },
    { word: 'b', count: 1 },
  ]);
  await reading.run(directRunner());
});

test('a package that is not installed is an error with the line that installs it', async () => {
  // The specifier is a variable, so that nobody resolves it before.
  const name = 'hyparquet-of-tomorrow';
  await expect(loadPackage('hyparquet', () => import(name))).rejects.toThrow(
    /^Parquet: the package hyparquet is not installed\. .* npm install hyparquet@1\.31\.5 hyparquet-writer@0\.17\.0$/,
  );
  await expect(loadPackage('hyparquet', () => Promise.reject(new TypeError('other')))).rejects.toThrow('other');
});

test('types of rows and columns are held by the compiler', () => {
  const p = new Pipeline();
  const texts = p.apply(createElements([{ id: 'x', year: 2020 }]));
  // @ts-expect-error id is a text, and the column takes whole numbers
  texts.apply(writeParquet({ files: 'x/', columns: { id: column.int64() } }));
  // @ts-expect-error there is no field yeer
  texts.apply(writeParquet({ files: 'x/', columns: { id: column.string() }, partitionBy: ['yeer'] }));
  texts.apply(writeParquet({ files: 'x/', columns: { id: column.string() }, partitionBy: ['year'] }));
  expectTypeOf(p.apply(readParquet({ files: 'x' }))).toEqualTypeOf<PCollection<ParquetRow>>();
  const named: StandardSchemaV1<unknown, { name: string }> = {
    '~standard': { version: 1, vendor: 'test', validate: () => ({ value: { name: '' } }) },
  };
  expectTypeOf(p.apply(readParquet({ files: 'x', schema: named }))).toEqualTypeOf<PCollection<{ name: string }>>();
  const filtered = readParquet({ files: 'x', columns: { id: column.nullable(column.list(column.decimal(9, 2))) } });
  expectTypeOf(p.apply(filtered)).toEqualTypeOf<PCollection<{ readonly id: readonly string[] | null }>>();
});
