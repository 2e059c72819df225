import { CoderError } from '../errors.ts';
import type { ByteReader } from './byte-reader.ts';
import { setField } from './composite-coders.ts';
import { asNodeBuffer } from './node-buffer.ts';
import { MAX_DEPTH, TAG, TYPED_ARRAYS } from './structural-tags.ts';

/**
 * Reads what `encodeStructural` wrote, in either of its forms.
 *
 * @throws CoderError for bytes that it did not write.
 */
export function decodeStructural(reader: ByteReader): unknown {
  return readAny(reader, 0);
}

function readAny(reader: ByteReader, depth: number): unknown {
  const tag = reader.readByte();
  switch (tag) {
    case TAG.undefined:
      return undefined;
    case TAG.null:
      return null;
    case TAG.true:
      return true;
    case TAG.false:
      return false;
    case TAG.number:
      return reader.readNumber();
    case TAG.bigint:
      return reader.readBigint();
    case TAG.string:
      return reader.readString();
    default:
      return readObject(tag, reader, depth + 1);
  }
}

function readObject(tag: number, reader: ByteReader, depth: number): unknown {
  if (depth > MAX_DEPTH) throw damaged(reader, `a value nested deeper than ${MAX_DEPTH} levels`);
  switch (tag) {
    case TAG.object:
      return readFields({}, reader, depth);
    case TAG.nullObject:
      return readFields(Object.create(null) as object, reader, depth); // typed as any
    case TAG.array:
      return readArray(reader, depth);
    case TAG.date:
      return new Date(reader.readFloat64());
    case TAG.map:
      return readMap(reader, depth);
    case TAG.set:
      return readSet(reader, depth);
    case TAG.bytes:
      return reader.readBytes();
    case TAG.buffer:
      return asNodeBuffer(reader.readBytes());
    case TAG.arrayBuffer:
      return reader.readBytes().buffer;
    case TAG.typedArray:
      return readTypedArray(reader);
    default:
      throw damaged(reader, `the tag ${tag}, which no value has`);
  }
}

function readFields(target: object, reader: ByteReader, depth: number): object {
  const count = reader.readVarint();
  for (let i = 0; i < count; i++) {
    const name = reader.readString();
    setField(target, name, readAny(reader, depth));
  }
  return target;
}

function readArray(reader: ByteReader, depth: number): unknown[] {
  const count = reader.readVarint();
  const values: unknown[] = [];
  for (let i = 0; i < count; i++) {
    if (reader.peekByte() === TAG.hole) {
      reader.readByte();
      values.length = i + 1;
    } else {
      values.push(readAny(reader, depth));
    }
  }
  return values;
}

function readMap(reader: ByteReader, depth: number): Map<unknown, unknown> {
  const count = reader.readVarint();
  const map = new Map<unknown, unknown>();
  for (let i = 0; i < count; i++) {
    const key = readAny(reader, depth);
    map.set(key, readAny(reader, depth));
  }
  return map;
}

function readSet(reader: ByteReader, depth: number): Set<unknown> {
  const count = reader.readVarint();
  const set = new Set<unknown>();
  for (let i = 0; i < count; i++) set.add(readAny(reader, depth));
  return set;
}

function readTypedArray(reader: ByteReader): ArrayBufferView {
  const kind = reader.readByte();
  const constructor = TYPED_ARRAYS[kind];
  if (constructor === undefined) throw damaged(reader, `the typed array ${kind}, which does not exist`);
  const bytes = reader.readBytes(); // a copy, so it has its buffer to itself
  if (bytes.length % constructor.BYTES_PER_ELEMENT !== 0)
    throw damaged(reader, `half an element of ${constructor.name}`);
  return new constructor(bytes.buffer);
}

const damaged = (reader: ByteReader, what: string): CoderError =>
  new CoderError(
    undefined,
    `structural: before byte ${reader.position} stands ${what}. The bytes are damaged or were written by another coder. Read them with the coder that wrote them.`,
  );
