import { type CsvParserOptions, type ResolvedDialect, resolveDialect } from './dialect.ts';
import { type CsvRow, indexOrEnd, RecordScanner } from './record-scanner.ts';
import { type CsvRowError, countMessage, quoteMessage, rawText, tooLongMessage } from './row-error.ts';

/** What one piece of text completed: row `i` starts in line `lines[i]` at character `offsets[i]`. */
export interface CsvRows {
  readonly rows: CsvRow[];
  readonly lines: number[];
  /** In UTF-16 code units from the start of the file. */
  readonly offsets: number[];
  readonly errors: CsvRowError[];
  /** The text that was looked at, and the offset of its first character. */
  readonly text: string;
  readonly textOffset: number;
  /** Everything before this offset is done with: a later parser may start here, in line `nextLine`. */
  nextOffset: number;
  nextLine: number;
}

/** An unfinished record longer than this is looked at again only when it has doubled, so that the work stays linear. */
const RESCAN_AT_ONCE = 65_536;

/**
 * Reads CSV text piece by piece; the pieces may be cut anywhere, also inside of quotes and line ends.
 *
 * A line without a quote is found and cut by `indexOf` alone; only a record with quotes goes through the slow {@link RecordScanner}.
 * What is wrong with a record is a value in `errors`, and reading goes on after the line at fault; after a fatal error no rows follow.
 * The results do not depend on where the pieces are cut. The rules are those of RFC 4180, and like csv-parse strict by default.
 *
 * @example
 * import { CsvParser } from 'viga/io/csv';
 *
 * const parser = new CsvParser({ delimiter: ';' });
 * const first = parser.parse('id;name\n1;"An');
 * const second = parser.parse('na"\n2;Ben');
 * const last = parser.end();
 * console.log(parser.header); // ['id', 'name']
 * console.log([...first.rows, ...second.rows, ...last.rows]); // [['1', 'Anna'], ['2', 'Ben']]
 */
export class CsvParser {
  readonly #options: CsvParserOptions;
  readonly #dialect: ResolvedDialect;
  readonly #scanner: RecordScanner;
  #header: readonly string[] | undefined;
  /** How many fields a record must have; 0 until that is known. */
  #width = 0;
  /** The fields to keep, by index and rising, and the place of each in the row (-1: not kept). */
  #keep: readonly number[] | undefined;
  #places: Int32Array = new Int32Array(0);
  /** Text after the last complete record, and its place. */
  #carry = '';
  #offset: number;
  #line: number;
  #rescanAt = 0;
  #failed = false;
  /** How many fields the line split last had. */
  #count = 0;
  /** The first delimiter and the first quote at or after the current position; the text's length if there is none. */
  #delimiterAt = -1;
  #quoteAt = -1;

  /** @throws PipelineError if an option cannot work, or names or `onHeader` contradict each other. */
  constructor(options: CsvParserOptions = {}) {
    this.#options = options;
    this.#dialect = resolveDialect(options);
    this.#scanner = new RecordScanner(this.#dialect);
    this.#offset = options.start?.offset ?? 0;
    this.#line = options.start?.line ?? 1;
  }

  /** The names, as they stand in the file or were given; undefined without a header or before it was read. */
  get header(): readonly string[] | undefined {
    return this.#header;
  }

  /** Takes the next piece and returns the records that it completes. */
  parse(text: string): CsvRows {
    return this.#run(this.#carry + text, false);
  }

  /** Says that no text follows and returns the last record, if it had no line end. An empty rest makes no row. */
  end(): CsvRows {
    const rows = this.#run(this.#carry, true);
    if (!this.#failed && this.#header === undefined && this.#dialect.header === 'first-line') {
      const message = `the file has no header line. Without it the columns have no names. Write one, or pass header: [names].`;
      this.#note(rows, { code: 'NO_HEADER', message, line: this.#line, offset: this.#offset, raw: '', isFatal: true });
    }
    return rows;
  }

