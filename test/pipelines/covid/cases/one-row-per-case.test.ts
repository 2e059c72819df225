import { create } from 'viga';
import { assertThat, testPipeline } from 'viga/testing';
import { test } from 'vitest';
import { checkRow, oneRowPerCase, summarizeFiles } from '../../../../pipelines/covid/cases/index.ts';
import { header9 } from '../rows.ts';

const header = header9.split(',');

/** A row of the layout of 9 columns: who, when, and what tells the rows of one case apart. */
function record(file: string, line: number, { id = 1, date = '06/03/2020', city = 'Cali', age = '30' } = {}) {
  return { file, line, header, fields: [String(id), date, city, 'Valle', 'Casa', age, 'F', 'Importado', ''] };
}

type CsvRecords = readonly ReturnType<typeof record>[];

/** Runs the dedupe and gives the place of the row that won for each case. */
async function winners(t: Parameters<typeof testPipeline>[0], records: CsvRecords, places: readonly string[]) {
  const p = testPipeline(t);
  const rows = p.apply(create(records)).map(checkRow);
  const won = rows.apply(oneRowPerCase(rows.apply(summarizeFiles())));
  assertThat(won.map(({ id_caso, archivo, linea }) => `${id_caso} ${archivo} ${linea}`)).containsInAnyOrder(places);
  await p.run();
}

test('the row of the file with the newest report date wins, whatever the name of the file', (t) =>
  winners(
    t,
    [record('z.csv', 2), record('a.csv', 2), record('a.csv', 3, { id: 2, date: '07/03/2020' })],
    ['1 a.csv 2', '2 a.csv 3'],
  ));

test('of files of one date the one whose name is greater in code units wins', (t) =>
  winners(t, [record('Z.csv', 2), record('a.csv', 5), record('B.csv', 9)], ['1 a.csv 5']));

test('the folder does not count: two files of one name are told apart by their date alone', (t) =>
  winners(
    t,
    [record('new/x.csv', 2), record('old/x.csv', 3), record('new/x.csv', 4, { id: 2, date: '07/03/2020' })],
    ['1 x.csv 2', '2 x.csv 4'],
  ));

test('a rejected row does not make its file newer', (t) =>
  winners(
    t,
    [record('b.csv', 2), record('a.csv', 2), record('a.csv', 3, { date: '09/03/2020', age: '' })],
    ['1 b.csv 2'],
  ));

test('within a file the row with the greatest bytes wins, whichever comes first', async (t) => {
  await winners(t, [record('a.csv', 2, { city: 'Buga' }), record('a.csv', 3, { city: 'Cali' })], ['1 a.csv 3']);
});

test('the order of lines does not matter', async (t) => {
  await winners(t, [record('a.csv', 2, { city: 'Cali' }), record('a.csv', 3, { city: 'Buga' })], ['1 a.csv 2']);
});

test('of rows that tell the same the first line is kept', (t) =>
  winners(t, [record('a.csv', 7), record('a.csv', 3), record('a.csv', 5)], ['1 a.csv 3']));
