import { isUtf8 } from 'node:buffer';
import { CR, LF, type ResolvedDialect } from './dialect.ts';
import { unescaped } from './unescaped.ts';

/** The fields of one record; null is the dialect's null text. */
export type Fields = (string | null)[];

/** How a scan ended: `incomplete` wants more bytes, `fault` has {@link RecordScanner.fault}. */
export type ScanEnd = 'record' | 'incomplete' | 'fault';

/** What can be wrong inside a record. */
export type FieldFault = 'STRAY_QUOTE' | 'TEXT_AFTER_QUOTE' | 'INVALID_BYTES';

const ORDINARY = 0;
const DELIMITER = 1;
const NEWLINE = 2;
const QUOTE = 3;
const HIGH = 4;

/**
 * V8 makes a slice of 13 characters or more a view that keeps the text it was cut from alive: one long field in a
 * group's key would hold the whole window. Longer fields are copied out of the bytes instead (38 ns a field).
 */
const LONGEST_COPIED_SLICE = 12;

const INCOMPLETE = -1;
const FAULT = -2;
const RELAXED = -3;

/**
 * Cuts one record out of bytes. Bytes are scanned as they are, so positions are byte offsets in any encoding; only a
 * field that holds bytes above 127 is decoded, on its own.
 *
 * A field is quoted when its first character (with `trim`: its first visible one) is the quote. It ends at the first
 * quote that is not escaped, and then only a delimiter, a line end or the end of the file may follow.
 *
 * The results stand in the public fields and are valid until the next scan.
 */
export class RecordScanner {
  readonly fields: Fields = [];
  /** How many of `fields` belong to this record. */
  count = 0;
  /** Where the record's text ends, and where the next record starts. */
  end = 0;
  next = 0;
  /** How many line ends stand inside of quotes. */
  innerLines = 0;
  fault: FieldFault = 'STRAY_QUOTE';
  /** The byte at fault, or -1. */
  faultAt = -1;
  /** After `incomplete`, the quote that is still open, or -1. */
  openQuote = -1;
  /** Which fields need not be cut out, as no row wants them. */
  skips: Uint8Array = new Uint8Array(0);

  readonly #dialect: ResolvedDialect;
  readonly #kinds = new Uint8Array(256);
  readonly #newline: number;
  #bytes: Buffer = Buffer.alloc(0);
  /** The same bytes as text, one character a byte. */
  #text = '';
  #isLast = false;
  #isValid = true;
  /** The quoted field read last: its value, its closing quote, whether it has bytes above 127. */
  #value: string | null = '';
  #close = 0;
  #isHigh = false;

  constructor(dialect: ResolvedDialect, newline: number) {
    this.#dialect = dialect;
    this.#newline = newline;
    if (dialect.isUtf8) this.#kinds.fill(HIGH, 128);
    this.#kinds[dialect.delimiter] = DELIMITER;
    this.#kinds[newline] = NEWLINE;
    if (dialect.quote >= 0) this.#kinds[dialect.quote] = QUOTE;
  }

  /** Takes the bytes of the scans to come; `isLast` says that none follow. */
  load(bytes: Buffer, isLast: boolean): void {
    this.#bytes = bytes;
    this.#text = bytes.toString('latin1');
    this.#isLast = isLast;
    this.#isValid = !this.#dialect.isUtf8 || isUtf8(bytes);
  }

