// Reads Thrift's compact protocol, the form of a Parquet footer and of its page headers. It is our own because these bytes
// are not to be trusted: no length is allocated before that many bytes are known to be there, and nesting is limited.

/** A struct: its values by field id. */
export type ThriftStruct = readonly ThriftValue[];
export type ThriftValue = undefined | boolean | number | Uint8Array | ThriftList | { readonly fields: ThriftStruct };
export interface ThriftList {
  readonly items: readonly ThriftValue[];
}

const MAX_DEPTH = 32;
/** Parquet's structs have fewer than 20 fields; the ids of later versions are read over. */
const MAX_FIELD = 255;

/** Reads one struct and leaves `offset` behind it. Throws RangeError where the bytes end or make no sense. */
export class ThriftReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  offset: number;

  constructor(bytes: Uint8Array, offset = 0) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.offset = offset;
  }

  struct(depth = 0): ThriftStruct {
    if (depth > MAX_DEPTH) throw new RangeError(`structs are nested deeper than ${MAX_DEPTH}`);
    const fields: ThriftValue[] = [];
    let id = 0;
    for (;;) {
      const head = this.#byte();
      const type = head & 0x0f;
      if (type === 0) return fields;
      id = head >> 4 === 0 ? this.#zigzag() : id + (head >> 4);
      const value = this.#value(type, depth);
      if (id > 0 && id <= MAX_FIELD) fields[id] = value;
    }
  }

  #value(type: number, depth: number): ThriftValue {
    switch (type) {
      case 1:
        return true;
      case 2:
        return false;
      case 3:
        return (this.#byte() << 24) >> 24;
      case 4:
      case 5:
      case 6:
        return this.#zigzag();
      case 7:
        this.offset += 8;
        return this.#view.getFloat64(this.offset - 8, true);
      case 8:
        return this.#binary();
      case 9:
      case 10:
        return this.#list(depth);
      case 12:
        return { fields: this.struct(depth + 1) };
      default:
        throw new RangeError(`a value has the unknown type ${type}`);
    }
  }

  #binary(): Uint8Array {
    const length = this.#varint();
    if (length > this.#bytes.length - this.offset) throw new RangeError(`a text of ${length} bytes goes past the end`);
    this.offset += length;
    return this.#bytes.subarray(this.offset - length, this.offset);
  }

  #list(depth: number): ThriftList {
    const head = this.#byte();
    const type = head & 0x0f;
    const size = head >> 4 === 15 ? this.#varint() : head >> 4;
    // Each item takes at least one byte, so a size beyond the rest is a lie.
    if (size > this.#bytes.length - this.offset) throw new RangeError(`a list of ${size} items goes past the end`);
    const items: ThriftValue[] = [];
    const isBoolean = type === 1 || type === 2;
    for (let at = 0; at < size; at++) items.push(isBoolean ? this.#byte() === 1 : this.#value(type, depth));
    return { items };
  }

  #byte(): number {
    const byte = this.#bytes[this.offset++];
    if (byte === undefined) throw new RangeError('the bytes end within a struct');
    return byte;
  }

  /** Numbers beyond 2^53 come rounded; no count or offset of a real file is that large. */
  #varint(): number {
    let value = 0;
    let factor = 1;
    for (let at = 0; at < 10; at++) {
      const byte = this.#byte();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
      factor *= 128;
    }
    throw new RangeError('a number has more than 10 bytes');
  }

  #zigzag(): number {
    const value = this.#varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
}

/** A number of a struct; undefined where it is not set. */
export function numberAt(fields: ThriftStruct, id: number): number | undefined {
  const value = fields[id];
  return typeof value === 'number' ? value : undefined;
}

/** A whole number from 0 that a struct must have. */
export function countAt(fields: ThriftStruct, id: number, what: string): number {
  const value = fields[id];
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0)
    throw new RangeError(`${what} is ${value}`);
  return value;
}

export function bytesAt(fields: ThriftStruct, id: number): Uint8Array | undefined {
  const value = fields[id];
  return value instanceof Uint8Array ? value : undefined;
}

const utf8 = new TextDecoder();

export function textAt(fields: ThriftStruct, id: number): string | undefined {
  const bytes = bytesAt(fields, id);
  return bytes === undefined ? undefined : utf8.decode(bytes);
}

export function structAt(fields: ThriftStruct, id: number): ThriftStruct | undefined {
  const value = fields[id];
  return typeof value === 'object' && 'fields' in value ? value.fields : undefined;
}

/** The texts of a list that must be there. */
export function textsAt(fields: ThriftStruct, id: number, what: string): string[] {
  return itemsAt(fields, id, what).map((item) => {
    if (!(item instanceof Uint8Array)) throw new RangeError(`${what} holds something else`);
    return utf8.decode(item);
  });
}

/** The numbers of a list; none where it is missing. */
export function numbersAt(fields: ThriftStruct, id: number): number[] {
  const value = fields[id];
  if (typeof value !== 'object' || !('items' in value)) return [];
  return value.items.filter((item) => typeof item === 'number');
}

/** The structs of a list that must be there. */
export function structsAt(fields: ThriftStruct, id: number, what: string): ThriftStruct[] {
  return itemsAt(fields, id, what).map((item) => {
    if (typeof item !== 'object' || !('fields' in item)) throw new RangeError(`${what} holds something else`);
    return item.fields;
  });
}

function itemsAt(fields: ThriftStruct, id: number, what: string): readonly ThriftValue[] {
  const value = fields[id];
  if (typeof value !== 'object' || !('items' in value)) throw new RangeError(`${what} is missing`);
  return value.items;
}
