import { PipelineError, showValue } from '../../model/index.ts';
import { daysFromDate } from './calendar.ts';
import type { Column, ColumnType } from './column.ts';
import { typeText } from './column.ts';

/** A value that can name a folder. */
export type PartitionValue = string | number | bigint | boolean | null;

/** Types of partition columns: text, whole numbers, booleans and dates. */
export type PartitionColumns = Readonly<Record<string, ColumnType>>;

type ValueOf<C> = C extends Column<infer Out> ? Exclude<Out, undefined> : unknown;
type Partition<C extends PartitionColumns> = { readonly [K in keyof C]: ValueOf<C[K]> | null };

/** What Hive and all its followers write for a null. */
const NULL_NAME = '__HIVE_DEFAULT_PARTITION__';

/**
 * Reads the partition columns out of a path of folders like `anio=2020/mes=3/part-0.parquet`.
 *
 * The part behind the last `/` is a file name and never read; folders without `=` are passed over. Values are text unless
 * declared: '05' stays '05', and a folder that does not fit its declared type is an error. `%2F` and its like are decoded,
 * and `__HIVE_DEFAULT_PARTITION__` is null. Give the path relative to the root of the data set, or an `=` above it counts.
 *
 * @throws PipelineError if a declared column is missing or does not fit, or a name comes twice.
 * @example
 * import { column, parsePartitionPath } from 'viga/io/parquet';
 *
 * console.log(parsePartitionPath('anio=2020/mes=03/part-0.parquet')); // { anio: '2020', mes: '03' }
 * const { mes } = parsePartitionPath('anio=2020/mes=03/part-0.parquet', { mes: column.int32() });
 * console.log(mes); // 3
 */
export function parsePartitionPath<C extends PartitionColumns = Record<never, ColumnType>>(
  path: string,
  columns?: C,
): Partition<C> & Readonly<Record<string, PartitionValue>> {
  const declared = new Map(Object.entries(columns ?? {}));
  const partition: Record<string, PartitionValue> = Object.create(null);
  for (const folder of path.split('/').slice(0, -1)) {
    const equals = folder.indexOf('=');
    if (equals < 1) continue;
    const name = unescapeName(folder.slice(0, equals));
    if (name in partition)
      throw pathError(path, `the partition column ${name} comes twice`, 'Keep one folder for each column');
    const stored = folder.slice(equals + 1);
    const text = stored === NULL_NAME ? null : unescapeName(stored);
    partition[name] = typedValue(text, declared.get(name), { path, name });
  }
  const missing = [...declared.keys()].find((name) => !(name in partition));
  if (missing !== undefined)
    throw pathError(
      path,
      `no folder names the partition column ${missing}`,
      `Move the file below ${missing}=..., or do not declare the column`,
    );
  // typedValue gave each declared column the form of its type.
  return { ...partition } as Partition<C> & Record<string, PartitionValue>;
}

function pathError(path: string, what: string, fix: string): PipelineError {
  return new PipelineError(undefined, `${path}: ${what}. Rows would get a wrong value or none. ${fix}.`);
}

function typedValue(
  text: string | null,
  type: ColumnType | undefined,
  { path, name }: { path: string; name: string },
): PartitionValue {
  if (text === null || type === undefined || type.kind === 'string') return text;
  const value = parsedValue(text, type);
  if (value !== undefined) return value;
  throw pathError(
    path,
    `the folder ${name}=${text} is no ${typeText(type)}`,
    `Correct the folder, or declare ${name} as column.string()`,
  );
}