  #run(text: string, isLast: boolean): CsvRows {
    const batch: CsvRows = {
      rows: [],
      lines: [],
      offsets: [],
      errors: [],
      text,
      textOffset: this.#offset,
      nextOffset: this.#offset,
      nextLine: this.#line,
    };
    if (this.#failed) return batch;
    this.#carry = text;
    if (!isLast && text.length < this.#rescanAt) return batch;
    this.#delimiterAt = -1;
    this.#quoteAt = -1;
    this.#scanner.load(text, isLast);
    const start = this.#offset === 0 && text.startsWith('\uFEFF') ? 1 : 0;
    const { header } = this.#dialect;
    if (this.#header === undefined && typeof header !== 'string') this.#takeHeader(batch, header, 0, 0);
    const at = this.#failed ? start : this.#records(batch, start, isLast);
    // A byte order mark alone stays in the carry: the offset must not leave 0 before it is known to be skipped.
    const done = at === start ? 0 : at;
    this.#carry = this.#failed ? '' : text.slice(done);
    this.#rescanAt = this.#carry.length > RESCAN_AT_ONCE ? 2 * this.#carry.length : 0;
    this.#offset += done;
    batch.nextOffset = this.#offset;
    batch.nextLine = this.#line;
    return batch;
  }

  // Hot loop, guarded by the benchmarks that read CSV: per record two or three indexOf calls, no object but the row.
  /** Reads records from `at` on and returns where the first incomplete one starts. */
  #records(batch: CsvRows, from: number, isLast: boolean): number {
    const { newline, dropsCr, quote, comment, skipEmptyLines, maxRecordLength } = this.#dialect;
    const text = batch.text;
    let at = from;
    while (at < text.length && !this.#failed) {
      let newlineAt = text.indexOf(newline, at);
      const isCut = newlineAt < 0;
      if (isCut) newlineAt = text.length;
      const mustWait = isCut && !isLast;
      const end =
        dropsCr && !isCut && newlineAt > at && text.charCodeAt(newlineAt - 1) === 13 ? newlineAt - 1 : newlineAt;
      // A line that is cut may still end with a line end of two characters, which do not count.
      if (end - at > maxRecordLength + (mustWait ? 2 : 0)) {
        this.#tooLong(batch, at);
        return at;
      }
      if (comment !== '' && text.startsWith(comment, at)) {
        if (mustWait) return at;
      } else {
        if (quote !== '' && this.#quoteAt < at) this.#quoteAt = indexOrEnd(text, quote, at);
        if (this.#quoteAt < newlineAt && quote !== '') {
          const next = this.#quotedRecord(batch, at, isLast);
          if (next < 0) return at;
          at = next;
          continue;
        }
        if (mustWait) return at;
        if (!skipEmptyLines || !this.#isEmpty(text, at, end)) {
          this.#accept(batch, this.#split(text, at, end), at, end);
        }
      }
      this.#line++;
      at = isCut ? newlineAt : newlineAt + newline.length;
    }
    return at;
  }

  #isEmpty(text: string, at: number, end: number): boolean {
    return at === end || (this.#dialect.trim && text.slice(at, end).trim() === '');
  }

  /** Cuts a line without quotes; sets `#count`. */
  #split(text: string, start: number, end: number): CsvRow {
    const { delimiter, empty, trim } = this.#dialect;
    const step = delimiter.length;
    const places = this.#places;
    const row: CsvRow = this.#keep === undefined ? new Array(this.#width) : new Array(this.#keep.length);
    const keepsAll = this.#keep === undefined;
    let at = start;
    let count = 0;
    let to = this.#delimiterAt < at ? indexOrEnd(text, delimiter, at) : this.#delimiterAt;
    for (;;) {
      const isLastField = to >= end;
      const fieldEnd = isLastField ? end : to;
      const place = keepsAll ? count : count < places.length ? (places[count] as number) : -1;
      if (place >= 0) {
        row[place] = at === fieldEnd ? empty : trim ? trimmed(text, at, fieldEnd, empty) : text.slice(at, fieldEnd);
      }
      count++;
      if (isLastField) break;
      at = to + step;
      to = indexOrEnd(text, delimiter, at);
    }
    this.#delimiterAt = to;
    this.#count = count;
    return row;
  }

  /** Reads the record with quotes at `at`; returns where the next one starts, or -1 if this one is incomplete or fatal. */
  #quotedRecord(batch: CsvRows, at: number, isLast: boolean): number {
    const { text } = batch;
    const { newline, maxRecordLength, skipEmptyLines } = this.#dialect;
    const scanner = this.#scanner;
    const result = scanner.scan(at);
    if (result === 'incomplete') {
      if (text.length - at > maxRecordLength + 2) this.#tooLong(batch, at);
      return -1;
    }
    if (result === 'fault') return this.#quoteFault(batch, at, isLast);
    if (scanner.end - at > maxRecordLength) {
      this.#tooLong(batch, at);
      return -1;
    }
    const { fields, end, next } = scanner;
    this.#count = fields.length;
    if (!(skipEmptyLines && end === at)) this.#accept(batch, this.#kept(fields), at, end);
    this.#line += countOf(newline, text, at, end) + 1;
    return next;
  }

