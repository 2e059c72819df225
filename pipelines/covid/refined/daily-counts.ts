import { type PCollection, type PTransform, ptransform } from 'viga';
import { type Case, dateOfDay, dayNumber, type IsoDate } from '../cases/index.ts';
import { addTallies, noCases, type Tallies, type Tally, tallyPer } from './tally.ts';

/** New cases and deaths of every department on every day from the first report to the last, the quiet days included. */
export interface DailyCounts {
  /** Every day, in order. */
  readonly dates: readonly IsoDate[];
  /** The tallies of each department that has cases, by the place of the day in `dates`. */
  readonly departments: Readonly<Record<string, readonly Tally[]>>;
}

const codeLength = 2;

/** Counts per day and department, as one element. Deaths count on the day the case was reported. */
export function dailyCounts(): PTransform<PCollection<Case>, PCollection<DailyCounts>> {
  return ptransform('DailyCounts', (cases: PCollection<Case>) =>
    cases
      .apply(tallyPer('DepartmentAndDay', (case_) => case_.codigo_departamento + case_.fecha_reporte))
      .map(everyDay, { name: 'EveryDay' }),
  );
}

/** Lays tallies, whose keys are a department's code and a date, out over all days. */
export function everyDay(tallies: Tallies): DailyCounts {
  const entries = tallies.map(({ key, value }) => ({
    code: key.slice(0, codeLength),
    day: dayNumber(key.slice(codeLength)),
    tally: value,
  }));
  if (entries.length === 0) return { dates: [], departments: {} };
  const first = entries.reduce((least, { day }) => Math.min(least, day), Number.POSITIVE_INFINITY);
  const last = entries.reduce((most, { day }) => Math.max(most, day), Number.NEGATIVE_INFINITY);
  const dates = Array.from({ length: last - first + 1 }, (_, at) => dateOfDay(first + at));
  const departments: Record<string, Tally[]> = {};
  for (const { code, day, tally } of entries) {
    departments[code] ??= dates.map(() => noCases);
    departments[code][day - first] = tally;
  }
  return { dates, departments };
}

/** All cases and deaths of a department. */
export function totalOf(counts: DailyCounts, code: string): Tally {
  return (counts.departments[code] ?? []).reduce(addTallies, noCases);
}

/** All cases and deaths of the country on each day. */
export function nationalCounts({ dates, departments }: DailyCounts): readonly Tally[] {
  const all = Object.values(departments);
  return dates.map((_, at) => all.reduce((sum, days) => addTallies(sum, days[at] ?? noCases), noCases));
}

/** The sums of the first numbers, one of them, two of them, and so on. */
export function runningTotals(numbers: readonly number[]): readonly number[] {
  let total = 0;
  return numbers.map((n) => {
    total += n;
    return total;
  });
}
