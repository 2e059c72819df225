/**
 * The keys of rows, as bytes: what comes first in order, comes first in bytes.
 *
 * A row's key is a window, then a key, then what its table adds. Each part says where it ends, so all rows of a window, and
 * of a key in it, are neighbors, and no part is the beginning of another one.
 *
 * Windows: `0` the global one; `1` start and end; `2` the last instant and the canonical text of a window of another kind.
 * Keys: a letter for the kind, then the value; a key that is no primitive is its canonical text. Timestamps are eight bytes,
 * ordered like the numbers: the float64 from its highest byte on, all bits of a negative one turned, the sign of the others.
 */
import {
  type BoundedWindow,
  type ByteReader,
  type ByteWriter,
  type Coder,
  GLOBAL_WINDOW,
  interval,
  isIntervalWindow,
  learningCoder,
  type PrimitiveKey,
  type Timestamp,
  windowKey,
} from '../../model/index.ts';

/** Keeps any plain data exactly as it is; what one process wrote, another reads. */
const exact: Coder<unknown> = learningCoder({ codegen: false });

const WINDOW = { global: 0, interval: 1, custom: 2 } as const;
const KEY = { null: 0, false: 1, true: 2, number: 3, bigint: 4, string: 5 } as const;

const float = new DataView(new ArrayBuffer(8));

/** Writes a timestamp, or any number but NaN, in eight bytes that are ordered like it. */
export function writeTimestamp(timestamp: Timestamp, writer: ByteWriter): void {
  float.setFloat64(0, timestamp + 0); // -0 + 0 is 0
  const high = float.getInt32(0);
  const turned = high < 0 ? -1 : 0;
  writeUint32(high ^ (turned | 0x80000000), writer);
  writeUint32(float.getInt32(4) ^ turned, writer);
}

export function readTimestamp(reader: ByteReader): Timestamp {
  const high = readWord(reader);
  const turned = high < 0 ? 0 : -1;
  float.setInt32(0, high ^ (turned | 0x80000000));
  float.setInt32(4, readWord(reader) ^ turned);
  return float.getFloat64(0);
}

/** Writes 32 bits in four bytes, highest first. */
export function writeUint32(word: number, writer: ByteWriter): void {
  writer.writeByte((word >>> 24) & 255);
  writer.writeByte((word >>> 16) & 255);
  writer.writeByte((word >>> 8) & 255);
  writer.writeByte(word & 255);
}

const readWord = (reader: ByteReader): number =>
  (reader.readByte() << 24) | (reader.readByte() << 16) | (reader.readByte() << 8) | reader.readByte();

export function writeWindow(window: BoundedWindow, writer: ByteWriter): void {
  if (isIntervalWindow(window)) {
    writer.writeByte(WINDOW.interval);
    writeTimestamp(window.start, writer);
    writeTimestamp(window.end, writer);
    return;
  }
  const name = windowKey(window);
  if (name === 'g') {
    writer.writeByte(WINDOW.global);
    return;
  }
  writer.writeByte(WINDOW.custom);
  writeTimestamp(window.maxTimestamp, writer);
  writer.writeString(name);
}

/** Reads a window's part of a key; undefined for one of another kind, which {@link writeWindowValue} keeps whole. */
export function readWindow(reader: ByteReader): BoundedWindow | undefined {
  switch (reader.readByte()) {
    case WINDOW.global:
      return GLOBAL_WINDOW;
    case WINDOW.interval: {
      const start = readTimestamp(reader);
      return interval(start, readTimestamp(reader));
    }
    default:
      readTimestamp(reader);
      reader.readString();
      return undefined;
  }
}

/** Writes, into the value of a row, what the row's key does not say of its window. */
export function writeWindowValue(window: BoundedWindow, writer: ByteWriter): void {
  if (!isWholeInKey(window)) exact.encode(window, writer);
}

const isWholeInKey = (window: BoundedWindow): boolean => isIntervalWindow(window) || windowKey(window) === 'g';

/** Passes over what {@link writeWindowValue} wrote. */
export function skipWindowValue(window: BoundedWindow, reader: ByteReader): void {
  if (!isWholeInKey(window)) exact.decode(reader);
}

/** The window of a row: from its key, or from the beginning of its value. */
export const readWholeWindow = (key: ByteReader, value: ByteReader): BoundedWindow =>
  readWindow(key) ?? readWindowValue(value);

/** Reads what {@link writeWindowValue} wrote of a window that is not whole in its key. */
export const readWindowValue = (value: ByteReader): BoundedWindow =>
  // It was a window.
  exact.decode(value) as BoundedWindow;

/** Writes a key in the form that `tableKey` gave it. */
export function writeKey(key: PrimitiveKey, writer: ByteWriter): void {
  switch (typeof key) {
    case 'string':
      writer.writeByte(KEY.string);
      writer.writeString(key);
      return;
    case 'number':
      writer.writeByte(KEY.number);
      writer.writeNumber(key + 0); // -0 + 0 is 0
      return;
    case 'bigint':
      writer.writeByte(KEY.bigint);
      writer.writeBigint(key);
      return;
    case 'boolean':
      writer.writeByte(key ? KEY.true : KEY.false);
      return;
    default:
      writer.writeByte(KEY.null);
  }
}

export function readKey(reader: ByteReader): PrimitiveKey {
  switch (reader.readByte()) {
    case KEY.string:
      return reader.readString();
    case KEY.number:
      return reader.readNumber();
    case KEY.bigint:
      return reader.readBigint();
    case KEY.true:
      return true;
    case KEY.false:
      return false;
    default:
      return null;
  }
}

/** Whether the form that `tableKey` gave a key is the text of what is no primitive. */
const isText = (key: PrimitiveKey): boolean =>
  typeof key === 'string' && key.charCodeAt(0) === 0 && key.charCodeAt(1) !== 0;

/** Writes, into the value of a row, what the row's key does not say of the key: the order of its fields, for one. */
export function writeKeyValue(form: PrimitiveKey, key: unknown, writer: ByteWriter): void {
  if (isText(form)) exact.encode(key, writer);
}

/** The key itself: from the form that its row has, or from its value. */
export function readWholeKey(form: PrimitiveKey, value: ByteReader): unknown {
  if (isText(form)) return exact.decode(value);
  // tableKey puts a NUL in front of a string that begins with one.
  return typeof form === 'string' && form.charCodeAt(0) === 0 ? form.slice(1) : form;
}

/** The end of all keys that begin with `prefix`; undefined if there is no greater key. */
export function endOf(prefix: Uint8Array): Uint8Array | undefined {
  let length = prefix.length;
  while (length > 0 && prefix[length - 1] === 255) length -= 1;
  if (length === 0) return undefined;
  const end = new Uint8Array(prefix.subarray(0, length));
  end[length - 1] = (end[length - 1] as number) + 1; // below 255
  return end;
}
