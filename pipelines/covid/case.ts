import type { Day } from './dates.ts';

/**
 * One confirmed case, with the columns of the table of cases.
 *
 * The names are those of the files, in Spanish, so that a column has one name from the pipeline to the query.
 */
export interface Case {
  readonly id_caso: bigint;
  readonly fecha_reporte: Day;
  readonly fecha_notificacion: Day | null;
  readonly fecha_inicio_sintomas: Day | null;
  readonly fecha_diagnostico: Day | null;
  readonly fecha_recuperacion: Day | null;
  readonly fecha_muerte: Day | null;
  /** Whole years; 0 for ages in months or days. */
  readonly edad: number;
  readonly codigo_departamento: string;
  readonly nombre_departamento: string;
  readonly codigo_municipio: string | null;
  readonly nombre_municipio: string | null;
  readonly sexo: Sex;
  readonly tipo_contagio: string | null;
  readonly ubicacion: string | null;
  readonly estado: string | null;
  /** How the case ended or is cared for. `N/A` is a death by another cause. */
  readonly atencion: string | null;
  readonly codigo_pais: string | null;
  readonly nombre_pais: string | null;
  readonly tipo_recuperacion: string | null;
  readonly pertenencia_etnica: string | null;
  readonly nombre_grupo_etnico: string | null;
  readonly archivo: string;
  readonly linea: number;
}

export type Sex = 'F' | 'M';

/** The columns of a case that say where it was read; two rows may differ in them and tell the same. */
export type PlaceColumn = 'archivo' | 'linea';

export type ColumnType = 'int64' | 'int32' | 'date' | 'string';

/** The columns of the table of cases, in their order, with the type each is stored as. */
export const caseColumns: { readonly [C in keyof Case]: ColumnType } = {
  id_caso: 'int64',
  fecha_reporte: 'date',
  fecha_notificacion: 'date',
  fecha_inicio_sintomas: 'date',
  fecha_diagnostico: 'date',
  fecha_recuperacion: 'date',
  fecha_muerte: 'date',
  edad: 'int32',
  codigo_departamento: 'string',
  nombre_departamento: 'string',
  codigo_municipio: 'string',
  nombre_municipio: 'string',
  sexo: 'string',
  tipo_contagio: 'string',
  ubicacion: 'string',
  estado: 'string',
  atencion: 'string',
  codigo_pais: 'string',
  nombre_pais: 'string',
  tipo_recuperacion: 'string',
  pertenencia_etnica: 'string',
  nombre_grupo_etnico: 'string',
  archivo: 'string',
  linea: 'int32',
};

/** The columns that may be null. The others decide whether a row is a case at all. */
export const nullableColumns = [
  'fecha_notificacion',
  'fecha_inicio_sintomas',
  'fecha_diagnostico',
  'fecha_recuperacion',
  'fecha_muerte',
  'codigo_municipio',
  'nombre_municipio',
  'tipo_contagio',
  'ubicacion',
  'estado',
  'atencion',
  'codigo_pais',
  'nombre_pais',
  'tipo_recuperacion',
  'pertenencia_etnica',
  'nombre_grupo_etnico',
] as const satisfies readonly (keyof Case)[];

export type NullableColumn = (typeof nullableColumns)[number];

/** Says whether the case ended in a death by covid. */
export function isDeath(case_: Case): boolean {
  return case_.atencion === 'Fallecido';
}

/** Counts of nulls per column that may be null, in the order of {@link nullableColumns}. */
export type NullCounts = number[];

/** Adds the nulls of one case to the counts. */
export function addNulls(counts: NullCounts, case_: Case): NullCounts {
  for (let at = 0; at < nullableColumns.length; at++) {
    // Both index the same list, which has no hole.
    if (case_[nullableColumns[at] as NullableColumn] === null) counts[at] = (counts[at] ?? 0) + 1;
  }
  return counts;
}
