import type { ResolvedDialect } from './dialect.ts';

/** One record as text: null is an empty field without quotes, where the dialect asks for it. */
export type CsvRow = (string | null)[];

/** How a scan ended: `incomplete` wants more text, `fault` has {@link RecordScanner.faultCode}. */
export type ScanEnd = 'record' | 'incomplete' | 'fault';

export type QuoteFault = 'INVALID_OPENING_QUOTE' | 'INVALID_CLOSING_QUOTE' | 'QUOTE_NOT_CLOSED';

type FieldEnd = ScanEnd | 'next';

/**
 * Reads one record that holds quotes, or white space to trim, character by character where it must.
 *
 * A field is quoted when its first character (with `trim`: its first visible one) is the quote. It ends at the first quote that is not
 * escaped, and then only a delimiter, a line end or the end of the text may follow. A decision that depends on characters which are
 * not there yet is put off: the scan says `incomplete` and is started again from the record's start when there is more text.
 *
 * The results stand in the public fields and are valid until the next scan.
 */
export class RecordScanner {
  fields: CsvRow = [];
  /** Where the record's line end starts. */
  end = 0;
  /** Where the next record starts. */
  next = 0;
  faultCode: QuoteFault = 'QUOTE_NOT_CLOSED';
  /** The quote at fault. */
  faultAt = 0;

  readonly #dialect: ResolvedDialect;
  /** How many characters after a closing quote decide what it is. */
  readonly #lookAhead: number;
  #text = '';
  #isLast = false;
  #pos = 0;
  /** The first delimiter and the first quote at or after the current field; the text's length if there is none. */
  #delimiterAt = -1;
  #quoteAt = -1;
  /** The unescaped content of the quoted field read last. */
  #content = '';

  constructor(dialect: ResolvedDialect) {
    this.#dialect = dialect;
    this.#lookAhead = Math.max(dialect.delimiter.length, dialect.dropsCr ? 2 : dialect.newline.length);
  }

  /** Takes the text of the scans to come; `isLast` says that no text follows. */
  load(text: string, isLast: boolean): void {
    this.#text = text;
    this.#isLast = isLast;
    this.#delimiterAt = -1;
    this.#quoteAt = -1;
  }

  /** Scans the record that starts at `start`; each scan of a text starts after the one before. */
  scan(start: number): ScanEnd {
    this.#pos = start;
    this.fields = [];
    for (;;) {
      const open = this.#openingQuote();
      const end = open < 0 ? this.#plainField('') : this.#quotedField(open);
      if (end !== 'next') return end;
    }
  }

