import { PipelineError, showValue } from '../../model/index.ts';
import type { JsonValue } from './json-text.ts';

/** Types whose values need nothing but a name. */
export type ScalarKind =
  | 'boolean'
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'uint8'
  | 'uint16'
  | 'uint32'
  | 'uint64'
  | 'float'
  | 'double'
  | 'string'
  | 'bytes'
  | 'date'
  | 'time-millis'
  | 'time-micros'
  | 'timestamp-millis'
  | 'timestamp-micros'
  | 'timestamp-nanos'
  | 'json'
  | 'uuid'
  // Only read, never written:
  | 'float16'
  | 'time-nanos'
  | 'interval';

/** Single values of a kind that has no settings. */
export interface ScalarType {
  readonly kind: ScalarKind;
  readonly nullable: boolean;
}
/** Exact decimal numbers. */
export interface DecimalType {
  readonly kind: 'decimal';
  /** How many digits in all, 1 to 38. */
  readonly precision: number;
  /** How many of them behind the point. */
  readonly scale: number;
  readonly nullable: boolean;
}
/** Lists of one type. */
export interface ListType {
  readonly kind: 'list';
  readonly element: ColumnType;
  readonly nullable: boolean;
}
/** Records with named fields. */
export interface StructType {
  readonly kind: 'struct';
  readonly fields: readonly Field[];
  readonly nullable: boolean;
}
/** Pairs of keys and values. */
export interface MapType {
  readonly kind: 'map';
  readonly key: ColumnType;
  readonly value: ColumnType;
  readonly nullable: boolean;
}

/** The type of a column, or of a part of a nested one: plain data, the same for reading and writing. */
export type ColumnType = ScalarType | DecimalType | ListType | StructType | MapType;

/** A column, or a member of a struct. */
export interface Field {
  readonly name: string;
  readonly type: ColumnType;
}

// Never present at run time: carries the types of a column's values through inference.
declare const values: unique symbol;

/** A column type together with the types of its values: `Out` when read, `In` where written. */
export type Column<Out, In = Out> = ColumnType & { readonly [values]?: { readonly out: Out; readonly in: In } };

/** The columns of a file, in order: `{ id: column.int64(), name: column.nullable(column.string()) }`. */
export type ParquetSchema = Readonly<Record<string, ColumnType>>;

type OutOf<C> = C extends { readonly [values]?: { readonly out: infer Out } } ? Out : unknown;
type InOf<C> = C extends { readonly [values]?: { readonly in: infer In } } ? In : unknown;

/** A row of a file with this schema, as it is read. */
export type RowOf<S extends ParquetSchema> = { readonly [K in keyof S]: OutOf<S[K]> };
/** What the writer takes as a row of this schema. */
export type InputRowOf<S extends ParquetSchema> = { readonly [K in keyof S]: InOf<S[K]> };

/** An entry of a map column: an array of these keeps order and doubled keys, and any coder knows arrays and objects. */
export interface MapEntry<K, V> {
  readonly key: K;
  readonly value: V;
}

const scalar =
  <Out, In = Out>(kind: ScalarKind): (() => Column<Out, In>) =>
  () => ({ kind, nullable: false });

function decimal(precision: number, scale: number): Column<string, string | bigint> {
  if (!Number.isInteger(precision) || precision < 1 || precision > 38) {
    throw new RangeError(`column.decimal: precision is ${precision} but must be a whole number from 1 to 38.`);
  }
  if (!Number.isInteger(scale) || scale < 0 || scale > precision) {
    throw new RangeError(`column.decimal: scale is ${scale} but must be a whole number from 0 to ${precision}.`);
  }
  return { kind: 'decimal', precision, scale, nullable: false };
}

function nullable<C extends ColumnType>(type: C): Column<OutOf<C> | null, InOf<C> | null> {
  const whole: ColumnType = type; // a spread of a generic loses the union it extends
  return { ...whole, nullable: true };
}

function list<C extends ColumnType>(element: C): Column<readonly OutOf<C>[], readonly InOf<C>[]> {
  return { kind: 'list', element, nullable: false };
}

function struct<S extends ParquetSchema>(fields: S): Column<RowOf<S>, InputRowOf<S>> {
  return { kind: 'struct', fields: fieldsOf(fields), nullable: false };
}

function map<K extends ColumnType, V extends ColumnType>(
  key: K,
  value: V,
): Column<
  readonly MapEntry<OutOf<K>, OutOf<V>>[],
  readonly MapEntry<InOf<K>, InOf<V>>[] | ReadonlyMap<InOf<K>, InOf<V>>
> {
  if (key.nullable) throw new TypeError('column.map: the key type is nullable, but Parquet has no null keys.');
  return { kind: 'map', key, value, nullable: false };
}

