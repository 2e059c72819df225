// Turns one row of a published file into a case, or says why it is none.
//
// A row is refused only where a case would be meaningless; the first reason in the order of `rejectionReasons` is given.
// Everything else that is empty or odd becomes null. This runs once per row: fields are read by position and texts are
// looked up in remembered tables (text.ts). The benchmark covid guards it.
import type { Case, Sex } from './case.ts';
import { countryCode, countryName } from './countries.ts';
import { type IsoDate, parseDate, unreadable } from './dates.ts';
import {
  type Department,
  departmentByCode,
  departmentByMunicipality,
  departmentByName,
  municipalityCode,
} from './departments.ts';
import type { Layout, RawField } from './layouts.ts';
import { cleanText, cleanUpperText, fold } from './text.ts';
import { contagionType, ethnicity, location, outcome, recoveryType, severity } from './vocabularies.ts';

/** Why a row is no case, in the order in which the reasons are looked for. */
export const rejectionReasons = [
  'no case id',
  'no or impossible age',
  'unknown sex',
  'no report date',
  'unreadable date in a filled field',
  'no known department',
] as const;

export type RejectionReason = (typeof rejectionReasons)[number];

/** One row as read: its fields in the order of the file, and where it stands. */
export interface RawRow {
  readonly fields: readonly string[];
  readonly layout: Layout;
  /** The file and the line, as they will stand in the case. */
  readonly archivo: string;
  readonly linea: number;
}

/** A row that is no case: where it stands, why, and the field and value that say so. */
export interface Rejection {
  readonly file: string;
  readonly line: number;
  readonly reason: RejectionReason;
  readonly column: RawField;
  readonly value: string;
  /** The row as read. */
  readonly fields: readonly string[];
}

export type Normalized =
  | { readonly case: Case; readonly rejection?: undefined }
  | { readonly case?: undefined; readonly rejection: Rejection };

const maximumAge = 120;
const maximumInt64 = 9_223_372_036_854_775_807n;

/**
 * Normalizes one row.
 *
 * A field that the row or its layout does not have counts as empty.
 */
export function normalize(row: RawRow): Normalized {
  const { position } = row.layout;
  const id = caseId(text(row, position.id_caso));
  if (id === undefined) return rejected(row, 'no case id', 'id_caso');
  const age = ageInYears(row);
  if (age === undefined) return rejected(row, 'no or impossible age', 'edad');
  const sex = sexOf(text(row, position.sexo));
  if (sex === undefined) return rejected(row, 'unknown sex', 'sexo');
  const reported = parseDate(text(row, position.fecha_reporte));
  if (reported === null) return rejected(row, 'no report date', 'fecha_reporte');
  const dates = datesOf(row, reported);
  const unreadableDate = unreadableFieldOf(dates);
  if (unreadableDate !== undefined) return rejected(row, 'unreadable date in a filled field', unreadableDate);
  const department = departmentOf(row);
  if (department === null) return rejected(row, 'no known department', departmentField(row));
  return { case: caseOf(row, { id, age, sex, dates, department }) };
}

/** What decides whether a row is a case. */
interface Essentials {
  readonly id: bigint;
  readonly age: number;
  readonly sex: Sex;
  readonly dates: Dates;
  readonly department: Department;
}

type Dates = Pick<
  Case,
  | 'fecha_reporte'
  | 'fecha_notificacion'
  | 'fecha_inicio_sintomas'
  | 'fecha_diagnostico'
  | 'fecha_recuperacion'
  | 'fecha_muerte'
>;

function caseOf(row: RawRow, { id, age, sex, dates, department }: Essentials): Case {
  const { position } = row.layout;
  return {
    id_caso: id,
    fecha_reporte: dates.fecha_reporte,
    fecha_notificacion: dates.fecha_notificacion,
    fecha_inicio_sintomas: dates.fecha_inicio_sintomas,
    fecha_diagnostico: dates.fecha_diagnostico,
    fecha_recuperacion: dates.fecha_recuperacion,
    fecha_muerte: dates.fecha_muerte,
    edad: age,
    codigo_departamento: department.code,
    nombre_departamento: department.name,
    codigo_municipio: municipalityCode(text(row, position.codigo_municipio)),
    nombre_municipio: cleanText(text(row, position.nombre_municipio)),
    sexo: sex,
    tipo_contagio: contagionType(text(row, position.tipo_contagio)),
    ubicacion: location(text(row, position.ubicacion)),
    estado: severity(text(row, position.estado)),
    atencion: outcome(text(row, position.atencion)),
    codigo_pais: countryCode(text(row, position.codigo_pais)),
    nombre_pais: countryName(text(row, position.nombre_pais)),
    tipo_recuperacion: recoveryType(text(row, position.tipo_recuperacion)),
    pertenencia_etnica: ethnicity(text(row, position.pertenencia_etnica)),
    nombre_grupo_etnico: cleanUpperText(text(row, position.nombre_grupo_etnico)),
    archivo: row.archivo,
    linea: row.linea,
  };
}

