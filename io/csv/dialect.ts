import { optionError } from './option-error.ts';

/** How fields are told apart; the same words for reading and writing. */
export interface CsvDialect {
  /** Stands between two fields; one character. Default `,`. */
  readonly delimiter?: string;
  /** Encloses a field that holds delimiters, quotes or line ends; one character. `null`: there are no quotes. Default `"`. */
  readonly quote?: string | null;
  /** Stands before a quote inside a quoted field; one character. Default: the quote itself, doubled. */
  readonly escape?: string;
}

/** How the text of a CSV file is read. Strict by default: what RFC 4180 does not allow is an error. */
export interface CsvReadDialect extends CsvDialect {
  /**
   * What ends a record. `\n` and `\r\n` mean the same, LF or CRLF, mixed at will. Default: CR where the first line of
   * the file ends in a CR alone, else LF or CRLF.
   */
  readonly newline?: '\n' | '\r\n' | '\r';
  /** True: the first record has the names. A list: these are the names, and each record is data. Default true. */
  readonly header?: boolean | readonly string[];
  /** A line that starts with this text is no record. Default: no comments. */
  readonly comment?: string;
  /** Takes white space away around fields, but not inside of quotes. Default false. */
  readonly trim?: boolean;
  /** Skips lines without a character; with `trim`, without a visible one. Default false: such a line is one empty field. */
  readonly skipEmptyLines?: boolean;
  /** A field with this text and without quotes is null. Default: no field is. */
  readonly nullText?: string | undefined;
  /** Default `utf-8`. A byte order mark is skipped. */
  readonly encoding?: 'utf-8' | 'latin1';
  /** Bytes that are no UTF-8. `replace`: they become U+FFFD. Default `error`. */
  readonly invalidBytes?: 'error' | 'replace';
  /** A record with too few fields. `fill`: the missing ones are empty, or null where there is a `nullText`. Default `error`. */
  readonly shortRows?: 'error' | 'fill';
  /** A record with too many fields. `truncate`: the last ones are dropped. Default `error`. */
  readonly longRows?: 'error' | 'truncate';
  /** Takes a quote at a wrong place as an ordinary character. Default false: it is an error. */
  readonly relaxQuotes?: boolean;
  /** The longest record, in bytes. It keeps an unclosed quote from reading the whole file into memory. Default 1,000,000. */
  readonly maxRecordLength?: number;
}

/** Delimiter, quote and escape as bytes; -1 for none. */
export interface Marks {
  readonly delimiter: number;
  readonly quote: number;
  readonly escape: number;
}

/** The options with every default filled in and in the form that the scanning loops use. */
export interface ResolvedDialect extends Marks {
  /** LF or CR; undefined: the first line tells. */
  readonly newline: number | undefined;
  readonly header: boolean | readonly string[];
  /** The bytes that begin a comment; empty for no comments. */
  readonly comment: Buffer;
  readonly trim: boolean;
  readonly skipEmptyLines: boolean;
  readonly nullText: string | undefined;
  readonly isUtf8: boolean;
  readonly replacesInvalid: boolean;
  readonly fillsShortRows: boolean;
  readonly truncatesLongRows: boolean;
  readonly relaxQuotes: boolean;
  readonly maxRecordLength: number;
}

export const LF = 10;
export const CR = 13;

/**
 * Fills in the defaults and refuses options that contradict each other.
 *
 * @throws PipelineError that names the option.
 */
export function resolveDialect(options: CsvReadDialect): ResolvedDialect {
  const { newline, header = true, comment = '', encoding = 'utf-8', maxRecordLength = 1_000_000 } = options;
  if (newline !== undefined && !['\n', '\r\n', '\r'].includes(newline)) {
    throw optionError('newline', newline, `must be '\\n', '\\r\\n' or '\\r'`);
  }
  if (encoding !== 'utf-8' && encoding !== 'latin1') {
    throw optionError('encoding', encoding, `must be 'utf-8' or 'latin1'. Convert files of other encodings first`);
  }
  const marks = resolveMarks(options, encoding === 'utf-8' ? 127 : 255);
  if (hasLineEnd(comment) || [marks.delimiter, marks.quote].includes(comment.charCodeAt(0))) {
    throw optionError('comment', comment, 'must not hold a line end nor start with the delimiter or the quote');
  }
  if (!Number.isSafeInteger(maxRecordLength) || maxRecordLength < 1) {
    throw optionError('maxRecordLength', maxRecordLength, 'must be a whole number of bytes, 1 or more');
  }
  if (typeof header !== 'boolean') checkNames(header);
  return {
    ...marks,
    newline: newline === undefined ? undefined : newline === '\r' ? CR : LF,
    header,
    comment: Buffer.from(comment, encoding),
    trim: options.trim ?? false,
    skipEmptyLines: options.skipEmptyLines ?? false,
    nullText: options.nullText,
    isUtf8: encoding === 'utf-8',
    replacesInvalid: options.invalidBytes === 'replace',
    fillsShortRows: options.shortRows === 'fill',
    truncatesLongRows: options.longRows === 'truncate',
    relaxQuotes: options.relaxQuotes ?? false,
    maxRecordLength,
  };
}

/** Delimiter, quote and escape, checked. `highest` is the last character that is one byte in the file's encoding. */
export function resolveMarks({ delimiter = ',', quote = '"', escape }: CsvDialect, highest: number): Marks {
  const isMark = (text: string): boolean => text.length === 1 && !hasLineEnd(text) && text.charCodeAt(0) <= highest;
  const rule = `must be one character of one byte (${highest < 128 ? 'ASCII' : 'Latin-1'}) that is no line end`;
  if (!isMark(delimiter)) throw optionError('delimiter', delimiter, rule);
  if (quote !== null && (!isMark(quote) || quote === delimiter)) {
    throw optionError('quote', quote, `${rule} and not the delimiter, or null for files without quotes`);
  }
  if (escape !== undefined && quote === null) {
    throw optionError('escape', escape, 'only works inside of quotes, and quote is null. Leave it out');
  }
  if (escape !== undefined && (!isMark(escape) || escape === delimiter)) {
    throw optionError('escape', escape, `${rule} and not the delimiter`);
  }
  const code = (text: string | null): number => (text === null ? -1 : text.charCodeAt(0));
  return { delimiter: code(delimiter), quote: code(quote), escape: code(escape ?? quote) };
}

function checkNames(names: readonly string[]): void {
  const doubled = names.find((name, i) => names.indexOf(name) !== i);
  if (names.length === 0 || doubled !== undefined) {
    throw optionError(
      'header',
      names,
      'must have one name for each column, each only once. Pass false for a file without names',
    );
  }
}

const hasLineEnd = (text: string): boolean => text.includes('\n') || text.includes('\r');
