import { showValue } from '../../model/index.ts';
import { type CsvDialect, type Marks, resolveMarks } from './dialect.ts';

/** How values become text. */
export interface PrintDialect extends CsvDialect {
  /**
   * What null and undefined are written as; a text that is the same is then quoted. Default: nothing, and an empty text is
   * written as nothing too.
   */
  readonly nullText?: string;
}

/** Turns a value into a field. `throws` a TypeError that says why a value has no text. */
export type FieldPrinter = (value: unknown) => string;

/**
 * Makes the function that prints fields.
 *
 * Quotes are set only around what would be read as something else without: delimiters, quotes, line ends, white space at
 * an edge, the null text.
 *
 * @throws PipelineError if the dialect's options contradict each other.
 */
export function fieldPrinter(dialect: PrintDialect): FieldPrinter {
  const marks = resolveMarks(dialect, 127);
  const { nullText } = dialect;
  const nothing = nullText ?? '';
  const quoted = quoter(marks);
  return (value) => {
    if (value === null || value === undefined) return nothing;
    const text = typeof value === 'string' ? value : plainText(value);
    if (text === nullText || needsQuotes(text, marks)) return quoted(text);
    return text;
  };
}

function quoter({ quote, escape }: Marks): (text: string) => string {
  const mark = String.fromCharCode(quote);
  const before = String.fromCharCode(escape);
  return (text) => {
    if (quote < 0) {
      throw new TypeError(
        `${showValue(text)} would be read as something else without quotes, and quote is null. Choose a delimiter that no value holds, or leave quote out.`,
      );
    }
    const escaped = quote === escape ? text : text.replaceAll(before, before + before);
    return mark + escaped.replaceAll(mark, before + mark) + mark;
  };
}

function needsQuotes(text: string, { delimiter, quote }: Marks): boolean {
  if (text === '') return false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === delimiter || code === quote || code === 10 || code === 13) return true;
    if (code >= 0xd800 && code <= 0xdfff) refuseHalves(text);
  }
  return isSpace(text.charCodeAt(0)) || isSpace(text.charCodeAt(text.length - 1));
}

/** What `String.prototype.trim` takes away, the byte order mark among it. */
const isSpace = (code: number): boolean =>
  code === 32 || (code >= 9 && code <= 13) || (code >= 160 && /\s/.test(String.fromCharCode(code)));

function refuseHalves(text: string): void {
  if (text.isWellFormed()) return;
  throw new TypeError(
    `${showValue(text)} holds half of a surrogate pair, which has no UTF-8. It would come back as another text. Repair it with toWellFormed().`,
  );
}

function plainText(value: unknown): string {
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return String(value);
    throw new TypeError(
      `${value} is no number that readers of CSV agree on. Write null, or the text they expect, e.g. 'NaN'.`,
    );
  }
  if (value instanceof Date) {
    if (!Number.isNaN(value.getTime())) return value.toISOString();
    throw new TypeError('the date is invalid, so it has no text. Write null for a date that is not known.');
  }
  const kind = typeof value === 'object' ? 'an object' : `a ${typeof value}`;
  throw new TypeError(
    `${showValue(value)} is ${kind}, and a field is text. Turn it into text first, e.g. with JSON.stringify.`,
  );
}
