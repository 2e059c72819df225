import { CoderError } from '../../model/index.ts';
import type { BlockSequence } from './block-file.ts';
import type { Row } from './group-table.ts';
import type { RowCodec } from './row-codec.ts';
import type { Spill } from './spill.ts';

/** What sorting takes from its step and run. */
export interface SortSpec {
  readonly spill: Spill;
  readonly codec: RowCodec;
  /** How many rows may be in memory at a time. */
  readonly mostRows: number;
  readonly orderOf: (row: Row) => number;
}

/**
 * Rows in order, however many there are: as many as memory may hold are sorted at a time and written, and then all that was
 * written is read side by side.
 */
export function* sortedRows(rows: Iterable<Row>, { spill, codec, mostRows, orderOf }: SortSpec): Iterable<Row> {
  const file = spill.file();
  const runs: Iterable<Row>[] = [];
  /** Rows that have no bytes. */
  const kept: Row[] = [];
  const write = (chunk: Row[]): void => {
    chunk.sort((a, b) => orderOf(a) - orderOf(b));
    const sequence = file.sequence();
    kept.push(...chunk.filter((row) => !append(row, sequence, codec)));
    runs.push(readRows(sequence, codec));
  };
  let chunk: Row[] = [];
  for (const row of rows) {
    chunk.push(row);
    if (chunk.length < mostRows) continue;
    write(chunk);
    chunk = [];
  }
  write(chunk);
  yield* sideBySide([...runs, kept.sort((a, b) => orderOf(a) - orderOf(b))], orderOf);
  file.remove();
}

/** Whether a row has bytes; then it is written. */
function append(row: Row, sequence: BlockSequence, codec: RowCodec): boolean {
  try {
    codec.encode(row, sequence.writer);
  } catch (error) {
    if (error instanceof CoderError) return false;
    throw error;
  }
  sequence.wrote();
  return true;
}

function* readRows(sequence: BlockSequence, codec: RowCodec): Iterable<Row> {
  for (const reader of sequence.blocks()) {
    while (!reader.isAtEnd()) yield codec.decode(reader);
  }
}

/** A run that is being read, and the first row of it that was not given out. */
interface Cursor {
  readonly rest: Iterator<Row>;
  row: Row;
  order: number;
}

/** The rows of several runs in order; each run is. */
function* sideBySide(runs: readonly Iterable<Row>[], orderOf: (row: Row) => number): Iterable<Row> {
  // Sorted by their rows, the first last: a cursor that goes on is put in its place again.
  const cursors: Cursor[] = [];
  const place = (rest: Iterator<Row>): void => {
    const { done, value: row } = rest.next();
    if (done) return;
    const order = orderOf(row);
    let at = cursors.length;
    while (at > 0 && (cursors[at - 1] as Cursor).order < order) at--; // the index is within the list
    cursors.splice(at, 0, { rest, row, order });
  };
  for (const run of runs) place(run[Symbol.iterator]());
  for (let first = cursors.pop(); first !== undefined; first = cursors.pop()) {
    yield first.row;
    place(first.rest);
  }
}
