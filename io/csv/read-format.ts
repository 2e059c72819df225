import {
  ElementError,
  formatIssues,
  type OffsetTracker,
  type SourceContext,
  type SourceOutput,
  type StandardSchemaV1,
  validateSync,
} from '../../model/index.ts';
import type { InputFile, ReadFormat } from '../files/index.ts';
import { type CsvReadDialect, type ResolvedDialect, resolveDialect } from './dialect.ts';
import type { CsvFault } from './faults.ts';
import { type CsvColumns, selectColumns } from './header.ts';
import { optionError } from './option-error.ts';
import { type CsvBatch, CsvParser, type ShapeOf } from './parser.ts';
import { objectMaker } from './row-maker.ts';
import { WindowBuffer } from './window-buffer.ts';

/** A record by position, and where it stands: for files whose names do not matter or differ from one to the next. */
export interface CsvRecord<V extends string | null = string> {
  /** The file, as the pattern or the element that named it gives it. */
  readonly file: string;
  /** The line where the record starts, from 1. */
  readonly line: number;
  /** The names of this file, one array for all its records; empty without a header. */
  readonly header: readonly string[];
  readonly fields: readonly V[];
  /** Only there, and true, where the record is the header itself (`headerRecord`). */
  readonly isHeader?: true;
}

/** What the rows of a CSV file become. */
export interface CsvReadOptions extends CsvReadDialect {
  /**
   * The columns that rows have: names as in the file, or an object of new names with the names in the file. Default: all
   * columns, as they are called.
   */
  readonly columns?: CsvColumns;
  /** Finds `columns` in the header whatever their case and the white space around and inside of them. Default false. */
  readonly ignoreCase?: boolean;
  /**
   * `objects`: by name. `arrays`: by position. `records`: by position, with file, line and header ({@link CsvRecord}).
   * Default `objects`, or `arrays` with `header: false`.
   */
  readonly as?: 'objects' | 'arrays' | 'records';
  /**
   * With `as: 'records'`: the header is a record as well, the first of its file, with `isHeader`. It tells of files that
   * have no other. Default false.
   */
  readonly headerRecord?: boolean;
  /** Checks and converts each row; what it refuses is a bad row like any other. */
  readonly schema?: StandardSchemaV1;
}

/** How many rows are handed over together. */
const BATCH = 2000;

/**
 * CSV as a format that `readFiles` can be given. `readCsv` is the same with types.
 *
 * A file is read in one part, as only reading from its beginning tells which line ends stand inside of quotes.
 *
 * @throws PipelineError if options contradict each other.
 */
export function csvReadFormat(options: CsvReadOptions = {}): ReadFormat<unknown> {
  const dialect = resolveDialect(options);
  checkOptions(options);
  return {
    name: 'csv',
    read: (file, tracker, output, context) => new Reading(dialect, options, file, tracker, output, context).run(),
  };
}

function checkOptions({ columns, header = true, ignoreCase, as, headerRecord }: CsvReadOptions): void {
  const byName = as === undefined ? header !== false : as === 'objects';
  if (as !== undefined && !['objects', 'arrays', 'records'].includes(as)) {
    throw optionError('as', as, `must be 'objects', 'arrays' or 'records'`);
  }
  if (byName && header === false) {
    throw optionError('as', as, `needs names, and header is false. Pass header: [names], or as: 'arrays'`);
  }
  if (columns !== undefined && !byName) {
    throw optionError(
      'columns',
      columns,
      `only goes with rows by name. Leave out ${as === undefined ? 'header: false' : 'as'}, or columns`,
    );
  }
  if (columns !== undefined && Object.keys(columns).length === 0) {
    throw optionError('columns', columns, 'must name at least one column. Leave it out for all of them');
  }
  if (ignoreCase === true && columns === undefined) {
    throw optionError('ignoreCase', ignoreCase, 'is about finding columns, and none are given. Pass columns');
  }
  if (headerRecord === true && (as !== 'records' || header !== true)) {
    throw optionError('headerRecord', headerRecord, "needs as: 'records', and a header in the file. Leave it out");
  }
}

/** One file, or the part of it that a tracker gives. */
class Reading {
  readonly #dialect: ResolvedDialect;
  readonly #options: CsvReadOptions;
  readonly #file: InputFile;
  readonly #tracker: OffsetTracker;
  readonly #output: SourceOutput<unknown>;
  readonly #context: SourceContext;
  readonly #windows: WindowBuffer;
  #parser: CsvParser<unknown> | undefined;
  /** Bytes that were read and not yet counted by an emitted batch. */
  #uncounted = 0;

  constructor(
    dialect: ResolvedDialect,
    options: CsvReadOptions,
    file: InputFile,
    tracker: OffsetTracker,
    output: SourceOutput<unknown>,
    context: SourceContext,
  ) {
    this.#dialect = dialect;
    this.#options = options;
    this.#file = file;
    this.#tracker = tracker;
    this.#output = output;
    this.#context = context;
    this.#windows = new WindowBuffer(dialect);
  }

