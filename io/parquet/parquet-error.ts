/** Where in a Parquet file something is wrong. */
export interface ParquetPlace {
  /** The name of the file, as the caller gave it. */
  readonly file: string;
  /** From 0, in the order of the file. */
  readonly rowGroup?: number | undefined;
  /** The path of the column, with dots. */
  readonly column?: string | undefined;
  /** From 0, counted in the whole file; for rows that could not be written. */
  readonly row?: number | undefined;
}

/**
 * What can be wrong: `not-parquet` and `truncated` are about the whole file, `corrupt` about bytes that make no sense,
 * `unsupported` about valid files that need something Viga does not have, `too-large` about pages past the limits,
 * `no-column` and `wrong-type` about what was asked for, `bad-value` about a row to write.
 */
export type ParquetErrorCode =
  | 'not-parquet'
  | 'truncated'
  | 'corrupt'
  | 'unsupported'
  | 'too-large'
  | 'no-column'
  | 'wrong-type'
  | 'bad-value'
  | 'missing-package';

/**
 * A Parquet file that can't be read, or a row that can't be written to one. The message names the place and the fix.
 *
 * @example
 * import { openParquet, ParquetError } from 'viga/io/parquet';
 *
 * const text = new TextEncoder().encode('id,name\n1,Ana\n');
 * const source = { byteLength: text.length, slice: (start, end) => text.slice(start, end) };
 * try {
 *   await openParquet(source, { name: 'people.csv' });
 * } catch (error) {
 *   if (!(error instanceof ParquetError)) throw error;
 *   console.log(error.code, error.place.file); // not-parquet people.csv
 * }
 */
export class ParquetError extends Error {
  override readonly name: string = 'ParquetError';
  readonly code: ParquetErrorCode;
  readonly place: ParquetPlace;

  constructor(
    code: ParquetErrorCode,
    place: ParquetPlace,
    message: string,
    details: { readonly cause?: unknown } = {},
  ) {
    super(`${placeText(place)}: ${message}`, details);
    this.code = code;
    this.place = place;
  }
}

function placeText({ file, rowGroup, column, row }: ParquetPlace): string {
  const parts = [file];
  if (rowGroup !== undefined) parts.push(`row group ${rowGroup}`);
  if (row !== undefined) parts.push(`row ${row}`);
  if (column !== undefined) parts.push(`column ${column}`);
  return parts.join(', ');
}

/** The error for bytes that no Parquet writer would have written. */
export function corrupt(place: ParquetPlace, what: string, cause?: unknown): ParquetError {
  const message = `${what}. The file is damaged or was cut. Write it again, or leave it out.`;
  return new ParquetError('corrupt', place, message, cause === undefined ? {} : { cause });
}