  // Hot loop, guarded by the benchmark groupsumCsv: one table look-up a byte, one slice a field.
  /** Scans the record that starts at `start`. */
  scan(start: number): ScanEnd {
    const bytes = this.#bytes;
    const text = this.#text;
    const kinds = this.#kinds;
    const { fields, skips } = this;
    const { trim, nullText } = this.#dialect;
    const isPlain = !trim && nullText === undefined;
    const hasSkips = skips.length > 0;
    let from = start;
    let isHigh = false;
    let count = 0;
    this.innerLines = 0;
    this.faultAt = -1;
    this.openQuote = -1;
    const length = bytes.length;
    for (let at = start; at < length; at++) {
      const kind = kinds[bytes[at] as number]; // within the bytes, as below; the table has an entry for each
      if (kind === ORDINARY) continue;
      if (kind === HIGH) {
        isHigh = true;
        continue;
      }
      if (kind === QUOTE) {
        const stop = this.#quote(from, at);
        if (stop >= 0) {
          fields[count++] = this.#value;
          if (stop >= length || kinds[bytes[stop] as number] === NEWLINE)
            return this.#record(count, this.#close + 1, stop);
          at = stop;
          from = stop + 1;
        } else if (stop === RELAXED) {
          at = this.#close;
          isHigh ||= this.#isHigh;
        } else {
          return stop === FAULT ? 'fault' : 'incomplete';
        }
        continue;
      }
      const to = kind === NEWLINE ? this.#beforeCr(from, at) : at;
      if (hasSkips && skips[count] === 1) fields[count] = '';
      else if (isPlain && !isHigh && to - from <= LONGEST_COPIED_SLICE) fields[count] = text.slice(from, to);
      else fields[count] = this.#field(from, to, isHigh);
      count++;
      if (kind === NEWLINE) return this.#record(count, to, at);
      from = at + 1;
      isHigh = false;
    }
    if (!this.#isLast) return 'incomplete';
    const to = this.#beforeCr(from, length);
    fields[count++] = this.#field(from, to, isHigh);
    return this.#record(count, to, length);
  }

  /** The text of some bytes, for messages. */
  textOf(from: number, to: number): string {
    return this.#bytes.toString(this.#dialect.isUtf8 ? 'utf8' : 'latin1', from, to);
  }

  /** The first position that holds no white space, or a delimiter or line end that is some. */
  skipSpaces(from: number): number {
    const bytes = this.#bytes;
    let at = from;
    while (at < bytes.length && isSpace(bytes[at] as number) && this.#kinds[bytes[at] as number] === ORDINARY) at++;
    return at;
  }

  #field(from: number, to: number, isHigh: boolean): string | null {
    const { trim, nullText } = this.#dialect;
    const text = this.#decoded(from, to, isHigh);
    const value = trim ? text.trim() : text;
    return value === nullText ? null : value;
  }

  #decoded(from: number, to: number, isHigh: boolean): string {
    if (!isHigh) {
      return to - from <= LONGEST_COPIED_SLICE ? this.#text.slice(from, to) : this.#bytes.toString('latin1', from, to);
    }
    if (
      !this.#isValid &&
      !this.#dialect.replacesInvalid &&
      this.faultAt < 0 &&
      !isUtf8(this.#bytes.subarray(from, to))
    ) {
      // Reported when the whole record is known, so that reading can go on after it.
      this.faultAt = from;
    }
    return this.#bytes.toString('utf8', from, to);
  }

  /** A quote at `at` in a field that starts at `from`: where the field's delimiter or line end is, or a negative answer. */
  #quote(from: number, at: number): number {
    const { trim, relaxQuotes } = this.#dialect;
    if (at === from || (trim && this.skipSpaces(from) === at)) return this.#quotedField(at);
    if (!relaxQuotes) return this.#fail('STRAY_QUOTE', at);
    this.#close = at;
    this.#isHigh = false;
    return RELAXED;
  }

  #quotedField(open: number): number {
    const bytes = this.#bytes;
    const { delimiter, trim, relaxQuotes } = this.#dialect;
    const close = this.#closingQuote(open);
    if (close < 0) {
      this.openQuote = open;
      return INCOMPLETE;
    }
    this.#close = close;
    const at = trim ? this.skipSpaces(close + 1) : close + 1;
    if (at < bytes.length && bytes[at] === delimiter) return at;
    const newlineAt = this.#newline === LF && bytes[at] === CR ? at + 1 : at;
    if (newlineAt < bytes.length ? bytes[newlineAt] === this.#newline : this.#isLast) return newlineAt;
    if (newlineAt >= bytes.length) return INCOMPLETE;
    return relaxQuotes ? RELAXED : this.#fail('TEXT_AFTER_QUOTE', close);
  }

  /** Finds the quote that closes the one at `open` and sets the value between them; -1 where it is not there yet. */
  #closingQuote(open: number): number {
    const bytes = this.#bytes;
    const { quote, escape, isUtf8: isUnicode } = this.#dialect;
    let isHigh = false;
    let hasEscapes = false;
    for (let at = open + 1; at < bytes.length; at++) {
      const byte = bytes[at] as number;
      if (byte === this.#newline) this.innerLines++;
      else if (byte > 127) isHigh = true;
      if (byte === escape && (escape !== quote || bytes[at + 1] === quote)) {
        hasEscapes = true;
        at++;
        if (bytes[at] === this.#newline) this.innerLines++;
      } else if (byte === quote) {
        // The quote may be the first half of a doubled one whose second half has not come yet.
        if (at + 1 >= bytes.length && !this.#isLast) return -1;
        this.#isHigh = isHigh && isUnicode;
        const value = this.#decoded(open + 1, at, this.#isHigh);
        this.#value = hasEscapes ? unescaped(value, this.#dialect) : value;
        return at;
      }
    }
    return -1;
  }

  #beforeCr(from: number, newlineAt: number): number {
    const isCrlf = this.#newline === LF && newlineAt > from && this.#bytes[newlineAt - 1] === CR;
    return isCrlf ? newlineAt - 1 : newlineAt;
  }

  #record(count: number, end: number, newlineAt: number): ScanEnd {
    this.count = count;
    this.end = end;
    this.next = Math.min(newlineAt + 1, this.#bytes.length);
    if (this.faultAt < 0) return 'record';
    this.fault = 'INVALID_BYTES';
    return 'fault';
  }

  #fail(fault: FieldFault, at: number): number {
    this.fault = fault;
    this.faultAt = at;
    return FAULT;
  }
}

const isSpace = (byte: number): boolean => byte === 32 || (byte >= 9 && byte <= 13);
