import { showValue } from '../../model/index.ts';
import { daysFromDate } from './calendar.ts';
import type { ColumnType, Field } from './column.ts';
import { typeText } from './column.ts';
import { unscaledDecimal } from './decimal.ts';
import { jsonText } from './json-text.ts';

/** A value that its column can't hold. `path` is where in the column, `expected` what would fit. */
export class ValueError extends Error {
  readonly path: string;

  constructor(path: string, message: string) {
    super(message);
    this.path = path;
  }
}

/** Checks a value and gives it the form that hyparquet-writer takes. Throws {@link ValueError}. */
export type EncodeValue = (value: unknown) => unknown;

/** Whether types were declared, or told from the first rows: then what is missing is null, and what is new an error. */
export type TypeOrigin = 'declared' | 'inferred';

/** What the encoders of a column share. */
export interface Encoding {
  readonly origin: TypeOrigin;
  /** Whether a -0 came: a dictionary would make it 0. */
  hasNegativeZero: boolean;
}

/** The encoder of a column; `path` is its name, with dots for parts of nested columns. */
export function encoderOf(type: ColumnType, path: string, encoding: Encoding): EncodeValue {
  const encode = requiredEncoder(type, path, encoding);
  const mayBeMissing = type.nullable && encoding.origin === 'inferred';
  return (value) => {
    if (value !== null && value !== undefined) return encode(value);
    if ((value === null && type.nullable) || mayBeMissing) return null;
    throw new ValueError(path, missingText(value, type));
  };
}

function missingText(value: unknown, type: ColumnType): string {
  if (value === null) {
    return `the value is null but the type is ${typeText(type)}. A file keeps nulls only where its schema says so. Declare column.nullable(...), or give a value.`;
  }
  const fix = type.nullable ? 'Pass null where there is no value' : 'Give a value';
  return `the value is missing (undefined). A misspelled name would go unseen. ${fix}.`;
}

function requiredEncoder(type: ColumnType, path: string, encoding: Encoding): EncodeValue {
  const { origin } = encoding;
  const refuse = (value: unknown, fix: string): never => {
    const why = origin === 'inferred' ? ', the type told from the first rows' : '';
    const declare = origin === 'inferred' ? ', or declare the columns' : '';
    throw new ValueError(
      path,
      `the value ${showValue(value)} is no ${typeText({ ...type, nullable: false })}${why}. It would be lost or changed. ${fix}${declare}.`,
    );
  };
  const range = WHOLE[type.kind];
  if (range !== undefined) return wholeNumber(range, refuse);
  const bigRange = BIG[type.kind];
  if (bigRange !== undefined) return bigInteger(bigRange, refuse);
  switch (type.kind) {
    case 'list':
      return listEncoder(encoderOf(type.element, `${path}.element`, encoding), refuse);
    case 'struct':
      return structEncoder(type.fields, path, { refuse, encoding });
    case 'map':
      return mapEncoder(
        encoderOf(type.key, `${path}.key`, encoding),
        encoderOf(type.value, `${path}.value`, encoding),
        refuse,
      );
    case 'decimal':
      return decimalEncoder(type, refuse);
    case 'float':
    case 'double':
      return floatingNumber(type.kind, encoding, refuse);
    case 'timestamp-millis':
      return timestamp(1n, refuse);
    case 'timestamp-micros':
      return timestamp(1000n, refuse);
    case 'timestamp-nanos':
      return timestamp(1_000_000n, refuse);
    default:
      return plainEncoder(type.kind, refuse);
  }
}

/** Kinds of whole numbers that a number holds, and their ranges. */
const WHOLE: Partial<Record<ColumnType['kind'], readonly [number, number]>> = {
  int8: [-128, 127],
  int16: [-32_768, 32_767],
  int32: [-2_147_483_648, 2_147_483_647],
  uint8: [0, 255],
  uint16: [0, 65_535],
  uint32: [0, 4_294_967_295],
  'time-millis': [0, 86_399_999],
};

