// The numbers were counted on the bundled file by other means than this pipeline.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { asyncBufferFromFile, parquetMetadataAsync } from 'hyparquet';
import { Pipeline } from 'viga';
import { readParquet } from 'viga/io/parquet';
import { directRunner } from 'viga/runners/direct';
import { assertThat } from 'viga/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import { filesOf, json, runCovid, table, text } from './run.ts';

let output = '';
beforeAll(async () => {
  output = mkdtempSync(path.join(tmpdir(), 'covid-'));
  await runCovid(output);
  return () => rmSync(output, { recursive: true });
});

describe('refined tables', () => {
  test('are nine, each as CSV and as Parquet, beside the model and its report', () => {
    const names = [
      'desglose_genero',
      'distribucion_atencion',
      'distribucion_edad',
      'hitos_1000_casos',
      'indicadores_departamento',
      'promedio_movil_7dias',
      'resumen_nacional_diario',
      'tendencias_mensuales',
      'top_departamentos_tasa',
    ];
    const files = names.flatMap((name) => [`${name}.csv`, `${name}.parquet`]);
    expect(filesOf(path.join(output, 'refined'))).toEqual([...files, 'model.json', 'model_report.json'].sort());
  });

  test('desglose_genero', () =>
    expect(table(output, 'desglose_genero')).toEqual([
      'sexo,casos,muertes,letalidad_pct',
      'F,480,18,3.750',
      'M,520,30,5.769',
    ]));

  test('distribucion_edad: the one age in months counts as 0', () =>
    expect(table(output, 'distribucion_edad')).toEqual([
      'grupo,casos,porcentaje',
      '0-17,33,3.300',
      '18-29,229,22.900',
      '30-49,404,40.400',
      '50-64,227,22.700',
      '65+,107,10.700',
    ]));

  test('distribucion_atencion', () =>
    expect(table(output, 'distribucion_atencion')).toEqual([
      'atencion,casos',
      'RECUPERADO,950',
      'FALLECIDO,48',
      'N/A,2',
    ]));

  test('top_departamentos_tasa: districts count in their departments', () => {
    const rows = table(output, 'top_departamentos_tasa');
    expect(rows[0]).toBe('posicion,codigo_departamento,nombre_departamento,poblacion,casos,muertes,casos_por_100k');
    expect(rows).toHaveLength(34);
    const byName = new Map(rows.map((row) => [row.split(',')[2], row.split(',').slice(4)]));
    const expected = {
      'Bogotá D.C.': ['401', '5.178'],
      'Valle del Cauca': ['148', '3.266'],
      Antioquia: ['106', '1.587'],
      Cundinamarca: ['49', '1.511'],
      Bolívar: ['42', '1.926'],
      Atlántico: ['35', '1.286'],
      Risaralda: ['34', '3.538'],
      Huila: ['30', '2.672'],
      Quindío: ['23', '4.141'],
      'Norte de Santander': ['19', '1.173'],
    };
    for (const [name, [cases, rate]] of Object.entries(expected)) {
      expect([name, byName.get(name)?.[0], byName.get(name)?.[2]]).toEqual([name, cases, rate]);
    }
    expect(rows.slice(1, 3).map((row) => row.split(',').slice(0, 3).join(' '))).toEqual([
      '1 11 Bogotá D.C.',
      '2 63 Quindío',
    ]);
  });

  test('tendencias_mensuales', () =>
    expect(table(output, 'tendencias_mensuales')).toEqual(['anio,mes,casos,muertes', '2020,3,905,43', '2020,4,95,5']));

  test('the daily tables go from the first report to the last, without a gap', () => {
    const days = table(output, 'promedio_movil_7dias');
    expect(days.slice(0, 5)).toEqual([
      'fecha,casos_nuevos,media_7dias',
      '2020-03-06,1,0.143',
      '2020-03-07,0,0.143',
      '2020-03-08,0,0.143',
      '2020-03-09,2,0.429',
    ]);
    expect(days.at(-1)).toBe('2020-04-01,95,74.286');
    expect(days).toHaveLength(28);
    expect(table(output, 'resumen_nacional_diario').at(-1)).toBe('2020-04-01,95,1000,5,50420758,1.983');
    expect(table(output, 'indicadores_departamento')).toHaveLength(27 * 33 + 1);
    expect(table(output, 'indicadores_departamento')[3]).toBe('2020-03-06,11,Bogotá D.C.,7743955,1,1,0.013');
  });

  test('no department has a thousand cases yet, so the milestones have a header only', () =>
    expect(text(output, 'refined/hitos_1000_casos.csv')).toBe(
      'codigo_departamento,nombre_departamento,fecha,dias_desde_2020_03_06\n',
    ));

  test('are UTF-8 with LF', () => {
    expect(text(output, 'refined/top_departamentos_tasa.csv')).not.toMatch(/\r|\uFEFF/);
  });

  test('Parquet has the rows of the CSV', async () => {
    const p = new Pipeline();
    const rows = p.apply(readParquet({ files: `${output}/refined/resumen_nacional_diario.parquet` }));
    assertThat(rows.map((row) => Object.values(row).join(','))).containsInAnyOrder(
      table(output, 'resumen_nacional_diario').slice(1),
    );
    await p.run(directRunner());
  });
});

