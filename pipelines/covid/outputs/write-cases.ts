import { type PCollection, type PTransform, ptransform } from 'viga';
import { column, writeParquet } from 'viga/io/parquet';
import type { Case } from '../cases/index.ts';

const text = column.string();
const textOrNull = column.nullable(column.string());
const dateOrNull = column.nullable(column.date());

const columns = {
  id_caso: column.int64(),
  fecha_reporte: column.date(),
  fecha_notificacion: dateOrNull,
  fecha_inicio_sintomas: dateOrNull,
  fecha_diagnostico: dateOrNull,
  fecha_recuperacion: dateOrNull,
  fecha_muerte: dateOrNull,
  edad: column.int32(),
  codigo_departamento: text,
  nombre_departamento: text,
  codigo_municipio: textOrNull,
  nombre_municipio: textOrNull,
  sexo: text,
  tipo_contagio: textOrNull,
  ubicacion: textOrNull,
  estado: textOrNull,
  atencion: textOrNull,
  codigo_pais: textOrNull,
  nombre_pais: textOrNull,
  tipo_recuperacion: textOrNull,
  pertenencia_etnica: textOrNull,
  nombre_grupo_etnico: textOrNull,
  archivo: text,
  linea: column.int32(),
} satisfies Record<keyof Case, unknown>;

/** Writes cases to Parquet files in folders by report date, `anio=2020/mes=3/dia=6/`. */
export function writeCases(folder: string): PTransform<PCollection<Case>, void> {
  return ptransform('WriteCases', (cases: PCollection<Case>) => {
    cases
      // Day after day: hundreds of files that are open together would share the memory for one.
      .keyBy((case_) => case_.fecha_reporte)
      .groupByKey()
      .flatMap(({ value }) => value, { name: 'DayByDay' })
      .map(withDay)
      .apply(writeParquet({ files: `${folder}/`, columns, partitionBy: ['anio', 'mes', 'dia'] }));
  });
}

function withDay(case_: Case): Case & { readonly anio: number; readonly mes: number; readonly dia: number } {
  const date = case_.fecha_reporte;
  return {
    ...case_,
    anio: Number(date.slice(0, 4)),
    mes: Number(date.slice(5, 7)),
    dia: Number(date.slice(8)),
  };
}
