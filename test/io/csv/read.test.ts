import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, expectTypeOf, test } from 'vitest';
import * as v from 'valibot';
import { z } from 'zod';
import { type CsvRecord, csvReadFormat, readAllCsv, readCsv } from '../../../io/csv/index.ts';
import { fileSource } from '../../../io/files/index.ts';
import { type DeadLetter, type PCollection, Pipeline } from '../../../model/index.ts';
import { directRunner } from '../../../runners/direct/index.ts';
import { assertSourceLaws, assertThat, testPipeline } from '../../../testing/index.ts';
import { create } from '../../../transforms/index.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'viga-csv-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function file(name: string, content: string | Uint8Array): Promise<string> {
  await writeFile(path.join(folder, name), content);
  return path.join(folder, name);
}

test('the rows of all files of a pattern are objects of text', async (t) => {
  await file('a.csv', 'id,name\n1,Anna\n');
  await file('b.csv', '\uFEFFid,name\r\n2,"Ben, junior"\r\n');
  const p = testPipeline(t);
  const rows = p.apply(readCsv({ files: `${folder}/*.csv` }));
  expectTypeOf(rows).toEqualTypeOf<PCollection<Readonly<Record<string, string>>>>();
  assertThat(rows).containsInAnyOrder([
    { id: '1', name: 'Anna' },
    { id: '2', name: 'Ben, junior' },
  ]);
  await p.run();
});

test('chosen columns give rows their type', async (t) => {
  const files = await file('a.csv', 'Order Id,Total Amount,note\n1,5,x\n');
  const p = testPipeline(t);
  const listed = p.apply(readCsv({ files, columns: ['note'] }), { name: 'Listed' });
  expectTypeOf(listed).toEqualTypeOf<PCollection<{ readonly note: string }>>();
  const renamed = p.apply(
    readCsv({ files, columns: { amount: 'total  amount', id: 'ORDER ID' }, ignoreCase: true, nullText: '5' }),
    { name: 'Renamed' },
  );
  expectTypeOf(renamed).toEqualTypeOf<PCollection<{ readonly amount: string | null; readonly id: string | null }>>();
  assertThat(listed).containsInAnyOrder([{ note: 'x' }]);
  assertThat(renamed).containsInAnyOrder([{ amount: null, id: '1' }]);
  await p.run();
});

test('a schema types the rows, and refuses rows with file and line', async () => {
  const files = await file('orders.csv', 'id,amount\n1,10\n2,many\n3,7\n');
  const Order = z.object({ id: z.string(), amount: z.coerce.number() });
  const p = new Pipeline();
  p.apply(readCsv({ files, schema: Order }));
  await expect(p.run(directRunner())).rejects.toThrow(
    `${files} line 3: the row does not fit the schema: amount: Invalid input`,
  );

  const q = new Pipeline();
  const dead: PCollection<DeadLetter<unknown>>[] = [];
  const orders = q.apply(readCsv({ files, schema: Order, deadLetters: (failed) => dead.push(failed) }));
  expectTypeOf(orders).toEqualTypeOf<PCollection<{ id: string; amount: number }>>();
  assertThat(orders).containsInAnyOrder([
    { id: '1', amount: 10 },
    { id: '3', amount: 7 },
  ]);
  const failed = dead[0]?.map(({ element, coordinate }) => ({ element, coordinate })) as PCollection<unknown>;
  assertThat(failed).containsInAnyOrder([{ element: { id: '2', amount: 'many' }, coordinate: `${files} line 3` }]);
  await q.run(directRunner());
});

test('bad rows end the run, or become dead letters with their text and line', async () => {
  const files = await file('orders.csv', 'id,amount\n1,10\n2\n3,"7\n');
  const p = new Pipeline();
  p.apply(readCsv({ files }), { name: 'Orders' });
  await expect(p.run(directRunner())).rejects.toMatchObject({
    name: 'ElementError',
    message: `Orders/Read: ${files} line 3: expected 2 fields, found 1. Its values can't be told apart by column. Correct the record. A program that reads such files passes shortRows: 'fill'.`,
    place: { coordinate: `${files} line 3` },
  });

  const q = new Pipeline();
  const dead: PCollection<DeadLetter<unknown>>[] = [];
  assertThat(q.apply(readCsv({ files, deadLetters: (failed) => dead.push(failed) }))).containsInAnyOrder([
    { id: '1', amount: '10' },
  ]);
  assertThat(
    dead[0]?.map(({ element, coordinate }) => ({ element, coordinate })) as PCollection<unknown>,
  ).containsInAnyOrder([
    { element: '2', coordinate: `${files} line 3` },
    { element: '3,"7', coordinate: `${files} line 4` },
  ]);
  await q.run(directRunner());
});

test('files without names give rows by position', async (t) => {
  const files = await file('a.csv', '1,Anna\n2,\n');
  const p = testPipeline(t);
  const rows = p.apply(readCsv({ files, header: false }));
  expectTypeOf(rows).toEqualTypeOf<PCollection<readonly string[]>>();
  assertThat(rows).containsInAnyOrder([
    ['1', 'Anna'],
    ['2', ''],
  ]);
  await p.run();
});

