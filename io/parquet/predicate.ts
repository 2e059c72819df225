import { PipelineError, showValue } from '../../model/index.ts';
import { daysFromDate } from './calendar.ts';
import type { ColumnType } from './column.ts';
import { typeText } from './column.ts';
import { bigintFromBytes, unscaledDecimal } from './decimal.ts';
import { physicalType } from './leaf-type.ts';
import type { FooterChunk } from './metadata.ts';
import type { LeafNode } from './read-schema.ts';

/** A value to compare a column with, in the form that the column is read or written in. */
export type PredicateValue = string | number | bigint | boolean | Date | Uint8Array;

/**
 * A condition on one column that is not nested. A null matches `is-null` only, as in SQL.
 *
 * Texts are compared by code points (which is the order of their UTF-8 bytes), dates and timestamps by time, decimals by
 * value.
 */
export type Predicate =
  | { readonly column: string; readonly op: '=' | '!=' | '<' | '<=' | '>' | '>='; readonly value: PredicateValue }
  | { readonly column: string; readonly op: 'in'; readonly value: readonly PredicateValue[] }
  | { readonly column: string; readonly op: 'is-null' }
  | { readonly column: string; readonly op: 'is-not-null' };

/** A predicate made ready for one file. */
export interface Condition {
  readonly column: string;
  /** Whether a value of the column, as it is read, matches. */
  readonly matches: (value: unknown) => boolean;
  /** Whether the statistics prove that no value of a chunk matches. */
  readonly excludes: (chunk: FooterChunk) => boolean;
}

type Comparable = number | bigint | string | Uint8Array;

/** Prepares a predicate for a column of this file. `node` is undefined for a nested column: only its nulls can be asked for. */
export function conditionOf(predicate: Predicate, type: ColumnType, node: LeafNode | undefined): Condition {
  const { column } = predicate;
  if (predicate.op === 'is-null') {
    const excludes = (chunk: FooterChunk): boolean => node !== undefined && nullsOf(chunk) === 0;
    return { column, matches: (value) => value === null, excludes };
  }
  if (predicate.op === 'is-not-null') {
    const excludes = (chunk: FooterChunk): boolean => node !== undefined && isAllNull(chunk);
    return { column, matches: (value) => value !== null, excludes };
  }
  if (node === undefined) throw undecidable(predicate, type, 'Ask a nested column for is-null or is-not-null only');
  const wanted = predicate.op === 'in' ? predicate.value : [predicate.value];
  const values = wanted.map((value) => {
    const comparable = comparableOf(type, value);
    if (comparable === undefined) throw undecidable(predicate, type, "Pass a value of the column's type");
    return comparable;
  });
  const { op } = predicate;
  const holds = test(op);
  return {
    column,
    matches: (value) => {
      if (value === null) return false;
      const own = comparableOf(type, value);
      return own !== undefined && values.some((one) => holds(compare(own, one)));
    },
    excludes: (chunk) => {
      if (isAllNull(chunk)) return true;
      const bounds = boundsOf(chunk, node);
      return values.every((one) => isOutside(op, bounds, storedForm(type, one)));
    },
  };
}

function undecidable(predicate: Predicate, type: ColumnType, fix: string): PipelineError {
  const value = 'value' in predicate ? showValue(predicate.value) : '';
  return new PipelineError(
    undefined,
    `where: ${predicate.column} ${predicate.op} ${value} can't be decided, because the column is ${typeText(type)}. A comparison of two kinds would silently drop rows. ${fix}.`,
  );
}

type Comparison = Exclude<Predicate['op'], 'is-null' | 'is-not-null'>;

function test(op: Comparison): (order: number) => boolean {
  switch (op) {
    case '=':
    case 'in':
      return (order) => order === 0;
    case '!=':
      return (order) => order !== 0;
    case '<':
      return (order) => order < 0;
    case '<=':
      return (order) => order <= 0;
    case '>':
      return (order) => order > 0;
    case '>=':
      return (order) => order >= 0;
    default:
      return op satisfies never;
  }
}

/** NaN where there is no order: then only `!=` holds. */
function compare(left: Comparable, right: Comparable): number {
  if (typeof left === 'string' && typeof right === 'string') return compareText(left, right);
  if (left instanceof Uint8Array && right instanceof Uint8Array) return Buffer.compare(left, right);
  if (left < right) return -1;
  if (left > right) return 1;
  return left === right ? 0 : Number.NaN;
}

/** By code points. Code units differ from that only in that surrogates stand before U+E000 to U+FFFF. */
function compareText(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let at = 0; at < length; at++) {
    const difference = left.charCodeAt(at) - right.charCodeAt(at);
    if (difference !== 0) return codePointRank(left.charCodeAt(at)) - codePointRank(right.charCodeAt(at));
  }
  return left.length - right.length;
}

const codePointRank = (unit: number): number => (unit >= 0xe000 ? unit - 0x800 : unit >= 0xd800 ? unit + 0x2000 : unit);

const whole = (value: unknown): bigint | undefined => {
  if (typeof value === 'bigint') return value;
  return typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : undefined;
};

