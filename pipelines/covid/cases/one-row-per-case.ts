import { asMap, type PCollection, type PTransform, ptransform } from 'viga';
import type { Case } from './case.ts';
import type { IsoDate } from './dates.ts';
import type { AcceptedRow, CheckedRow, FileSummary } from './file-summary.ts';
import { compareText } from './text.ts';

/** Nearly every row has an id of its own: a group for each would be millions of groups of one. */
const groups = 4096;

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
      .keyBy((row) => Number(row.case.id_caso) % groups)
      .groupByKey()
      .flatMap(({ value }, { sideInputs }) => greatestRows(value, sideInputs.newestReport), {
        name: 'GreatestRows',
        sideInputs: { newestReport: asMap(newestReport) },
      });
  });
}

/** The greatest row of each case id among some, in any order. */
export function greatestRows(
  rows: Iterable<AcceptedRow>,
  newestReport: ReadonlyMap<string, IsoDate | null>,
): readonly Case[] {
  const greatest = new Map<bigint, AcceptedRow>();
  for (const row of rows) {
    const known = greatest.get(row.case.id_caso);
    if (known === undefined || compare(row, known, newestReport) > 0) greatest.set(row.case.id_caso, row);
  }
  return Array.from(greatest.values(), (row) => row.case);
}

function compare(a: AcceptedRow, b: AcceptedRow, newestReport: ReadonlyMap<string, IsoDate | null>): number {
  const byFile =
    a.path === b.path
      ? 0
      : compareText(newestReport.get(a.path) ?? '', newestReport.get(b.path) ?? '') ||
        compareText(a.case.archivo, b.case.archivo);
  return byFile || compareCases(a.case, b.case);
}

/** By canonical bytes; of rows that tell the same, the one that stands first in its file is the greater. */
function compareCases(a: Case, b: Case): number {
  return Buffer.compare(canonicalBytes(a), canonicalBytes(b)) || b.linea - a.linea;
}

/** The normalized row without the place where it was read: equal rows have equal bytes. */
function canonicalBytes({ archivo, linea, ...told }: Case): Buffer {
  return Buffer.from(
    JSON.stringify(Object.values(told), (_, value) => (typeof value === 'bigint' ? `${value}` : value)),
  );
}
