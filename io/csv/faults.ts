import { type NoText, whyNoText } from '../compression/index.ts';
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

/** What is said of a fault: what is wrong, why and how to fix the file; the caller puts file and line before it. */
export type FaultText = NoText;

/** A record, or a whole file, that could not be read: a value, so that the reader decides between ending and dead letters. */
export interface CsvFault extends FaultText {
  readonly code: CsvFaultCode;
  /** Where to look, from 1: the line of the quote at fault, else the line where the record starts. */
  readonly line: number;
  /** The byte of the file where the record starts. */
  readonly position: number;
  /** The record's text as it stands in the file, without its line end; cut after 10,000 characters. */
  readonly raw: string;
}

/** How many characters of a record a fault carries. */
export const LONGEST_RAW = 10_000;

export function quoteText(code: 'STRAY_QUOTE' | 'TEXT_AFTER_QUOTE', quote: string): FaultText {
  const hint = 'A program that takes such quotes as letters passes relaxQuotes: true.';
  return code === 'STRAY_QUOTE'
    ? {
        message: `a quote ${quote} stands inside a field without quotes. It is not clear what it means. Enclose the field in quotes and double the ${quote}.`,
        hint,
      }
    : {
        message: `a quoted field goes on after its closing ${quote}. It is not clear where the field ends. Double the ${quote} inside of quotes.`,
        hint,
      };
}

export function openQuoteText(quote: string, limit: number | undefined): FaultText {
  const where = limit === undefined ? 'never closed' : `not closed within ${limit} bytes`;
  return {
    message: `the quote ${quote} is ${where}. All that follows would be one field. Close it, or take it out of the line.`,
    hint: 'A program passes quote: null where quotes mean nothing, or a greater maxRecordLength.',
  };
}

export const invalidBytesText = (field: string, text: string): FaultText => ({
  message: `${field} holds bytes that are no UTF-8, about ${text}. They would be lost. Convert the file, e.g. with iconv -f LATIN1 -t UTF-8 OLD > NEW.`,
  hint: "A program that reads such files passes encoding: 'latin1', or invalidBytes: 'replace'.",
});

export const tooLongText = (limit: number): FaultText => ({
  message: `the record is longer than ${limit} bytes. It would have to be held in memory whole. Check that the file has line ends, and is a CSV file.`,
  hint: 'A program checks delimiter and quote, or passes a greater maxRecordLength.',
});

export function countText(expected: number, found: number, isEmpty: boolean): FaultText {
  const what = isEmpty ? 'the line is empty' : `found ${found}`;
  const option = isEmpty ? 'skipEmptyLines: true' : found < expected ? `shortRows: 'fill'` : `longRows: 'truncate'`;
  return {
    message: `expected ${expected} field${expected === 1 ? '' : 's'}, ${what}. Its values can't be told apart by column. ${isEmpty ? 'Remove the line' : 'Correct the record'}.`,
    hint: `A program that reads such files passes ${option}.`,
  };
}

export const NO_HEADER: FaultText = {
  message:
    'the file is empty, without even a header line. Its columns have no names. Check how it was written, or leave it out.',
  hint: 'A program that knows the names passes header: [names].',
};

/** What the first bytes say against reading the file as text of the encoding, if anything. */
export function wrongEncodingText(bytes: Uint8Array, isUtf8: boolean): FaultText | undefined {
  const [first, second, third] = bytes;
  if (!isUtf8 && first === 0xef && second === 0xbb && third === 0xbf) {
    return {
      message:
        'the file is in UTF-8, as its byte order mark says, and is read as Latin-1. Letters with accents would come out wrong. Have it written in Latin-1.',
      hint: 'A program that reads UTF-8 leaves encoding out.',
    };
  }
  return unmarkedUtf16(bytes) ?? whyNoText(bytes);
}

/** Every second byte of UTF-16 is zero where letters are Latin: no text of bytes begins like that. */
function unmarkedUtf16([first, second, third, fourth]: Uint8Array): FaultText | undefined {
  const isLittle = first !== 0 && second === 0 && third !== 0 && fourth === 0;
  const isBig = first === 0 && second !== 0 && third === 0 && fourth !== 0;
  if (!isLittle && !isBig) return undefined;
  return {
    message: `the file is in UTF-16, as every second byte is zero. Only UTF-8 and Latin-1 are read. Convert it, e.g. with iconv -f UTF-16${isLittle ? 'LE' : 'BE'} -t UTF-8 OLD > NEW.`,
  };
}
