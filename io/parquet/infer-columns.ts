import { ConnectorError, showValue } from '../../model/index.ts';
import { type ColumnType, type Field, typeText } from './column.ts';

/** What is known of a type so far: nothing, where only nulls and empty lists came. */
type Known = ColumnType | undefined;

/**
 * The columns of rows: each member of any row is one, nullable, in the order they first come.
 *
 * A type follows from the JavaScript type alone, so that the files of one write agree: number is double, bigint int64, Date
 * timestampMillis, an array a list, a plain object a struct.
 *
 * @throws ConnectorError with `place` for values that no type fits, and columns of two types or of none.
 */
export function inferColumns(rows: readonly object[], leftOut: ReadonlySet<string>, place: string): Field[] {
  const types = new Map<string, Known>();
  const refuse: Refuse = (path, what) => {
    throw new ConnectorError(
      place,
      `column ${path} ${what}. Its type is told from the first ${rows.length} rows. Declare the columns, or give all rows the same form.`,
    );
  };
  for (const row of rows) {
    for (const [name, value] of Object.entries(row)) {
      if (!leftOut.has(name)) types.set(name, merge(types.get(name), typeOf(value, name, refuse), name, refuse));
    }
  }
  if (types.size === 0) {
    throw new ConnectorError(
      place,
      `there are no columns, as ${rows.length === 0 ? 'there is no row' : 'no row has a member'}. A Parquet file has at least one. Declare the columns.`,
    );
  }
  return [...types].map(([name, type]) => ({ name, type: known(type, name, refuse) }));
}

type Refuse = (path: string, what: string) => never;

function typeOf(value: unknown, path: string, refuse: Refuse): Known {
  if (value === null || value === undefined) return undefined;
  const nullable = true;
  switch (typeof value) {
    case 'boolean':
      return { kind: 'boolean', nullable };
    case 'number':
      return { kind: 'double', nullable };
    case 'bigint':
      return { kind: 'int64', nullable };
    case 'string':
      return { kind: 'string', nullable };
    case 'object':
      return objectType(value, path, refuse);
    default:
      return refuse(path, `holds ${showValue(value)}, which no type of Parquet fits`);
  }
}

/** A type whose parts may not be known yet; `known` replaces them or complains. */
const UNKNOWN: ColumnType = { kind: 'struct', fields: [], nullable: true };

function objectType(value: object, path: string, refuse: Refuse): Known {
  const nullable = true;
  if (value instanceof Date) return { kind: 'timestamp-millis', nullable };
  if (value instanceof Uint8Array) return { kind: 'bytes', nullable };
  if (Array.isArray(value)) {
    return { kind: 'list', element: common(value, `${path}.element`, refuse) ?? UNKNOWN, nullable };
  }
  if (value instanceof Map) {
    const key = common([...value.keys()], `${path}.key`, refuse) ?? UNKNOWN;
    const member = common([...value.values()], `${path}.value`, refuse) ?? UNKNOWN;
    return { kind: 'map', key, value: member, nullable };
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) {
    return refuse(path, `holds a ${value.constructor.name}, which no type of Parquet fits`);
  }
  const fields = Object.entries(value).map(([name, member]) => ({
    name,
    type: typeOf(member, `${path}.${name}`, refuse) ?? UNKNOWN,
  }));
  return { kind: 'struct', fields, nullable };
}

function common(values: readonly unknown[], path: string, refuse: Refuse): Known {
  return values.reduce<Known>((type, value) => merge(type, typeOf(value, path, refuse), path, refuse), undefined);
}

const isUnknown = (type: Known): boolean => type === undefined || (type.kind === 'struct' && type.fields.length === 0);

function merge(left: Known, right: Known, path: string, refuse: Refuse): Known {
  if (isUnknown(left)) return right ?? left;
  if (isUnknown(right)) return left;
  const both = (one: Known, other: Known, part: string): ColumnType =>
    merge(one, other, `${path}.${part}`, refuse) ?? UNKNOWN;
  if (left?.kind === 'list' && right?.kind === 'list') {
    return { ...left, element: both(left.element, right.element, 'element') };
  }
  if (left?.kind === 'map' && right?.kind === 'map') {
    return { ...left, key: both(left.key, right.key, 'key'), value: both(left.value, right.value, 'value') };
  }
  if (left?.kind === 'struct' && right?.kind === 'struct') {
    const fields = new Map(left.fields.map(({ name, type }) => [name, type]));
    for (const { name, type } of right.fields) fields.set(name, both(fields.get(name), type, name));
    return { ...left, fields: [...fields].map(([name, type]) => ({ name, type })) };
  }
  if (left === undefined || right === undefined || left.kind === right.kind) return left;
  return refuse(path, `is ${shown(left)} in one row and ${shown(right)} in another`);
}

const shown = (type: ColumnType): string => typeText({ ...type, nullable: false });

/** The type with nothing unknown in it. */
function known(type: Known, path: string, refuse: Refuse): ColumnType {
  if (type === undefined || isUnknown(type))
    return refuse(path, 'holds nothing but nulls, empty lists or empty objects');
  switch (type.kind) {
    case 'list':
      return { ...type, element: known(type.element, `${path}.element`, refuse) };
    case 'map':
      return {
        ...type,
        key: { ...known(type.key, `${path}.key`, refuse), nullable: false },
        value: known(type.value, `${path}.value`, refuse),
      };
    case 'struct':
      return {
        ...type,
        fields: type.fields.map((field) => ({ ...field, type: known(field.type, `${path}.${field.name}`, refuse) })),
      };
    default:
      return type;
  }
}
