import { type DailyCounts, nationalCounts } from './daily-counts.ts';
import { table } from './table.ts';
import { addTallies, noCases, type Tally } from './tally.ts';

/** Every month from the first report to the last. */
export const tendenciasMensuales = table({
  name: 'tendencias_mensuales',
  columns: { anio: 'whole', mes: 'whole', casos: 'whole', muertes: 'whole' },
  rows(counts: DailyCounts) {
    // The days have no gap, so every month between the first and the last gets an entry, in order.
    const months = new Map<string, Tally>();
    nationalCounts(counts).forEach((tally, day) => {
      const month = (counts.dates[day] ?? '').slice(0, 7);
      months.set(month, addTallies(months.get(month) ?? noCases, tally));
    });
    return [...months].map(([month, { cases, deaths }]) => ({
      anio: Number(month.slice(0, 4)),
      mes: Number(month.slice(5)),
      casos: cases,
      muertes: deaths,
    }));
  },
});
