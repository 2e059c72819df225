import { showValue } from '../../model/index.ts';
import { CR, LF, type ResolvedDialect } from './dialect.ts';
import {
  type CsvFault,
  type CsvFaultCode,
  countText,
  type FaultText,
  invalidBytesText,
  LONGEST_RAW,
  NO_HEADER,
  openQuoteText,
  quoteText,
  tooLongText,
  wrongEncodingText,
} from './faults.ts';
import type { HeaderProblem } from './header.ts';
import { countLineEnds, endOfLine } from './line-ends.ts';
import { RecordScanner } from './record-scanner.ts';
import type { RowMaker } from './row-maker.ts';

/** Rows and faults in the order of the file; row `i` starts in line `lines[i]` at byte `positions[i]`. */
export interface CsvBatch<T> {
  readonly rows: T[];
  readonly lines: number[];
  readonly positions: number[];
  readonly faults: CsvFault[];
}

/** How rows are made, once the names are known; without a header there are none. */
export interface RowShape<T> {
  readonly make: RowMaker<T>;
  /** Makes a row of the header, where it is to be one. */
  readonly ofHeader?: (line: number) => T;
  /** Which fields, by index, no row uses. */
  readonly skips?: Uint8Array;
}

export type ShapeOf<T> = (header: readonly string[]) => RowShape<T> | HeaderProblem;

/**
 * Turns windows of bytes into rows.
 *
 * What is wrong with a record is a value in `faults`, and reading goes on after the line at fault; an open quote costs
 * only the line that it stands in. After a fault of the header no rows follow. Where windows are cut makes no difference.
 */
export class CsvParser<T> {
  readonly #dialect: ResolvedDialect;
  readonly #shapeOf: ShapeOf<T>;
  readonly #scanner: RecordScanner;
  readonly #newline: number;
  /** A record at the limit, and the CR that may follow. */
  readonly #longestLine: number;
  #make: RowMaker<T> | undefined;
  #header: readonly string[] = [];
  /** How many fields a record must have; 0 until the first one has told. */
  #width = 0;
  #bytes: Buffer = Buffer.alloc(0);
  #isLast = false;
  /** Where the window starts in the file, and where reading goes on in it. */
  #position = 0;
  #at = 0;
  #line = 1;
  /** The rest of a line that was too long is dropped up to its end. */
  #dropsLine = false;
  #isOver = false;

  constructor(dialect: ResolvedDialect, newline: number, shapeOf: ShapeOf<T>) {
    this.#dialect = dialect;
    this.#newline = newline;
    this.#longestLine = dialect.maxRecordLength + 1;
    this.#shapeOf = shapeOf;
    this.#scanner = new RecordScanner(dialect, newline);
  }

  /** Whether the header is at fault, so that nothing more will come. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** How many bytes of the window are done with. */
  get consumed(): number {
    return this.#at;
  }

  /** Takes a window that starts at byte `position` of the file, where the last one was consumed to. */
  load(bytes: Buffer, position: number, isLast: boolean): void {
    this.#bytes = bytes;
    this.#isLast = isLast;
    this.#position = position;
    this.#at = 0;
    this.#scanner.load(bytes, isLast);
  }