describe('the table of cases', () => {
  test('is partitioned by report date', () => {
    const files = filesOf(path.join(output, 'trusted/casos'));
    expect(files).toHaveLength(24);
    expect(files.filter((file) => !/^anio=2020\/mes=[34]\/dia=[1-9]\d?\/[^/]+\.parquet$/.test(file))).toEqual([]);
    expect(files).toContainEqual(expect.stringMatching(/^anio=2020\/mes=3\/dia=6\//));
  });

  test('has every column in its type, and N/A where someone died of something else', async () => {
    const p = new Pipeline();
    const cases = p.apply(readParquet({ files: `${output}/trusted/casos/**/*.parquet` }));
    assertThat(cases.filter((row) => row['id_caso'] === 769n)).containsInAnyOrder([
      {
        id_caso: 769n,
        fecha_reporte: '2020-03-30',
        fecha_notificacion: '2020-03-26',
        fecha_inicio_sintomas: '2020-03-24',
        fecha_diagnostico: '2020-03-30',
        fecha_recuperacion: '2020-04-15',
        fecha_muerte: '2020-10-03',
        edad: 84,
        codigo_departamento: '11',
        nombre_departamento: 'Bogotá D.C.',
        codigo_municipio: '11001',
        nombre_municipio: 'BOGOTA',
        sexo: 'M',
        tipo_contagio: 'Importado',
        ubicacion: 'N/A',
        estado: 'N/A',
        atencion: 'Recuperado',
        codigo_pais: '032',
        nombre_pais: 'ARGENTINA',
        tipo_recuperacion: 'PCR',
        pertenencia_etnica: 'Otro',
        nombre_grupo_etnico: null,
        archivo: 'casos_covid_1k_2021schema.csv',
        linea: 770,
        anio: '2020',
        mes: '3',
        dia: '30',
      },
    ]);
    await p.run(directRunner());
  });

  test('stores numbers, dates and text as such', async () => {
    const file = await asyncBufferFromFile(path.join(output, 'trusted/casos/anio=2020/mes=3/dia=6/part.parquet'));
    const { schema } = await parquetMetadataAsync(file);
    const types = Object.fromEntries(
      schema.slice(1).map(({ name, type, logical_type }) => [name, logical_type?.type ?? type]),
    );
    const texts = Object.entries(types).filter(([, type]) => type === 'STRING');
    expect(types).toMatchObject({
      id_caso: 'INT64',
      fecha_reporte: 'DATE',
      fecha_muerte: 'DATE',
      edad: 'INT32',
      linea: 'INT32',
    });
    expect(Object.values(types).filter((type) => type === 'DATE')).toHaveLength(6);
    expect(texts).toHaveLength(15);
    expect(schema).toHaveLength(25);
  });
});

test('quality.json says what became of the rows', () => {
  expect(json(output, 'quality.json')).toMatchObject({
    files: [{ name: 'casos_covid_1k_2021schema.csv', layout: 23, rows: 1000, accepted: 1000 }],
    duplicates: 0,
    nulls: { fecha_inicio_sintomas: 44, fecha_recuperacion: 50, fecha_muerte: 948, codigo_pais: 523 },
    cases: 1000,
  });
  expect(Object.values(json(output, 'quality.json').rejected)).toEqual([0, 0, 0, 0, 0, 0]);
});

test('model.json and model_report.json are of the same model, which was tested on a fifth of the cases', () => {
  const model = json(output, 'refined/model.json');
  const report = json(output, 'refined/model_report.json');
  expect(model.trees.length).toBe(model.growth.trees);
  expect(model.features.map(({ name }: { name: string }) => name)).toEqual([
    'edad',
    'sexo',
    'tipo_contagio',
    'codigo_departamento',
  ]);
  expect(report.trainedOn).toEqual(model.trainedOn);
  // Two of the 1,000 ended neither in death by covid nor in recovery.
  expect(report.trainedOn.cases + report.heldOut.cases).toBe(998);
  expect(report.trainedOn.deaths + report.heldOut.deaths).toBe(48);
  const { truePositives, falseNegatives, falsePositives, trueNegatives } = report.confusionMatrix;
  expect(truePositives + falseNegatives + falsePositives + trueNegatives).toBe(report.heldOut.cases);
  expect(report.recall).toBeCloseTo(truePositives / report.heldOut.deaths, 6);
});

test('the report shows the numbers of the tables', () => {
  const page = text(output, 'report.html');
  for (const number of ['1,000', '48', 'Bogotá D.C.', '401', '2020-03-06 to 2020-04-01'])
    expect(page).toContain(number);
});
