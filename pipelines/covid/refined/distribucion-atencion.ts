import { compareText } from '../cases/index.ts';
import { table } from './table.ts';
import type { Tallies } from './tally.ts';

/** What stands for the outcome of a case that has none. */
export const noOutcome = 'SIN DATO';

/** The outcomes that occur, from their tallies by name, the most frequent first, then by name. */
export const distribucionAtencion = table({
  name: 'distribucion_atencion',
  columns: { atencion: 'text', casos: 'whole' },
  rows(outcomes: Tallies) {
    return outcomes
      .map(({ key, value }) => ({ atencion: key.toUpperCase(), casos: value.cases }))
      .sort((a, b) => b.casos - a.casos || compareText(a.atencion, b.atencion));
  },
});
