// Turns one row of a published file into a case, or says why it is none.
//
// A row is refused only where a case would be meaningless; the first reason in the order of `rejectionReasons` is given.
// Everything else that is empty or odd becomes null. This runs once per row: fields are read by position, texts are looked
// up in remembered tables (text.ts), dates and numbers are read character by character.
import type { Case, Sex } from './case.ts';
import { countryCode, countryName } from './countries.ts';
import { type Day, type ParsedDate, parseDate } from './dates.ts';
import {
  departmentByCode,
  departmentByMunicipality,
  departmentByName,
  departmentName,
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
  'unreadable date',
  'no known department',
] as const;

export type RejectionReason = (typeof rejectionReasons)[number];

/** The reason, and the field and value that gave it. */
export interface Rejection {
  readonly reason: RejectionReason;
  readonly column: RawField;
  readonly value: string;
}

export type Normalized = { readonly ok: Case } | { readonly rejected: Rejection };

/** One row as read: its fields in the order of the file, and where it stands. */
export interface RawRow {
  readonly fields: readonly string[];
  readonly layout: Layout;
  /** The file and the line, as they will stand in the case. */
  readonly archivo: string;
  readonly linea: number;
}

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
  if (reported === 'unreadable') return rejected(row, 'unreadable date', 'fecha_reporte');
  const dates = otherDates(row);
  if (typeof dates === 'string') return rejected(row, 'unreadable date', dates);
  const department = departmentOf(row);
  if (department === null) return rejected(row, 'no known department', departmentField(row.layout));
  return { ok: caseOf(row, { id, age, sex, reported, dates, department }) };
}

/** What decides whether a row is a case. */
interface Essentials {
  readonly id: bigint;
  readonly age: number;
  readonly sex: Sex;
  readonly reported: Day;
  readonly dates: OtherDates;
  readonly department: string;
}

function caseOf(row: RawRow, { id, age, sex, reported, dates, department }: Essentials): Case {
  const { position } = row.layout;
  return {
    id_caso: id,
    fecha_reporte: reported,
    fecha_notificacion: dates.notified,
    fecha_inicio_sintomas: dates.symptoms,
    fecha_diagnostico: dates.diagnosed,
    fecha_recuperacion: dates.recovered,
    fecha_muerte: dates.died,
    edad: age,
    codigo_departamento: department,
    // `department` is a key of that table.
    nombre_departamento: departmentName(department) as string,
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
  return { rejected: { reason, column, value: text(row, row.layout.position[column]) } };
}

function caseId(digits: string): bigint | undefined {
  const small = wholeNumber(digits, 15);
  if (small !== undefined) return small > 0 ? BigInt(small) : undefined;
  if (!/^\s*\d{16,19}\s*$/.test(digits)) return undefined;
  const large = BigInt(digits);
  return large <= maximumInt64 ? large : undefined;
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

interface OtherDates {
  readonly notified: Day | null;
  readonly symptoms: Day | null;
  readonly diagnosed: Day | null;
  readonly recovered: Day | null;
  readonly died: Day | null;
}

/** All dates but the report date, or the first field that holds something unreadable. */
function otherDates(row: RawRow): OtherDates | RawField {
  const { position } = row.layout;
  const notified = parseDate(text(row, position.fecha_notificacion));
  if (notified === 'unreadable') return 'fecha_notificacion';
  const symptoms = symptomsDate(text(row, position.fecha_inicio_sintomas));
  if (symptoms === 'unreadable') return 'fecha_inicio_sintomas';
  const diagnosed = parseDate(text(row, position.fecha_diagnostico));
  if (diagnosed === 'unreadable') return 'fecha_diagnostico';
  const recovered = parseDate(text(row, position.fecha_recuperacion));
  if (recovered === 'unreadable') return 'fecha_recuperacion';
  const died = parseDate(text(row, position.fecha_muerte));
  if (died === 'unreadable') return 'fecha_muerte';
  return { notified, symptoms, diagnosed, recovered, died };
}

/** Who never had symptoms has the word `Asintomático` where the day they began would stand. */
function symptomsDate(value: string): ParsedDate {
  const date = parseDate(value);
  return date === 'unreadable' && fold(value) === 'asintomatico' ? null : date;
}

/**
 * The municipality's code says it best: the column of departments holds district codes in some files. Where it says
 * nothing the department's code does, and where the layout has no code its name.
 */
function departmentOf(row: RawRow): string | null {
  const { position } = row.layout;
  return (
    departmentByMunicipality(text(row, position.codigo_municipio)) ??
    departmentByCode(text(row, position.codigo_departamento)) ??
    departmentByName(text(row, position.nombre_departamento))
  );
}

function departmentField({ position }: Layout): RawField {
  return position.codigo_municipio < 0 ? 'nombre_departamento' : 'codigo_municipio';
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
