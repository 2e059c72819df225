import { asSingleton, type PCollection, type PTransform, ptransform } from 'viga';
import type { IsoDate } from '../cases/index.ts';
import type { Population } from '../population/index.ts';

/** What a column holds. Dates are `YYYY-MM-DD`, decimals texts with three decimals; with `?` it may be null. */
export type ColumnKind = 'whole' | 'whole?' | 'decimal' | 'decimal?' | 'date' | 'text';

/** The columns of a table, in their order. */
export type Columns = Readonly<Record<string, ColumnKind>>;

type ValueOf<K> = K extends `${infer Kind}?` ? ValueOf<Kind> | null : K extends 'whole' ? number : string;

/** A row of a table with these columns. */
export type Row<C extends Columns> = { readonly [N in keyof C]: ValueOf<C[N]> };

/** What rows are made with, besides counts. */
export interface Setting {
  readonly population: Population;
  /** The first and the last report date that the daily tables show. What happened before still counts in their sums. */
  readonly start: IsoDate | undefined;
  readonly end: IsoDate | undefined;
}

/** A table that people read: its name and columns, and how its rows, in order, come from one summary of all cases. */
export interface Table<in I, C extends Columns> {
  readonly name: string;
  readonly columns: C;
  readonly rows: (summary: I, setting: Setting) => Iterable<Row<C>>;
}

/** Declares a table, with the type of its rows taken from its columns. */
export function table<I, const C extends Columns>(spec: Table<I, C>): Table<I, C> {
  return spec;
}

/** The setting, as the steps of a pipeline have it. */
export type TableSettings = Omit<Setting, 'population'> & { readonly population: PCollection<Population> };

/** Makes a table: all its rows, in order, as one element. */
export function refine<I, C extends Columns>(
  { name, rows }: Table<I, C>,
  { population, start, end }: TableSettings,
): PTransform<PCollection<I>, PCollection<readonly Row<C>[]>> {
  return ptransform(name, (summary: PCollection<I>) =>
    summary.map((all, { sideInputs }) => [...rows(all, { population: sideInputs.population, start, end })], {
      name: 'Rows',
      sideInputs: { population: asSingleton(population) },
    }),
  );
}

/** Says whether the daily tables show a date. */
export function isShown(date: IsoDate, { start, end }: Setting): boolean {
  return (start === undefined || date >= start) && (end === undefined || date <= end);
}
