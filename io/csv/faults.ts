import type { FieldFault } from './record-scanner.ts';

/** What can be wrong with a CSV file. The last four are told by its beginning and make all of it unreadable. */
export type CsvFaultCode =
  | FieldFault
  | 'QUOTE_NOT_CLOSED'
  | 'RECORD_TOO_LONG'
  | 'FIELD_COUNT'
  | 'WRONG_ENCODING'
  | 'NO_HEADER'
  | 'MISSING_COLUMN'
  | 'DOUBLED_COLUMN';

/** A record, or a whole file, that could not be read: a value, so that the reader decides between ending and dead letters. */
export interface CsvFault {
  readonly code: CsvFaultCode;
  /** What is wrong, why and how to fix it; the caller puts file and line before it. */
  readonly message: string;
  /** Where to look, from 1: the line of the quote at fault, else the line where the record starts. */
  readonly line: number;
  /** The byte of the file where the record starts. */
  readonly position: number;
  /** The record's text as it stands in the file, without its line end; cut after 10,000 characters. */
  readonly raw: string;
}

/** How many characters of a record a fault carries. */
export const LONGEST_RAW = 10_000;

export function quoteMessage(code: 'STRAY_QUOTE' | 'TEXT_AFTER_QUOTE', quote: string): string {
  return code === 'STRAY_QUOTE'
    ? `a quote ${quote} stands inside a field without quotes. It is not clear what it means. Enclose the field in quotes and double the ${quote}, or pass relaxQuotes: true.`
    : `a quoted field goes on after its closing ${quote}. It is not clear where the field ends. Double the ${quote} inside of quotes, or pass relaxQuotes: true.`;
}

export function openQuoteMessage(quote: string, limit: number | undefined): string {
  const where = limit === undefined ? 'never closed' : `not closed within ${limit} bytes (maxRecordLength)`;
  return `the quote ${quote} is ${where}. All that follows would be one field. Close it, pass quote: null if quotes mean nothing here, or raise maxRecordLength.`;
}

export function invalidBytesMessage(field: string, text: string): string {
  return `${field} holds bytes that are no UTF-8, about ${text}. They would be lost. Pass encoding: 'latin1' if that is what the file is in, or invalidBytes: 'replace'.`;
}

export function tooLongMessage(limit: number): string {
  return `the record is longer than ${limit} bytes (maxRecordLength). It would have to be held in memory whole. Check delimiter and line ends, or raise maxRecordLength.`;
}

export function countMessage(expected: number, found: number, isEmpty: boolean): string {
  const what = isEmpty ? 'the line is empty' : `found ${found}`;
  const option = isEmpty ? 'skipEmptyLines: true' : found < expected ? `shortRows: 'fill'` : `longRows: 'truncate'`;
  return `expected ${expected} field${expected === 1 ? '' : 's'}, ${what}. Its values can't be told apart by column. Correct the record, or pass ${option}.`;
}

export const NO_HEADER =
  'the file is empty, without even a header line. Its columns have no names. Check how it was written, or pass header: [names].';

/** What a byte order mark says against the encoding, if anything. */
export function wrongEncodingMessage(bytes: Uint8Array, isUtf8: boolean): string | undefined {
  const [first, second, third] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    return 'the file is in UTF-16, as its first two bytes say. Only UTF-8 and Latin-1 are read. Convert it, e.g. with iconv -f UTF-16 -t UTF-8.';
  }
  if (!isUtf8 && first === 0xef && second === 0xbb && third === 0xbf) {
    return `the file is in UTF-8, as its byte order mark says, and encoding is 'latin1'. Letters with accents would come out wrong. Leave encoding out.`;
  }
  return undefined;
}