  /** Up to `limit` rows of the window, with the faults among them. Without any, the window is done with. */
  next(limit: number): CsvBatch<T> {
    const batch: CsvBatch<T> = { rows: [], lines: [], positions: [], faults: [] };
    if (this.#isOver) return batch;
    if (this.#make === undefined) this.#begin(batch);
    while (this.#at < this.#bytes.length && !this.#isOver && batch.rows.length + batch.faults.length < limit) {
      if (!this.#step(batch)) break;
    }
    if (this.#isLast && this.#make === undefined && !this.#isOver && this.#at >= this.#bytes.length) {
      this.#refuse(batch, { code: 'NO_HEADER', ...NO_HEADER }, '');
    }
    return batch;
  }

  /** What comes before the first record: the byte order mark, and names that were given. */
  #begin(batch: CsvBatch<T>): void {
    const { header, isUtf8 } = this.#dialect;
    if (this.#position === 0 && this.#at === 0) {
      const text = wrongEncodingText(this.#bytes, isUtf8);
      if (text !== undefined) return this.#refuse(batch, { code: 'WRONG_ENCODING', ...text }, '');
      if (this.#bytes[0] === 0xef && this.#bytes[1] === 0xbb && this.#bytes[2] === 0xbf) this.#at = 3;
    }
    if (header !== true) this.#takeHeader(batch, header === false ? [] : header, '');
  }

  /** Reads one record, or skips one line; false: the window has no whole record any more. */
  #step(batch: CsvBatch<T>): boolean {
    const at = this.#at;
    if (this.#dropsLine || this.#isSkipped(at)) return this.#skipLine(at);
    const scanner = this.#scanner;
    const end = scanner.scan(at);
    if (end === 'fault') return this.#fieldFault(batch, at);
    if (end === 'incomplete') return this.#unfinished(batch, at);
    if (scanner.end - at > this.#dialect.maxRecordLength) return this.#overLimit(batch, at);
    this.#accept(batch, at);
    this.#line += scanner.innerLines + 1;
    this.#at = scanner.next;
    return true;
  }

  /** Whether the line at `at` is a comment, or is empty and to be skipped. */
  #isSkipped(at: number): boolean {
    const { comment, skipEmptyLines, trim } = this.#dialect;
    if (comment.length === 0 && !skipEmptyLines) return false;
    const bytes = this.#bytes;
    const from = trim ? this.#scanner.skipSpaces(at) : at;
    const isComment = comment.length > 0 && comment.equals(bytes.subarray(from, from + comment.length));
    if (isComment || !skipEmptyLines) return isComment;
    const to = bytes[from] === CR && this.#newline === LF ? from + 1 : from;
    return to >= bytes.length ? this.#isLast : bytes[to] === this.#newline;
  }

  #skipLine(at: number): true {
    const newlineAt = this.#bytes.indexOf(this.#newline, at);
    this.#dropsLine = newlineAt < 0;
    this.#at = newlineAt < 0 ? this.#bytes.length : newlineAt + 1;
    if (newlineAt >= 0) this.#line++;
    return true;
  }

  /** Takes a record as the header or as a row, after checking how many fields it has. */
  #accept(batch: CsvBatch<T>, at: number): void {
    const { fields, count, end } = this.#scanner;
    if (this.#make === undefined) {
      const { nullText } = this.#dialect;
      const names = fields.slice(0, count).map((name) => name ?? nullText ?? '');
      return this.#takeHeader(batch, names, this.#scanner.textOf(at, Math.min(end, at + LONGEST_RAW)));
    }
    if (this.#width === 0) this.#width = count;
    if (count !== this.#width && !this.#fit(count)) {
      const text = countText(this.#width, count, at === end);
      batch.faults.push(this.#fault('FIELD_COUNT', text, this.#line, at, end));
      return;
    }
    this.#push(batch, this.#make(fields, this.#width, this.#line));
  }

  #push(batch: CsvBatch<T>, row: T): void {
    batch.rows.push(row);
    batch.lines.push(this.#line);
    batch.positions.push(this.#position + this.#at);
  }

  /** Makes a record of another width fit, if an option allows that. */
  #fit(count: number): boolean {
    const { fillsShortRows, truncatesLongRows, nullText } = this.#dialect;
    if (count > this.#width) return truncatesLongRows;
    if (fillsShortRows) this.#scanner.fields.fill(nullText === undefined ? '' : null, count, this.#width);
    return fillsShortRows;
  }

  #takeHeader(batch: CsvBatch<T>, names: readonly string[], raw: string): void {
    const shape = this.#shapeOf(names);
    if ('code' in shape) return this.#refuse(batch, shape, raw);
    this.#header = names;
    this.#width = names.length;
    this.#make = shape.make;
    this.#scanner.skips = shape.skips ?? this.#scanner.skips;
    if (shape.ofHeader !== undefined) this.#push(batch, shape.ofHeader(this.#line));
  }

  /** Notes that the file as a whole can't be read. */
  #refuse(batch: CsvBatch<T>, problem: HeaderProblem, raw: string): void {
    batch.faults.push({ ...problem, line: this.#line, position: this.#position + this.#at, raw });
    this.#isOver = true;
  }

  /** A quote at a wrong place, or bytes that are no text: goes on after the line where it stands. */
  #fieldFault(batch: CsvBatch<T>, at: number): boolean {
    const { fault, faultAt } = this.#scanner;
    const end = endOfLine(this.#bytes, this.#newline, fault === 'INVALID_BYTES' ? this.#scanner.end : faultAt);
    if (end - at > this.#longestLine) return this.#overLimit(batch, at);
    if (end === this.#bytes.length && !this.#isLast) return false;
    const line = this.#line + countLineEnds(this.#bytes, this.#newline, at, faultAt);
    return this.#drop(batch, this.#fault(fault, this.#faultText(at), line, at, end), end);
  }

  #faultText(at: number): FaultText {
    const { fault, faultAt, fields } = this.#scanner;
    if (fault !== 'INVALID_BYTES') return quoteText(fault, String.fromCharCode(this.#dialect.quote));
    const index = fields.findIndex((field) => field?.includes('\uFFFD'));
    const name = this.#header[index];
    const column = name === undefined ? `field ${index + 1}` : `the column ${JSON.stringify(name)}`;
    return invalidBytesText(column, showValue(this.#scanner.textOf(Math.max(at, faultAt - 10), faultAt + 30)));
  }

  /** A record whose end is not in the window: waits for more, unless that can't help. */
  #unfinished(batch: CsvBatch<T>, at: number): boolean {
    if (this.#bytes.length - at > this.#longestLine) return this.#overLimit(batch, at);
    if (!this.#isLast) return false;
    return this.#openQuote(batch, at, this.#scanner.openQuote, undefined);
  }

  /** A record beyond the limit: says whether a quote that was left open made it so long. */
  #overLimit(batch: CsvBatch<T>, at: number): boolean {
    const { maxRecordLength } = this.#dialect;
    const scanner = new RecordScanner(this.#dialect, this.#newline);
    scanner.load(this.#bytes.subarray(at, at + maxRecordLength), true);
    if (scanner.scan(0) === 'incomplete') return this.#openQuote(batch, at, at + scanner.openQuote, maxRecordLength);
    const end = endOfLine(this.#bytes, this.#newline, at);
    return this.#drop(batch, this.#fault('RECORD_TOO_LONG', tooLongText(maxRecordLength), this.#line, at, end), end);
  }

  /** A quote that is not closed: goes on after the line where the record starts, as the next ones may be whole. */
  #openQuote(batch: CsvBatch<T>, at: number, quoteAt: number, limit: number | undefined): boolean {
    const end = endOfLine(this.#bytes, this.#newline, at);
    const text = openQuoteText(String.fromCharCode(this.#dialect.quote), limit);
    const line = this.#line + countLineEnds(this.#bytes, this.#newline, at, quoteAt);
    return this.#drop(batch, this.#fault('QUOTE_NOT_CLOSED', text, line, at, end), end);
  }

  /** Notes a fault and goes on after the line that ends at `end`. */
  #drop(batch: CsvBatch<T>, fault: CsvFault, end: number): true {
    batch.faults.push(fault);
    this.#line += countLineEnds(this.#bytes, this.#newline, this.#at, end);
    // No later line may be taken for the header.
    if (this.#make === undefined) this.#isOver = true;
    return this.#skipLine(end);
  }

  #fault(code: CsvFaultCode, text: FaultText, line: number, at: number, end: number): CsvFault {
    const raw = this.#scanner.textOf(at, Math.min(end, at + LONGEST_RAW));
    return { code, ...text, line, position: this.#position + at, raw: raw.endsWith('\r') ? raw.slice(0, -1) : raw };
  }
}