  #kept(fields: CsvRow): CsvRow {
    // Fields that are missing are filled in, or refused, where the row is accepted.
    return this.#keep === undefined ? fields : this.#keep.map((index) => fields[index] as string | null);
  }

  /** Notes a quote at a wrong place and goes on after the line where it stands. */
  #quoteFault(batch: CsvRows, at: number, isLast: boolean): number {
    const { text } = batch;
    const { newline, maxRecordLength, quote } = this.#dialect;
    const { faultCode, faultAt } = this.#scanner;
    const newlineAt = text.indexOf(newline, faultAt);
    const isOpen = faultCode === 'QUOTE_NOT_CLOSED';
    if (newlineAt < 0 && !isLast && text.length - at <= maxRecordLength + 2) return -1;
    const end = newlineAt < 0 || isOpen ? text.length : newlineAt;
    if (end - at > maxRecordLength) {
      this.#tooLong(batch, at);
      return -1;
    }
    const line = this.#line + countOf(newline, text, at, faultAt);
    const raw = rawText(text.slice(at, end));
    // A bad header must not make the next line the header.
    const isFatal = isOpen || (this.#header === undefined && this.#dialect.header === 'first-line');
    this.#note(batch, {
      code: faultCode,
      message: quoteMessage(faultCode, quote, line),
      line,
      offset: batch.textOffset + at,
      raw,
      isFatal,
    });
    this.#line += countOf(newline, text, at, end) + 1;
    return newlineAt < 0 || isOpen ? text.length : newlineAt + newline.length;
  }

  /** Says of a record beyond the limit whether a quote that was left open made it so long. */
  #tooLong(batch: CsvRows, at: number): void {
    const { newline, maxRecordLength, quote } = this.#dialect;
    const head = batch.text.slice(at, at + maxRecordLength);
    const scanner = new RecordScanner(this.#dialect);
    scanner.load(head, true);
    const isOpen = scanner.scan(0) === 'fault' && scanner.faultCode === 'QUOTE_NOT_CLOSED';
    const line = isOpen ? this.#line + countOf(newline, head, 0, scanner.faultAt) : this.#line;
    const place = { line, offset: batch.textOffset + at, raw: rawText(head), isFatal: true };
    const code = isOpen ? 'QUOTE_NOT_CLOSED' : 'RECORD_TOO_LONG';
    const message = tooLongMessage(code, quote, line, maxRecordLength);
    this.#note(batch, { code, message, ...place });
  }

  /** Takes a record as the header or as a row, after checking how many fields it has. */
  #accept(batch: CsvRows, row: CsvRow, at: number, end: number): void {
    if (this.#width === 0) {
      if (this.#dialect.header === 'first-line') {
        this.#takeHeader(batch, row, at, end);
        return;
      }
      this.#width = this.#count;
    }
    const count = this.#count;
    if (count !== this.#width && !this.#fitRow(row, count)) {
      const raw = rawText(batch.text.slice(at, end));
      const place = { line: this.#line, offset: batch.textOffset + at, raw, isFatal: false };
      this.#note(batch, { code: 'FIELD_COUNT', message: countMessage(this.#width, count, at === end), ...place });
      return;
    }
    batch.rows.push(row);
    batch.lines.push(this.#line);
    batch.offsets.push(batch.textOffset + at);
  }

  /** Makes a row of another width fit, if an option allows that. */
  #fitRow(row: CsvRow, count: number): boolean {
    const { fillsShortRows, truncatesLongRows, empty } = this.#dialect;
    if (count < this.#width ? !fillsShortRows : !truncatesLongRows) return false;
    row.length = this.#keep?.length ?? this.#width;
    for (let i = 0; i < row.length; i++) row[i] ??= empty;
    return true;
  }

  #takeHeader(batch: CsvRows, row: readonly (string | null)[], at: number, end: number): void {
    const names = row.map((name) => name ?? '');
    this.#header = names;
    this.#width = names.length;
    const verdict = this.#options.onHeader?.(names) ?? {};
    const raw = rawText(batch.text.slice(at, end));
    for (const { code, message } of verdict.problems ?? []) {
      this.#note(batch, { code, message, line: this.#line, offset: batch.textOffset + at, raw, isFatal: true });
    }
    this.#keep = verdict.keep;
    this.#places = new Int32Array(names.length).fill(-1);
    verdict.keep?.forEach((index, place) => {
      this.#places[index] = place;
    });
  }

  #note(batch: CsvRows, error: CsvRowError): void {
    batch.errors.push(error);
    if (error.isFatal) this.#failed = true;
  }
}

function trimmed(text: string, at: number, end: number, empty: '' | null): string | null {
  const field = text.slice(at, end).trim();
  return field === '' ? empty : field;
}

/** How often `what` stands in the text between two positions. */
function countOf(what: string, text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf(what, from); at >= 0 && at < to; at = text.indexOf(what, at + what.length)) count++;
  return count;
}