test('records say where they stand and what their file calls its fields', async (t) => {
  const one = await file('a.csv', 'id,name\n1,"An\nna"\n2,Ben\n');
  const two = await file('b.csv', 'name;x,id\nCy,3\n');
  const p = testPipeline(t);
  const records = p.apply(readCsv({ files: [one, two], as: 'records' }));
  expectTypeOf(records).toEqualTypeOf<PCollection<CsvRecord>>();
  assertThat(records).containsInAnyOrder([
    { file: one, line: 2, header: ['id', 'name'], fields: ['1', 'An\nna'] },
    { file: one, line: 4, header: ['id', 'name'], fields: ['2', 'Ben'] },
    { file: two, line: 2, header: ['name;x', 'id'], fields: ['Cy', '3'] },
  ]);
  await p.run();
});

test('with headerRecord the header is a record too, so files without rows are seen', async (t) => {
  const one = await file('a.csv', '\uFEFF# made by hand\nid,name\n1,Anna\n');
  const two = await file('b.csv', 'id,total');
  const p = testPipeline(t);
  const records = p.apply(readCsv({ files: [one, two], as: 'records', comment: '#', headerRecord: true }));
  assertThat(records).containsInAnyOrder([
    { file: one, line: 2, header: ['id', 'name'], fields: ['id', 'name'], isHeader: true },
    { file: one, line: 3, header: ['id', 'name'], fields: ['1', 'Anna'] },
    { file: two, line: 1, header: ['id', 'total'], fields: ['id', 'total'], isHeader: true },
  ]);
  await p.run();
});

test('readAllCsv reads the files that elements name', async (t) => {
  const one = await file('a.csv', 'id\n1\n');
  await file('b.csv.gz', gzipSync('id\n2\n'));
  const p = testPipeline(t);
  const rows = p.apply(create([one, `${folder}/*.gz`])).apply(readAllCsv({ columns: ['id'] }));
  expectTypeOf(rows).toEqualTypeOf<PCollection<{ readonly id: string }>>();
  assertThat(rows).containsInAnyOrder([{ id: '1' }, { id: '2' }]);
  await p.run();
});

describe('calls that make no sense do not compile', () => {
  test('columns of rows by position', () => {
    // @ts-expect-error: columns choose by name
    expect(() => readCsv({ files: 'a', header: false, columns: ['id'] })).toThrow('only goes with rows by name');
    // @ts-expect-error: without names there are no objects
    expect(() => readCsv({ files: 'a', header: false, as: 'objects' })).toThrow('needs names');
  });
});

test('a file that can not be read is refused as a whole, and the others are read', async () => {
  const good = await file('a.csv', 'id,name\n1,Anna\n');
  const doubled = await file('b.csv', 'id,id\n2,3\n');
  const missing = await file('c.csv', 'ident,name\n4,Cy\n');
  const empty = await file('d.csv', '');
  const files = [good, doubled, missing, empty];
  const p = new Pipeline();
  p.apply(readCsv({ files, columns: ['id'] }), { name: 'Orders' });
  await expect(p.run(directRunner())).rejects.toThrow(
    `Orders/Read: ${doubled} line 1: no row of this file was read: the column "id" is there twice, as field 1 and 2.`,
  );

  const q = new Pipeline();
  const dead: PCollection<DeadLetter<unknown>>[] = [];
  const rows = q.apply(readCsv({ files, columns: ['id'], deadLetters: (failed) => dead.push(failed) }));
  assertThat(rows).containsInAnyOrder([{ id: '1' }]);
  const letters = dead[0]?.map(({ element, coordinate }) => ({ element, coordinate })) as PCollection<unknown>;
  assertThat(letters).containsInAnyOrder([
    { element: 'id,id', coordinate: `${doubled} line 1` },
    { element: 'ident,name', coordinate: `${missing} line 1` },
    { element: '', coordinate: `${empty} line 1` },
  ]);
  await q.run(directRunner());
});

test('the laws of sources hold, over several files', async () => {
  const files = [
    await file('a.csv', 'id\n1\n"2\n"\n'),
    await file('b.csv', 'id\n3'),
    await file('c.csv.gz', gzipSync('id\n4\n')),
  ];
  await assertSourceLaws(fileSource(csvReadFormat(), files), { moments: 20 });
});

test('valibot and arktype type rows as zod does', async (t) => {
  const files = await file('a.csv', 'id,on\n1,yes\n');
  const p = testPipeline(t);
  const Valibot = v.object({ id: v.pipe(v.string(), v.transform(Number)), on: v.picklist(['yes', 'no']) });
  const byValibot = p.apply(readCsv({ files, schema: Valibot }), { name: 'Valibot' });
  expectTypeOf(byValibot).toEqualTypeOf<PCollection<{ id: number; on: 'yes' | 'no' }>>();
  assertThat(byValibot).containsInAnyOrder([{ id: 1, on: 'yes' }]);
  // arktype compiles its schemas, which the flag of the interpreted path forbids.
  if (process.env['VIGA_CODEGEN'] !== 'off') {
    const { type } = await import('arktype');
    const byArktype = p.apply(readCsv({ files, schema: type({ id: 'string.integer.parse', on: "'yes' | 'no'" }) }));
    expectTypeOf(byArktype).toEqualTypeOf<PCollection<{ id: number; on: 'yes' | 'no' }>>();
    assertThat(byArktype).containsInAnyOrder([{ id: 1, on: 'yes' }]);
  }
  await p.run();
});
