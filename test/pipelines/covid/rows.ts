import { type Layout, recognizeLayout } from '../../../pipelines/covid/cases/layouts.ts';
import { type Normalized, normalize, type RawRow } from '../../../pipelines/covid/cases/normalize.ts';

/** The header of the layout of 9 columns, with the marks it was published with. */
export const header9 =
  'ID de caso,Fecha de diagnóstico,Ciudad de ubicación,Departamento,Atención**,Edad,Sexo,Tipo*,País de procedencia';

export const header16 =
  'ID de caso,Fecha de notificación,Codigo DIVIPOLA,Ciudad de ubicación,Departamento o Distrito ,atención,Edad,Sexo,Tipo,Estado,País de procedencia,FIS,Fecha de muerte,Fecha diagnostico,Fecha recuperado,fecha reporte web';

export const header21 = `${header16},Tipo recuperación,Codigo departamento,Codigo pais,Pertenencia etnica,Nombre grupo etnico`;

export const header23 =
  'fecha reporte web,ID de caso,Fecha de notificación,Código DIVIPOLA departamento,Nombre departamento,Código DIVIPOLA municipio,Nombre municipio,Edad,Unidad de medida de edad,Sexo,Tipo de contagio,Ubicación del caso,Estado,Código ISO del país,Nombre del país,Recuperado,Fecha de inicio de síntomas,Fecha de muerte,Fecha de diagnóstico,Fecha de recuperación,Tipo de recuperación,Pertenencia étnica,Nombre del grupo étnico';

const lines = {
  9: [header9, '1,06/03/2020,Bogotá,Bogotá,Recuperado,19,F,Importado,Italia'],
  16: [
    header16,
    '1,2020-03-02,11001,Bogotá D.C.,Bogotá D.C.,Recuperado,19,F,Importado,Leve,Italia,2020-02-27,  -   -,2020-03-06,2020-03-13,2020-03-06',
  ],
  21: [
    header21,
    '1,2020-03-02T00:00:00.000,11001,Bogotá D.C.,Bogotá D.C.,Recuperado,19,F,Importado,Leve,ITALIA,2020-02-27T00:00:00.000,,2020-03-06T00:00:00.000,2020-03-13T00:00:00.000,2020-03-06T00:00:00.000,PCR,11,380,Otro,',
  ],
  23: [
    header23,
    '6/3/2020 0:00:00,1,2/3/2020 0:00:00,11,BOGOTA,11001,BOGOTA,19,1,F,Importado,Casa,Leve,380,ITALIA,Recuperado,27/2/2020 0:00:00,,6/3/2020 0:00:00,13/3/2020 0:00:00,PCR,6,',
  ],
} as const;

/** The first case as the layout of so many columns publishes it, with some of its fields replaced. */
export function rawRow(
  columns: keyof typeof lines,
  changes: Partial<Record<keyof Layout['position'], string>> = {},
): RawRow {
  const [header, line] = lines[columns];
  const layout = recognizeLayout(header.split(','), 'cases.csv');
  const fields = line.split(',');
  for (const [field, value] of Object.entries(changes)) {
    // Object.entries forgets the type of keys.
    const at = layout.position[field as keyof Layout['position']];
    if (at < 0) throw new Error(`the layout of ${columns} columns has no ${field}`);
    fields[at] = value;
  }
  return { fields, layout, archivo: 'cases.csv', linea: 2 };
}

export function normalized(...row: Parameters<typeof rawRow>): Normalized {
  return normalize(rawRow(...row));
}