function text(row: RawRow, position: number): string {
  return position < 0 ? '' : (row.fields[position] ?? '');
}

function rejected(row: RawRow, reason: RejectionReason, column: RawField): Normalized {
  const value = text(row, row.layout.position[column]);
  return { rejection: { file: row.archivo, line: row.linea, reason, column, value, fields: row.fields } };
}

function caseId(digits: string): bigint | undefined {
  const small = wholeNumber(digits, 15);
  if (small !== undefined) return small > 0 ? BigInt(small) : undefined;
  if (!/^\s*\d+\s*$/.test(digits)) return undefined;
  const large = BigInt(digits);
  return large > 0n && large <= maximumInt64 ? large : undefined;
}

/** A layout without a unit column counts years. Months (unit 2) and days (3) make a child of 0 years. */
function ageInYears(row: RawRow): number | undefined {
  const { edad, unidad_edad } = row.layout.position;
  const age = wholeNumber(text(row, edad), 3);
  if (age === undefined || age > maximumAge) return undefined;
  const unit = unidad_edad < 0 ? 1 : wholeNumber(text(row, unidad_edad), 1);
  if (unit === 1) return age;
  return unit === 2 || unit === 3 ? 0 : undefined;
}

function sexOf(value: string): Sex | undefined {
  const letter = value.length === 1 ? value : value.trim();
  if (letter === 'M' || letter === 'm') return 'M';
  return letter === 'F' || letter === 'f' ? 'F' : undefined;
}

function datesOf(row: RawRow, fecha_reporte: IsoDate): Dates {
  const { position } = row.layout;
  return {
    fecha_reporte,
    fecha_notificacion: parseDate(text(row, position.fecha_notificacion)),
    fecha_inicio_sintomas: symptomsDate(text(row, position.fecha_inicio_sintomas)),
    fecha_diagnostico: parseDate(text(row, position.fecha_diagnostico)),
    fecha_recuperacion: parseDate(text(row, position.fecha_recuperacion)),
    fecha_muerte: parseDate(text(row, position.fecha_muerte)),
  };
}

/** Who never had symptoms has the word `Asintomático` where the day they began would stand. */
function symptomsDate(value: string): IsoDate | null {
  const date = parseDate(value);
  return date === unreadable && fold(value) === 'asintomatico' ? null : date;
}

function unreadableFieldOf(dates: Dates): keyof Dates | undefined {
  if (dates.fecha_reporte === unreadable) return 'fecha_reporte';
  if (dates.fecha_notificacion === unreadable) return 'fecha_notificacion';
  if (dates.fecha_inicio_sintomas === unreadable) return 'fecha_inicio_sintomas';
  if (dates.fecha_diagnostico === unreadable) return 'fecha_diagnostico';
  if (dates.fecha_recuperacion === unreadable) return 'fecha_recuperacion';
  if (dates.fecha_muerte === unreadable) return 'fecha_muerte';
  return undefined;
}

/**
 * The municipality's code says it where there is one, and says it alone: the column of departments holds district codes
 * in some files. Where it is empty the department's code does, and where the layout has no code its name.
 */
function departmentOf(row: RawRow): Department | null {
  const { position } = row.layout;
  const municipality = text(row, position.codigo_municipio);
  const department = departmentByMunicipality(municipality);
  if (department !== null || cleanText(municipality) !== null) return department;
  const code = text(row, position.codigo_departamento);
  return cleanText(code) !== null ? departmentByCode(code) : departmentByName(text(row, position.nombre_departamento));
}

/** The field that {@link departmentOf} looked at last. */
function departmentField(row: RawRow): RawField {
  const { position } = row.layout;
  if (cleanText(text(row, position.codigo_municipio)) !== null) return 'codigo_municipio';
  return cleanText(text(row, position.codigo_departamento)) !== null ? 'codigo_departamento' : 'nombre_departamento';
}

/** The number written with at most `length` digits between blanks, or undefined. */
function wholeNumber(value: string, length: number): number | undefined {
  const digits = value.charCodeAt(0) <= 32 || value.charCodeAt(value.length - 1) <= 32 ? value.trim() : value;
  if (digits.length === 0 || digits.length > length) return undefined;
  let number = 0;
  for (let at = 0; at < digits.length; at++) {
    const digit = digits.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return undefined;
    number = number * 10 + digit;
  }
  return number;
}
