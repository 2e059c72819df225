import { kv } from 'viga';
import { describe, expect, test } from 'vitest';
import type { Population } from '../../../../pipelines/covid/population/index.ts';
import { everyDay } from '../../../../pipelines/covid/refined/daily-counts.ts';
import {
  ageGroup,
  desgloseGenero,
  distribucionAtencion,
  distribucionEdad,
  hitos1000Casos,
  indicadoresDepartamento,
  promedioMovil7Dias,
  resumenNacionalDiario,
  tendenciasMensuales,
  topDepartamentosTasa,
} from '../../../../pipelines/covid/refined/index.ts';

const population: Population = {
  departments: [
    { code: '05', name: 'Antioquia', inhabitants: 300_000 },
    { code: '11', name: 'Bogotá D.C.', inhabitants: 700_000 },
  ],
};
const setting = { population, start: undefined, end: undefined };

const tally = (cases: number, deaths = 0) => ({ cases, deaths });

// Two days of Antioquia with a quiet one between, and one of Bogotá.
const counts = everyDay([
  kv('052020-02-28', tally(3, 1)),
  kv('052020-03-01', tally(2)),
  kv('112020-02-29', tally(7, 2)),
]);
const nothing = everyDay([]);

/** Rows as texts, to be read at a glance. */
const lines = (rows: Iterable<object>) => [...rows].map((row) => Object.values(row).map(String).join(' '));

describe('indicadores_departamento', () => {
  test('has every department of the population table on every day, by day and code', () =>
    expect(lines(indicadoresDepartamento.rows(counts, setting))).toEqual([
      '2020-02-28 05 Antioquia 300000 3 3 1.000',
      '2020-02-28 11 Bogotá D.C. 700000 0 0 0.000',
      '2020-02-29 05 Antioquia 300000 0 3 1.000',
      '2020-02-29 11 Bogotá D.C. 700000 7 7 1.000',
      '2020-03-01 05 Antioquia 300000 2 5 1.667',
      '2020-03-01 11 Bogotá D.C. 700000 0 7 1.000',
    ]));

  test('shows the days from start to end, both included, and counts those before', () => {
    const shown = { ...setting, start: '2020-02-29', end: '2020-02-29' };
    expect(lines(indicadoresDepartamento.rows(counts, shown))).toEqual([
      '2020-02-29 05 Antioquia 300000 0 3 1.000',
      '2020-02-29 11 Bogotá D.C. 700000 7 7 1.000',
    ]);
  });
});

describe('top_departamentos_tasa', () => {
  test('ranks all departments by their exact rate, then by code', () => {
    const rates = everyDay([kv('052020-03-01', tally(3)), kv('112020-03-01', tally(7, 1))]);
    const three = { departments: [...population.departments, { code: '99', name: 'Vichada', inhabitants: 99_999 }] };
    expect(lines(topDepartamentosTasa.rows(rates, { ...setting, population: three }))).toEqual([
      '1 05 Antioquia 300000 3 0 1.000',
      '2 11 Bogotá D.C. 700000 7 1 1.000',
      '3 99 Vichada 99999 0 0 0.000',
    ]);
  });

  test('rates that look alike with three decimals are still told apart', () => {
    const close = { departments: population.departments.map((one, at) => ({ ...one, inhabitants: 1_000_000 - at })) };
    const same = everyDay([kv('052020-03-01', tally(9)), kv('112020-03-01', tally(9))]);
    expect(lines(topDepartamentosTasa.rows(same, { ...setting, population: close }))).toEqual([
      '1 11 Bogotá D.C. 999999 9 0 0.900',
      '2 05 Antioquia 1000000 9 0 0.900',
    ]);
  });

  test('a department that the population table lacks stands at the end, without a rate', () => {
    const known = { departments: population.departments.slice(0, 1) };
    expect(lines(topDepartamentosTasa.rows(counts, { ...setting, population: known }))).toEqual([
      '1 05 Antioquia 300000 5 1 1.667',
      '2 11 Bogotá D.C. null 7 2 null',
    ]);
  });
});

