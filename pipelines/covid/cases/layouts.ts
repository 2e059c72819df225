import { ConnectorError } from 'viga';
import { fold } from './text.ts';

/** What a column of a file can mean, whatever its header says. */
export type RawField = keyof typeof nowhere;

/** Where the fields of a file stand. */
export interface Layout {
  /** How many columns it has, by which the four published layouts are known. */
  readonly columns: LayoutWidth;
  /** Position of each field in a row, from 0; -1 where this layout has no such column. */
  readonly position: Readonly<Record<RawField, number>>;
}

export type LayoutWidth = 9 | 16 | 21 | 23;

const nine = {
  'ID de caso': 'id_caso',
  'Fecha de diagnóstico': 'fecha_diagnostico',
  'Ciudad de ubicación': 'nombre_municipio',
  Departamento: 'nombre_departamento',
  Atención: 'atencion',
  Edad: 'edad',
  Sexo: 'sexo',
  Tipo: 'tipo_contagio',
  'País de procedencia': 'nombre_pais',
} as const satisfies Record<string, RawField>;

const sixteen = {
  'ID de caso': 'id_caso',
  'Fecha de notificación': 'fecha_notificacion',
  'Código DIVIPOLA': 'codigo_municipio',
  'Ciudad de ubicación': 'nombre_municipio',
  'Departamento o Distrito': 'nombre_departamento',
  atención: 'atencion',
  Edad: 'edad',
  Sexo: 'sexo',
  Tipo: 'tipo_contagio',
  Estado: 'estado',
  'País de procedencia': 'nombre_pais',
  FIS: 'fecha_inicio_sintomas',
  'Fecha de muerte': 'fecha_muerte',
  'Fecha diagnostico': 'fecha_diagnostico',
  'Fecha recuperado': 'fecha_recuperacion',
  'fecha reporte web': 'fecha_reporte',
} as const satisfies Record<string, RawField>;

const twentyOne = {
  ...sixteen,
  'Tipo recuperación': 'tipo_recuperacion',
  'Codigo departamento': 'codigo_departamento',
  'Codigo pais': 'codigo_pais',
  'Pertenencia etnica': 'pertenencia_etnica',
  'Nombre grupo etnico': 'nombre_grupo_etnico',
} as const satisfies Record<string, RawField>;

const twentyThree = {
  'fecha reporte web': 'fecha_reporte',
  'ID de caso': 'id_caso',
  'Fecha de notificación': 'fecha_notificacion',
  'Código DIVIPOLA departamento': 'codigo_departamento',
  'Nombre departamento': 'nombre_departamento',
  'Código DIVIPOLA municipio': 'codigo_municipio',
  'Nombre municipio': 'nombre_municipio',
  Edad: 'edad',
  'Unidad de medida de edad': 'unidad_edad',
  Sexo: 'sexo',
  'Tipo de contagio': 'tipo_contagio',
  'Ubicación del caso': 'ubicacion',
  Estado: 'estado',
  'Código ISO del país': 'codigo_pais',
  'Nombre del país': 'nombre_pais',
  Recuperado: 'atencion',
  'Fecha de inicio de síntomas': 'fecha_inicio_sintomas',
  'Fecha de muerte': 'fecha_muerte',
  'Fecha de diagnóstico': 'fecha_diagnostico',
  'Fecha de recuperación': 'fecha_recuperacion',
  'Tipo de recuperación': 'tipo_recuperacion',
  'Pertenencia étnica': 'pertenencia_etnica',
  'Nombre del grupo étnico': 'nombre_grupo_etnico',
} as const satisfies Record<string, RawField>;

