import { type PBegin, type PCollection, type PTransform, ptransform } from 'viga';
import { type CsvRecord, readCsv } from 'viga/io/csv';
import type { CheckedRow } from './file-summary.ts';
import { type Layout, recognizeLayout } from './layouts.ts';
import { normalize } from './normalize.ts';

/**
 * Reads files of any of the four layouts and checks each row.
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
          relaxQuotes: true,
          skipEmptyLines: true,
        }),
      )
      .map(checkRow),
  );
}

interface KnownFile {
  readonly layout: Layout;
  readonly name: string;
}

/** All rows of a file share one header array, so it stands for the file. */
const knownFiles = new WeakMap<readonly string[], KnownFile>();

/** Turns a record into a case or a rejection. */
export function checkRow({ file, line, header, fields }: CsvRecord): CheckedRow {
  let known = knownFiles.get(header);
  if (known === undefined) {
    known = { layout: recognizeLayout(header, file), name: file.slice(file.lastIndexOf('/') + 1) };
    knownFiles.set(header, known);
  }
  const { layout, name } = known;
  const result = normalize({ fields, layout, archivo: name, linea: line });
  return { path: file, columns: layout.columns, ...result };
}