describe('tendencias_mensuales', () => {
  test('has every month from the first to the last', () => {
    const gap = everyDay([kv('052019-12-31', tally(1, 1)), kv('052020-02-01', tally(2))]);
    expect(lines(tendenciasMensuales.rows(gap, setting))).toEqual(['2019 12 1 1', '2020 1 0 0', '2020 2 2 0']);
  });
});

describe('distribucion_edad', () => {
  test.each([
    [0, '0-17'],
    [17, '0-17'],
    [18, '18-29'],
    [29, '18-29'],
    [30, '30-49'],
    [49, '30-49'],
    [50, '50-64'],
    [64, '50-64'],
    [65, '65+'],
    [120, '65+'],
  ])('age %i is in group %s', (years, group) => expect(ageGroup(years)).toBe(group));

  test('has every group, in order, with its share of all', () =>
    expect(lines(distribucionEdad.rows([kv('65+', tally(1)), kv('18-29', tally(2))], setting))).toEqual([
      '0-17 0 0.000',
      '18-29 2 66.667',
      '30-49 0 0.000',
      '50-64 0 0.000',
      '65+ 1 33.333',
    ]));

  test('has no share where there are no cases', () =>
    expect(lines(distribucionEdad.rows([], setting)).at(0)).toBe('0-17 0 null'));
});

test('desglose_genero has both sexes and how many of their cases died', () =>
  expect(lines(desgloseGenero.rows([kv('M', tally(52, 3))], setting))).toEqual(['F 0 0 null', 'M 52 3 5.769']));

test('distribucion_atencion is in upper case, the most frequent first, then by name', () =>
  expect(
    lines(distribucionAtencion.rows([kv('Casa', tally(2)), kv('SIN DATO', tally(9)), kv('Activo', tally(2))], setting)),
  ).toEqual(['SIN DATO 9', 'ACTIVO 2', 'CASA 2']));

describe('hitos_1000_casos', () => {
  test('has the departments that reached 1,000, on the day they did', () => {
    const many = everyDay([
      kv('112020-03-05', tally(600)),
      kv('112020-03-09', tally(400)),
      kv('052020-03-09', tally(999)),
    ]);
    expect(lines(hitos1000Casos.rows(many, setting))).toEqual(['11 Bogotá D.C. 2020-03-09 3']);
  });
});

describe('promedio_movil_7dias', () => {
  test('is the mean of a day and the six before it, quiet days included', () => {
    const eightDays = everyDay([kv('052020-03-01', tally(7)), kv('052020-03-08', tally(1))]);
    const rows = lines(promedioMovil7Dias.rows(eightDays, setting));
    expect(rows).toHaveLength(8);
    expect([rows[0], rows[6], rows[7]]).toEqual(['2020-03-01 7 1.000', '2020-03-07 0 1.000', '2020-03-08 1 0.143']);
  });

  test('counts days before start', () => {
    const shown = { ...setting, start: '2020-03-01' };
    expect(lines(promedioMovil7Dias.rows(counts, shown))).toEqual(['2020-03-01 2 1.714']);
  });
});

test('resumen_nacional_diario never falls and has the people of all departments on every day', () =>
  expect(lines(resumenNacionalDiario.rows(counts, setting))).toEqual([
    '2020-02-28 3 3 1 1000000 0.300',
    '2020-02-29 7 10 2 1000000 1.000',
    '2020-03-01 2 12 0 1000000 1.200',
  ]));

test('without cases the daily tables are empty', () => {
  expect([...indicadoresDepartamento.rows(nothing, setting)]).toEqual([]);
  expect([...promedioMovil7Dias.rows(nothing, setting)]).toEqual([]);
  expect([...resumenNacionalDiario.rows(nothing, setting)]).toEqual([]);
  expect([...tendenciasMensuales.rows(nothing, setting)]).toEqual([]);
});
