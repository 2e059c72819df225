// The refined tables: nine small tables that people read, one file each, made from counts of all cases.
//
// tally.ts counts cases and deaths per key, daily-counts.ts lays them out over days and departments, exact.ts rounds
// quotients, table.ts says what a table is. Start with table.ts and tendencias-mensuales.ts.
export { dailyCounts } from './daily-counts.ts';
export { desgloseGenero } from './desglose-genero.ts';
export { ageGroup, distribucionEdad } from './distribucion-edad.ts';
export { distribucionAtencion, noOutcome } from './distribucion-atencion.ts';
export { hitos1000Casos } from './hitos-1000-casos.ts';
export { indicadoresDepartamento } from './indicadores-departamento.ts';
export { promedioMovil7Dias } from './promedio-movil-7dias.ts';
export { resumenNacionalDiario } from './resumen-nacional-diario.ts';
export { type ColumnKind, type Columns, refine, type Row, type Table, type TableSettings } from './table.ts';
export { tallyPer } from './tally.ts';
export { tendenciasMensuales } from './tendencias-mensuales.ts';
export { topDepartamentosTasa } from './top-departamentos-tasa.ts';
