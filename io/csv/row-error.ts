/**
 * What can be wrong with a CSV file. The first six come from its text, the next three from its header, the last from a value.
 */
export type CsvErrorCode =
  | 'INVALID_ENCODING'
  | 'INVALID_OPENING_QUOTE'
  | 'INVALID_CLOSING_QUOTE'
  | 'QUOTE_NOT_CLOSED'
  | 'RECORD_TOO_LONG'
  | 'FIELD_COUNT'
  | 'NO_HEADER'
  | 'MISSING_COLUMN'
  | 'DOUBLED_COLUMN'
  | 'WRONG_TYPE';

/**
 * A record, or a whole file, that could not be read: a value, so that the reader decides between throwing and dead letters.
 *
 * The message says what is wrong, why and how to fix it, without the file and the line: the caller puts `file: line 12: ` before it.
 */
export interface CsvRowError {
  readonly code: CsvErrorCode;
  readonly message: string;
  /** Where to look, from 1: the line of the quote at fault, else the line where the record starts. */
  readonly line: number;
  /** Where the record starts: characters from the parser, bytes from the reader. */
  readonly offset: number;
  /** The record's text as it stands in the file, without its line end; cut after 10,000 characters. */
  readonly raw: string;
  /** Nothing after this place can be trusted: no more rows come. It must not end as a dead letter alone. */
  readonly isFatal: boolean;
  /** With WRONG_TYPE: the column's name, its text and the type it should have. */
  readonly column?: string;
  readonly value?: string | null;
  readonly expected?: string;
}

const LONGEST_RAW = 10_000;

/** Cuts the text of a record to what an error carries. */
export function rawText(text: string): string {
  return text.length > LONGEST_RAW ? text.slice(0, LONGEST_RAW) : text;
}
