import { isUtf8 } from 'node:buffer';
import { dateFromDays } from './calendar.ts';
import { bigintFromBytes, decimalText } from './decimal.ts';
import { jsonValue } from './json-text.ts';
import type { PhysicalType } from './leaf-type.ts';
import { physicalType } from './leaf-type.ts';
import type { LeafNode } from './read-schema.ts';

/**
 * How the values of a leaf are made from their stored form: numbers for the fixed types, a piece of the page for byte arrays.
 *
 * `fromNumber` undefined: the stored number is the value.
 */
export interface LeafDecoder {
  readonly physical: PhysicalType;
  readonly length: number;
  readonly fromNumber: ((stored: number | bigint) => unknown) | undefined;
  readonly fromBytes: (page: Buffer, start: number, end: number) => unknown;
}

/** The decoder of a leaf. Its functions throw RangeError for a value that can't be. */
export function leafDecoder(node: LeafNode): LeafDecoder {
  const physical = physicalType(node.element.physical);
  const { length } = node.element;
  if (physical === 'FIXED_LEN_BYTE_ARRAY' && length < 1)
    throw new RangeError(`the column ${node.path} has values of ${length} bytes`);
  return { physical, length, fromNumber: numberDecoder(node), fromBytes: bytesDecoder(node) };
}

function numberDecoder({ type, element }: LeafNode): LeafDecoder['fromNumber'] {
  switch (type.kind) {
    // The stored form is a number for INT32 and a bigint for INT64 and INT96; leafType has paired them with the kinds.
    case 'uint8':
    case 'uint16':
    case 'uint32':
      return (stored) => (stored as number) >>> 0;
    case 'uint64':
      return (stored) => BigInt.asUintN(64, stored as bigint);
    case 'date':
      return cachedDates();
    case 'timestamp-millis':
      return (stored) => dateOf(stored as bigint);
    case 'timestamp-nanos':
      return physicalType(element.physical) === 'INT96' ? (stored) => nanosOfInt96(stored as bigint) : undefined;
    case 'decimal': {
      const { scale } = type;
      return (stored) => decimalText(BigInt(stored), scale);
    }
    default:
      return undefined;
  }
}

function bytesDecoder({ type }: LeafNode): LeafDecoder['fromBytes'] {
  switch (type.kind) {
    case 'string':
      return textOf;
    case 'json':
      return (page, start, end) => {
        const text = textOf(page, start, end);
        try {
          return jsonValue(text);
        } catch (error) {
          throw new RangeError(`a value is no JSON: ${error instanceof Error ? error.message : error}`);
        }
      };
    case 'uuid':
      return uuidOf;
    case 'decimal': {
      const { scale } = type;
      return (page, start, end) => decimalText(bigintFromBytes(page, start, end), scale);
    }
    case 'float16':
      return (page, start) => float16Of(page.readUInt16LE(start));
    case 'interval':
      return (page, start) => ({
        months: page.readUInt32LE(start),
        days: page.readUInt32LE(start + 4),
        millis: page.readUInt32LE(start + 8),
      });
    default:
      // A copy: a view of the page would keep all of it in memory.
      return (page, start, end) => new Uint8Array(page.subarray(start, end));
  }
}

function textOf(page: Buffer, start: number, end: number): string {
  const text = page.toString('utf8', start, end);
  // Bytes that are no UTF-8 become U+FFFD; so does that character itself, which is rare.
  if (text.includes('\ufffd') && !isUtf8(page.subarray(start, end))) throw new RangeError('a text is no UTF-8');
  return text;
}

function uuidOf(page: Buffer, start: number, end: number): string {
  const hex = page.toString('hex', start, end);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** Most files have few different days. */
function cachedDates(): (stored: number | bigint) => string {
  const cache = new Map<number, string>();
  return (stored) => {
    const days = stored as number; // DATE is INT32
    let text = cache.get(days);
    if (text === undefined) {
      text = dateFromDays(days);
      if (cache.size < 10_000) cache.set(days, text);
    }
    return text;
  };
}

const MAX_DATE = 8_640_000_000_000_000n;

/** @throws RangeError beyond the years that a Date holds. */
export function dateOf(millis: bigint): Date {
  if (millis > MAX_DATE || millis < -MAX_DATE)
    throw new RangeError(`the timestamp ${millis} ms is beyond what a Date holds`);
  return new Date(Number(millis));
}

const JULIAN_EPOCH = 2_440_588n;
const DAY_NANOS = 86_400_000_000_000n;

/** INT96 timestamps: nanoseconds of the day in the low 8 bytes, the Julian day in the high 4. */
function nanosOfInt96(stored: bigint): bigint {
  return ((stored >> 64n) - JULIAN_EPOCH) * DAY_NANOS + BigInt.asUintN(64, stored);
}

function float16Of(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * 2 ** -24 * fraction;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * 2 ** (exponent - 15) * (1 + fraction / 1024);
}