/** A value of a column, read or asked for, in a form with the column's order; undefined where it is of another type. */
function comparableOf(type: ColumnType, value: unknown): Comparable | undefined {
  switch (type.kind) {
    case 'boolean':
      return typeof value === 'boolean' ? Number(value) : undefined;
    case 'int8':
    case 'int16':
    case 'int32':
    case 'uint8':
    case 'uint16':
    case 'uint32':
    case 'float':
    case 'double':
    case 'float16':
    case 'time-millis':
      return typeof value === 'number' ? value : undefined;
    case 'int64':
    case 'uint64':
    case 'time-micros':
    case 'time-nanos':
      return whole(value);
    case 'string':
      return typeof value === 'string' ? value : undefined;
    case 'uuid':
      return typeof value === 'string' ? value.toLowerCase() : undefined;
    case 'bytes':
      return value instanceof Uint8Array ? value : undefined;
    case 'date':
      if (value instanceof Date) return value.getTime() / 86_400_000;
      return typeof value === 'string' ? daysFromDate(value) : undefined;
    case 'timestamp-millis':
      return unitsOf(value, 1n);
    case 'timestamp-micros':
      return unitsOf(value, 1000n);
    case 'timestamp-nanos':
      return unitsOf(value, 1_000_000n);
    case 'decimal':
      if (typeof value === 'bigint') return value * 10n ** BigInt(type.scale);
      return typeof value === 'string' ? unscaledDecimal(value, type.scale) : undefined;
    case 'json':
    case 'interval':
    case 'list':
    case 'struct':
    case 'map':
      return undefined;
    default:
      return type satisfies never;
  }
}

function unitsOf(value: unknown, unitsPerMilli: bigint): bigint | undefined {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : BigInt(value.getTime()) * unitsPerMilli;
  return typeof value === 'bigint' ? value : undefined;
}

const nullsOf = (chunk: FooterChunk): number | undefined => chunk.statistics?.nullCount;
const isAllNull = (chunk: FooterChunk): boolean => nullsOf(chunk) === chunk.values;

interface Bounds {
  readonly min: Comparable | undefined;
  readonly max: Comparable | undefined;
  /** Bounds leave out NaN, so that equal bounds do not mean equal values. */
  readonly mayHoldNaN: boolean;
}

/** Whether no value within the bounds can match. An unknown bound excludes nothing. */
function isOutside(op: Comparison, bounds: Bounds, value: Comparable): boolean {
  const low = bounds.min === undefined ? Number.NaN : compare(value, bounds.min);
  const high = bounds.max === undefined ? Number.NaN : compare(value, bounds.max);
  switch (op) {
    case '=':
    case 'in':
      return low < 0 || high > 0;
    case '!=':
      return low === 0 && high === 0 && !bounds.mayHoldNaN;
    case '<':
      return low <= 0;
    case '<=':
      return low < 0;
    case '>':
      return high >= 0;
    case '>=':
      return high > 0;
    default:
      return op satisfies never;
  }
}

/** A wanted value in the form of bounds: texts as bytes, because a bound may be cut within a character. */
function storedForm(type: ColumnType, value: Comparable): Comparable {
  if (typeof value !== 'string') return value;
  return type.kind === 'uuid' ? Buffer.from(value.replaceAll('-', ''), 'hex') : Buffer.from(value);
}

const UNSIGNED_ORDER = new Set(['uint8', 'uint16', 'uint32', 'uint64', 'string', 'bytes', 'uuid', 'json', 'decimal']);

function boundsOf({ statistics }: FooterChunk, { type, element }: LeafNode): Bounds {
  const mayHoldNaN = type.kind === 'float' || type.kind === 'double';
  if (statistics === undefined) return { min: undefined, max: undefined, mayHoldNaN };
  // The older bounds were written in signed order by some, in byte order by others.
  const isSafe = !UNSIGNED_ORDER.has(type.kind);
  const min = statistics.min ?? (isSafe ? statistics.signedMin : undefined);
  const max = statistics.max ?? (isSafe ? statistics.signedMax : undefined);
  const physical = physicalType(element.physical);
  return { min: boundOf(min, type, physical), max: boundOf(max, type, physical), mayHoldNaN };
}

function boundOf(bytes: Uint8Array | undefined, type: ColumnType, physical: string): Comparable | undefined {
  if (bytes === undefined) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isUnsigned = type.kind.startsWith('uint');
  if (physical === 'INT32' && bytes.length === 4) {
    const number = isUnsigned ? view.getUint32(0, true) : view.getInt32(0, true);
    return type.kind === 'decimal' ? BigInt(number) : number;
  }
  if (physical === 'INT64' && bytes.length === 8)
    return isUnsigned ? view.getBigUint64(0, true) : view.getBigInt64(0, true);
  if (physical === 'FLOAT' && bytes.length === 4) return orUndefined(view.getFloat32(0, true));
  if (physical === 'DOUBLE' && bytes.length === 8) return orUndefined(view.getFloat64(0, true));
  if (physical === 'BOOLEAN' && bytes.length === 1) return bytes[0];
  if (type.kind === 'decimal' && bytes.length > 0) return bigintFromBytes(bytes, 0, bytes.length);
  return type.kind === 'string' || type.kind === 'bytes' || type.kind === 'uuid' ? bytes : undefined;
}

const orUndefined = (bound: number): number | undefined => (Number.isNaN(bound) ? undefined : bound);