const MIN_INT64 = -(2n ** 63n);
const MAX_INT64 = 2n ** 63n - 1n;

/** Kinds of whole numbers that need a bigint, and their ranges. */
const BIG: Partial<Record<ColumnType['kind'], readonly [bigint, bigint]>> = {
  int64: [MIN_INT64, MAX_INT64],
  uint64: [0n, 2n ** 64n - 1n],
  'time-micros': [0n, 86_399_999_999n],
};

/** Kinds whose values have one form. */
function plainEncoder(kind: ColumnType['kind'], refuse: Refuse): EncodeValue {
  switch (kind) {
    case 'boolean':
      return (value) => (typeof value === 'boolean' ? value : refuse(value, 'Pass true or false'));
    case 'string':
      return (value) => {
        if (typeof value !== 'string') return refuse(value, 'Pass a string, e.g. String(value)');
        if (value.isWellFormed()) return value;
        return refuse(value, 'It has half a surrogate pair: cut text between characters');
      };
    case 'bytes':
      return (value) => (value instanceof Uint8Array ? value : refuse(value, 'Pass a Uint8Array'));
    case 'date':
      return (value) => daysOf(value) ?? refuse(value, "Pass 'YYYY-MM-DD', or a Date at midnight UTC");
    case 'json':
      return (value) => {
        try {
          return jsonText(value);
        } catch (cause) {
          return refuse(value, `Pass JSON only: ${cause instanceof Error ? cause.message : String(cause)}`);
        }
      };
    case 'uuid':
      return (value) => uuidBytes(value) ?? refuse(value, 'Pass text like 9f2e7c1a-0b4d-4e8f-a1b2-c3d4e5f60718');
    default:
      throw new TypeError(`the type ${kind} can only be read. Write another one.`);
  }
}

type Refuse = (value: unknown, fix: string) => never;

