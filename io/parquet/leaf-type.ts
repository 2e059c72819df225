import type { ColumnType, ScalarKind } from './column.ts';
import type { FooterElement } from './metadata.ts';
import { numberAt, structAt } from './thrift.ts';

/** The physical types of the format, by their number. */
export const PHYSICAL = [
  'BOOLEAN',
  'INT32',
  'INT64',
  'INT96',
  'FLOAT',
  'DOUBLE',
  'BYTE_ARRAY',
  'FIXED_LEN_BYTE_ARRAY',
] as const;
export type PhysicalType = (typeof PHYSICAL)[number];

/** @throws RangeError for a number that no version of the format has. */
export function physicalType(id: number | undefined): PhysicalType {
  const type = id === undefined ? undefined : PHYSICAL[id];
  if (type === undefined) throw new RangeError(`a column has the unknown physical type ${id}`);
  return type;
}

// By the number of the ConvertedType: the kind, and the physical type it may annotate.
const CONVERTED: readonly (readonly [ScalarKind, PhysicalType] | undefined)[] = [
  ['string', 'BYTE_ARRAY'], // UTF8
  undefined, // MAP
  undefined, // MAP_KEY_VALUE
  undefined, // LIST
  ['string', 'BYTE_ARRAY'], // ENUM
  undefined, // DECIMAL, below
  ['date', 'INT32'],
  ['time-millis', 'INT32'],
  ['time-micros', 'INT64'],
  ['timestamp-millis', 'INT64'],
  ['timestamp-micros', 'INT64'],
  ['uint8', 'INT32'],
  ['uint16', 'INT32'],
  ['uint32', 'INT32'],
  ['uint64', 'INT64'],
  ['int8', 'INT32'],
  ['int16', 'INT32'],
  ['int32', 'INT32'],
  ['int64', 'INT64'],
  ['json', 'BYTE_ARRAY'],
  ['bytes', 'BYTE_ARRAY'], // BSON
  ['interval', 'FIXED_LEN_BYTE_ARRAY'],
];
const CONVERTED_DECIMAL = 5;

const BARE: Record<PhysicalType, ScalarKind> = {
  BOOLEAN: 'boolean',
  INT32: 'int32',
  INT64: 'int64',
  INT96: 'timestamp-nanos',
  FLOAT: 'float',
  DOUBLE: 'double',
  BYTE_ARRAY: 'bytes',
  FIXED_LEN_BYTE_ARRAY: 'bytes',
};

/**
 * The type of a leaf, without its nullability. An annotation that does not fit the physical type is passed over, as the
 * format asks: the value is then read as what it physically is.
 */
export function leafType(element: FooterElement): ColumnType {
  const physical = physicalType(element.physical);
  const kind = logicalKind(element, physical);
  if (kind === 'decimal') return decimalType(element);
  if (kind !== undefined) return { kind, nullable: false };
  if (element.converted === CONVERTED_DECIMAL && isDecimalStorage(physical)) return decimalType(element);
  const converted = element.converted === undefined ? undefined : CONVERTED[element.converted];
  return { kind: converted?.[1] === physical ? converted[0] : BARE[physical], nullable: false };
}

function decimalType(element: FooterElement): ColumnType {
  const logical = element.logical?.id === 5 ? element.logical.fields : [];
  const scale = numberAt(logical, 1) ?? element.scale;
  const precision = numberAt(logical, 2) ?? element.precision;
  if (scale < 0 || scale > 10_000 || precision < 0)
    throw new RangeError(`the column ${element.name} is a decimal with scale ${scale}`);
  return { kind: 'decimal', precision, scale, nullable: false };
}

const isDecimalStorage = (physical: PhysicalType): boolean =>
  physical === 'INT32' || physical === 'INT64' || physical === 'BYTE_ARRAY' || physical === 'FIXED_LEN_BYTE_ARRAY';

/** The kind by the number of the LogicalType union's set member. */
function logicalKind({ logical, length }: FooterElement, physical: PhysicalType): ScalarKind | 'decimal' | undefined {
  switch (logical?.id) {
    case 1: // STRING
    case 4: // ENUM
      return physical === 'BYTE_ARRAY' ? 'string' : undefined;
    case 5:
      return isDecimalStorage(physical) ? 'decimal' : undefined;
    case 6:
      return physical === 'INT32' ? 'date' : undefined;
    case 7: {
      const unit = timeUnit(logical.fields);
      if (unit === 'millis') return physical === 'INT32' ? 'time-millis' : undefined;
      return physical === 'INT64' && unit !== undefined ? `time-${unit}` : undefined;
    }
    case 8: {
      const unit = timeUnit(logical.fields);
      return physical === 'INT64' && unit !== undefined ? `timestamp-${unit}` : undefined;
    }
    case 10:
      return integerKind(numberAt(logical.fields, 1), logical.fields[2] !== false, physical);
    case 12:
      return physical === 'BYTE_ARRAY' ? 'json' : undefined;
    case 14:
      return physical === 'FIXED_LEN_BYTE_ARRAY' && length === 16 ? 'uuid' : undefined;
    case 15:
      return physical === 'FIXED_LEN_BYTE_ARRAY' && length === 2 ? 'float16' : undefined;
    default:
      return undefined;
  }
}

function timeUnit(fields: FooterElementFields): 'millis' | 'micros' | 'nanos' | undefined {
  const unit = structAt(fields, 2);
  if (unit?.[1] !== undefined) return 'millis';
  if (unit?.[2] !== undefined) return 'micros';
  return unit?.[3] === undefined ? undefined : 'nanos';
}

type FooterElementFields = NonNullable<FooterElement['logical']>['fields'];

function integerKind(bits: number | undefined, isSigned: boolean, physical: PhysicalType): ScalarKind | undefined {
  const prefix = isSigned ? 'int' : 'uint';
  if (bits === 64) return physical === 'INT64' ? `${prefix}64` : undefined;
  if (physical !== 'INT32' || (bits !== 8 && bits !== 16 && bits !== 32)) return undefined;
  return `${prefix}${bits}`;
}
