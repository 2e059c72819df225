import { isUtf8 } from 'node:buffer';
import type { MetadataOptions } from 'hyparquet';
import { dateFromDays } from './calendar.ts';
import type { ColumnType } from './column.ts';
import { bigintFromBytes, decimalText } from './decimal.ts';
import { jsonValue } from './json-text.ts';

/** Gives a value that hyparquet read the form that `column` describes. Throws RangeError for what is damaged. */
export type Decode = (raw: unknown) => unknown;

type Parsers = NonNullable<MetadataOptions['parsers']>;

/** What hyparquet applies itself, once for each entry of a dictionary. */
export function dataParsers(): Parsers {
  return {
    timestampFromMilliseconds: dateOf,
    timestampFromNanoseconds: (nanos) => nanos,
    dateFromDays: cachedDates(),
    stringFromBytes: textOf,
    uuidFromBytes: uuidOf,
  };
}

/** Bounds in statistics: raw, but for texts. A bound may be cut within a character, and is then none. */
export const BOUND_PARSERS: Parsers = {
  timestampFromMilliseconds: (millis) => millis,
  timestampFromMicroseconds: (micros) => micros,
  timestampFromNanoseconds: (nanos) => nanos,
  dateFromDays: (days) => days,
  stringFromBytes: (bytes) => (isUtf8(bytes) ? asBuffer(bytes).toString('utf8') : undefined),
  jsonFromBytes: () => undefined,
  uuidFromBytes: (bytes) => bytes,
};

/** How the parts of a nested type are decoded. */
export interface Parts {
  readonly element?: Decode;
  /** Members of a struct: `id` is what hyparquet calls them. */
  readonly parts?: readonly { readonly id: string; readonly name: string; readonly decode: Decode }[];
}

/** The decoder of a type. */
export function decoderOf(type: ColumnType, { element, parts }: Parts = {}): Decode {
  const decode = presentDecoder(type, { ...(element && { element }), ...(parts && { parts }) });
  const isLeaf = element === undefined && parts === undefined;
  const { nullable } = type;
  return (raw) => {
    if (raw !== undefined && raw !== null) return decode === undefined ? raw : decode(raw);
    // Of a leaf, hyparquet gives null for nulls, and undefined for an index behind the end of its dictionary.
    if (raw === undefined && isLeaf) throw new RangeError('a value lies outside its dictionary');
    if (!nullable) throw new RangeError('a value is missing where none may be');
    return null;
  };
}

/** undefined where values stay as they are. hyparquet's types of values by physical type justify the casts. */
function presentDecoder(type: ColumnType, { element, parts = [] }: Parts): Decode | undefined {
  switch (type.kind) {
    case 'decimal': {
      const { scale } = type;
      return (raw) => decimalText(unscaledOf(raw as number | bigint | Uint8Array), scale);
    }
    case 'json':
      // Parsed for each row: a dictionary's entries stand in many, and objects can be changed.
      return (raw) => jsonValue(textOf(raw as Uint8Array));
    case 'bytes':
      // A copy: a view would keep the whole page in memory.
      return (raw) => new Uint8Array(raw as Uint8Array);
    case 'interval':
      return (raw) => intervalOf(raw as Uint8Array);
    case 'list':
      // Array.from reaches holes, too.
      return element && ((raw) => Array.from(raw as unknown[], element));
    case 'struct':
      return (raw) => {
        const value: Record<string, unknown> = {};
        for (const { id, name, decode } of parts) setMember(value, name, decode((raw as Record<string, unknown>)[id]));
        return value;
      };
    default:
      return undefined;
  }
}

/** Sets a member whose name comes from a file: `__proto__` is a name like any other. */
export function setMember(object: Record<string, unknown>, name: string, value: unknown): void {
  if (name !== '__proto__') object[name] = value;
  else Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
}

const unscaledOf = (raw: number | bigint | Uint8Array): bigint =>
  raw instanceof Uint8Array ? bigintFromBytes(raw, 0, raw.length) : BigInt(raw);

/**
 * The unscaled form of a decimal's bound, which hyparquet gives as a rounded number; `direction` moves it outward by more
 * than can have been lost.
 */
export function decimalBound(bound: unknown, scale: number, direction: -1 | 1): bigint | undefined {
  if (typeof bound !== 'number' || !Number.isFinite(bound)) return undefined;
  const unscaled = bound * 10 ** scale;
  if (!Number.isFinite(unscaled)) return undefined;
  const lost = Math.abs(unscaled) * 2 ** -48;
  return direction < 0 ? BigInt(Math.floor(unscaled - lost)) : BigInt(Math.ceil(unscaled + lost));
}

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function textOf(bytes: Uint8Array): string {
  const text = asBuffer(bytes).toString('utf8');
  // Bytes that are no UTF-8 become U+FFFD; so does that character itself, which is rare.
  if (text.includes('\ufffd') && !isUtf8(bytes)) throw new RangeError('a text is no UTF-8');
  return text;
}

function uuidOf(bytes: Uint8Array): string {
  const hex = asBuffer(bytes).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

function intervalOf(bytes: Uint8Array): unknown {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { months: view.getUint32(0, true), days: view.getUint32(4, true), millis: view.getUint32(8, true) };
}

/** Most files have few different days. */
function cachedDates(): (days: number) => string {
  const cache = new Map<number, string>();
  return (days) => {
    let text = cache.get(days);
    if (text === undefined) {
      text = dateFromDays(days);
      if (cache.size < 10_000) cache.set(days, text);
    }
    return text;
  };
}

const MAX_DATE = 8_640_000_000_000_000n;

function dateOf(millis: bigint): Date {
  if (millis > MAX_DATE || millis < -MAX_DATE) {
    throw new RangeError(`the timestamp ${millis} ms is beyond what a Date holds`);
  }
  return new Date(Number(millis));
}