const INTEGER_RANGE: Partial<Record<ColumnType['kind'], readonly [bigint, bigint]>> = {
  int8: [-128n, 127n],
  int16: [-32_768n, 32_767n],
  int32: [-2_147_483_648n, 2_147_483_647n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint8: [0n, 255n],
  uint16: [0n, 65_535n],
  uint32: [0n, 4_294_967_295n],
  uint64: [0n, 2n ** 64n - 1n],
};

function parsedValue(text: string, type: ColumnType): PartitionValue | undefined {
  if (type.kind === 'boolean') return text === 'true' ? true : text === 'false' ? false : undefined;
  if (type.kind === 'date') return daysFromDate(text) === undefined ? undefined : text;
  const range = INTEGER_RANGE[type.kind];
  if (range === undefined) {
    throw new PipelineError(
      undefined,
      `parsePartitionPath: a partition column can't be ${typeText(type)}. A folder's name has one form only for text, whole numbers, booleans and dates. Declare column.string() and convert it.`,
    );
  }
  if (!/^-?\d{1,20}$/.test(text)) return undefined;
  const value = BigInt(text);
  if (value < range[0] || value > range[1]) return undefined;
  return type.kind === 'int64' || type.kind === 'uint64' ? value : Number(value);
}

/**
 * The folders for partition values, in the order of the columns: `anio=2020/mes=3`.
 *
 * A value can never leave its folder: `/`, `\`, control characters and all that Hive or a file system treats specially are
 * written as `%2F` and its like, which {@link parsePartitionPath} undoes. null becomes `__HIVE_DEFAULT_PARTITION__`; the
 * same text as a value is escaped, so that it stays text.
 *
 * @throws PipelineError for a value that is no text, whole number, boolean or null, and for names longer than 255 bytes.
 * @example
 * import { partitionPath } from 'viga/io/parquet';
 *
 * console.log(partitionPath({ anio: 2020, ciudad: 'a/b', barrio: null }));
 * // anio=2020/ciudad=a%2Fb/barrio=__HIVE_DEFAULT_PARTITION__
 */
export function partitionPath(values: Readonly<Record<string, PartitionValue>>): string {
  const entries = Object.entries(values);
  if (entries.length === 0)
    throw new PipelineError(
      undefined,
      'partitionPath: there is no partition column. All rows would share one folder. Name at least one.',
    );
  return entries.map(([name, value]) => folderOf(name, value)).join('/');
}

/** The longest name of a folder in common file systems. */
const MAX_NAME_BYTES = 255;

function folderOf(name: string, value: PartitionValue): string {
  if (name === '' || !name.isWellFormed()) {
    throw new PipelineError(
      undefined,
      `partitionPath: ${showValue(name)} can't name a partition column. A folder needs a name before its =. Rename the column.`,
    );
  }
  const folder = `${escapeName(name)}=${value === null ? NULL_NAME : escapeValue(name, value)}`;
  if (Buffer.byteLength(folder) <= MAX_NAME_BYTES) return folder;
  throw new PipelineError(
    undefined,
    `partitionPath: the folder ${showValue(folder)} has ${Buffer.byteLength(folder)} bytes, but file systems take ${MAX_NAME_BYTES}. Partition by a shorter value.`,
  );
}

function escapeValue(name: string, value: Exclude<PartitionValue, null>): string {
  const isWhole = typeof value === 'bigint' || typeof value === 'boolean' || Number.isSafeInteger(value);
  if (isWhole) return String(value === 0 ? 0 : value);
  if (typeof value !== 'string' || !value.isWellFormed()) {
    throw new PipelineError(
      undefined,
      `partitionPath: ${name} has the value ${showValue(value)}. It has no name that can be read back. Partition by text, whole numbers, booleans or null.`,
    );
  }
  return value === NULL_NAME ? `%5F${NULL_NAME.slice(1)}` : escapeName(value);
}

// What Hive escapes, what Windows forbids, control characters, the separators and marks that turn text around or hide it,
// and a point or blank at an end.
const SPECIAL = /[\p{Cc}\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"#%&'*/:<=>?\\[\]^{|}]|^[. ]|[. ]$/gu;

function escapeName(text: string): string {
  return text.replace(SPECIAL, (character) =>
    Array.from(Buffer.from(character), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
}

/** Undoes escapes; a `%` that starts none stays, as Hive reads it. */
function unescapeName(text: string): string {
  if (!text.includes('%')) return text;
  return text.replace(/(?:%[0-9A-Fa-f]{2})+/g, (escapes) => {
    try {
      return decodeURIComponent(escapes);
    } catch {
      // The bytes are no UTF-8: somebody's own name, not an escape.
      return escapes;
    }
  });
}
