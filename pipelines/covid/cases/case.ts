import type { IsoDate } from './dates.ts';

/**
 * One confirmed case, with the columns of the table of cases.
 *
 * The names are those of the files, in Spanish, so that a column has one name from the pipeline to the query.
 */
export interface Case {
  readonly id_caso: bigint;
  readonly fecha_reporte: IsoDate;
  readonly fecha_notificacion: IsoDate | null;
  readonly fecha_inicio_sintomas: IsoDate | null;
  readonly fecha_diagnostico: IsoDate | null;
  readonly fecha_recuperacion: IsoDate | null;
  readonly fecha_muerte: IsoDate | null;
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
  /** The file's name without its folder. */
  readonly archivo: string;
  readonly linea: number;
}

export type Sex = 'F' | 'M';

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

/** Says whether the case ended in a death by covid. */
export function isDeath(case_: Case): boolean {
  return case_.atencion === 'Fallecido';
}
