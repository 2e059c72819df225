import { type PBegin, type PCollection, type PTransform, ptransform } from 'viga';
import { type CsvRecord, readCsv } from 'viga/io/csv';
import type { CheckedRow } from './file-summary.ts';
import { type Layout, recognizeLayout } from './layouts.ts';
import { normalize } from './normalize.ts';
import { baseName } from './text.ts';

/**
 * Reads files of any of the four layouts and checks each row.
 *
 * The header of each file comes through as well, as nothing but its file, so that a file without rows is known of.
 *
 * A row may have too few fields, too many, or quotes at odd places: the check of the fields says whether it is a case.
 */
export function readRows(files: readonly string[]): PTransform<PBegin, PCollection<CheckedRow>> {
  return ptransform('ReadRows', (pipeline: PBegin) =>
    pipeline
      .apply(
        readCsv({
          files,
          as: 'records',
          shortRows: 'fill',
          longRows: 'truncate',
          headerRecord: true,
          relaxQuotes: true,
          skipEmptyLines: true,
        }),
      )
      .map(checkRow),
  );
}

/** Layouts by header: a pure function of it, and all rows of a file share one. */
const layouts = new WeakMap<readonly string[], Layout>();

/** Turns a record into a case or a rejection, and a header into neither. */
export function checkRow({ file, line, header, fields, isHeader }: CsvRecord): CheckedRow {
  let layout = layouts.get(header);
  if (layout === undefined) {
    layout = recognizeLayout(header, file);
    layouts.set(header, layout);
  }
  const { columns } = layout;
  if (isHeader) return { path: file, columns };
  const result = normalize({ fields, layout, archivo: baseName(file), linea: line });
  return result.case === undefined
    ? { path: file, columns, rejection: result.rejection }
    : { path: file, columns, case: result.case };
}
