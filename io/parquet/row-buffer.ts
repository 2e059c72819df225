import { showValue } from '../../model/index.ts';
import type { ColumnType, Field } from './column.ts';
import {
  checkNames,
  type EncodeValue,
  encoderOf,
  type Encoding,
  ownMember,
  type TypeOrigin,
  ValueError,
} from './encode-value.ts';

/** A column in the form that hyparquet-writer takes. */
export interface ColumnValues {
  readonly name: string;
  readonly data: unknown[];
  readonly encoding?: 'PLAIN';
}

interface BufferedColumn {
  readonly name: string;
  readonly encode: EncodeValue;
  readonly encoding: Encoding;
  readonly isBoolean: boolean;
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
  /** Where types were inferred, the only members that rows may have. */
  readonly #known: ReadonlySet<string> | undefined;
  #rows = 0;
  #bytes = 0;

  constructor(fields: readonly Field[], origin: TypeOrigin, leftOut: ReadonlySet<string>) {
    this.#known = origin === 'inferred' ? new Set([...fields.map(({ name }) => name), ...leftOut]) : undefined;
    this.#columns = fields.map(({ name, type }) => {
      const encoding: Encoding = { origin, hasNegativeZero: false };
      const isBoolean = type.kind === 'boolean';
      return { name, encode: encoderOf(type, name, encoding), encoding, isBoolean, isWide: isWide(type), data: [] };
    });
  }

  get rows(): number {
    return this.#rows;
  }

  /** About how many bytes the rows take. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Adds rows, all or none of them. Guarded by the benchmark covid-lite. */
  addAll(rows: readonly unknown[]): void {
    const before = { rows: this.#rows, bytes: this.#bytes };
    try {
      for (const row of rows) this.#add(row);
    } catch (error) {
      for (const column of this.#columns) column.data.length = before.rows;
      this.#rows = before.rows;
      this.#bytes = before.bytes;
      throw error;
    }
  }

  #add(row: unknown): void {
    const columns = this.#columns;
    if (typeof row !== 'object' || row === null) throw noObject(row, this.#rows);
    let bytes = columns.length * SLOT_BYTES;
    try {
      if (this.#known !== undefined) checkNames(row, this.#known, '');
      for (let at = 0; at < columns.length; at++) {
        const column = columns[at] as BufferedColumn; // at is below the length
        const value = column.encode(ownMember(row, column.name));
        if (column.isWide) bytes += sizeOf(value);
        column.data.push(value);
      }
    } catch (error) {
      if (error instanceof ValueError) error.row = this.#rows;
      throw error;
    }
    this.#rows++;
    this.#bytes += bytes;
  }

  /** Gives away the first rows as columns. */
  take(rows: number): ColumnValues[] {
    const rest = this.#rows - rows;
    const columns = this.#columns.map(({ name, data, isBoolean, encoding }) => ({
      name,
      data: rest === 0 ? data : data.slice(0, rows),
      // Some readers take booleans in run-length form for false.
      ...((isBoolean || encoding.hasNegativeZero) && { encoding: 'PLAIN' as const }),
    }));
    for (const column of this.#columns) column.data = rest === 0 ? [] : column.data.slice(rows);
    this.#bytes = Math.round((this.#bytes * rest) / this.#rows);
    this.#rows = rest;
    return columns;
  }
}

/** What a row that is no object is told. */
export function noObject(row: unknown, number: number): ValueError {
  const error = new ValueError(
    '',
    `the row ${showValue(row)} is no object. Its columns are read by name. Pass an object.`,
  );
  error.row = number;
  return error;
}

const isWide = ({ kind }: ColumnType): boolean =>
  ['string', 'bytes', 'json', 'list', 'struct', 'map', 'uuid'].includes(kind);

/** About how many bytes a value takes beyond its slot. */
export function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  if (value instanceof Uint8Array) return value.length;
  let bytes = 2 * SLOT_BYTES;
  if (Array.isArray(value)) for (const item of value) bytes += SLOT_BYTES + sizeOf(item);
  else for (const member of Object.values(value)) bytes += SLOT_BYTES + sizeOf(member);
  return bytes;
}
