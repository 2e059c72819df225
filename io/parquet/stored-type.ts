import type { SchemaElement } from 'hyparquet';
import type { ColumnType, Field, ScalarKind } from './column.ts';

// Column types as a file stores them: a physical type and annotations, old ones (ConvertedType) and new ones (LogicalType).

type Leaf = Omit<SchemaElement, 'name' | 'repetition_type' | 'num_children'>;

// Both annotations where both exist: old readers know only the converted types, new ones prefer the logical types.
const LEAVES: Partial<Record<ScalarKind, Leaf>> = {
  boolean: { type: 'BOOLEAN' },
  // hyparquet-writer 0.17.0 writes the logical type of whole numbers in a form that DuckDB refuses.
  int8: { type: 'INT32', converted_type: 'INT_8' },
  int16: { type: 'INT32', converted_type: 'INT_16' },
  int32: { type: 'INT32' },
  int64: { type: 'INT64' },
  uint8: { type: 'INT32', converted_type: 'UINT_8' },
  uint16: { type: 'INT32', converted_type: 'UINT_16' },
  uint32: { type: 'INT32', converted_type: 'UINT_32' },
  uint64: { type: 'INT64', converted_type: 'UINT_64' },
  float: { type: 'FLOAT' },
  double: { type: 'DOUBLE' },
  string: { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
  bytes: { type: 'BYTE_ARRAY' },
  date: { type: 'INT32', converted_type: 'DATE', logical_type: { type: 'DATE' } },
  'time-millis': { type: 'INT32', converted_type: 'TIME_MILLIS' },
  'time-micros': { type: 'INT64', converted_type: 'TIME_MICROS' },
  'timestamp-millis': { type: 'INT64', converted_type: 'TIMESTAMP_MILLIS' },
  'timestamp-micros': { type: 'INT64', converted_type: 'TIMESTAMP_MICROS' },
  'timestamp-nanos': { type: 'INT64', logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'NANOS' } },
  json: { type: 'BYTE_ARRAY', converted_type: 'JSON', logical_type: { type: 'JSON' } },
  uuid: { type: 'FIXED_LEN_BYTE_ARRAY', type_length: 16, logical_type: { type: 'UUID' } },
};

/** The schema of a file in the form of its footer: a tree in preorder, each group with the number of its children. */
export function schemaElements(fields: readonly Field[]): SchemaElement[] {
  return [{ name: 'schema', num_children: fields.length }, ...fields.flatMap(({ name, type }) => elements(name, type))];
}

