import { asMap, type CombineFn, type PCollection, type PTransform, ptransform } from 'viga';
import type { Case } from './case.ts';
import type { IsoDate } from './dates.ts';
import type { AcceptedRow, CheckedRow, FileSummary } from './file-summary.ts';

/**
 * Keeps one row of each case id; rejected rows are left out.
 *
 * Files are ordered by their newest accepted report date, then by their name; the row of the greatest file wins. Within
 * a file the row whose canonical bytes are greatest does, so the order of lines never matters.
 */
export function oneRowPerCase(files: PCollection<FileSummary>): PTransform<PCollection<CheckedRow>, PCollection<Case>> {
  return ptransform('OneRowPerCase', (rows: PCollection<CheckedRow>) => {
    const newestReport = files.map(({ path, newestReport }) => ({ key: path, value: newestReport }), {
      name: 'NewestReport',
    });
    return rows
      .filter((row): row is AcceptedRow => row.case !== undefined, { name: 'Accepted' })
      .keyBy((row) => row.case.id_caso)
      .combinePerKey(greatestPerFile)
      .map(({ value }, { sideInputs }) => greatestOf(value, sideInputs.newestReport).case, {
        name: 'GreatestFile',
        sideInputs: { newestReport: asMap(newestReport) },
      });
  });
}

/** The greatest row of each file: which file is the greatest is known only when all of them are read. */
const greatestPerFile: CombineFn<AcceptedRow, readonly AcceptedRow[], readonly AcceptedRow[]> = {
  name: 'greatestPerFile',
  createAccumulator: () => [],
  addInput: withRow,
  mergeAccumulators: (accumulators) => [...accumulators].flat().reduce(withRow, []),
  extractOutput: (rows) => rows,
};

function withRow(rows: readonly AcceptedRow[], added: AcceptedRow): readonly AcceptedRow[] {
  if (rows.length === 0) return [added];
  const at = rows.findIndex(({ path }) => path === added.path);
  const known = rows[at];
  if (known === undefined) return [...rows, added];
  return compareRows(added.case, known.case) > 0 ? rows.with(at, added) : rows;
}

function greatestOf(rows: readonly AcceptedRow[], newestReport: ReadonlyMap<string, IsoDate | null>): AcceptedRow {
  const compare = (a: AcceptedRow, b: AcceptedRow): number =>
    compareText(newestReport.get(a.path) ?? '', newestReport.get(b.path) ?? '') ||
    compareText(a.case.archivo, b.case.archivo) ||
    compareRows(a.case, b.case);
  return rows.reduce((greatest, next) => (compare(next, greatest) > 0 ? next : greatest));
}

/** By canonical bytes; of rows that tell the same, the one that stands first in its file is the greater. */
function compareRows(a: Case, b: Case): number {
  return Buffer.compare(canonicalBytes(a), canonicalBytes(b)) || b.linea - a.linea;
}

/** The normalized row without the place where it was read: equal rows have equal bytes. */
function canonicalBytes({ archivo, linea, ...told }: Case): Buffer {
  return Buffer.from(
    JSON.stringify(Object.values(told), (_, value) => (typeof value === 'bigint' ? `${value}` : value)),
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
