import { PipelineError, showValue } from '../../model/index.ts';
import { daysFromDate } from './calendar.ts';
import { type ColumnType, typeText } from './column.ts';
import { unscaledDecimal } from './decimal.ts';

/** A value to compare a column with, in the form that the column is read or written in. */
export type FilterValue = string | number | bigint | boolean | Date | Uint8Array;

/**
 * A condition on one column that is not nested. A null matches `is-null` only, as in SQL.
 *
 * Texts are compared by code points, which is the order of their UTF-8 bytes; dates and timestamps by time, decimals by
 * value.
 */
export type ParquetCondition =
  | { readonly column: string; readonly op: '=' | '!=' | '<' | '<=' | '>' | '>='; readonly value: FilterValue }
  | { readonly column: string; readonly op: 'in'; readonly value: readonly FilterValue[] }
  | { readonly column: string; readonly op: 'is-null' }
  | { readonly column: string; readonly op: 'is-not-null' };

type Operator = ParquetCondition['op'];
type Comparable = number | bigint | string | Uint8Array;

/** A condition made ready for one column. */
export interface Condition {
  /** Whether a value of the column, as it is read, matches. */
  readonly matches: (value: unknown) => boolean;
  /** The same for hyparquet, that skips row groups by it; undefined where their bounds prove nothing. */
  readonly pruning: ((id: string) => Pruning) | undefined;
}

/** A condition in the words of hyparquet; its own type is not named, so that users of these types need not have it. */
export type Pruning = Record<string, { [op in `$${string}`]?: Comparable | null | Comparable[] }>;

/** @throws PipelineError if a column of this type can't be compared with the value. */
export function conditionOn(type: ColumnType, condition: ParquetCondition): Condition {
  if (condition.op === 'is-null')
    return { matches: (value) => value === null, pruning: (id) => ({ [id]: { $eq: null } }) };
  if (condition.op === 'is-not-null') return { matches: (value) => value !== null, pruning: undefined };
  const { op } = condition;
  const wanted = condition.op === 'in' ? condition.value : [condition.value];
  const values = wanted.map((value) => {
    const comparable = comparableOf(type, value);
    if (comparable === undefined) throw undecidable(condition, value, type);
    return comparable;
  });
  const holds = TESTS[op];
  return {
    matches: (value) => {
      if (value === null) return false;
      const own = comparableOf(type, value);
      return own !== undefined && values.some((one) => holds(compare(own, one)));
    },
    pruning: pruningOf(op, values, type),
  };
}

const TESTS: Readonly<Record<Exclude<Operator, 'is-null' | 'is-not-null'>, (order: number) => boolean>> = {
  '=': (order) => order === 0,
  in: (order) => order === 0,
  '!=': (order) => order !== 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

const OPERATORS = { '=': '$eq', '!=': '$ne', '<': '$lt', '<=': '$lte', '>': '$gt', '>=': '$gte', in: '$in' } as const;

function undecidable({ column, op }: ParquetCondition, value: unknown, type: ColumnType): PipelineError {
  return new PipelineError(
    undefined,
    `filter: ${column} ${op} ${showValue(value)} can't be decided, because the column is ${typeText(type)}. A comparison of two kinds would silently drop rows. Pass a value of the column's type; ask nested columns for is-null or is-not-null only.`,
  );
}

function pruningOf(op: keyof typeof OPERATORS, values: readonly Comparable[], type: ColumnType): Condition['pruning'] {
  // Bytes have bounds that hyparquet takes for text.
  if (type.kind === 'bytes') return undefined;
  const stored = values.map((value) =>
    type.kind === 'uuid' && typeof value === 'string' ? Buffer.from(value.replaceAll('-', ''), 'hex') : value,
  );
  if (type.kind === 'boolean') return undefined;
  return (id) => ({ [id]: { [OPERATORS[op]]: op === 'in' ? stored : (stored[0] ?? null) } });
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
      if (typeof value === 'bigint') return value;
      return typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : undefined;
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
