import fc from 'fast-check';
import { create } from 'viga';
import { assertThat, testPipeline } from 'viga/testing';
import { expect, test } from 'vitest';
import { checkRow, oneRowPerCase, summarizeFiles } from '../../../../pipelines/covid/cases/index.ts';
import { greatestRows } from '../../../../pipelines/covid/cases/one-row-per-case.ts';
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

test('in any order the same rows win, one for each id', () => {
  const row = fc.record({
    file: fc.constantFrom('a.csv', 'b.csv', 'old/a.csv', 'c.csv'),
    line: fc.integer({ min: 2, max: 40 }),
    id: fc.integer({ min: 1, max: 4 }),
    city: fc.constantFrom('Cali', 'Buga', 'Ñ', 'Z', '\u{1F600}'),
  });
  const newest = new Map([
    ['a.csv', '2020-03-07'],
    ['b.csv', '2020-03-07'],
    ['old/a.csv', '2020-03-07'],
    ['c.csv', '2020-03-06'],
  ]);
  const rows = fc
    .array(row, { maxLength: 30 })
    .chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })));
  fc.assert(
    fc.property(rows, ([one, other]) => {
      const [first, second] = [one, other].map((order) => {
        const checked = order.map(({ file, line, id, city }) => checkRow(record(file, line, { id, city })));
        return greatestRows(
          checked.filter((each) => each.case !== undefined),
          newest,
        ).toSorted((a, b) => Number(a.id_caso - b.id_caso));
      });
      expect(second).toEqual(first);
      expect(first?.map(({ id_caso }) => Number(id_caso))).toEqual(
        [...new Set(one.map(({ id }) => id))].sort((a, b) => a - b),
      );
    }),
  );
});
