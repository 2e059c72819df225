import { expect, test } from 'vitest';
import { allDepartments, populationOf } from '../../../../pipelines/covid/population/index.ts';

const row = (codigo_departamento: unknown, poblacion: unknown, departamento: unknown = 'X') => ({
  codigo_departamento,
  departamento,
  poblacion,
});

test('departments are sorted by code; codes may be numbers or lack their zero', () => {
  expect(populationOf([row(11, 7, ' Bogotá '), row('5', ' 6 ', 'Antioquia')], 'people.csv').departments).toEqual([
    { code: '05', name: 'Antioquia', inhabitants: 6 },
    { code: '11', name: 'Bogotá', inhabitants: 7 },
  ]);
});

test('whole numbers of a database are understood', () =>
  expect(populationOf([row(8n, 2_722_128n)], 'p.db').departments[0]).toMatchObject({
    code: '08',
    inhabitants: 2_722_128,
  }));

test.each([
  [[], /^people\.csv: the table has no rows\./],
  [[row('', 5)], /a row has no code of two digits: codigo_departamento ''/],
  [[row('005', 5)], /a row has no code of two digits/],
  [[row('05', 0)], /no whole number of people from 1: .*poblacion '0'/],
  [[row('05', '1.5')], /no whole number of people/],
  [[row('05', null)], /no whole number of people/],
  [[row('05', 1, ' ')], /a row has no name/],
  [[row('05', 1), row('5', 2)], /department 05 comes twice/],
  [[row('05', 2e9), row('08', 2e9)], /more than 2147483647 people/],
])('a table that rates cannot be counted with is refused: %#', (rows, message) =>
  expect(() => populationOf(rows, 'people.csv')).toThrow(message),
);

test('departments that the table lacks are known by the national list, without their people', () => {
  const all = allDepartments(populationOf([row('05', 6, 'Antioquia')], 'people.csv'));
  expect(all).toHaveLength(33);
  expect(all.slice(0, 2)).toEqual([
    { code: '05', name: 'Antioquia', inhabitants: 6 },
    { code: '08', name: 'Atlántico', inhabitants: null },
  ]);
});
