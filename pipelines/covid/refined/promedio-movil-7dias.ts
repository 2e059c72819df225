import { type DailyCounts, nationalCounts } from './daily-counts.ts';
import { threeDecimals } from './exact.ts';
import { isShown, table } from './table.ts';

const week = 7;

/** The new cases of every day and the mean of that day and the six before; before the first day there were none. */
export const promedioMovil7Dias = table({
  name: 'promedio_movil_7dias',
  columns: { fecha: 'date', casos_nuevos: 'whole', media_7dias: 'decimal' },
  rows(counts: DailyCounts, setting) {
    const news = nationalCounts(counts).map(({ cases }) => cases);
    return counts.dates
      .map((fecha, day) => {
        const ofWeek = news.slice(Math.max(0, day - week + 1), day + 1).reduce((sum, n) => sum + n, 0);
        return { fecha, casos_nuevos: news[day] ?? 0, media_7dias: threeDecimals(ofWeek, week) };
      })
      .filter(({ fecha }) => isShown(fecha, setting));
  },
});
