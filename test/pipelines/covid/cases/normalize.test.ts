import { describe, expect, test } from 'vitest';
import type { Case } from '../../../../pipelines/covid/cases/case.ts';
import { normalize, rejectionReasons } from '../../../../pipelines/covid/cases/normalize.ts';
import { normalized, rawRow } from '../rows.ts';

type Changes = Parameters<typeof rawRow>[1];

const first: Case = {
  id_caso: 1n,
  fecha_reporte: '2020-03-06',
  fecha_notificacion: '2020-03-02',
  fecha_inicio_sintomas: '2020-02-27',
  fecha_diagnostico: '2020-03-06',
  fecha_recuperacion: '2020-03-13',
  fecha_muerte: null,
  edad: 19,
  codigo_departamento: '11',
  nombre_departamento: 'Bogotá D.C.',
  codigo_municipio: '11001',
  nombre_municipio: 'BOGOTA',
  sexo: 'F',
  tipo_contagio: 'Importado',
  ubicacion: 'Casa',
  estado: 'Leve',
  atencion: 'Recuperado',
  codigo_pais: '380',
  nombre_pais: 'ITALIA',
  tipo_recuperacion: 'PCR',
  pertenencia_etnica: 'Otro',
  nombre_grupo_etnico: null,
  archivo: 'cases.csv',
  linea: 2,
};

const caseOf = (columns: 9 | 16 | 21 | 23, changes?: Changes) => normalized(columns, changes).case;
const reasonOf = (columns: 9 | 16 | 21 | 23, changes: Changes) => normalized(columns, changes).rejection?.reason;

describe('the same case in each layout', () => {
  test('23 columns', () => expect(caseOf(23)).toEqual(first));
  test('21 columns, which have no location', () =>
    expect(caseOf(21)).toEqual({ ...first, nombre_municipio: 'Bogotá D.C.', ubicacion: null }));
  test('16 columns, which have neither country code nor kind of recovery nor ethnic group', () =>
    expect(caseOf(16)).toEqual({
      ...first,
      nombre_municipio: 'Bogotá D.C.',
      ubicacion: null,
      codigo_pais: null,
      tipo_recuperacion: null,
      pertenencia_etnica: null,
    }));
  test('9 columns, whose diagnosis date is the report date and whose department is a name', () =>
    expect(caseOf(9)).toMatchObject({
      fecha_reporte: '2020-03-06',
      fecha_diagnostico: '2020-03-06',
      fecha_notificacion: null,
      codigo_departamento: '11',
      codigo_municipio: null,
      nombre_municipio: 'Bogotá',
      atencion: 'Recuperado',
      estado: null,
    }));
});

describe('case, blanks and accents', () => {
  test.each([' M ', 'm', 'M '])('sex %j is M', (sexo) => expect(caseOf(16, { sexo })?.sexo).toBe('M'));
  test.each(['f', 'F '])('sex %j is F', (sexo) => expect(caseOf(16, { sexo })?.sexo).toBe('F'));
  test.each(['LEVE', 'leve', ' Leve '])('state %j is Leve', (estado) =>
    expect(caseOf(16, { estado })?.estado).toBe('Leve'),
  );
  test('a state by which the person had no symptoms keeps its accent', () =>
    expect(caseOf(16, { estado: 'ASINTOMATICO' })?.estado).toBe('Asintomático'));
  test.each([
    ['casa', 'Casa'],
    ['Hospital UCI ', 'Hospital UCI'],
    ['n/a', 'N/A'],
    ['FALLECIDO', 'Fallecido'],
  ])('outcome %j is %j', (atencion, expected) => expect(caseOf(16, { atencion })?.atencion).toBe(expected));
  test.each(['en estudio', 'En estudio ', 'EN ESTUDIO'])('contagion %j is En estudio', (tipo_contagio) =>
    expect(caseOf(16, { tipo_contagio })?.tipo_contagio).toBe('En estudio'),
  );
});

describe('countries', () => {
  test.each([
    ['PANAMA', 'PANAMÁ'],
    ['Perú', 'PERÚ'],
    ['Estados Unidos de América', 'ESTADOS UNIDOS'],
    ['COLOMBIANA', 'COLOMBIA'],
    ['Madrid', 'ESPAÑA'],
    ['España - Italia', 'ESPAÑA - ITALIA'],
    ['Italia - España -Turquía', 'ITALIA - ESPAÑA - TURQUÍA'],
    ['EUROPA', null],
    ['Crucero', null],
    ['', null],
    ['constructor', 'CONSTRUCTOR'],
  ])('%j is %j', (nombre_pais, expected) => expect(caseOf(16, { nombre_pais })?.nombre_pais).toBe(expected));
  test('a country code has three digits', () => expect(caseOf(23, { codigo_pais: '76' })?.codigo_pais).toBe('076'));
});

describe('ages', () => {
  test.each([
    ['0', '1', 0],
    ['120', '1', 120],
    ['11', '2', 0],
    ['30', '3', 0],
  ])('age %s in unit %s is %i years', (edad, unidad_edad, expected) =>
    expect(caseOf(23, { edad, unidad_edad })?.edad).toBe(expected),
  );
  test.each([
    ['121', '1'],
    ['-1', '1'],
    ['19.5', '1'],
    ['', '1'],
    ['abc', '1'],
    ['19', '4'],
    ['19', ''],
  ])('age %j in unit %j is refused', (edad, unidad_edad) =>
    expect(reasonOf(23, { edad, unidad_edad })).toBe('no or impossible age'),
  );
});

