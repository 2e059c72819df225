import type { FileMetaData, RowGroup, SchemaElement, Statistics } from 'hyparquet';
import type { ColumnType } from './column.ts';
import { decimalBound } from './decode-value.ts';
import { leafType } from './stored-type.ts';

// Metadata in a form whose values hyparquet reads without loss, and whose bounds prove what they say.

/** What a group or a leaf keeps in any case: how often it comes. */
export function bare({ repetition_type }: SchemaElement): Pick<SchemaElement, 'repetition_type'> {
  return repetition_type === undefined ? {} : { repetition_type };
}

/** A leaf with those annotations only whose values hyparquet reads without loss. */
export function plainLeaf(element: SchemaElement, { kind }: ColumnType): Omit<SchemaElement, 'name'> {
  const { type, type_length } = element;
  const leaf = { ...bare(element), ...(type && { type }), ...(type_length !== undefined && { type_length }) };
  switch (kind) {
    case 'string':
      return { ...leaf, converted_type: 'UTF8' };
    case 'date':
      return { ...leaf, converted_type: 'DATE' };
    case 'timestamp-millis':
      return { ...leaf, converted_type: 'TIMESTAMP_MILLIS' };
    case 'uint32':
      return { ...leaf, converted_type: 'UINT_32' };
    case 'uint64':
      return { ...leaf, converted_type: 'UINT_64' };
    case 'uuid':
      return { ...leaf, logical_type: { type: 'UUID' } };
    case 'float16':
      return { ...leaf, logical_type: { type: 'FLOAT16' } };
    default:
      return leaf;
  }
}

const SIGNED = new Set(['boolean', 'int8', 'int16', 'int32', 'int64', 'float', 'double', 'date']);

/**
 * Bounds that prove something. The older `min` and `max` were written in signed order by some and in byte order by others,
 * so they count for signed numbers only.
 */
export function plainStatistics(statistics: Statistics | undefined, element: SchemaElement): Statistics | undefined {
  if (statistics === undefined || element.type === 'INT96') return undefined;
  const type = leafType(element);
  const isSafe = SIGNED.has(type.kind) || type.kind.startsWith('timestamp') || type.kind.startsWith('time-');
  let min = statistics.min_value ?? (isSafe ? statistics.min : undefined);
  let max = statistics.max_value ?? (isSafe ? statistics.max : undefined);
  if (type.kind === 'decimal') {
    min = decimalBound(min, type.scale, -1);
    max = decimalBound(max, type.scale, 1);
  }
  const nulls = statistics.null_count;
  return {
    ...(min !== undefined && { min_value: min }),
    ...(max !== undefined && { max_value: max }),
    ...(nulls !== undefined && { null_count: nulls }),
  };
}

/** Where the first byte of a row group is. Old writers leave out the place of the dictionary, or say 0. */
export const startOf = ({ columns }: RowGroup): number =>
  columns.reduce((least, { meta_data: meta }) => {
    const start = Number(meta?.dictionary_page_offset || meta?.data_page_offset);
    return Math.min(least, start);
  }, Number.POSITIVE_INFINITY);

/**
 * Rows that a footer hides, or puts outside the file, would be lost without a word.
 *
 * @throws RangeError that tells what makes no sense.
 */
export function checkGroups({ num_rows, row_groups }: FileMetaData, fileSize: number): void {
  const starts = new Set<number>();
  let rows = 0n;
  for (const [index, group] of row_groups.entries()) {
    const start = startOf(group);
    if (group.num_rows < 0n || group.num_rows > Number.MAX_SAFE_INTEGER) {
      throw new RangeError(`row group ${index} has ${group.num_rows} rows`);
    }
    rows += group.num_rows;
    if (group.num_rows === 0n) continue;
    if (!Number.isSafeInteger(start) || start < 4 || start >= fileSize - 8 || starts.has(start)) {
      throw new RangeError(`row group ${index} begins at byte ${start}, where none can be`);
    }
    starts.add(start);
  }
  if (rows !== num_rows) throw new RangeError(`its row groups have ${rows} rows, but the file ${num_rows}`);
}
