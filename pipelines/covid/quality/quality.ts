import { ConnectorError } from 'viga';
import { baseName, compareText, type FileSummary, nullableColumns, rejectionReasons } from '../cases/index.ts';

/** What became of the rows of a run, as quality.json has it. */
export interface Quality {
  /** By name. `layout` is the number of columns. */
  readonly files: readonly {
    readonly name: string;
    readonly layout: number;
    readonly rows: number;
    readonly accepted: number;
  }[];
  readonly rejected: Readonly<Record<string, number>>;
  /** Accepted rows that gave way to another row of the same case. */
  readonly duplicates: number;
  /** How many cases have no value, per column that may lack it. */
  readonly nulls: Readonly<Record<string, number>>;
  readonly cases: number;
}

/** How many cases there are, and how many of them lack each column of `nullableColumns`. */
export interface CaseCounts {
  readonly cases: number;
  readonly nulls: readonly number[];
}

/** Puts the counts of a run together. */
export function qualityOf(files: readonly FileSummary[], { cases, nulls }: CaseCounts): Quality {
  const accepted = files.reduce((sum, file) => sum + file.accepted, 0);
  return {
    files: files
      .toSorted((a, b) => compareText(baseName(a.path), baseName(b.path)) || compareText(a.path, b.path))
      .map(({ path, columns, rows, accepted }) => ({ name: baseName(path), layout: columns, rows, accepted })),
    rejected: Object.fromEntries(
      rejectionReasons.map((reason, at) => [reason, files.reduce((sum, file) => sum + (file.rejected[at] ?? 0), 0)]),
    ),
    duplicates: accepted - cases,
    nulls: Object.fromEntries(nullableColumns.map((column, at) => [column, nulls[at] ?? 0])),
    cases,
  };
}

/**
 * Stops the run where more rows were rejected than allowed. As it runs before any sink commits, nothing is published.
 *
 * @throws ConnectorError that counts the reasons.
 */
export function demandQuality(quality: Quality, mostPercent: number | undefined): void {
  if (mostPercent === undefined) return;
  const rows = quality.files.reduce((sum, file) => sum + file.rows, 0);
  const reasons = Object.entries(quality.rejected).filter(([, n]) => n > 0);
  const rejected = reasons.reduce((sum, [, n]) => sum + n, 0);
  // The share is divided, not the limit multiplied: 2.3 * 1000 is less than 2300 in binary.
  if (rejected === 0 || (rejected * 100) / rows <= mostPercent) return;
  const shown = reasons.map(([reason, n]) => `${reason}: ${n}`).join(', ');
  throw new ConnectorError(
    '--strict-quality',
    `${rejected} of ${rows} rows were rejected (${shown}), more than ${mostPercent} %. ` +
      'The tables would tell too little, so nothing was published. ' +
      'Correct the input, or run without --strict-quality to find each of these rows in the folder rejected.',
  );
}
