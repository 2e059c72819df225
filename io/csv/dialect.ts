import { optionError } from './option-error.ts';

/** How fields and records are told apart; the same words for reading and printing. */
export interface CsvDialect {
  /** Stands between two fields; one or more characters. Default `,`. */
  readonly delimiter?: string;
  /** Encloses a field that holds delimiters, quotes or line ends; one character. `null`: there are no quotes. Default `"`. */
  readonly quote?: string | null;
  /** Stands before a quote inside a quoted field; one character. Default: the quote itself, doubled. */
  readonly escape?: string;
}

/** What ends a record. `auto`: LF or CRLF, mixed at will; a CR alone is then data. */
export type CsvNewline = 'auto' | '\n' | '\r\n' | '\r';

/** Options of {@link CsvParser}. */
export interface CsvParserOptions extends CsvDialect {
  /** Default `auto`. */
  readonly newline?: CsvNewline;
  /** `first-line`: the first record has the names. A list: these are the names, and each record is data. Default `first-line`. */
  readonly header?: 'first-line' | 'none' | readonly string[];
  /** A line that starts with this text is no record. Default: no comments. */
  readonly comment?: string;
  /** Takes white space away around fields, but not inside of quotes. Default false. */
  readonly trim?: boolean;
  /** Skips lines without a character (with `trim`: without a visible one). Default false: such a line is one empty field. */
  readonly skipEmptyLines?: boolean;
  /** The longest record, in characters. It keeps an unclosed quote from reading the whole file into memory. Default 1,000,000. */
  readonly maxRecordLength?: number;
  /** A record with too few fields. `fill`: the missing ones are as if empty. Default `error`. */
  readonly shortRows?: 'error' | 'fill';
  /** A record with too many fields. `truncate`: the last ones are dropped. Default `error`. */
  readonly longRows?: 'error' | 'truncate';
  /** Takes a quote at a wrong place as an ordinary character. Default false: it is an error. */
  readonly relaxQuotes?: boolean;
  /** An empty field without quotes is null, `""` stays the empty string. Default false. */
  readonly emptyAsNull?: boolean;
  /** Where the text starts when it is not the start of the file. Default line 1, offset 0. */
  readonly start?: CsvPosition;
  /** Called once when the names are known: says which fields to keep, by index and rising, or refuses the header. */
  readonly onHeader?: (names: readonly string[]) => CsvHeaderVerdict;
}

/** A place in a file: lines from 1, offset from 0. */
export interface CsvPosition {
  readonly line: number;
  readonly offset: number;
}

/** The answer of `onHeader`. */
export interface CsvHeaderVerdict {
  /** Indexes of the fields that rows shall have, rising. Left out: all of them. */
  readonly keep?: readonly number[];
  /** Reasons to refuse the file. */
  readonly problems?: readonly { readonly code: 'MISSING_COLUMN' | 'DOUBLED_COLUMN'; readonly message: string }[];
}

/** The options with every default filled in and in the form that the scanning loops use. */
export interface ResolvedDialect {
  readonly delimiter: string;
  /** The empty string: no quotes. */
  readonly quote: string;
  readonly escapeMark: string;
  /** The text that ends a record. */
  readonly newline: string;
  /** A CR before the newline belongs to it. */
  readonly dropsCr: boolean;
  readonly header: 'first-line' | 'none' | readonly string[];
  /** The empty string: no comments. */
  readonly comment: string;
  readonly trim: boolean;
  readonly skipEmptyLines: boolean;
  readonly maxRecordLength: number;
  readonly fillsShortRows: boolean;
  readonly truncatesLongRows: boolean;
  readonly relaxQuotes: boolean;
  /** What an empty field without quotes is. */
  readonly empty: '' | null;
}

const NEWLINES: readonly string[] = ['auto', '\n', '\r\n', '\r'];

/**
 * Fills in the defaults and refuses options that contradict each other.
 *
 * @throws PipelineError that names the option.
 */
export function resolveDialect(options: CsvParserOptions): ResolvedDialect {
  const { delimiter, quote, escapeMark } = resolveMarks(options);
  const { newline = 'auto', comment = '', header = 'first-line', maxRecordLength = 1_000_000 } = options;
  if (!NEWLINES.includes(newline)) {
    throw optionError('newline', newline, `must be 'auto', '\\n', '\\r\\n' or '\\r'`);
  }
  if (hasLineEnd(comment) || (comment !== '' && (comment.startsWith(delimiter) || comment.startsWith(quote || '\n')))) {
    throw optionError('comment', comment, 'must not hold a line end nor start with the delimiter or the quote');
  }
  if (!Number.isSafeInteger(maxRecordLength) || maxRecordLength < 1) {
    throw optionError('maxRecordLength', maxRecordLength, 'must be a whole number of characters, 1 or more');
  }
  if (typeof header !== 'string' && header.length === 0) {
    throw optionError(
      'header',
      header,
      `must have a name for each column. Pass header: 'none' for a file without names`,
    );
  }
  return {
    delimiter,
    quote,
    escapeMark,
    newline: newline === 'auto' ? '\n' : newline,
    dropsCr: newline === 'auto',
    header,
    comment,
    trim: options.trim ?? false,
    skipEmptyLines: options.skipEmptyLines ?? false,
    maxRecordLength,
    fillsShortRows: options.shortRows === 'fill',
    truncatesLongRows: options.longRows === 'truncate',
    relaxQuotes: options.relaxQuotes ?? false,
    empty: options.emptyAsNull ? null : '',
  };
}

/** Delimiter, quote and escape, checked; the empty string stands for "none". */
export function resolveMarks(dialect: CsvDialect): Pick<ResolvedDialect, 'delimiter' | 'quote' | 'escapeMark'> {
  const { delimiter = ',', quote = '"' } = dialect;
  const escapeMark = dialect.escape ?? quote ?? '';
  if (delimiter === '' || hasLineEnd(delimiter)) {
    throw optionError('delimiter', delimiter, 'must have one or more characters, none of them a line end');
  }
  if (quote !== null && (quote.length !== 1 || hasLineEnd(quote) || delimiter.includes(quote))) {
    throw optionError(
      'quote',
      quote,
      'must be one character that is neither a line end nor part of the delimiter, or null',
    );
  }
  if (quote === null && escapeMark !== '') {
    throw optionError('escape', escapeMark, 'only works inside of quotes, but quote is null. Leave it out');
  }
  if (quote !== null && (escapeMark.length !== 1 || hasLineEnd(escapeMark) || delimiter.includes(escapeMark))) {
    throw optionError(
      'escape',
      escapeMark,
      'must be one character that is neither a line end nor part of the delimiter',
    );
  }
  return { delimiter, quote: quote ?? '', escapeMark };
}

const hasLineEnd = (text: string): boolean => text.includes('\n') || text.includes('\r');
