import { percentage } from './exact.ts';
import { table } from './table.ts';
import { noCases, type Tallies } from './tally.ts';

/** Both sexes, from their tallies: how many cases, and how many of them died. */
export const desgloseGenero = table({
  name: 'desglose_genero',
  columns: { sexo: 'text', casos: 'whole', muertes: 'whole', letalidad_pct: 'decimal?' },
  rows(sexes: Tallies) {
    return ['F', 'M'].map((sexo) => {
      const { cases, deaths } = sexes.find(({ key }) => key === sexo)?.value ?? noCases;
      return { sexo, casos: cases, muertes: deaths, letalidad_pct: percentage(deaths, cases) };
    });
  },
});
