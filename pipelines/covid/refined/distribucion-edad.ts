import { percentage } from './exact.ts';
import { table } from './table.ts';
import type { Tallies } from './tally.ts';

const groups = [
  { from: 0, name: '0-17' },
  { from: 18, name: '18-29' },
  { from: 30, name: '30-49' },
  { from: 50, name: '50-64' },
  { from: 65, name: '65+' },
] as const;

/** Returns the group of an age in years. */
export function ageGroup(years: number): string {
  return groups.findLast(({ from }) => years >= from)?.name ?? groups[0].name;
}

/** Every age group, from its tallies by name. */
export const distribucionEdad = table({
  name: 'distribucion_edad',
  columns: { grupo: 'text', casos: 'whole', porcentaje: 'decimal?' },
  rows(ages: Tallies) {
    const all = ages.reduce((sum, { value }) => sum + value.cases, 0);
    return groups.map(({ name }) => {
      const casos = ages.find(({ key }) => key === name)?.value.cases ?? 0;
      return { grupo: name, casos, porcentaje: percentage(casos, all) };
    });
  },
});
