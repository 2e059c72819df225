import { showValue } from '../../model/index.ts';
import type { ColumnType, Field } from './column.ts';
import type { EncodeValue } from './encode-value.ts';
import { encoderOf, ownMember, ValueError } from './encode-value.ts';
import { ParquetError } from './parquet-error.ts';

/** A column in the form that hyparquet-writer takes. */
export interface ColumnValues {
  readonly name: string;
  readonly data: unknown[];
  readonly encoding?: 'PLAIN';
}

interface BufferedColumn {
  readonly name: string;
  readonly encode: EncodeValue;
  readonly isPlain: boolean;
  readonly isWide: boolean;
  data: unknown[];
}

/** About what a number, a bigint or a reference takes. */
const SLOT_BYTES = 8;

/**
 * The rows of one row group as columns.
 *
 * Rows become columns at once: a row object costs 5 to 10 times the memory of its values, and hyparquet-writer takes
 * columns anyway.
 */
export class RowBuffer {
  readonly #columns: readonly BufferedColumn[];
  readonly #file: string;
  #rows = 0;
  #bytes = 0;

  constructor(fields: readonly Field[], file: string) {
    this.#file = file;
    this.#columns = fields.map(({ name, type }) => ({
      name,
      encode: encoderOf(type, name),
      // One encoding holds for all leaves of a column, so a struct with a boolean is plain as a whole.
      isPlain: hasBoolean(type),
      isWide: !isFixedSize(type),
      data: [],
    }));
  }

  get rows(): number {
    return this.#rows;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Adds a row; `firstRow` is the number of the buffer's first row in the file. Guarded by the covid-lite benchmark. */
  add(row: unknown, firstRow: number): void {
    const columns = this.#columns;
    let bytes = columns.length * SLOT_BYTES;
    let at = 0;
    try {
      if (typeof row !== 'object' || row === null) {
        throw new ValueError(
          '',
          `the row ${showValue(row)} is no object. Its columns are read by name. Pass an object.`,
        );
      }
      for (; at < columns.length; at++) {
        const column = columns[at] as BufferedColumn; // at is below the length
        const value = column.encode(ownMember(row, column.name));
        if (column.isWide) bytes += sizeOf(value);
        column.data.push(value);
      }
    } catch (error) {
      // Half a row must not stay: the columns would no longer line up.
      for (let done = 0; done < at; done++) columns[done]?.data.pop();
      throw error instanceof ValueError ? this.#located(error, firstRow) : error;
    }
    this.#rows++;
    this.#bytes += bytes;
  }

  /** Gives the columns away and starts over. */
  take(): ColumnValues[] {
    const columns = this.#columns.map(({ name, data, isPlain }) =>
      isPlain ? { name, data, encoding: 'PLAIN' as const } : { name, data },
    );
    for (const column of this.#columns) column.data = [];
    this.#rows = 0;
    this.#bytes = 0;
    return columns;
  }

  #located(error: ValueError, firstRow: number): ParquetError {
    const place = {
      file: this.#file,
      row: firstRow + this.#rows,
      ...(error.path === '' ? {} : { column: error.path }),
    };
    return new ParquetError('bad-value', place, error.message);
  }
}

function hasBoolean(type: ColumnType): boolean {
  switch (type.kind) {
    case 'boolean':
      return true;
    case 'list':
      return hasBoolean(type.element);
    case 'map':
      return hasBoolean(type.key) || hasBoolean(type.value);
    case 'struct':
      return type.fields.some((field) => hasBoolean(field.type));
    default:
      return false;
  }
}

function isFixedSize(type: ColumnType): boolean {
  return !['string', 'bytes', 'json', 'list', 'struct', 'map', 'uuid'].includes(type.kind);
}

/** About how many bytes a value takes beyond its slot. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  if (value instanceof Uint8Array) return value.length;
  let bytes = 2 * SLOT_BYTES;
  if (Array.isArray(value)) for (const item of value) bytes += SLOT_BYTES + sizeOf(item);
  else for (const name in value) bytes += SLOT_BYTES + sizeOf((value as Record<string, unknown>)[name]); // own plain data
  return bytes;
}