/** Every field at -1, to be copied by a layout that has some of them. */
const nowhere = {
  id_caso: -1,
  fecha_reporte: -1,
  fecha_notificacion: -1,
  fecha_inicio_sintomas: -1,
  fecha_diagnostico: -1,
  fecha_recuperacion: -1,
  fecha_muerte: -1,
  edad: -1,
  unidad_edad: -1,
  codigo_departamento: -1,
  nombre_departamento: -1,
  codigo_municipio: -1,
  nombre_municipio: -1,
  sexo: -1,
  tipo_contagio: -1,
  ubicacion: -1,
  estado: -1,
  atencion: -1,
  codigo_pais: -1,
  nombre_pais: -1,
  tipo_recuperacion: -1,
  pertenencia_etnica: -1,
  nombre_grupo_etnico: -1,
};

/** The layouts, each from header to field. */
const layouts: readonly (readonly [LayoutWidth, Readonly<Record<string, RawField>>])[] = [
  [9, nine],
  [16, sixteen],
  [21, twentyOne],
  [23, twentyThree],
];

/**
 * Recognizes which of the four published layouts a header row is, in any order of columns.
 *
 * A byte order mark, blanks, accents, case and marks (`Atención**`, `Tipo*`) do not matter.
 *
 * @param file names the file in the error.
 * @throws ConnectorError with the missing and the unknown columns, compared with the layout that comes nearest.
 */
export function recognizeLayout(header: readonly string[], file: string): Layout {
  const names = header.map(headerKey);
  const comparisons = layouts.map(([columns, labels]) => compare(columns, labels, names));
  const nearest = comparisons.reduce((best, next) => (differences(next) < differences(best) ? next : best));
  if (differences(nearest) > 0) throw new ConnectorError(file, unknownHeader(header, nearest));
  const { columns, position } = nearest;
  // The layout of 9 columns has one date. It stands for the report date as well.
  const fecha_reporte = position.fecha_reporte < 0 ? position.fecha_diagnostico : position.fecha_reporte;
  return { columns, position: { ...position, fecha_reporte } };
}

/** A header against one layout. */
interface Comparison extends Layout {
  readonly missing: readonly string[];
  readonly unknown: readonly number[];
  readonly repeated: readonly number[];
}

function compare(
  columns: LayoutWidth,
  labels: Readonly<Record<string, RawField>>,
  names: readonly string[],
): Comparison {
  const fields = new Map(Object.entries(labels).map(([label, field]) => [headerKey(label), field]));
  const position = { ...nowhere };
  const unknown: number[] = [];
  const repeated: number[] = [];
  names.forEach((name, at) => {
    const field = fields.get(name);
    if (field === undefined) unknown.push(at);
    else if (position[field] >= 0) repeated.push(at);
    else position[field] = at;
  });
  const missing = Object.keys(labels).filter((label) => !names.includes(headerKey(label)));
  return { columns, position, missing, unknown, repeated };
}

function differences({ missing, unknown, repeated }: Comparison): number {
  return missing.length + unknown.length + repeated.length;
}

// The two spellings of the diagnosis date differ by a word that carries nothing.
function headerKey(header: string): string {
  return fold(header).replace(/^fecha diagnostico$/, 'fecha de diagnostico');
}

function unknownHeader(header: readonly string[], nearest: Comparison): string {
  const quoted = (at: number): string => `'${(header[at] ?? '').trim().slice(0, 40)}'`;
  const list = (what: string, names: readonly string[]): string =>
    names.length === 0 ? '' : ` ${what} ${names.slice(0, 8).join(', ')}${names.length > 8 ? ', ...' : ''};`;
  const facts =
    list(
      'missing',
      nearest.missing.map((label) => `'${label}'`),
    ) +
    list('unknown', nearest.unknown.map(quoted)) +
    list('more than once', nearest.repeated.map(quoted));
  return (
    `this header of ${header.length} column${header.length === 1 ? '' : 's'} is none of the four known layouts (9, 16, 21 or 23 columns);` +
    ` compared with the nearest, of ${nearest.columns} columns:${facts.slice(0, -1)}.` +
    ' Its fields cannot be told apart without it. Give the file the header of the published data set, or leave it out of --input.'
  );
}
