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

export function quoteMessage(code: CsvErrorCode, quote: string, line: number): string {
  if (code === 'QUOTE_NOT_CLOSED') {
    return `the quote ${quote} opened in line ${line} is never closed. Everything after it belongs to one field. Close it, or pass quote: null.`;
  }
  if (code === 'INVALID_CLOSING_QUOTE') {
    return `a quoted field goes on after its closing ${quote}. It is not clear where the field ends. Double the ${quote} inside of quotes, or pass relaxQuotes: true.`;
  }
  return `a quote ${quote} stands inside a field without quotes. It is not clear what it means. Enclose the field in quotes and double the ${quote}, or pass relaxQuotes: true.`;
}

export function countMessage(expected: number, found: number, isEmpty: boolean): string {
  const what = isEmpty ? 'the line is empty' : `found ${found} field${found === 1 ? '' : 's'}`;
  const option = isEmpty ? 'skipEmptyLines: true' : found < expected ? `shortRows: 'fill'` : `longRows: 'truncate'`;
  return `expected ${expected} field${expected === 1 ? '' : 's'}, ${what}. Its values cannot be told apart by column. Correct the record, or pass ${option}.`;
}

export function tooLongMessage(code: CsvErrorCode, quote: string, line: number, limit: number): string {
  const characters = `${limit} characters (maxRecordLength)`;
  return code === 'QUOTE_NOT_CLOSED'
    ? `the quote ${quote} opened in line ${line} is not closed within ${characters}. It would swallow the rest of the file. Close it, pass quote: null, or raise the limit.`
    : `the record that starts here is longer than ${characters}. It would have to be held in memory whole. Check delimiter and newline, or raise the limit.`;
}
