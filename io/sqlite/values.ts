import { showValue } from '../../model/index.ts';

/** What SQLite holds. Integers are bigints where they were asked for. */
export type SqliteValue = string | number | bigint | Uint8Array | null;

const SMALLEST = -(2n ** 63n);
const LARGEST = 2n ** 63n - 1n;

/**
 * A value as SQLite stores it: booleans are 1 and 0, dates ISO 8601 text in UTC, undefined is null.
 *
 * Whole numbers go as integers, or SQLite would write 5 into a text column as `5.0`.
 *
 * @throws TypeError that says why a value can't be stored as it is.
 */
export function toSqlite(value: unknown): SqliteValue {
  switch (typeof value) {
    case 'string':
      if (value.isWellFormed()) return value;
      throw refusal(value, 'holds half of a surrogate pair, which has no UTF-8', 'Repair it with toWellFormed()');
    case 'number':
      if (Number.isNaN(value)) throw refusal(value, 'would be stored as NULL', 'Write null if that is meant');
      return Number.isSafeInteger(value) ? BigInt(value) : value;
    case 'bigint':
      if (value >= SMALLEST && value <= LARGEST) return value;
      throw refusal(value, 'is beyond the 64 bits of an INTEGER', 'Write it as text');
    case 'boolean':
      return value ? 1n : 0n;
    case 'undefined':
      return null;
    case 'object':
      return fromObject(value);
    default:
      throw refusal(
        value,
        `is a ${typeof value}`,
        'Only text, numbers, bigints, booleans, dates, bytes and null can be stored',
      );
  }
}

function fromObject(value: object | null): SqliteValue {
  if (value === null || value instanceof Uint8Array) return value;
  if (value instanceof Date) {
    if (!Number.isNaN(value.getTime())) return value.toISOString();
    throw new TypeError('the date is invalid. It stands for no instant. Write null if that is meant.');
  }
  throw refusal(value, 'is an object', 'Turn it into text first, e.g. with JSON.stringify');
}

const refusal = (value: unknown, what: string, remedy: string): TypeError =>
  new TypeError(`${showValue(value)} ${what}. It could not be read back as it was. ${remedy}.`);

/** How a column's declared type treats values (sqlite.org, "Datatypes In SQLite", 3.1). */
export type Affinity = 'INTEGER' | 'REAL' | 'OTHER';

export function affinityOf(declared: string): Affinity {
  const type = declared.toUpperCase();
  if (type.includes('INT')) return 'INTEGER';
  if (/CHAR|CLOB|TEXT|BLOB/.test(type)) return 'OTHER';
  return /REAL|FLOA|DOUB/.test(type) ? 'REAL' : 'OTHER';
}

const NUMERIC = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i;

/**
 * Whether a value is of a column's type. SQLite itself stores text in an INTEGER column without a word; other databases
 * refuse it, and so does Viga.
 */
export function fits(affinity: Affinity, value: SqliteValue): boolean {
  if (affinity === 'OTHER' || value === null || typeof value === 'bigint') return true;
  if (value instanceof Uint8Array) return false;
  if (typeof value === 'string' && !NUMERIC.test(value)) return false;
  return affinity === 'REAL' || Number.isInteger(Number(value));
}
