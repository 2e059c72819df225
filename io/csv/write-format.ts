import { ConnectorError, ElementError, showValue } from '../../model/index.ts';
import type { FormatWriter, OutputFile, WriteFormat } from '../files/index.ts';
import { optionError } from './option-error.ts';
import { type FieldPrinter, fieldPrinter, type PrintDialect } from './print-field.ts';

/** How rows become a CSV file, always in UTF-8 without a byte order mark. */
export interface CsvWriteOptions<T extends object = object> extends PrintDialect {
  /**
   * The columns in their order: names of the row's own properties, or an object of these with the names that the file
   * shall have. Default: the properties of the first row of each file, which all its rows must then have.
   */
  readonly columns?: readonly (keyof T & string)[] | { readonly [K in keyof T & string]?: string };
  /** Whether the first line has the names. Default true. */
  readonly header?: boolean;
  /** What ends a record. Default `\n`. */
  readonly newline?: '\n' | '\r\n';
}

/** A column: the property of the row, and the name in the file. */
type Column = readonly [key: string, inFile: string];

/** Text is handed on in pieces of about so many characters. */
const PIECE = 65_536;

/**
 * CSV as a format that `writeFiles` can be given. `writeCsv` is the same with its columns checked by the compiler.
 *
 * @throws PipelineError if options contradict each other.
 */
export function csvWriteFormat<T extends object>(options: CsvWriteOptions<T> = {}): WriteFormat<T> {
  const { newline = '\n', header = true } = options;
  if (newline !== '\n' && newline !== '\r\n') throw optionError('newline', newline, `must be '\\n' or '\\r\\n'`);
  const columns = columnsOf(options.columns);
  const settings: Settings = {
    print: fieldPrinter(options),
    delimiter: options.delimiter ?? ',',
    newline,
    header,
    columns,
    emptyLine: options.nullText === '' || options.quote === null ? '' : `${options.quote ?? '"'}`.repeat(2),
  };
  return {
    name: 'csv',
    extension: '.csv',
    open: (out, context) => new CsvWriter(settings, out, context),
  };
}

function columnsOf(columns: CsvWriteOptions['columns'] | undefined): readonly Column[] | undefined {
  if (columns === undefined) return undefined;
  const pairs = Array.isArray(columns) ? columns.map((name): Column => [name, name]) : Object.entries(columns);
  const names = pairs.map(([, inFile]) => inFile);
  if (names.length === 0 || new Set(names).size < names.length) {
    throw optionError('columns', columns, 'must name at least one column, and each only once');
  }
  return pairs;
}

interface Settings {
  readonly print: FieldPrinter;
  readonly delimiter: string;
  readonly newline: string;
  readonly header: boolean;
  readonly columns: readonly Column[] | undefined;
  /** What a record of one empty field is: an empty line would be no record to most readers. */
  readonly emptyLine: string;
}

type OpenContext = Parameters<WriteFormat<object>['open']>[1];

class CsvWriter implements FormatWriter<object> {
  readonly #settings: Settings;
  readonly #out: OutputFile;
  readonly #context: OpenContext;
  #columns: readonly Column[] | undefined;
  /** Which of the columns some row had. */
  #seen: boolean[] = [];
  #rows = 0;
  #text = '';

  constructor(settings: Settings, out: OutputFile, context: OpenContext) {
    this.#settings = settings;
    this.#out = out;
    this.#context = context;
    if (settings.columns !== undefined) this.#begin(settings.columns);
  }

