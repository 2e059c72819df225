import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { nodeHost } from '../../../host/index.ts';
import { fixture, json, runCovid, scratch, table, tables, text } from './run.ts';

const bundled = path.join(import.meta.dirname, '../../../pipelines/covid/data/casos_covid_1k_2021schema.csv');
const fixtures = [
  '2020-04-01_9_columns.csv',
  '2020-05-08_16_columns.csv',
  '2020-05-24_16_columns.csv',
  '2020-07_21_columns.csv',
].map(fixture);
const everything = [bundled, ...fixtures];

describe('all layouts in one run', () => {
  test('give one row for each case, and count the others as duplicates', async () => {
    const output = scratch();
    await runCovid(output, { input: everything });
    const quality = json(output, 'quality.json');
    expect(quality.files).toEqual([
      { name: '2020-04-01_9_columns.csv', layout: 9, rows: 23, accepted: 23 },
      { name: '2020-05-08_16_columns.csv', layout: 16, rows: 29, accepted: 29 },
      { name: '2020-05-24_16_columns.csv', layout: 16, rows: 37, accepted: 37 },
      { name: '2020-07_21_columns.csv', layout: 21, rows: 36, accepted: 36 },
      { name: 'casos_covid_1k_2021schema.csv', layout: 23, rows: 1000, accepted: 1000 },
    ]);
    const ids = new Set(everything.flatMap(idsOf));
    expect(quality.cases).toBe(ids.size);
    expect(quality.duplicates).toBe(23 + 29 + 37 + 36 + 1000 - ids.size);
  });

  test('give the same bytes whatever the order of lines and files, the sizes of bundles, the memory or the code path', async () => {
    const expected = scratch();
    await runCovid(expected, { input: everything });
    const shuffled = scratch();
    const reversed = everything.map((file) => reversedCopy(file, shuffled)).toReversed();
    const ways = [
      { name: 'other order of lines and files', given: { input: reversed } },
      {
        name: 'strict: bundles of random sizes, another order of elements, everything encoded',
        runner: { strict: { seed: 3, bundleSizes: true, encode: true, mutation: true, permute: true } },
      },
      { name: 'tiny memory', runner: { memoryLimit: 1 } },
      { name: 'interpreted', runner: { host: { ...nodeHost(), codegen: false } } },
    ];
    expect(Object.keys(tables(expected))).toHaveLength(9);
    for (const { name, given = {}, runner = {} } of ways) {
      const output = scratch();
      await runCovid(output, { input: everything, ...given }, runner);
      expect(tables(output), name).toEqual(tables(expected));
      for (const file of ['quality.json', 'refined/model.json', 'refined/model_report.json', 'report.html']) {
        expect(text(output, file), `${file}, ${name}`).toBe(text(expected, file));
      }
    }
  });
});

const published = path.resolve(import.meta.dirname, '../../../../shared/data/covid');

describe.skipIf(!existsSync(published))(
  'whole published files, where they are at hand (they are too large to bundle)',
  () => {
    // Counted on the file of 24 May, which is the newest and has every case of the others.
    test('give the numbers of the newest snapshot', async () => {
      const output = scratch();
      await runCovid(output, { input: [`${published}/casos_*.csv`] });
      expect(json(output, 'quality.json')).toMatchObject({ cases: 21_175, duplicates: 22_115 });
      expect(table(output, 'desglose_genero').map((row) => row.split(',').slice(0, 2))).toEqual([
        ['sexo', 'casos'],
        ['F', '9328'],
        ['M', '11847'],
      ]);
      const departments = new Map(
        table(output, 'top_departamentos_tasa').map((row) => [row.split(',')[2], row.split(',')[4]]),
      );
      const expected = {
        'Bogotá D.C.': 7211,
        'Valle del Cauca': 2193 + 232,
        Atlántico: 1450 + 1324,
        Bolívar: 2117 + 150,
        Magdalena: 273 + 219,
        Amazonas: 1450,
        Chocó: 93,
        'La Guajira': 48,
        'San Andrés y Providencia': 14,
      };
      for (const [name, cases] of Object.entries(expected))
        expect([name, departments.get(name)]).toEqual([name, `${cases}`]);
      expect(table(output, 'distribucion_atencion')).toEqual([
        'atencion,casos',
        'CASA,14011',
        'RECUPERADO,5016',
        'HOSPITAL,1200',
        'FALLECIDO,727',
        'HOSPITAL UCI,193',
        'N/A,28',
      ]);
      expect(table(output, 'hitos_1000_casos').map((row) => row.split(',')[0])).toEqual([
        'codigo_departamento',
        '08',
        '11',
        '13',
        '76',
        '91',
      ]);
    });
  },
);

function idsOf(file: string): readonly string[] {
  const [header = '', ...rows] = linesOf(file);
  const at = header.replace('\uFEFF', '').split(',').indexOf('ID de caso');
  return rows.map((row) => row.split(',')[at] ?? '');
}

function linesOf(file: string): readonly string[] {
  return readFileSync(file, 'utf8').trimEnd().split(/\r?\n/);
}

/** A copy with its lines in the opposite order, the header aside. */
function reversedCopy(file: string, folder: string): string {
  const copy = path.join(folder, path.basename(file));
  copyFileSync(file, copy);
  const [header, ...rows] = linesOf(file);
  writeFileSync(copy, `${[header, ...rows.toReversed()].join('\n')}\n`);
  return copy;
}
