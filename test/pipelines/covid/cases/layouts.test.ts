import { expect, test } from 'vitest';
import { recognizeLayout } from '../../../../pipelines/covid/cases/layouts.ts';
import { header9, header16, header21, header23 } from '../rows.ts';

test('the four layouts are told apart by their headers', () => {
  const headers = [header9, header16, header21, header23];
  expect(headers.map((header) => recognizeLayout(header.split(','), 'cases.csv').columns)).toEqual([9, 16, 21, 23]);
});

test('byte order mark, blanks, accents, case, marks and the order of columns do not matter', () => {
  const header = header16.split(',').map((name) => ` ${name.toUpperCase().replaceAll('Ó', 'O')}* `);
  const shuffled = [`\uFEFF${header[15]}`, ...header.slice(0, 15)];
  const { columns, position } = recognizeLayout(shuffled, 'cases.csv');
  expect(columns).toBe(16);
  expect([position.fecha_reporte, position.id_caso, position.fecha_recuperacion]).toEqual([0, 1, 15]);
});

test('the diagnosis date stands for the report date where the layout has only that', () => {
  const { position } = recognizeLayout(header9.split(','), 'cases.csv');
  expect(position.fecha_reporte).toBe(position.fecha_diagnostico);
});

test('another header is refused with what is missing, unknown and doubled', () => {
  const header = header9.replace('Edad', 'Años').replace('País de procedencia', 'Sexo').split(',');
  expect(() => recognizeLayout(header, 'data/other.csv')).toThrow(
    /^data\/other\.csv: this header of 9 columns is none .* of 9 columns: missing 'Edad', 'País de procedencia'; unknown 'Años'; more than once 'Sexo'\. .* leave it out of --input\.$/,
  );
});
