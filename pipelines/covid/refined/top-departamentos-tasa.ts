import { compareText } from '../cases/index.ts';
import { allDepartments } from '../population/index.ts';
import { type DailyCounts, totalOf } from './daily-counts.ts';
import { compareQuotients, per100k } from './exact.ts';
import { table } from './table.ts';

/**
 * All departments by their rate of cases, the highest first, then by code. A department that has cases but no row in
 * the population table has no rate and stands at the end.
 */
export const topDepartamentosTasa = table({
  name: 'top_departamentos_tasa',
  columns: {
    posicion: 'whole',
    codigo_departamento: 'text',
    nombre_departamento: 'text',
    poblacion: 'whole?',
    casos: 'whole',
    muertes: 'whole',
    casos_por_100k: 'decimal?',
  },
  rows(counts: DailyCounts, { population }) {
    return allDepartments(population)
      .map((department) => ({ ...department, total: totalOf(counts, department.code) }))
      .filter(({ inhabitants, total }) => inhabitants !== null || total.cases > 0)
      .sort(byRate)
      .map(({ code, name, inhabitants, total }, at) => ({
        posicion: at + 1,
        codigo_departamento: code,
        nombre_departamento: name,
        poblacion: inhabitants,
        casos: total.cases,
        muertes: total.deaths,
        casos_por_100k: inhabitants === null ? null : per100k(total.cases, inhabitants),
      }));
  },
});

interface Rated {
  readonly code: string;
  readonly inhabitants: number | null;
  readonly total: { readonly cases: number };
}

function byRate(a: Rated, b: Rated): number {
  const byCode = compareText(a.code, b.code);
  if (a.inhabitants === null || b.inhabitants === null) {
    return Number(a.inhabitants === null) - Number(b.inhabitants === null) || byCode;
  }
  return compareQuotients(b.total.cases, b.inhabitants, a.total.cases, a.inhabitants) || byCode;
}
