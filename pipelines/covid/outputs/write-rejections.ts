import { type PCollection, type PTransform, ptransform } from 'viga';
import { writeJsonLines } from 'viga/io/json';
import type { CheckedRow, RejectedRow } from '../cases/index.ts';

/** Writes the rows that are no cases into a folder, one a line: file, line, reason, the column and value at fault, the row. */
export function writeRejections(folder: string): PTransform<PCollection<CheckedRow>, void> {
  return ptransform('WriteRejections', (rows: PCollection<CheckedRow>) => {
    rows
      .filter((row): row is RejectedRow => row.rejection !== undefined, { name: 'Rejected' })
      .map(({ rejection }) => rejection, { name: 'Rejection' })
      .apply(writeJsonLines({ files: `${folder}/` }));
  });
}
