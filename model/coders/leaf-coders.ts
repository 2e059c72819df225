import type { Coder } from '../coder.ts';
import { describeKind } from '../plain-data.ts';
import { showValue } from '../errors.ts';
import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import { RefusedValue } from './refused-value.ts';

/** A coder of values without parts, both as functions and as the text that does the same in generated code. */
interface Leaf<T> {
  readonly name: string;
  /** What the coder takes, for messages: `a string`. */
  readonly takes: string;
  readonly is: (value: unknown) => boolean;
  readonly encode: (value: T, writer: ByteWriter) => void;
  readonly decode: (reader: ByteReader) => T;
  readonly accepts: (value: string) => string;
  readonly write: (value: string) => string;
  readonly read: string;
}

function leaf<T>({ name, takes, is, encode, decode, accepts, write, read }: Leaf<T>): Coder<T> {
  return {
    name,
    isDeterministic: true,
    encode(value, writer) {
      if (!is(value)) throw refused(name, takes, value);
      encode(value, writer);
    },
    decode,
    parts: { kind: 'leaf', accepts, write, read },
  };
}

/** Says that a coder got a value of another kind than it takes. */
export function refused(coder: string, takes: string, value: unknown): RefusedValue {
  const isShown = (typeof value !== 'object' && typeof value !== 'function') || value === null;
  const what = `is ${isShown ? showValue(value) : describeKind(value)}, not ${takes}`;
  return new RefusedValue(
    coder,
    what,
    'It would not come back as it was. Pass such a value, or choose a coder for its kind.',
  );
}

/** Any string, lone surrogates too. */
export const string: Coder<string> = leaf({
  name: 'string',
  takes: 'a string',
  is: (value) => typeof value === 'string',
  encode: (value, writer) => writer.writeString(value),
  decode: (reader) => reader.readString(),
  accepts: (value) => `typeof ${value} === 'string'`,
  write: (value) => `writer.writeString(${value});`,
  read: 'reader.readString()',
});

const anyNumber = {
  name: 'number',
  takes: 'a number',
  is: (value: unknown) => typeof value === 'number',
  accepts: (value: string) => `typeof ${value} === 'number'`,
} as const;

/**
 * Any number; integers of 32 bits take one to five bytes, all others nine.
 *
 * As in every coder of numbers here but `exactNumber`, `-0` comes back as the `0` that it equals as a key: adding 0 does it.
 */
export const number: Coder<number> = leaf({
  ...anyNumber,
  encode: (value, writer) => writer.writeNumber(value + 0),
  decode: (reader) => reader.readNumber(),
  write: (value) => `writer.writeNumber(${value} + 0);`,
  read: 'reader.readNumber()',
});

/** The same with `-0` as it was, for elements that nobody declared; its bytes can't be those of a key. */
export const exactNumber: Coder<number> = {
  ...leaf<number>({
    ...anyNumber,
    encode: (value, writer) => writer.writeNumber(value),
    decode: (reader) => reader.readNumber(),
    write: (value) => `writer.writeNumber(${value});`,
    read: 'reader.readNumber()',
  }),
  isDeterministic: false,
};

/** A safe integer, small magnitudes in few bytes; `-0` comes back as `0`. */
export const int: Coder<number> = leaf({
  name: 'int',
  takes: 'an integer within 2^53',
  is: Number.isSafeInteger,
  encode: (value, writer) => writer.writeInt(value),
  decode: (reader) => reader.readInt(),
  accepts: (value) => `Number.isSafeInteger(${value})`,
  write: (value) => `writer.writeInt(${value});`,
  read: 'reader.readInt()',
});

/** Any number, always in eight bytes; `-0` comes back as `0`. */
export const double: Coder<number> = leaf({
  ...anyNumber,
  name: 'double',
  encode: (value, writer) => writer.writeFloat64(value + 0),
  decode: (reader) => reader.readFloat64(),
  write: (value) => `writer.writeFloat64(${value} + 0);`,
  read: 'reader.readFloat64()',
});

/** True or false. */
export const boolean: Coder<boolean> = leaf({
  name: 'boolean',
  takes: 'a boolean',
  is: (value) => typeof value === 'boolean',
  encode: (value, writer) => writer.writeByte(value ? 1 : 0),
  decode: (reader) => reader.readByte() === 1,
  accepts: (value) => `typeof ${value} === 'boolean'`,
  write: (value) => `writer.writeByte(${value} ? 1 : 0);`,
  read: '(reader.readByte() === 1)',
});

/** A bigint of any size; nine bytes if it fits 64 bits. */
export const bigint: Coder<bigint> = leaf({
  name: 'bigint',
  takes: 'a bigint',
  is: (value) => typeof value === 'bigint',
  encode: (value, writer) => writer.writeBigint(value),
  decode: (reader) => reader.readBigint(),
  accepts: (value) => `typeof ${value} === 'bigint'`,
  write: (value) => `writer.writeBigint(${value});`,
  read: 'reader.readBigint()',
});

/** Bytes; a Buffer is taken too and comes back as a Uint8Array. */
export const bytes: Coder<Uint8Array> = leaf({
  name: 'bytes',
  takes: 'a Uint8Array',
  is: (value) => value instanceof Uint8Array,
  encode: (value, writer) => writer.writeBytes(value),
  decode: (reader) => reader.readBytes(),
  accepts: (value) => `${value} instanceof Uint8Array`,
  write: (value) => `writer.writeBytes(${value});`,
  read: 'reader.readBytes()',
});

/** An instant in milliseconds, any number but NaN. */
export const timestamp: Coder<number> = leaf({
  name: 'timestamp',
  takes: 'a number of milliseconds',
  is: (value) => typeof value === 'number' && !Number.isNaN(value),
  encode: (value, writer) => writer.writeFloat64(value + 0),
  decode: (reader) => reader.readFloat64(),
  accepts: (value) => `(typeof ${value} === 'number' && ${value} === ${value})`,
  write: (value) => `writer.writeFloat64(${value} + 0);`,
  read: 'reader.readFloat64()',
});

/** A Date, an invalid one too. */
export const date: Coder<Date> = leaf({
  name: 'date',
  takes: 'a Date',
  is: (value) => value instanceof Date && value.constructor === Date,
  encode: (value, writer) => writer.writeFloat64(value.getTime()),
  decode: (reader) => new Date(reader.readFloat64()),
  accepts: (value) => `(${value} instanceof Date && ${value}.constructor === Date)`,
  write: (value) => `writer.writeFloat64(${value}.getTime());`,
  read: 'new Date(reader.readFloat64())',
});
