import { ConnectorError, type Coder, fromBytes, showValue, toBytes } from '../../model/index.ts';

/**
 * What bytes of a key or value stand for: `bytes` themselves, `string` in UTF-8, `json` in UTF-8, or what a coder makes of
 * them.
 */
export type LogFormat = 'bytes' | 'string' | 'json' | SomeCoder;

/** A coder of any type; which one is told by {@link FormatValue}. */
type SomeCoder = Pick<Coder<never>, 'name' | 'encode'> & Pick<Coder<unknown>, 'decode'>;

/** The type of values in a format. */
export type FormatValue<F extends LogFormat> = F extends 'bytes'
  ? Uint8Array
  : F extends 'string'
    ? string
    : F extends Coder<infer T>
      ? T
      : unknown;

/** How values of a format become bytes and back. Both throw for what the format does not have. */
export interface Serializer {
  serialize(value: unknown): Uint8Array;
  deserialize(bytes: Uint8Array): unknown;
}

const text = (value: string): Uint8Array => Buffer.from(value);
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const SERIALIZERS: Readonly<Record<'bytes' | 'string' | 'json', Serializer>> = {
  bytes: {
    serialize(value) {
      if (value instanceof Uint8Array) return value;
      throw new TypeError(`${showValue(value)} is not bytes. Give a Uint8Array, or the format 'string' or 'json'.`);
    },
    deserialize: (bytes) => bytes,
  },
  string: {
    serialize(value) {
      if (typeof value === 'string' && value.isWellFormed()) return text(value);
      throw new TypeError(`${showValue(value)} is no text that has UTF-8. Give a string, or the format 'json'.`);
    },
    deserialize: decodeText,
  },
  json: {
    serialize(value) {
      const json: string | undefined = JSON.stringify(value);
      if (json !== undefined) return text(json);
      throw new TypeError(`${showValue(value)} has no JSON. Give plain data, or another format.`);
    },
    deserialize(bytes) {
      const json = decodeText(bytes);
      try {
        return JSON.parse(json);
      } catch (cause) {
        throw new TypeError(`${showValue(json)} is no JSON: ${(cause as Error).message}`, { cause });
      }
    },
  },
};

function decodeText(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw new TypeError(`these ${bytes.length} bytes are no UTF-8. Read them with the format 'bytes'.`, { cause });
  }
}

/** @throws ConnectorError for what is no format. */
export function serializerOf(place: string, format: LogFormat): Serializer {
  if (typeof format !== 'string') {
    // It is given values of its type, as FormatValue says; others it refuses.
    const coder = format as Coder<unknown>;
    return { serialize: (value) => toBytes(coder, value), deserialize: (stored) => fromBytes(coder, stored) };
  }
  const known: Serializer | undefined = Object.hasOwn(SERIALIZERS, format) ? SERIALIZERS[format] : undefined;
  if (known !== undefined) return known;
  throw new ConnectorError(
    place,
    `the format ${showValue(format)} is not known. Keys and values are bytes that it gives a meaning. Pass 'bytes', 'string', 'json' or a coder.`,
  );
}
