import type { FileMetaData, ParquetQueryFilter } from 'hyparquet';
import {
  CancelledError,
  ConnectorError,
  formatIssues,
  type OffsetRange,
  type SourceContext,
  type SourceOutput,
  type StandardSchemaV1,
  validateSync,
} from '../../model/index.ts';
import type { InputFile, ReadFormat } from '../files/index.ts';
import { setMember } from './decode-value.ts';
import { readFooter } from './footer.ts';
import { loadPackage } from './load-package.ts';
import { startOf } from './plain-metadata.ts';
import { readRowGroup, type Slice } from './row-group.ts';
import { checkWanted, select, type Selection, type Wanted } from './selection.ts';

/** What {@link parquetFormat} can be asked for. */
export interface ReadFormatSpec<T> extends Wanted {
  readonly schema?: StandardSchemaV1<unknown, T> | undefined;
}

/** Rows that the engine gets together. */
const BATCH_ROWS = 1024;

/**
 * Parquet for `readFiles`. A row group is in the part of a file that holds its first byte, and is read as a whole.
 */
export function parquetFormat<T>(spec: ReadFormatSpec<T>): ReadFormat<T> {
  checkWanted(spec);
  return {
    name: 'ReadParquet',
    filter: spec.filter,
    async split(file, desired): Promise<readonly OffsetRange[]> {
      const { metadata } = await readFooter(file);
      return ranges(file.size ?? 0, metadata, desired);
    },
    async read(file, tracker, output, context) {
      const schema = await readFooter(file);
      const selection = select(file, schema, spec);
      const kept = await keptGroups(schema.metadata, selection);
      const emit = batchEmitter(file, spec.schema, output, context.step);
      for (const { index, start, firstRow, bytes } of groupsIn(schema.metadata, tracker.currentRestriction().from)) {
        if (!tracker.tryClaim(start)) return;
        if (!kept.has(index)) continue;
        const group = { file, metadata: schema.metadata, index, columns: selection.stored };
        let row = firstRow;
        for await (const slice of readRowGroup(group)) {
          await emitSlice({ slice, selection, row, bytes: row === firstRow ? bytes : 0 }, emit, context);
          row += slice.rows;
        }
      }
      tracker.tryClaim(tracker.currentRestriction().to);
    },
  };
}

/** Parts of about equal size that begin where row groups do. */
function ranges(size: number, metadata: FileMetaData, desired: number): OffsetRange[] {
  const starts = groupsIn(metadata, 0).map(({ start }) => start);
  const cuts: number[] = [];
  for (const start of starts.slice(1)) {
    if (cuts.length < desired - 1 && start >= ((cuts.length + 1) * size) / desired) cuts.push(start);
  }
  return [0, ...cuts].map((from, at) => ({ from, to: cuts[at] ?? size }));
}

interface Group {
  readonly index: number;
  readonly start: number;
  readonly firstRow: number;
  readonly bytes: number;
}

/** The row groups that begin at `from` or behind, in the order of the file; those without rows have no place in it. */
function groupsIn(metadata: FileMetaData, from: number): Group[] {
  let firstRow = 0;
  const groups = metadata.row_groups.map((group, index) => {
    const bytes = group.columns.reduce((sum, { meta_data: meta }) => sum + Number(meta?.total_compressed_size ?? 0), 0);
    const own = { index, start: startOf(group), firstRow, bytes };
    firstRow += Number(group.num_rows);
    return { ...own, rows: Number(group.num_rows) };
  });
  return groups.filter(({ start, rows }) => rows > 0 && start >= from).sort((left, right) => left.start - right.start);
}

