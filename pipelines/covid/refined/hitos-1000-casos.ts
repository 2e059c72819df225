import { dayNumber } from '../cases/index.ts';
import { allDepartments } from '../population/index.ts';
import { type DailyCounts, runningTotals } from './daily-counts.ts';
import { table } from './table.ts';

const milestone = 1000;
/** The day of the country's first case. */
const outbreak = dayNumber('2020-03-06');

/** The departments that reached a thousand cases, and when, by code. */
export const hitos1000Casos = table({
  name: 'hitos_1000_casos',
  columns: {
    codigo_departamento: 'text',
    nombre_departamento: 'text',
    fecha: 'date',
    dias_desde_2020_03_06: 'whole',
  },
  rows(counts: DailyCounts, { population }) {
    return allDepartments(population).flatMap(({ code, name }) => {
      const totals = runningTotals((counts.departments[code] ?? []).map(({ cases }) => cases));
      const fecha = counts.dates[totals.findIndex((total) => total >= milestone)];
      if (fecha === undefined) return [];
      return [
        {
          codigo_departamento: code,
          nombre_departamento: name,
          fecha,
          dias_desde_2020_03_06: dayNumber(fecha) - outbreak,
        },
      ];
    });
  },
});
