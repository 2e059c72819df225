import { DatabaseSync } from 'node:sqlite';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { OptionsError } from 'viga';
import { describe, expect, test } from 'vitest';
import { filesOf, json, runCovid, scratch, table, text } from './run.ts';
import { header9 } from './rows.ts';

/** A file with good rows and bad ones. */
function fileOf(folder: string, rows: readonly string[], name = 'cases.csv'): string {
  const file = path.join(folder, name);
  writeFileSync(file, [header9, ...rows, ''].join('\n'));
  return file;
}

const row = (id: number, date: string, { department = 'Antioquia', age = '30', outcome = 'Casa' } = {}) =>
  `${id},${date},Medellín,${department},${outcome},${age},F,Importado,`;

describe('--start and --end', () => {
  const rows = [row(1, '06/03/2020'), row(2, '07/03/2020'), row(3, '08/03/2020'), row(4, '09/03/2020')];

  test('limit the three daily tables; sums still start at the first case', async () => {
    const folder = scratch();
    const output = path.join(folder, 'out');
    await runCovid(output, { input: [fileOf(folder, rows)], start: '2020-03-07', end: '2020-03-08' });
    expect(table(output, 'promedio_movil_7dias').slice(1)).toEqual(['2020-03-07,1,0.286', '2020-03-08,1,0.429']);
    expect(
      table(output, 'resumen_nacional_diario')
        .slice(1)
        .map((line) => line.split(',').slice(0, 3).join()),
    ).toEqual(['2020-03-07,1,2', '2020-03-08,1,3']);
    expect(table(output, 'indicadores_departamento')).toHaveLength(1 + 2 * 33);
    expect(table(output, 'tendencias_mensuales').slice(1)).toEqual(['2020,3,4,0']);
    expect(filesOf(path.join(output, 'trusted/casos'))).toHaveLength(4);
  });

  test.each([
    [{ start: '7/3/2020' }, "--start: '7/3/2020' is no date"],
    [{ end: '2020-02-30' }, "--end: '2020-02-30' is no date"],
    [{ start: '2020-03-08', end: '2020-03-07' }, '--start: 2020-03-08 is after --end=2020-03-07'],
    [{ strictQuality: 101 }, '--strict-quality: 101 is no percentage'],
    [{ strictQuality: Number.NaN }, '--strict-quality: NaN is no percentage'],
    [{ output: '' }, '--output: the name is empty'],
    [{ population: 'sqlite:people.db' }, "--population: 'sqlite:people.db' names no table of a database"],
  ])('%j is refused before anything runs', async (given, message) => {
    await expect(runCovid('nowhere', given)).rejects.toThrow(OptionsError);
    await expect(runCovid('nowhere', given)).rejects.toThrow(message);
  });
});

describe('rejected rows', () => {
  const rows = [row(1, '06/03/2020'), row(2, '06/03/2020', { age: '130' }), row(3, ''), row(4, '06/03/2020')];

  test('are written with file, line and reason, and counted', async () => {
    const folder = scratch();
    const output = path.join(folder, 'out');
    await runCovid(output, { input: [fileOf(folder, rows)] });
    const [name = ''] = filesOf(path.join(output, 'rejected'));
    const rejected = text(output, `rejected/${name}`)
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rejected).toEqual([
      expect.objectContaining({
        file: 'cases.csv',
        line: 3,
        reason: 'no or impossible age',
        column: 'edad',
        value: '130',
      }),
      expect.objectContaining({
        file: 'cases.csv',
        line: 4,
        reason: 'no report date',
        column: 'fecha_reporte',
        value: '',
      }),
    ]);
    expect(name).toMatch(/\.jsonl$/);
    expect(json(output, 'quality.json')).toMatchObject({
      files: [{ name: 'cases.csv', layout: 9, rows: 4, accepted: 2 }],
      rejected: { 'no or impossible age': 1, 'no report date': 1, 'no case id': 0 },
      cases: 2,
    });
  });

  test('beyond --strict-quality publish nothing, and leave the run before as it was', async () => {
    const folder = scratch();
    const output = path.join(folder, 'out');
    const input = [fileOf(folder, rows)];
    await expect(runCovid(output, { input, strictQuality: 49.9 })).rejects.toThrow(
      /--strict-quality: 2 of 4 rows were rejected .* more than 49\.9 %/,
    );
    expect(filesOf(output)).toEqual([]);
    await runCovid(output, { input, strictQuality: 50 });
    const before = text(output, 'quality.json');
    await expect(
      runCovid(output, { input: [fileOf(folder, [...rows, row(5, 'x')], 'more.csv')], strictQuality: 50 }),
    ).rejects.toThrow(/--strict-quality: 3 of 5 rows were rejected/);
    expect(text(output, 'quality.json')).toBe(before);
  });
});