describe('departments', () => {
  test.each([
    ['5001', '05', '05001'],
    ['05001', '05', '05001'],
    ['8758', '08', '08758'],
    ['88', '88', null],
    ['5', '05', null],
  ])('municipality %j is in department %j and is stored as %j', (codigo_municipio, department, stored) =>
    expect(caseOf(16, { codigo_municipio })).toMatchObject({
      codigo_departamento: department,
      codigo_municipio: stored,
    }),
  );
  test.each([
    ['Barranquilla', '08'],
    ['CARTAGENA', '13'],
    ['Santa Marta D.T. y C.', '47'],
    ['STA MARTA D.E.', '47'],
    ['bogotá', '11'],
    ['VALLE', '76'],
    ['Norte Santander', '54'],
    ['QUINDIO', '63'],
    ['GUAJIRA', '44'],
    ['San Andrés', '88'],
  ])('the name %j is department %j', (nombre_departamento, department) =>
    expect(caseOf(9, { nombre_departamento })?.codigo_departamento).toBe(department),
  );
  test('the code of the municipality counts, not the district code in the column of departments', () =>
    expect(
      caseOf(23, { codigo_municipio: '13001', codigo_departamento: '13001', nombre_departamento: 'CARTAGENA' }),
    ).toMatchObject({ codigo_departamento: '13', nombre_departamento: 'Bolívar' }));
  test.each([
    ['14', '13'],
    ['9', '08'],
    ['47001', '47'],
  ])('without a municipality, the department column %j is department %j', (codigo_departamento, department) =>
    expect(caseOf(21, { codigo_municipio: '', codigo_departamento })?.codigo_departamento).toBe(department),
  );
  test('without any code the name is what is left', () =>
    expect(caseOf(16, { codigo_municipio: '' })).toMatchObject({ codigo_departamento: '11', codigo_municipio: null }));
});

test.each(['Asintomático', 'ASINTOMATICO', ' asintomático '])('the symptom date %j is null', (word) =>
  expect(caseOf(16, { fecha_inicio_sintomas: word })?.fecha_inicio_sintomas).toBeNull(),
);

test('what is empty or odd besides becomes null', () => {
  const odd = { estado: 'verde', atencion: '', tipo_contagio: '?', codigo_pais: 'x', nombre_municipio: ' - ' };
  expect(caseOf(23, odd)).toMatchObject({
    estado: null,
    atencion: null,
    tipo_contagio: null,
    codigo_pais: null,
    nombre_municipio: null,
  });
});

test('fields that a short row does not have are empty', () => {
  const row = rawRow(23);
  expect(normalize({ ...row, fields: row.fields.slice(0, 18) }).case).toMatchObject({
    fecha_inicio_sintomas: '2020-02-27',
    fecha_diagnostico: null,
    tipo_recuperacion: null,
  });
});

test('ids up to the largest int64 are exact', () => {
  expect(caseOf(9, { id_caso: ' 9223372036854775807 ' })?.id_caso).toBe(9_223_372_036_854_775_807n);
  expect(reasonOf(9, { id_caso: '9223372036854775808' })).toBe('no case id');
});

describe('rejection', () => {
  const wrong = {
    id_caso: '',
    edad: '200',
    sexo: 'x',
    fecha_reporte: ' - ',
    fecha_muerte: '31/4/2020',
    codigo_municipio: '34001',
  };
  const repaired = { id_caso: '7', edad: '7', sexo: 'M', fecha_reporte: '7/3/2020', fecha_muerte: '' };

  test('gives the first reason in the order of the list', () => {
    const changes: Record<string, string> = { ...wrong };
    const reasons = [reasonOf(23, changes)];
    for (const [field, value] of Object.entries(repaired)) {
      changes[field] = value;
      reasons.push(reasonOf(23, changes));
    }
    expect(reasons).toEqual(rejectionReasons);
  });

  test.each(['0', '-5', 'abc', '1.5', ''])('case id %j is none', (id_caso) =>
    expect(reasonOf(23, { id_caso })).toBe('no case id'),
  );

  test('names file, line, column and value, and keeps the row', () => {
    const { rejection } = normalized(9, { sexo: 'Z' });
    expect(rejection).toEqual({
      file: 'cases.csv',
      line: 2,
      reason: 'unknown sex',
      column: 'sexo',
      value: 'Z',
      fields: ['1', '06/03/2020', 'Bogotá', 'Bogotá', 'Recuperado', '19', 'Z', 'Importado', 'Italia'],
    });
  });

  test('an unreadable report date is not a missing one', () =>
    expect(reasonOf(23, { fecha_reporte: 'ayer' })).toBe('unreadable date in a filled field'));

  test('a word other than Asintomático is no symptom date', () =>
    expect(reasonOf(16, { fecha_inicio_sintomas: 'nunca' })).toBe('unreadable date in a filled field'));

  test('a department nobody knows', () =>
    expect(reasonOf(9, { nombre_departamento: 'Atlántida' })).toBe('no known department'));
});