/**
 * The types of columns. Values are read in one form, chosen so that nothing is lost:
 *
 * | column | read as | written also from |
 * |---|---|---|
 * | `boolean` | boolean | |
 * | `int8`, `int16`, `int32`, `uint8`, `uint16`, `uint32` | number | |
 * | `int64`, `uint64` | bigint | a number that is a safe whole one |
 * | `float`, `double` | number | |
 * | `decimal(precision, scale)` | text with exactly `scale` digits behind the point: '12.340' | a bigint, which is whole: 5n is '5.000' |
 * | `string` | string | |
 * | `bytes` | Uint8Array | |
 * | `uuid` | text in lower case | text in upper case |
 * | `json` | the value; whole numbers beyond 2^53 are bigint | |
 * | `date` | 'YYYY-MM-DD' | a Date that is midnight UTC |
 * | `timestampMillis` | Date | |
 * | `timestampMicros`, `timestampNanos` | bigint, in their unit since 1970 UTC | a Date |
 * | `timeMillis` | number of milliseconds since midnight | |
 * | `timeMicros` | bigint of microseconds since midnight | |
 * | `list(element)` | array | |
 * | `struct({ ... })` | object | |
 * | `map(key, value)` | array of `{ key, value }`, with their order and doubled keys | a Map |
 *
 * A number would round a decimal, a Date has a time and a zone that a date does not, and ends at milliseconds. Nothing is
 * rounded on write: a value with too many digits is an error. A JSON `null` can't be told from a missing value. Files of
 * others may also have times in nanoseconds (bigint), 16-bit floats (number) and intervals (`{ months, days, millis }`).
 *
 * Columns hold no nulls unless wrapped in `nullable(...)`.
 *
 * @example
 * import { column, type RowOf } from 'viga/io/parquet';
 *
 * const orders = {
 *   id: column.int64(),
 *   total: column.decimal(12, 2),
 *   day: column.nullable(column.date()),
 *   tags: column.list(column.string()),
 * };
 * const order: RowOf<typeof orders> = { id: 7n, total: '12.50', day: null, tags: ['new'] };
 * console.log(order.total);
 */
export const column: {
  readonly boolean: () => Column<boolean>;
  readonly int8: () => Column<number>;
  readonly int16: () => Column<number>;
  readonly int32: () => Column<number>;
  readonly int64: () => Column<bigint, bigint | number>;
  readonly uint8: () => Column<number>;
  readonly uint16: () => Column<number>;
  readonly uint32: () => Column<number>;
  readonly uint64: () => Column<bigint, bigint | number>;
  readonly float: () => Column<number>;
  readonly double: () => Column<number>;
  readonly string: () => Column<string>;
  readonly bytes: () => Column<Uint8Array>;
  readonly date: () => Column<string, string | Date>;
  readonly timeMillis: () => Column<number>;
  readonly timeMicros: () => Column<bigint>;
  readonly timestampMillis: () => Column<Date>;
  readonly timestampMicros: () => Column<bigint, bigint | Date>;
  readonly timestampNanos: () => Column<bigint, bigint | Date>;
  readonly json: () => Column<JsonValue>;
  readonly uuid: () => Column<string>;
  readonly decimal: typeof decimal;
  readonly nullable: typeof nullable;
  readonly list: typeof list;
  readonly struct: typeof struct;
  readonly map: typeof map;
} = {
  boolean: scalar('boolean'),
  int8: scalar('int8'),
  int16: scalar('int16'),
  int32: scalar('int32'),
  int64: scalar('int64'),
  uint8: scalar('uint8'),
  uint16: scalar('uint16'),
  uint32: scalar('uint32'),
  uint64: scalar('uint64'),
  float: scalar('float'),
  double: scalar('double'),
  string: scalar('string'),
  bytes: scalar('bytes'),
  date: scalar('date'),
  timeMillis: scalar('time-millis'),
  timeMicros: scalar('time-micros'),
  timestampMillis: scalar('timestamp-millis'),
  timestampMicros: scalar('timestamp-micros'),
  timestampNanos: scalar('timestamp-nanos'),
  json: scalar('json'),
  uuid: scalar('uuid'),
  decimal,
  nullable,
  list,
  struct,
  map,
};

/**
 * The columns of a schema as a list.
 *
 * @throws PipelineError for what is no type, as programs without types may pass it: `column.string` without parentheses.
 */
export function fieldsOf(schema: ParquetSchema): Field[] {
  return Object.entries(schema).map(([name, type]) => {
    if (typeof type === 'object' && typeof type?.kind === 'string') return { name, type };
    throw new PipelineError(
      undefined,
      `columns: ${JSON.stringify(name)} is ${showValue(type)}, which is no type of a column. Its values could not be checked. Pass e.g. column.string(), with its parentheses.`,
    );
  });
}

/** A type in words, for messages: `decimal(12,2)`, `list<string, nullable>`. */
export function typeText(type: ColumnType): string {
  const suffix = type.nullable ? ', nullable' : '';
  switch (type.kind) {
    case 'decimal':
      return `decimal(${type.precision},${type.scale})${suffix}`;
    case 'list':
      return `list<${typeText(type.element)}>${suffix}`;
    case 'map':
      return `map<${typeText(type.key)}, ${typeText(type.value)}>${suffix}`;
    case 'struct':
      return `struct<${type.fields.map((field) => `${field.name}: ${typeText(field.type)}`).join('; ')}>${suffix}`;
    default:
      return type.kind + suffix;
  }
}
