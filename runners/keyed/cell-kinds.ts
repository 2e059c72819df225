import {
  type ByteReader,
  type ByteWriter,
  type Coder,
  compileCoder,
  learningCoder,
  type PrimitiveKey,
  type StateSpec,
  tableKey,
  type TimestampedValue,
} from '../../model/index.ts';

/** Writes what a cell of some kind holds. */
export interface CellKind {
  encode(content: unknown, writer: ByteWriter): void;
  decode(reader: ByteReader): unknown;
}

/** Contents of the collections; objects are found by what they contain. */
export type Bag = unknown[];
export type Entries = Map<PrimitiveKey, readonly [key: unknown, value: unknown]>;
export type Members = Map<PrimitiveKey, unknown>;
export type Ordered = TimestampedValue<unknown>[];

/** Reads what it wrote at any time: values carry their kinds with them. */
const PLAIN = learningCoder({ codegen: false });

/** The coder of a declared cell, where it has one. */
export const coderOf = (coder: Coder<unknown> | undefined, codegen: boolean): Coder<unknown> =>
  coder === undefined ? PLAIN : compileCoder(coder, { codegen });

/** How the contents of a declared cell are written. The casts give contents the types that the cell's handle keeps there. */
export function cellKind(spec: StateSpec<unknown>, codegen: boolean): CellKind {
  const values = coderOf(spec.kind === 'combining' ? spec.combineFn?.accumulatorCoder : spec.coder, codegen);
  switch (spec.kind) {
    case 'value':
    case 'combining':
      return values;
    case 'bag':
      return listOf<unknown>(
        (value, writer) => values.encode(value, writer),
        (reader) => values.decode(reader),
      );
    case 'map':
      return mapKind(coderOf(spec.keyCoder, codegen), values);
    case 'set': {
      const members = listOf<unknown>(
        (member, writer) => values.encode(member, writer),
        (reader) => values.decode(reader),
      );
      return {
        encode: (content, writer) => members.encode([...(content as Members).values()], writer),
        decode: (reader) => new Map(members.decode(reader).map((member) => [tableKey(member), member])),
      };
    }
    case 'orderedList':
      return listOf<TimestampedValue<unknown>>(
        ({ value, timestamp }, writer) => {
          writer.writeFloat64(timestamp);
          values.encode(value, writer);
        },
        (reader) => ({ timestamp: reader.readFloat64(), value: values.decode(reader) }),
      );
    default:
      return spec.kind satisfies never;
  }
}

function mapKind(keys: Coder<unknown>, values: Coder<unknown>): CellKind {
  const entries = listOf<readonly [unknown, unknown]>(
    ([key, value], writer) => {
      keys.encode(key, writer);
      values.encode(value, writer);
    },
    (reader) => [keys.decode(reader), values.decode(reader)],
  );
  return {
    encode: (content, writer) => entries.encode([...(content as Entries).values()], writer),
    decode: (reader) => new Map(entries.decode(reader).map((entry) => [tableKey(entry[0]), entry])),
  };
}

function listOf<T>(encode: (one: T, writer: ByteWriter) => void, decode: (reader: ByteReader) => T) {
  return {
    encode(content: unknown, writer: ByteWriter): void {
      const all = content as readonly T[];
      writer.writeVarint(all.length);
      for (const one of all) encode(one, writer);
    },
    decode: (reader: ByteReader): T[] => Array.from({ length: reader.readVarint() }, () => decode(reader)),
  };
}
