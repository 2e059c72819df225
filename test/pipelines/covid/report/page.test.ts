import { describe, expect, test } from 'vitest';
import { loadDraw } from '../../../../pipelines/covid/report/draw.ts';
import { pageOf } from '../../../../pipelines/covid/report/page.ts';
import type { ReportData } from '../../../../pipelines/covid/report/index.ts';

const data: ReportData = {
  departments: [
    {
      posicion: 1,
      codigo_departamento: '11',
      nombre_departamento: 'Bogotá <script>&',
      poblacion: 9,
      casos: 1234,
      muertes: 5,
      casos_por_100k: '5.178',
    },
    {
      posicion: 2,
      codigo_departamento: '05',
      nombre_departamento: 'Antioquia',
      poblacion: null,
      casos: 7,
      muertes: 0,
      casos_por_100k: null,
    },
  ],
  ages: [{ grupo: '0-17', casos: 1241, porcentaje: '100.000' }],
  sexes: [
    { sexo: 'F', casos: 1000, muertes: 2, letalidad_pct: '0.200' },
    { sexo: 'M', casos: 241, muertes: 3, letalidad_pct: '1.245' },
  ],
  days: [
    { fecha: '2020-03-06', casos_nuevos: 1, media_7dias: '0.143' },
    { fecha: '2020-03-07', casos_nuevos: 1240, media_7dias: '177.286' },
  ],
  model: {
    target: 'Fallecido',
    trainedOn: { cases: 800, deaths: 4 },
    heldOut: { cases: 200, deaths: 20 },
    classWeights: { lived: 0.5, died: 10 },
    confusionMatrix: { truePositives: 15, falseNegatives: 5, falsePositives: 60, trueNegatives: 120 },
    recall: 0.75,
    precision: 0.2,
    accuracy: 0.675,
    balancedAccuracy: 0.708,
    featureImportances: [
      { feature: 'edad', importance: 0.25 },
      { feature: 'sexo', importance: -0.01 },
    ],
  },
  quality: { files: [], rejected: { 'no case id': 2, 'unknown sex': 1 }, duplicates: 4321, nulls: {}, cases: 1241 },
};

const draw = await loadDraw();
const page = pageOf(data, draw);

describe('the page', () => {
  test('needs nothing from outside and runs no script', () => {
    expect(page).not.toMatch(/<(?:script|link|img|iframe)\b/i);
    expect(page).not.toMatch(/(?:src|href)="(?!#)/);
    expect(page.replaceAll('http://www.w3.org/', '')).not.toContain('http');
  });

  test('has each chart for a wide window and for a phone, with a name for those who cannot see', () => {
    const labels = [...page.matchAll(/<svg role="img" aria-label="([^"]+)"/g)].map(([, label]) => label);
    expect(labels).toHaveLength(12);
    expect(new Set(labels)).toEqual(
      new Set([
        'New cases per day',
        'Cases by age',
        'Cases by sex',
        'Cases per department',
        'Who dies: what a model foresees',
        'What the model looks at',
      ]),
    );
    expect(page.match(/<svg [^>]*viewBox=/g)).toHaveLength(12);
    expect(page).not.toMatch(/<svg [^>]*\swidth="/);
  });

  test('tells the numbers of cases, deaths, rejected rows and duplicates, and of each field of the matrix', () => {
    for (const text of ['1,241', '4,321', '<dd>5</dd>', '<dd>3</dd>', '2020-03-06 to 2020-03-07'])
      expect(page).toContain(text);
    for (const field of ['>15<', '>60<', '>120<', '>75.0 %<', '>66.7 %<']) expect(page).toContain(field);
  });

  test('shows names of the population table as text', () => {
    expect(page).toContain('Bogotá &lt;script&gt;&amp;');
  });

  test('gives ids of its own to each drawing, the same in every run', () => {
    const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(pageOf(data, draw)).toBe(page);
  });
});

test('a report of nothing is a page as well', () => {
  const nothing = pageOf(
    {
      ...data,
      departments: [],
      days: [],
      model: {
        ...data.model,
        recall: null,
        precision: null,
        confusionMatrix: { truePositives: 0, falseNegatives: 0, falsePositives: 0, trueNegatives: 0 },
      },
    },
    draw,
  );
  expect(nothing).toContain('no report day');
  expect(nothing).toContain('It foresaw – of the deaths');
});