test('a second run takes the place of the first, and leaves files of others alone', async () => {
  const folder = scratch();
  const output = path.join(folder, 'out');
  await runCovid(output, { input: [fileOf(folder, [row(1, '06/03/2020'), row(2, '07/03/2020')])] });
  writeFileSync(path.join(output, 'refined/notes.txt'), 'mine');
  await runCovid(output, { input: [fileOf(folder, [row(3, '07/03/2020'), row(4, '08/03/2020')], 'other.csv')] });
  expect(filesOf(path.join(output, 'trusted/casos')).map((file) => path.dirname(file))).toEqual([
    'anio=2020/mes=3/dia=7',
    'anio=2020/mes=3/dia=8',
  ]);
  expect(json(output, 'quality.json').files).toEqual([{ name: 'other.csv', layout: 9, rows: 2, accepted: 2 }]);
  expect(text(output, 'refined/notes.txt')).toBe('mine');
});

test('without a row there is a run all the same: tables with what is always there', async () => {
  const folder = scratch();
  const output = path.join(folder, 'out');
  await runCovid(output, { input: [fileOf(folder, [])], strictQuality: 0 });
  expect(json(output, 'quality.json').files).toEqual([{ name: 'cases.csv', layout: 9, rows: 0, accepted: 0 }]);
  expect(table(output, 'distribucion_edad')).toHaveLength(6);
  expect(table(output, 'desglose_genero').slice(1)).toEqual(['F,0,0,', 'M,0,0,']);
  expect(table(output, 'top_departamentos_tasa')).toHaveLength(34);
  expect(table(output, 'indicadores_departamento')).toHaveLength(1);
  expect(text(output, 'report.html')).toContain('no report day');
});

test('an outcome that is empty is counted as SIN DATO', async () => {
  const folder = scratch();
  const output = path.join(folder, 'out');
  const rows = [row(1, '06/03/2020', { outcome: '' }), row(2, '06/03/2020', { outcome: '?' }), row(3, '06/03/2020')];
  await runCovid(output, { input: [fileOf(folder, rows)] });
  expect(table(output, 'distribucion_atencion').slice(1)).toEqual(['SIN DATO,2', 'CASA,1']);
  expect(json(output, 'quality.json').nulls.atencion).toBe(2);
});

describe('--population', () => {
  const rows = [row(1, '06/03/2020'), row(2, '06/03/2020', { department: 'Vichada' })];

  test('takes a CSV file', async () => {
    const folder = scratch();
    const output = path.join(folder, 'out');
    const population = path.join(folder, 'people.csv');
    writeFileSync(population, 'Codigo_Departamento,Departamento,Poblacion,nota\r\n5,Antioquia,200000,x\r\n');
    await runCovid(output, { input: [fileOf(folder, rows)], population });
    expect(table(output, 'top_departamentos_tasa').slice(1)).toEqual([
      '1,05,Antioquia,200000,1,0,0.500',
      '2,99,Vichada,,1,0,',
    ]);
    expect(table(output, 'resumen_nacional_diario').slice(1)).toEqual(['2020-03-06,2,2,0,200000,1.000']);
  });

  test('takes a table of an SQLite database, whatever it is called', async () => {
    const folder = scratch();
    const output = path.join(folder, 'out');
    const database = new DatabaseSync(path.join(folder, 'people.db'));
    database.exec('CREATE TABLE "la ""gente""" (codigo_departamento TEXT, departamento TEXT, poblacion INTEGER)');
    database.exec(`INSERT INTO "la ""gente""" VALUES ('05', 'Antioquia', 200000), ('99', 'Vichada', 100000)`);
    database.close();
    await runCovid(output, { input: [fileOf(folder, rows)], population: `sqlite:${folder}/people.db#la "gente"` });
    expect(table(output, 'top_departamentos_tasa').slice(1)).toEqual([
      '1,99,Vichada,100000,1,0,1.000',
      '2,05,Antioquia,200000,1,0,0.500',
    ]);
  });
});
