import { showValue } from '../../model/index.ts';

/** What can name a directory of a partition. A Date is written as `2024-05-31`, or with its time where it has one. */
export type PartitionValue = string | number | bigint | boolean | Date | null | undefined;

/** The fields that an element is partitioned by, in the order of their directories. */
export type PartitionFields = Readonly<Record<string, PartitionValue>>;

/** What Hive and all its followers write for a null. */
const NULL_NAME = '__HIVE_DEFAULT_PARTITION__';

/** The longest name of a directory in common file systems. */
const MAX_NAME_BYTES = 255;

/**
 * The directory of a partition field: `anio=2020`, as Hive, Spark and others write and read it.
 *
 * A value never leaves its directory: what Hive or a file system treats specially is written as `%2F` and its like. null
 * and undefined become `__HIVE_DEFAULT_PARTITION__`.
 *
 * @throws TypeError for a value that has no name that can be read back.
 */
export function directoryOf(name: string, value: PartitionValue): string {
  if (name === '') throw new TypeError('a partition field has no name. Its directory needs one before the =. Name it.');
  const directory = `${escapeName(name)}=${textOf(name, value)}`;
  if (Buffer.byteLength(directory) <= MAX_NAME_BYTES) return directory;
  throw new TypeError(
    `the partition directory ${showValue(directory)} has ${Buffer.byteLength(directory)} bytes, and file systems take ${MAX_NAME_BYTES}. No file can be written there. Partition by a shorter value.`,
  );
}

function textOf(name: string, value: PartitionValue): string {
  if (value === null || value === undefined) return NULL_NAME;
  if (value instanceof Date && !Number.isNaN(value.getTime())) {
    return escapeName(value.toISOString().replace('T00:00:00.000Z', ''));
  }
  if (typeof value === 'bigint' || typeof value === 'boolean' || Number.isSafeInteger(value)) {
    return String(value === 0 ? 0 : value);
  }
  // An empty name would be read back as null, and half a surrogate pair as something else.
  if (typeof value === 'string' && value !== '' && value.isWellFormed()) {
    return value === NULL_NAME ? `%5F${NULL_NAME.slice(1)}` : escapeName(value);
  }
  throw new TypeError(
    `the partition field ${name} is ${showValue(value)}. It has no directory name that can be read back. Partition by text, whole numbers, booleans, dates or null.`,
  );
}

// What Hive escapes, what Windows forbids, control characters, marks that turn text around or hide it, and a point or blank
// at an end.
const SPECIAL = /[\p{Cc}\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"#%&'*/:<=>?\\[\]^{|}]|^[. ]|[. ]$/gu;

/** Writes what a file name can't hold as `%2F` and its like. */
export function escapeName(text: string): string {
  return text.replace(SPECIAL, (character) =>
    Array.from(Buffer.from(character), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
}