  async write(rows: readonly object[]): Promise<void> {
    for (const row of rows) {
      try {
        // Evaluated first: the first line of a file puts the header into the text.
        const line = this.#line(row);
        this.#text += line;
      } catch (error) {
        this.#refuse(row, error);
      }
      this.#rows++;
      if (this.#text.length >= PIECE) await this.#flush();
    }
  }

  async close(): Promise<void> {
    const unseen = this.#columns?.[this.#seen.indexOf(false)];
    if (this.#rows > 0 && unseen !== undefined) {
      throw new ConnectorError(
        this.#context.step,
        `no row of ${this.#context.path} has the column ${JSON.stringify(unseen[0])}. It would be empty throughout. Correct columns, which name properties of the rows.`,
      );
    }
    await this.#flush();
  }

  async #flush(): Promise<void> {
    if (this.#text === '') return;
    const bytes = Buffer.from(this.#text);
    this.#text = '';
    await this.#out.write(bytes);
  }

  #begin(columns: readonly Column[]): readonly Column[] {
    const { header, print } = this.#settings;
    if (header) this.#text += this.#record(columns.map(([, inFile]) => print(inFile)));
    this.#columns = columns;
    this.#seen = columns.map(() => false);
    return columns;
  }

  #line(row: object): string {
    // The types say so, and data that come from elsewhere may not care.
    if (typeof row !== 'object' || row === null) throw noRow(row);
    if (Array.isArray(row)) return this.#record(this.#fieldsOf(row));
    if (this.#columns === undefined && Object.keys(row).length === 0) throw noRow(row);
    const columns = this.#columns ?? this.#begin(Object.keys(row).map((key) => [key, key]));
    const isDerived = this.#settings.columns === undefined;
    if (isDerived && Object.keys(row).length !== columns.length) throw this.#otherColumns(row, columns);
    const fields: string[] = [];
    for (let i = 0; i < columns.length; i++) {
      const [key] = columns[i] as Column; // within the array
      // Only own properties are columns: a row may lack one that is called like a method of all objects.
      const isThere = Object.hasOwn(row, key);
      if (isThere) this.#seen[i] = true;
      else if (isDerived) throw this.#otherColumns(row, columns);
      fields.push(this.#field(key, isThere ? (row as Readonly<Record<string, unknown>>)[key] : undefined));
    }
    return this.#record(fields);
  }

  /** A row by position. Its columns need names only for a header. */
  #fieldsOf(row: readonly unknown[]): string[] {
    if (row.length === 0) throw noRow(row);
    const width = this.#columns?.length;
    if (width === undefined && this.#settings.header) {
      throw new TypeError(
        'the row is an array, whose columns have no names for the header. Pass columns, or header: false.',
      );
    }
    if (width !== undefined && width !== row.length) {
      throw new TypeError(
        `the row has ${row.length} values, and there are ${width} columns. Give each column a value, null for none.`,
      );
    }
    this.#seen.fill(true);
    return row.map((value, i) => this.#field(this.#columns?.[i]?.[0] ?? `${i + 1}`, value));
  }

  #field(column: string, value: unknown): string {
    try {
      return this.#settings.print(value);
    } catch (error) {
      throw new TypeError(`column ${JSON.stringify(column)}: ${(error as TypeError).message}`, { cause: error });
    }
  }

  #record(fields: readonly string[]): string {
    const { delimiter, newline, emptyLine } = this.#settings;
    return (fields.length === 1 ? fields[0] || emptyLine : fields.join(delimiter)) + newline;
  }

  #otherColumns(row: object, columns: readonly Column[]): TypeError {
    const first = columns.map(([key]) => key);
    return new TypeError(
      `the row has the columns ${showValue(Object.keys(row))}, and the first row of the file ${showValue(first)}. The header is already written. Pass columns to say which there are.`,
    );
  }

  #refuse(row: object, cause: unknown): void {
    const { step, path, reject } = this.#context;
    const message = cause instanceof Error ? cause.message : String(cause);
    const error = new ElementError(step, row, `${path}: ${message}`, { cause });
    if (reject === undefined) throw error;
    reject(row, error);
  }
}

const noRow = (value: unknown): TypeError =>
  new TypeError(
    `${showValue(value)} is no row, which has its values by column, or in an array. There is nothing to write. Make rows of such elements in a map(...) first.`,
  );
