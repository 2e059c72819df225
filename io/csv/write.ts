import type { PCollection, PDone, PTransform } from '../../model/index.ts';
import { type FileWriteOptions, writeFiles } from '../files/index.ts';
import { type CsvWriteOptions, csvWriteFormat } from './write-format.ts';

/**
 * Writes rows, objects or arrays of values, as CSV: UTF-8, a header in each file, quotes only where they are needed.
 *
 * Null and undefined are written as nothing, dates as ISO 8601 in UTC, bigints with all their digits. Objects, NaN, invalid
 * dates and rows of other columns have no text that would be read back as it was: they end the run, or go to `deadLetters`.
 * Pass `columns` where rows have optional properties, or where more than one file is written, so that all have the same.
 *
 * @throws PipelineError if options contradict each other.
 * @example
 * import assert from 'node:assert/strict';
 * import { mkdtempSync, readFileSync } from 'node:fs';
 * import { create, Pipeline } from 'viga';
 * import { writeCsv } from 'viga/io/csv';
 * import { directRunner } from 'viga/runners/direct';
 *
 * const file = `${mkdtempSync('/tmp/people-')}/people.csv`;
 * const p = new Pipeline();
 * p.apply(create([{ id: 1n, name: 'Anna, junior', born: new Date(0) }])).apply(
 *   writeCsv({ files: file, columns: { name: 'Full name', id: 'Id' } }),
 * );
 * await p.run(directRunner());
 * assert.equal(readFileSync(file, 'utf8'), 'Full name,Id\n"Anna, junior",1\n');
 */
export const writeCsv = <T extends object>(
  spec: CsvWriteOptions<T> & FileWriteOptions<T>,
): PTransform<PCollection<T>, PDone> => ({
  ...writeFiles(csvWriteFormat(spec), spec),
  name: spec.name ?? 'WriteCsv',
});