/** The indexes of the row groups whose statistics do not exclude all rows. */
async function keptGroups(
  metadata: FileMetaData,
  { stored, conditions, isExcluded }: Selection,
): Promise<ReadonlySet<number>> {
  if (isExcluded) return new Set();
  const filters: ParquetQueryFilter[] = [];
  for (const { pruning, at } of conditions) {
    const column = stored[at];
    const [leaf, ...more] = column?.leaves ?? [];
    // A column with parts has bounds of its parts only.
    if (pruning === undefined || column === undefined || more.length > 0 || leaf?.maxRepetition !== 0) continue;
    filters.push(pruning(column.id));
  }
  const all = metadata.row_groups.map((_group, index) => index);
  if (filters.length === 0) return new Set(all);
  const { parquetScan } = await loadPackage('hyparquet', () => import('hyparquet'));
  const file = { byteLength: 0, slice: () => new ArrayBuffer(0) };
  const { ranges: kept } = await parquetScan({ file, metadata, pruningFilter: { $and: filters } });
  const starts = new Set(kept.map(({ rowStart }) => rowStart));
  let row = 0;
  return new Set(
    all.filter((index) => {
      const isKept = starts.has(row);
      row += Number(metadata.row_groups[index]?.num_rows ?? 0);
      return isKept;
    }),
  );
}

interface SliceOfRows {
  readonly slice: Slice;
  readonly selection: Selection;
  /** The number of the first row in the file. */
  readonly row: number;
  readonly bytes: number;
}

type EmitRows = (
  rows: readonly Record<string, unknown>[],
  numbers: readonly number[],
  bytes: number,
) => void | Promise<void>;

async function emitSlice(
  { slice, selection, row, bytes }: SliceOfRows,
  emit: EmitRows,
  context: SourceContext,
): Promise<void> {
  let pending = bytes;
  for (let from = 0; from < slice.rows; from += BATCH_ROWS) {
    if (context.signal.aborted) throw new CancelledError(`${context.step}: reading was cancelled`);
    const matching = matchingRows(slice, selection, from, Math.min(slice.rows, from + BATCH_ROWS));
    const rows = matching.map((at) => rowAt(slice, selection, at));
    const written = emit(
      rows,
      matching.map((at) => row + at),
      pending,
    );
    if (written !== undefined) await written;
    pending = 0;
  }
}

function matchingRows({ values }: Slice, { conditions }: Selection, from: number, to: number): number[] {
  const matching: number[] = [];
  for (let at = from; at < to; at++) {
    if (conditions.every((condition) => condition.matches(values[condition.at]?.[at]))) matching.push(at);
  }
  return matching;
}

/** Guarded by the benchmark of reading. */
function rowAt({ values }: Slice, { columns }: Selection, at: number): Record<string, unknown> {
  const row: Record<string, unknown> = {};
  for (const column of columns) {
    setMember(row, column.name, column.kind === 'partition' ? column.value : values[column.at]?.[at]);
  }
  return row;
}

/** Hands rows over, through the user's schema where there is one. */
function batchEmitter<T>(
  file: InputFile,
  schema: StandardSchemaV1<unknown, T> | undefined,
  output: SourceOutput<T>,
  step: string,
): EmitRows {
  const place = (number: number | undefined): string => `${file.path} row ${number}`;
  return (rows, numbers, bytes) => {
    if (schema === undefined) {
      const values = rows as readonly unknown[] as readonly T[]; // without a schema, T is a row
      return output.emit({ values, bytes, coordinate: (index) => place(numbers[index]) });
    }
    const values: T[] = [];
    const kept: number[] = [];
    for (const [at, row] of rows.entries()) {
      const result = validateSync(schema, row, step);
      if (result.issues === undefined) {
        values.push(result.value);
        kept.push(numbers[at] ?? 0);
        continue;
      }
      const coordinate = place(numbers[at]);
      const error = new ConnectorError(
        coordinate,
        `the row does not fit the schema: ${formatIssues(result.issues)}. Later steps rely on it. Correct the row.`,
        { hint: 'A program sets such rows aside with deadLetters.' },
      );
      output.reject(row, error, coordinate);
    }
    return output.emit({ values, bytes, coordinate: (index) => place(kept[index]) });
  };
}