  /** Position of the quote that opens the field here, or -1. */
  #openingQuote(): number {
    const { quote, trim } = this.#dialect;
    if (quote === '') return -1;
    const at = trim ? this.#skipSpaces(this.#pos) : this.#pos;
    return this.#text.startsWith(quote, at) ? at : -1;
  }

  /** A field up to the next delimiter or line end. `prefix`: what relaxed quotes have read of it already. */
  #plainField(prefix: string): FieldEnd {
    const { delimiter, newline, quote, relaxQuotes, trim, empty } = this.#dialect;
    const text = this.#text;
    const from = this.#pos;
    let newlineAt = text.indexOf(newline, from);
    if (newlineAt < 0) {
      if (!this.#isLast) return 'incomplete';
      newlineAt = text.length;
    }
    if (this.#delimiterAt < from) this.#delimiterAt = indexOrEnd(text, delimiter, from);
    const endsRecord = this.#delimiterAt >= newlineAt;
    const to = endsRecord ? this.#beforeCr(from, newlineAt) : this.#delimiterAt;
    if (quote !== '' && !relaxQuotes) {
      if (this.#quoteAt < from) this.#quoteAt = indexOrEnd(text, quote, from);
      if (this.#quoteAt < to) return this.#fault('INVALID_OPENING_QUOTE', this.#quoteAt);
    }
    const value = prefix + text.slice(from, to);
    const field = trim ? value.trim() : value;
    this.fields.push(field === '' ? empty : field);
    if (endsRecord) return this.#record(to, newlineAt);
    this.#pos = to + delimiter.length;
    return 'next';
  }

  #quotedField(open: number): FieldEnd {
    const { delimiter, newline, dropsCr, quote, escapeMark, trim, relaxQuotes } = this.#dialect;
    const text = this.#text;
    const close = quote === escapeMark ? this.#closeDoubled(open + 1) : this.#closeEscaped(open + 1);
    if (close < 0) return this.#isLast ? this.#fault('QUOTE_NOT_CLOSED', open) : 'incomplete';
    const at = trim ? this.#skipSpaces(close + 1) : close + 1;
    if (text.startsWith(delimiter, at)) {
      this.fields.push(this.#content);
      this.#pos = at + delimiter.length;
      return 'next';
    }
    const newlineAt = dropsCr && text.startsWith('\r\n', at) ? at + 1 : at;
    if (text.startsWith(newline, newlineAt) || (at === text.length && this.#isLast)) {
      this.fields.push(this.#content);
      return this.#record(at, newlineAt);
    }
    if (!this.#isLast && at + this.#lookAhead > text.length) return 'incomplete';
    if (!relaxQuotes) return this.#fault('INVALID_CLOSING_QUOTE', close);
    this.#pos = close + 1;
    return this.#plainField(quote + this.#content + quote);
  }

  /** Finds the closing quote where a quote inside is doubled; -1: it is not in the text. */
  #closeDoubled(start: number): number {
    const text = this.#text;
    const { quote } = this.#dialect;
    let from = start;
    let content = '';
    for (;;) {
      const at = text.indexOf(quote, from);
      if (at < 0) return -1;
      if (!text.startsWith(quote, at + 1)) {
        this.#content = content + text.slice(from, at);
        return at;
      }
      content += text.slice(from, at + 1);
      from = at + 2;
    }
  }

  /** Finds the closing quote where an escape character makes the next one, whatever it is, ordinary. */
  #closeEscaped(start: number): number {
    const text = this.#text;
    const quote = this.#dialect.quote.charCodeAt(0);
    const mark = this.#dialect.escapeMark.charCodeAt(0);
    let from = start;
    let content = '';
    for (let at = start; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === quote) {
        this.#content = content + text.slice(from, at);
        return at;
      }
      if (code !== mark) continue;
      content += text.slice(from, at);
      from = ++at;
    }
    return -1;
  }

  /** The first position that holds a visible character, a delimiter or a line end. */
  #skipSpaces(from: number): number {
    const { delimiter, newline, dropsCr } = this.#dialect;
    const text = this.#text;
    for (let at = from; ; at++) {
      if (!isSpace(text.charCodeAt(at)) || text.startsWith(delimiter, at) || text.startsWith(newline, at)) return at;
      if (dropsCr && text.startsWith('\r\n', at)) return at;
    }
  }

  #beforeCr(from: number, newlineAt: number): number {
    const isCrlf = this.#dialect.dropsCr && newlineAt > from && newlineAt < this.#text.length;
    return isCrlf && this.#text.charCodeAt(newlineAt - 1) === 13 ? newlineAt - 1 : newlineAt;
  }

  #record(end: number, newlineAt: number): 'record' {
    this.end = end;
    this.next = Math.min(newlineAt + this.#dialect.newline.length, this.#text.length);
    return 'record';
  }

  #fault(code: QuoteFault, at: number): 'fault' {
    this.faultCode = code;
    this.faultAt = at;
    return 'fault';
  }
}

/** The same characters that `String.prototype.trim` takes away; NaN, the end of the text, is none. */
function isSpace(code: number): boolean {
  if (code <= 32) return code === 32 || (code >= 9 && code <= 13);
  return code >= 160 && /\s/.test(String.fromCharCode(code));
}

/** Where `what` stands next; the text's length if nowhere. */
export function indexOrEnd(text: string, what: string, from: number): number {
  const at = text.indexOf(what, from);
  return at < 0 ? text.length : at;
}
