import { fold } from './text.ts';

/** What a column of a file can mean, whatever its header says. */
export type RawField =
  | 'id_caso'
  | 'fecha_reporte'
  | 'fecha_notificacion'
  | 'fecha_inicio_sintomas'
  | 'fecha_diagnostico'
  | 'fecha_recuperacion'
  | 'fecha_muerte'
  | 'edad'
  | 'unidad_edad'
  | 'codigo_departamento'
  | 'nombre_departamento'
  | 'codigo_municipio'
  | 'nombre_municipio'
  | 'sexo'
  | 'tipo_contagio'
  | 'ubicacion'
  | 'estado'
  | 'atencion'
  | 'codigo_pais'
  | 'nombre_pais'
  | 'tipo_recuperacion'
  | 'pertenencia_etnica'
  | 'nombre_grupo_etnico';

/** Where the fields of a file stand. */
export interface Layout {
  /** The number of columns, by which the four published layouts are known. */
  readonly name: LayoutName;
  /** Position of each field in a row, from 0; -1 where this layout has no such column. */
  readonly position: Readonly<Record<RawField, number>>;
}

export type LayoutName = '9' | '16' | '21' | '23';

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

/** The layouts by their number of columns, each from header to field. */
const layouts: Readonly<Record<LayoutName, Readonly<Record<string, RawField>>>> = {
  9: nine,
  16: sixteen,
  21: twentyOne,
  23: twentyThree,
};

/** Every field at -1, to be copied by a layout that has some of them. */
const nowhere: Readonly<Record<RawField, number>> = {
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

/**
 * Recognizes which of the four published layouts a header row is, in any order of columns.
 *
 * A byte order mark, blanks, accents, case and marks (`Atención**`, `Tipo*`) do not matter.
 *
 * @param place names the file in the error.
 * @throws Error with the missing and the unknown columns, compared with the layout that comes nearest.
 */
export function recognizeLayout(header: readonly string[], place: string): Layout {
  const names = header.map(headerKey);
  let nearest = compareWith('9', names);
  for (const name of ['16', '21', '23'] as const) {
    const candidate = compareWith(name, names);
    if (differences(candidate) < differences(nearest)) nearest = candidate;
  }
  if (differences(nearest) > 0) throw new Error(unknownHeader(place, header, nearest));
  const { name, position } = nearest;
  // The layout of 9 columns has one date. It stands for the report date as well.
  const fecha_reporte = position.fecha_reporte < 0 ? position.fecha_diagnostico : position.fecha_reporte;
  return { name, position: { ...position, fecha_reporte } };
}

interface Comparison extends Layout {
  readonly missing: readonly string[];
  readonly unknown: readonly number[];
  readonly repeated: readonly number[];
}

function compareWith(name: LayoutName, names: readonly string[]): Comparison {
  const expected = new Map(Object.entries(layouts[name]).map(([label, field]) => [headerKey(label), { label, field }]));
  const position = { ...nowhere };
  const unknown: number[] = [];
  const repeated: number[] = [];
  names.forEach((key, at) => {
    const column = expected.get(key);
    if (column === undefined) unknown.push(at);
    else if (position[column.field] >= 0) repeated.push(at);
    else position[column.field] = at;
  });
  const missing = [...expected.values()].filter(({ field }) => position[field] < 0).map(({ label }) => label);
  return { name, position, missing, unknown, repeated };
}

function differences({ missing, unknown, repeated }: Comparison): number {
  return missing.length + unknown.length + repeated.length;
}

// The two spellings of the diagnosis date differ by a word that carries nothing.
function headerKey(header: string): string {
  return fold(header).replace(/^fecha diagnostico$/, 'fecha de diagnostico');
}

function unknownHeader(place: string, header: readonly string[], nearest: Comparison): string {
  const quoted = (at: number) => `'${(header[at] ?? '').trim().slice(0, 60)}'`;
  const facts = [
    nearest.missing.length > 0 ? `missing ${nearest.missing.map((label) => `'${label}'`).join(', ')}` : '',
    nearest.unknown.length > 0 ? `unknown ${nearest.unknown.map(quoted).join(', ')}` : '',
    nearest.repeated.length > 0 ? `more than once ${nearest.repeated.map(quoted).join(', ')}` : '',
  ].filter((fact) => fact !== '');
  const shown = facts.join('; ');
  return (
    `${place}: this header of ${header.length} columns is none of the four known layouts (9, 16, 21 or 23 columns). ` +
    `Compared with the nearest, of ${nearest.name} columns: ${shown.length > 900 ? `${shown.slice(0, 900)} ...` : shown}. ` +
    `Its rows cannot be told apart without it. Give the file the header of the published data set, or leave it out of --input.`
  );
}
