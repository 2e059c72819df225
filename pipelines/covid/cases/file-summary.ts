import { type CombineFn, type PCollection, ptransform, type PTransform } from 'viga';
import type { Case } from './case.ts';
import type { IsoDate } from './dates.ts';
import type { LayoutWidth } from './layouts.ts';
import { type Rejection, rejectionReasons } from './normalize.ts';

/** A row after the check, with its file by the whole path: two folders may hold files of one name. */
export type CheckedRow = AcceptedRow | RejectedRow | HeaderRow;

/** A row that is a case. */
export interface AcceptedRow extends RowOrigin {
  readonly case: Case;
  readonly rejection?: undefined;
}

/** A row that is none. */
export interface RejectedRow extends RowOrigin {
  readonly rejection: Rejection;
  readonly case?: undefined;
}

/** The header of a file. */
export interface HeaderRow extends RowOrigin {
  readonly case?: undefined;
  readonly rejection?: undefined;
}

interface RowOrigin {
  readonly path: string;
  readonly columns: LayoutWidth;
}

/** What became of the rows of a file. */
export interface FileSummary extends Counts {
  readonly path: string;
}

interface Counts {
  /** The width of its layout. */
  readonly columns: number;
  readonly rows: number;
  readonly accepted: number;
  /** How many rows were refused, by the place of the reason in `rejectionReasons`. */
  readonly rejected: readonly number[];
  /** The newest report date of its accepted rows; null if there are none. */
  readonly newestReport: IsoDate | null;
}

/** Counts the rows of each file. */
export function summarizeFiles(): PTransform<PCollection<CheckedRow>, PCollection<FileSummary>> {
  return ptransform('SummarizeFiles', (rows: PCollection<CheckedRow>) =>
    rows
      .keyBy((row) => row.path)
      .combinePerKey(counts)
      .map(({ key, value }): FileSummary => ({ path: key, ...value }), { name: 'WithPath' }),
  );
}

type Mutable<T> = { -readonly [N in keyof T]: T[N] extends readonly (infer E)[] ? E[] : T[N] };

const counts: CombineFn<CheckedRow, Mutable<Counts>, Counts> = {
  name: 'counts',
  createAccumulator: none,
  addInput(counts, row) {
    counts.columns = row.columns;
    if (row.case !== undefined) {
      counts.rows++;
      counts.accepted++;
      counts.newestReport = later(counts.newestReport, row.case.fecha_reporte);
    } else if (row.rejection !== undefined) {
      counts.rows++;
      const at = rejectionReasons.indexOf(row.rejection.reason);
      counts.rejected[at] = (counts.rejected[at] ?? 0) + 1;
    }
    return counts;
  },
  mergeAccumulators(accumulators) {
    const all = none();
    for (const part of accumulators) {
      all.columns = Math.max(all.columns, part.columns);
      all.rows += part.rows;
      all.accepted += part.accepted;
      all.rejected = all.rejected.map((n, at) => n + (part.rejected[at] ?? 0));
      if (part.newestReport !== null) all.newestReport = later(all.newestReport, part.newestReport);
    }
    return all;
  },
  extractOutput: (counts) => counts,
};

function none(): Mutable<Counts> {
  return { columns: 0, rows: 0, accepted: 0, rejected: rejectionReasons.map(() => 0), newestReport: null };
}

function later(a: IsoDate | null, b: IsoDate): IsoDate {
  return a === null || b > a ? b : a;
}