function wholeNumber([min, max]: readonly [number, number], refuse: Refuse): EncodeValue {
  const fix = `Pass a whole number from ${min} to ${max}`;
  return (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max ? value : refuse(value, fix);
}

function bigInteger([min, max]: readonly [bigint, bigint], refuse: Refuse): EncodeValue {
  return (value) => {
    const whole = typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value;
    return typeof whole === 'bigint' && whole >= min && whole <= max
      ? whole
      : refuse(value, `Pass a bigint from ${min} to ${max}`);
  };
}

function floatingNumber(kind: 'float' | 'double', encoding: Encoding, refuse: Refuse): EncodeValue {
  const fix =
    kind === 'double' ? 'Pass a number' : 'Pass a number in the range of a 32-bit float, or use column.double()';
  return (value) => {
    if (typeof value !== 'number') return refuse(value, fix);
    if (value === 0 && Object.is(value, -0)) encoding.hasNegativeZero = true;
    const isBeyond = kind === 'float' && Number.isFinite(value) && !Number.isFinite(Math.fround(value));
    return isBeyond ? refuse(value, fix) : value;
  };
}

function timestamp(unitsPerMilli: bigint, refuse: Refuse): EncodeValue {
  const fix = unitsPerMilli === 1n ? 'Pass a valid Date' : 'Pass a bigint in the unit of the column, or a valid Date';
  return (value) => {
    if (value instanceof Date && !Number.isNaN(value.getTime())) {
      const units = BigInt(value.getTime()) * unitsPerMilli;
      return units >= MIN_INT64 && units <= MAX_INT64
        ? units
        : refuse(value, 'It is beyond 64 bits: use a coarser unit');
    }
    // A bare bigint for milliseconds would be read back as a Date: only the exact form of each unit is taken.
    if (typeof value !== 'bigint' || unitsPerMilli === 1n) return refuse(value, fix);
    return value >= MIN_INT64 && value <= MAX_INT64 ? value : refuse(value, fix);
  };
}

const DAY_MILLIS = 86_400_000;

function daysOf(value: unknown): number | undefined {
  if (typeof value === 'string') {
    const days = daysFromDate(value);
    return days !== undefined && days >= -2_147_483_648 && days <= 2_147_483_647 ? days : undefined;
  }
  if (!(value instanceof Date)) return undefined;
  const days = value.getTime() / DAY_MILLIS;
  return Number.isInteger(days) ? days : undefined;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

function uuidBytes(value: unknown): Uint8Array | undefined {
  if (typeof value !== 'string' || !UUID.test(value)) return undefined;
  // A copy: small Buffers are cut from a shared pool.
  return new Uint8Array(Buffer.from(value.replaceAll('-', ''), 'hex'));
}

function decimalEncoder({ precision, scale }: { precision: number; scale: number }, refuse: Refuse): EncodeValue {
  const limit = 10n ** BigInt(precision);
  const factor = 10n ** BigInt(scale);
  const fix = `Pass text like '${scale === 0 ? '12' : `12.${'5'.padEnd(scale, '0')}`}' with at most ${precision - scale} digits before the point and ${scale} behind it`;
  return (value) => {
    const unscaled =
      typeof value === 'bigint'
        ? value * factor
        : typeof value === 'string'
          ? unscaledDecimal(value, scale)
          : undefined;
    return unscaled !== undefined && unscaled < limit && unscaled > -limit ? unscaled : refuse(value, fix);
  };
}

function listEncoder(encode: EncodeValue, refuse: Refuse): EncodeValue {
  // Array.from reaches holes too, which map would leave out.
  return (value) => (Array.isArray(value) ? Array.from(value, encode) : refuse(value, 'Pass an array'));
}

function structEncoder(
  fields: readonly Field[],
  path: string,
  { refuse, encoding }: { readonly refuse: Refuse; readonly encoding: Encoding },
): EncodeValue {
  const members = fields.map(({ name, type }) => ({ name, encode: encoderOf(type, `${path}.${name}`, encoding) }));
  const known = new Set(fields.map(({ name }) => name));
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse(value, 'Pass an object');
    if (encoding.origin === 'inferred') checkNames(value, known, path);
    const encoded: Record<string, unknown> = Object.create(null);
    for (const { name, encode } of members) encoded[name] = encode(ownMember(value, name));
    return encoded;
  };
}

/** @throws ValueError for a member that none of the first rows had. */
export function checkNames(value: object, known: ReadonlySet<string>, path: string): void {
  for (const name of Object.keys(value)) {
    if (known.has(name) || (value as Record<string, unknown>)[name] === undefined) continue; // asked by its own name
    const at = path === '' ? name : `${path}.${name}`;
    throw new ValueError(
      at,
      `none of the rows that told the types of the columns has this member. Its values would be lost. Declare the columns.`,
    );
  }
}

function mapEncoder(encodeKey: EncodeValue, encodeMember: EncodeValue, refuse: Refuse): EncodeValue {
  return (value) => {
    if (value instanceof Map) return Array.from(value, ([k, v]) => ({ key: encodeKey(k), value: encodeMember(v) }));
    if (!Array.isArray(value)) return refuse(value, 'Pass a Map or an array of { key, value }');
    return Array.from(value, (entry: unknown) => {
      if (typeof entry !== 'object' || entry === null) return refuse(value, 'Pass entries like { key, value }');
      return { key: encodeKey(ownMember(entry, 'key')), value: encodeMember(ownMember(entry, 'value')) };
    });
  };
}

/** A member by a name that may come from data: what the prototype has under that name does not count. */
export function ownMember(value: object, name: string): unknown {
  if (!(name in Object.prototype)) return (value as Record<string, unknown>)[name]; // any object can be asked by name
  return Object.getOwnPropertyDescriptor(value, name)?.value;
}