function elements(name: string, type: ColumnType): SchemaElement[] {
  const head = { name, repetition_type: type.nullable ? 'OPTIONAL' : 'REQUIRED' } as const;
  switch (type.kind) {
    case 'list':
      return [
        { ...head, num_children: 1, converted_type: 'LIST', logical_type: { type: 'LIST' } },
        { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
        ...elements('element', type.element),
      ];
    case 'map':
      return [
        { ...head, num_children: 1, converted_type: 'MAP', logical_type: { type: 'MAP' } },
        { name: 'key_value', repetition_type: 'REPEATED', num_children: 2 },
        ...elements('key', type.key),
        ...elements('value', type.value),
      ];
    case 'struct':
      if (type.fields.length === 0)
        throw new TypeError(`column ${name} is a struct without a member, which Parquet can't store. Give it one.`);
      return [
        { ...head, num_children: type.fields.length },
        ...type.fields.flatMap((field) => elements(field.name, field.type)),
      ];
    case 'decimal':
      return [{ ...head, ...decimalLeaf(type.precision, type.scale) }];
    default: {
      const leaf = LEAVES[type.kind];
      if (leaf === undefined) throw new TypeError(`the type ${type.kind} can only be read. Write another one.`);
      return [{ ...head, ...leaf }];
    }
  }
}

/** The smallest physical type that holds the digits, as the format asks for. */
function decimalLeaf(precision: number, scale: number): Leaf {
  const annotation = {
    converted_type: 'DECIMAL',
    precision,
    scale,
    logical_type: { type: 'DECIMAL', precision, scale },
  } as const;
  if (precision <= 9) return { type: 'INT32', ...annotation };
  if (precision <= 18) return { type: 'INT64', ...annotation };
  return { type: 'FIXED_LEN_BYTE_ARRAY', type_length: 16, ...annotation };
}

const BARE: Readonly<Record<NonNullable<SchemaElement['type']>, ScalarKind>> = {
  BOOLEAN: 'boolean',
  INT32: 'int32',
  INT64: 'int64',
  INT96: 'timestamp-nanos',
  FLOAT: 'float',
  DOUBLE: 'double',
  BYTE_ARRAY: 'bytes',
  FIXED_LEN_BYTE_ARRAY: 'bytes',
};

/** The kinds that a converted type stands for, and the physical type it may annotate. DECIMAL and groups are seen elsewhere. */
const CONVERTED: Readonly<Record<string, readonly [ScalarKind, SchemaElement['type']]>> = {
  UTF8: ['string', 'BYTE_ARRAY'],
  ENUM: ['string', 'BYTE_ARRAY'],
  JSON: ['json', 'BYTE_ARRAY'],
  DATE: ['date', 'INT32'],
  TIME_MILLIS: ['time-millis', 'INT32'],
  TIME_MICROS: ['time-micros', 'INT64'],
  TIMESTAMP_MILLIS: ['timestamp-millis', 'INT64'],
  TIMESTAMP_MICROS: ['timestamp-micros', 'INT64'],
  UINT_8: ['uint8', 'INT32'],
  UINT_16: ['uint16', 'INT32'],
  UINT_32: ['uint32', 'INT32'],
  UINT_64: ['uint64', 'INT64'],
  INT_8: ['int8', 'INT32'],
  INT_16: ['int16', 'INT32'],
  INTERVAL: ['interval', 'FIXED_LEN_BYTE_ARRAY'],
};

/**
 * The type of a leaf. An annotation that does not fit its physical type is passed over, as the format asks: the value is
 * then read as what it physically is.
 */
export function leafType(element: SchemaElement): ColumnType {
  const nullable = element.repetition_type === 'OPTIONAL';
  const { type: physical, converted_type: converted, logical_type: logical } = element;
  if (physical === undefined) throw new RangeError(`the column ${element.name} has an unknown physical type`);
  const isDecimal = logical?.type === 'DECIMAL' || (logical === undefined && converted === 'DECIMAL');
  if (isDecimal && ['INT32', 'INT64', 'BYTE_ARRAY', 'FIXED_LEN_BYTE_ARRAY'].includes(physical)) {
    const { scale = 0, precision = 0 } = logical?.type === 'DECIMAL' ? logical : element;
    if (scale < 0 || scale > 10_000)
      throw new RangeError(`the column ${element.name} is a decimal with scale ${scale}`);
    return { kind: 'decimal', precision, scale, nullable };
  }
  const [kind, fits] = logicalKind(element) ?? CONVERTED[converted ?? ''] ?? [BARE[physical], physical];
  return { kind: fits === physical ? kind : BARE[physical], nullable };
}

function logicalKind({
  logical_type: logical,
  type_length: length,
}: SchemaElement): (typeof CONVERTED)[string] | undefined {
  switch (logical?.type) {
    case 'STRING':
    case 'ENUM':
      return ['string', 'BYTE_ARRAY'];
    case 'JSON':
      return ['json', 'BYTE_ARRAY'];
    case 'DATE':
      return ['date', 'INT32'];
    case 'TIME':
      if (logical.unit === 'MILLIS') return ['time-millis', 'INT32'];
      return [logical.unit === 'MICROS' ? 'time-micros' : 'time-nanos', 'INT64'];
    case 'TIMESTAMP':
      return [`timestamp-${UNITS[logical.unit]}`, 'INT64'];
    case 'INTEGER': {
      const prefix = logical.isSigned ? 'int' : 'uint';
      if (logical.bitWidth === 64) return [`${prefix}64`, 'INT64'];
      const bits = logical.bitWidth;
      return bits === 8 || bits === 16 || bits === 32 ? [`${prefix}${bits}`, 'INT32'] : undefined;
    }
    case 'UUID':
      return length === 16 ? ['uuid', 'FIXED_LEN_BYTE_ARRAY'] : undefined;
    case 'FLOAT16':
      return length === 2 ? ['float16', 'FIXED_LEN_BYTE_ARRAY'] : undefined;
    default:
      return undefined;
  }
}

const UNITS = { MILLIS: 'millis', MICROS: 'micros', NANOS: 'nanos' } as const;