  async run(): Promise<void> {
    for await (const piece of this.#file.chunks()) {
      this.#context.signal.throwIfAborted();
      this.#windows.push(piece);
      this.#uncounted += piece.length;
      if (!(await this.#drain(false))) return this.#end();
    }
    const isWhole = await this.#drain(true);
    // What ends a file without a record, comments for example, was read as well.
    if (isWhole && this.#uncounted > 0) await this.#output.emit({ values: [], bytes: this.#uncounted });
    this.#end();
  }

  #end(): void {
    this.#tracker.tryClaim(this.#tracker.currentRestriction().to);
  }

  /** Reads all records that are whole; false: the rest of the file is not for this reading. */
  async #drain(isLast: boolean): Promise<boolean> {
    const windows = this.#windows;
    const window = windows.open(isLast);
    if (window === undefined && !isLast) return true;
    this.#parser ??= new CsvParser(this.#dialect, windows.newline, (header) => this.#shapeOf(header));
    const parser = this.#parser;
    parser.load(window ?? Buffer.alloc(0), windows.position, isLast);
    for (;;) {
      const batch = parser.next(BATCH);
      if (batch.rows.length + batch.faults.length === 0) break;
      if (!(await this.#handOver(batch))) return false;
    }
    windows.consume(parser.consumed);
    return !parser.isOver;
  }

  /** Hands over what begins in the tracker's range; false: the range ends in this batch. */
  async #handOver(batch: CsvBatch<unknown>): Promise<boolean> {
    const { from } = this.#tracker.currentRestriction();
    if (this.#parser?.isOver) {
      // The header is at fault: who reads the beginning of the file says so, be it empty.
      if (from === 0) await this.#emit(batch);
      return true;
    }
    const mine = from > 0 ? within(batch, from, Number.POSITIVE_INFINITY) : batch;
    if (mine.rows.length + mine.faults.length === 0) return true;
    const isWhole = this.#tracker.tryClaim(lastPosition(mine));
    const claimed = isWhole ? mine : within(mine, from, this.#tracker.currentRestriction().to);
    if (claimed.rows.length + claimed.faults.length > 0) {
      if (!isWhole) this.#tracker.tryClaim(lastPosition(claimed));
      await this.#emit(claimed);
    }
    return isWhole;
  }

  async #emit(batch: CsvBatch<unknown>): Promise<void> {
    const { rows, lines } = this.#options.schema === undefined ? batch : this.#checked(batch, this.#options.schema);
    const coordinate = (index: number): string => this.#place(lines[index]);
    const pending = this.#output.emit({ values: rows, bytes: this.#uncounted, coordinate });
    this.#uncounted = 0;
    if (pending !== undefined) await pending;
    for (const fault of batch.faults) this.#refuse(fault);
  }

  #checked(batch: CsvBatch<unknown>, schema: StandardSchemaV1): Pick<CsvBatch<unknown>, 'rows' | 'lines'> {
    const rows: unknown[] = [];
    const lines: number[] = [];
    for (const [i, row] of batch.rows.entries()) {
      const line = batch.lines[i] as number; // a line for each record
      const result = validateSync(schema, row, this.#context.step);
      if (result.issues === undefined) {
        rows.push(result.value);
        lines.push(line);
        continue;
      }
      this.#reject(
        row,
        line,
        `the row does not fit the schema: ${formatIssues(result.issues)}. Correct the row.`,
        'A program corrects the schema, or sets such rows aside with deadLetters.',
      );
    }
    return { rows, lines };
  }

  #refuse({ message, hint, line, raw }: CsvFault): void {
    this.#reject(raw, line, this.#parser?.isOver ? `no row of this file was read: ${message}` : message, hint);
  }

  #reject(record: unknown, line: number, message: string, hint: string | undefined): void {
    const coordinate = this.#place(line);
    const error = new ElementError(this.#context.step, record, `${coordinate}: ${message}`, { coordinate, hint });
    this.#output.reject(record, error, coordinate);
  }

  #place(line: number | undefined): string {
    return `${this.#file.path} line ${line}`;
  }

  #shapeOf(header: readonly string[]): ReturnType<ShapeOf<unknown>> {
    const { columns, ignoreCase = false, as = this.#dialect.header === false ? 'arrays' : 'objects' } = this.#options;
    const file = this.#file.path;
    if (as === 'arrays') return { make: (fields, count) => fields.slice(0, count) };
    if (as === 'records') {
      const ofHeader = (line: number): CsvRecord => ({ file, line, header, fields: header, isHeader: true });
      return {
        make: (fields, count, line) => ({ file, line, header, fields: fields.slice(0, count) }),
        ...(this.#options.headerRecord ? { ofHeader } : {}),
      };
    }
    const selection = selectColumns(header, columns, ignoreCase);
    if ('code' in selection) return selection;
    const make = objectMaker(selection, this.#context.host.codegen);
    if (columns === undefined) return { make };
    const skips = new Uint8Array(header.length).fill(1);
    for (const index of selection.indexes) skips[index] = 0;
    return { make, skips };
  }
}

/** The part of a batch that begins in a range of the file. */
function within(batch: CsvBatch<unknown>, from: number, to: number): CsvBatch<unknown> {
  const { positions } = batch;
  const first = positions.findIndex((position) => position >= from);
  const start = first < 0 ? positions.length : first;
  const last = positions.findIndex((position) => position >= to);
  const end = last < 0 ? positions.length : last;
  return {
    rows: batch.rows.slice(start, end),
    lines: batch.lines.slice(start, end),
    positions: positions.slice(start, end),
    faults: batch.faults.filter(({ position }) => position >= from && position < to),
  };
}

const lastPosition = ({ positions, faults }: CsvBatch<unknown>): number =>
  Math.max(positions.at(-1) ?? 0, faults.at(-1)?.position ?? 0);
