import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readCsv, writeCsv } from '../../../io/csv/index.ts';
import { type DeadLetter, type PCollection, Pipeline } from '../../../model/index.ts';
import { directRunner } from '../../../runners/direct/index.ts';
import { assertThat } from '../../../testing/index.ts';
import { create } from '../../../transforms/index.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'viga-csv-'));
});
afterEach(() => rm(folder, { recursive: true }));

const orders = [
  { id: 1, name: 'Anna, junior', day: '2024-01-01' },
  { id: 2, name: 'Ben', day: '2024-01-02' },
];

test('one file has a header and a line for each row', async () => {
  const file = path.join(folder, 'orders.csv');
  const p = new Pipeline();
  p.apply(create(orders)).apply(writeCsv({ files: file, columns: { name: 'Name', id: 'Id' } }));
  await p.run(directRunner());
  expect(await readFile(file, 'utf8')).toBe('Name,Id\n"Anna, junior",1\nBen,2\n');
});

test('partitions and packed files are read back', async () => {
  const p = new Pipeline();
  p.apply(create(orders)).apply(writeCsv({ files: `${folder}/out/`, partitionBy: ['day'], compression: 'gzip' }));
  await p.run(directRunner());
  expect((await readdir(`${folder}/out`)).filter((name) => name.startsWith('day='))).toEqual([
    'day=2024-01-01',
    'day=2024-01-02',
  ]);

  const q = new Pipeline();
  assertThat(q.apply(readCsv({ files: `${folder}/out/**/*.csv.gz` }))).containsInAnyOrder([
    { id: '1', name: 'Anna, junior' },
    { id: '2', name: 'Ben' },
  ]);
  await q.run(directRunner());
});

test('a row that can not be written ends the run and leaves what was there', async () => {
  const file = path.join(folder, 'orders.csv');
  const first = new Pipeline();
  first.apply(create([{ id: 1 }])).apply(writeCsv({ files: file }));
  await first.run(directRunner());
  const second = new Pipeline();
  second.apply(create<object>([{ id: 2 }, { id: {} }])).apply(writeCsv({ files: file }), { name: 'Orders' });
  await expect(second.run(directRunner())).rejects.toThrow(/^Orders\/Write: .*column "id": \{\} is an object/);
  expect(await readFile(file, 'utf8')).toBe('id\n1\n');
});

test('rows that can not be written become dead letters', async () => {
  const file = path.join(folder, 'orders.csv');
  const p = new Pipeline();
  const dead: PCollection<DeadLetter<{ id: unknown }>>[] = [];
  p.apply(create<{ id: unknown }>([{ id: 1 }, { id: Number.NaN }, { id: 3 }])).apply(
    writeCsv({ files: file, deadLetters: (failed) => dead.push(failed) }),
  );
  assertThat(dead[0]?.map(({ element }) => element) as PCollection<unknown>).containsInAnyOrder([{ id: Number.NaN }]);
  await p.run(directRunner());
  expect(await readFile(file, 'utf8')).toBe('id\n1\n3\n');
});

test('a misspelt column does not compile', () => {
  const p = new Pipeline();
  // @ts-expect-error: there is no property nmae
  p.apply(create(orders)).apply(writeCsv({ files: folder, columns: ['id', 'nmae'] }));
});
