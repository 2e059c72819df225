import { type DailyCounts, nationalCounts, runningTotals } from './daily-counts.ts';
import { per100k } from './exact.ts';
import { isShown, table } from './table.ts';

/** The country on every day; the population is that of all departments, whether they had a case or not. */
export const resumenNacionalDiario = table({
  name: 'resumen_nacional_diario',
  columns: {
    fecha: 'date',
    casos_nuevos: 'whole',
    casos_acumulados: 'whole',
    muertes: 'whole',
    poblacion: 'whole',
    casos_por_100k: 'decimal',
  },
  rows(counts: DailyCounts, setting) {
    const inhabitants = setting.population.departments.reduce((sum, department) => sum + department.inhabitants, 0);
    const news = nationalCounts(counts);
    const totals = runningTotals(news.map(({ cases }) => cases));
    return news
      .map(({ cases, deaths }, day) => ({
        fecha: counts.dates[day] ?? '',
        casos_nuevos: cases,
        casos_acumulados: totals[day] ?? 0,
        muertes: deaths,
        poblacion: inhabitants,
        casos_por_100k: per100k(totals[day] ?? 0, inhabitants),
      }))
      .filter(({ fecha }) => isShown(fecha, setting));
  },
});
