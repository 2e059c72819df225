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
  /** Whether objects have such a member without having it themselves: `constructor`. */
  readonly isInherited: boolean;
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
      const isInherited = name in Object.prototype;
      return {
        name,
        isInherited,
        encode: encoderOf(type, name, encoding),
        encoding,
        isBoolean,
        isWide: isWide(type),
        data: [],
      };
    });
  }

  get rows(): number {
    return this.#rows;
  }

  /** About how many bytes the rows take. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Adds a row, whole or not at all. Guarded by the benchmark covid-lite.
   *
   * @throws ValueError for one that does not fit.
   */
  add(row: unknown): void {
    const columns = this.#columns;
    if (typeof row !== 'object' || row === null) {
      throw new ValueError('', `the row ${showValue(row)} is no object. Its columns are read by name. Pass an object.`);
    }
    if (this.#known !== undefined) checkNames(row, this.#known, '');
    const members = row as Readonly<Record<string, unknown>>; // any object can be asked by name
    let bytes = columns.length * SLOT_BYTES;
    let at = 0;
    try {
      for (; at < columns.length; at++) {
        const column = columns[at] as BufferedColumn; // at is below the length
        const value = column.encode(column.isInherited ? ownMember(row, column.name) : members[column.name]);
        if (column.isWide) bytes += sizeOf(value);
        column.data.push(value);
      }
    } catch (error) {
      // Half a row must not stay: the columns would no longer line up.
      for (let done = 0; done < at; done++) columns[done]?.data.pop();
      throw error;
    }
    this.#rows++;
    this.#bytes += bytes;
  }

  /** Gives the columns away and starts over. */
  take(): ColumnValues[] {
    const columns = this.#columns.map(({ name, data, isBoolean, encoding }) => ({
      name,
      data,
      // Some readers take booleans in run-length form for false.
      ...((isBoolean || encoding.hasNegativeZero) && { encoding: 'PLAIN' as const }),
    }));
    for (const column of this.#columns) {
      column.data = [];
      column.encoding.hasNegativeZero = false;
    }
    this.#rows = 0;
    this.#bytes = 0;
    return columns;
  }
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
