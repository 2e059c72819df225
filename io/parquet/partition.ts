import { ConnectorError } from '../../model/index.ts';
import type { InputFile } from '../files/index.ts';
import { daysFromDate } from './calendar.ts';
import { type ColumnType, typeText } from './column.ts';

/** A value that the name of a directory can tell. */
export type PartitionValue = string | number | bigint | boolean | null;

/** What Hive and all its followers write for a null. */
const NULL_NAME = '__HIVE_DEFAULT_PARTITION__';

/**
 * The partition columns in the path of a file, as text: `anio=2020/mes=3/part-0.parquet`.
 *
 * Directories without `=` are passed over; `%2F` and its like are decoded.
 */
export function partitionValues({ path, relativePath }: InputFile): ReadonlyMap<string, string | null> {
  const partition = new Map<string, string | null>();
  for (const directory of relativePath.split('/').slice(0, -1)) {
    const equals = directory.indexOf('=');
    if (equals < 1) continue;
    const name = unescape(directory.slice(0, equals));
    if (partition.has(name)) {
      throw new ConnectorError(
        path,
        `the partition column ${name} comes twice in the path. Rows would get one value of two. Keep one directory for each column.`,
      );
    }
    const stored = directory.slice(equals + 1);
    partition.set(name, stored === NULL_NAME ? null : unescape(stored));
  }
  return partition;
}

/** Undoes escapes; a `%` that starts none stays, as Hive reads it. */
function unescape(text: string): string {
  return text.replace(/(?:%[0-9A-Fa-f]{2})+/g, (escapes) => {
    try {
      return decodeURIComponent(escapes);
    } catch {
      // The bytes are no UTF-8: somebody's own name, not an escape.
      return escapes;
    }
  });
}

/** A partition column as it was found, and the type it was declared with; without one it stays text, so that '05' is '05'. */
interface Found {
  readonly name: string;
  readonly text: string | null;
  readonly type: ColumnType | undefined;
}

/** @throws ConnectorError if the text does not fit the declared type. */
export function typedPartition(path: string, { name, text, type }: Found): PartitionValue {
  if (type === undefined) return text;
  const value = text === null ? (type.nullable ? null : undefined) : parsed(text, type);
  if (value !== undefined) return value;
  throw new ConnectorError(
    path,
    `the directory ${name}=${text ?? NULL_NAME} is no ${typeText(type)}. Rows would get a wrong value. Correct the directory.`,
    { hint: `A program declares ${name} as column.${text === null ? 'nullable(...)' : 'string()'}.` },
  );
}

const WHOLE: Partial<Record<ColumnType['kind'], readonly [bigint, bigint]>> = {
  int8: [-128n, 127n],
  int16: [-32_768n, 32_767n],
  int32: [-2_147_483_648n, 2_147_483_647n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint8: [0n, 255n],
  uint16: [0n, 65_535n],
  uint32: [0n, 4_294_967_295n],
  uint64: [0n, 2n ** 64n - 1n],
};

function parsed(text: string, { kind }: ColumnType): PartitionValue | undefined {
  if (kind === 'string') return text;
  if (kind === 'boolean') return text === 'true' ? true : text === 'false' ? false : undefined;
  if (kind === 'date') return daysFromDate(text) === undefined ? undefined : text;
  const range = WHOLE[kind];
  if (range === undefined || !/^-?\d{1,20}$/.test(text)) return undefined;
  const value = BigInt(text);
  if (value < range[0] || value > range[1]) return undefined;
  return kind === 'int64' || kind === 'uint64' ? value : Number(value);
}
