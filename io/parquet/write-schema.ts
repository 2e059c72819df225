import type { SchemaElement } from 'hyparquet';
import type { ColumnType, Field, ScalarKind } from './column.ts';

type Leaf = Omit<SchemaElement, 'name' | 'repetition_type' | 'num_children'>;

// Both annotations where both exist: old readers know only the converted types, new ones prefer the logical types.
const LEAVES: Partial<Record<ScalarKind, Leaf>> = {
  boolean: { type: 'BOOLEAN' },
  int8: { type: 'INT32', converted_type: 'INT_8', logical_type: { type: 'INTEGER', bitWidth: 8, isSigned: true } },
  int16: { type: 'INT32', converted_type: 'INT_16', logical_type: { type: 'INTEGER', bitWidth: 16, isSigned: true } },
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
  const elements: SchemaElement[] = [{ name: 'schema', num_children: fields.length }];
  for (const field of fields) addElements(elements, field.name, field.type);
  return elements;
}

function addElements(elements: SchemaElement[], name: string, type: ColumnType): void {
  const repetition_type = type.nullable ? 'OPTIONAL' : 'REQUIRED';
  switch (type.kind) {
    case 'list':
      elements.push({ name, repetition_type, num_children: 1, converted_type: 'LIST', logical_type: { type: 'LIST' } });
      elements.push({ name: 'list', repetition_type: 'REPEATED', num_children: 1 });
      addElements(elements, 'element', type.element);
      return;
    case 'map':
      elements.push({ name, repetition_type, num_children: 1, converted_type: 'MAP', logical_type: { type: 'MAP' } });
      elements.push({ name: 'key_value', repetition_type: 'REPEATED', num_children: 2 });
      addElements(elements, 'key', type.key);
      addElements(elements, 'value', type.value);
      return;
    case 'struct':
      if (type.fields.length === 0)
        throw new TypeError(`column ${name} is a struct without a member, which Parquet can't store.`);
      elements.push({ name, repetition_type, num_children: type.fields.length });
      for (const field of type.fields) addElements(elements, field.name, field.type);
      return;
    case 'decimal':
      elements.push({ name, repetition_type, ...decimalLeaf(type.precision, type.scale) });
      return;
    default: {
      const leaf = LEAVES[type.kind];
      if (leaf === undefined) {
        throw new TypeError(`column ${name} has the type ${type.kind}, which Viga only reads. Write another type.`);
      }
      elements.push({ name, repetition_type, ...leaf });
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

/**
 * The schema while values are encoded: hyparquet-writer would turn each JSON value into text by itself, and in doing so
 * make numbers of bigints. It gets the text as plain bytes, and the annotation before the footer.
 */
export function elementsForEncoding(elements: readonly SchemaElement[]): SchemaElement[] {
  return elements.map((element) => {
    if (element.converted_type !== 'JSON') return element;
    const { converted_type: _converted, logical_type: _logical, ...bare } = element;
    return bare;
  });
}
