import { type DailyCounts, runningTotals } from './daily-counts.ts';
import { per100k } from './exact.ts';
import { isShown, table } from './table.ts';

/** Every department of the population table on every day, by day and code. */
export const indicadoresDepartamento = table({
  name: 'indicadores_departamento',
  columns: {
    fecha: 'date',
    codigo_departamento: 'text',
    nombre_departamento: 'text',
    poblacion: 'whole',
    casos_nuevos: 'whole',
    casos_acumulados: 'whole',
    casos_por_100k: 'decimal',
  },
  *rows(counts: DailyCounts, setting) {
    const departments = setting.population.departments.map((department) => {
      const news = counts.dates.map((_, day) => counts.departments[department.code]?.[day]?.cases ?? 0);
      return { ...department, news, totals: runningTotals(news) };
    });
    for (const [day, fecha] of counts.dates.entries()) {
      if (!isShown(fecha, setting)) continue;
      for (const { code, name, inhabitants, news, totals } of departments) {
        const total = totals[day] ?? 0;
        yield {
          fecha,
          codigo_departamento: code,
          nombre_departamento: name,
          poblacion: inhabitants,
          casos_nuevos: news[day] ?? 0,
          casos_acumulados: total,
          casos_por_100k: per100k(total, inhabitants),
        };
      }
    }
  },
});
