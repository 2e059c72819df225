import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteReader, ByteWriter, CoderError } from '../../../model/index.ts';

type Writes<T> = (writer: ByteWriter, value: T) => void;
type Reads<T> = (reader: ByteReader) => T;

function survives<T>(values: fc.Arbitrary<T>, write: Writes<T>, read: Reads<T>): void {
  fc.assert(
    fc.property(fc.array(values, { maxLength: 8 }), (all) => {
      const writer = new ByteWriter();
      for (const value of all) write(writer, value);
      const reader = new ByteReader(writer.toBytes());
      expect(all.map(() => read(reader))).toEqual(all);
      expect(reader.isAtEnd()).toBe(true);
    }),
  );
}

const int32 = fc.integer();
const edges = [0, 1, 63, 64, 127, 128, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 49, Number.MAX_SAFE_INTEGER];

test('unsigned integers up to 2^53 come back', () => {
  survives(
    fc.oneof(fc.maxSafeNat(), fc.constantFrom(...edges)),
    (writer, value) => writer.writeVarint(value),
    (reader) => reader.readVarint(),
  );
});

test('safe integers of both signs come back', () => {
  const signed = edges.flatMap((edge) => (edge === 0 ? [0, -1] : [edge, -edge]));
  survives(
    fc.oneof(int32, fc.maxSafeInteger(), fc.constantFrom(...signed, Number.MIN_SAFE_INTEGER)),
    (writer, value) => writer.writeInt(value),
    (reader) => reader.readInt(),
  );
});

test('every number comes back, -0 and NaN too, and 32-bit integers are short', () => {
  const odd = fc.constantFrom(-0, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31, -(2 ** 31), -(2 ** 31) - 1, 0.1);
  const values = fc.oneof(int32, fc.double(), odd);
  survives(
    values,
    (writer, value) => writer.writeNumber(value),
    (reader) => reader.readNumber(),
  );
  survives(
    values,
    (writer, value) => writer.writeFloat64(value),
    (reader) => reader.readFloat64(),
  );
  fc.assert(
    fc.property(int32, (value) => {
      const writer = new ByteWriter();
      writer.writeNumber(value);
      expect(writer.position).toBeLessThanOrEqual(Math.abs(value) < 32 ? 1 : 5);
    }),
  );
});

test('bigints of any size come back', () => {
  const edge = fc.constantFrom(2n ** 63n, 2n ** 63n - 1n, -(2n ** 63n), -(2n ** 63n) - 1n, 2n ** 64n, 0n, -1n);
  survives(
    fc.oneof(fc.bigInt(), fc.bigInt({ min: -(2n ** 600n), max: 2n ** 600n }), edge),
    (writer, value) => writer.writeBigint(value),
    (reader) => reader.readBigint(),
  );
});

test('strings come back code unit by code unit, lone surrogates too', () => {
  const strings = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)), maxLength: 60 }),
    fc.string({ unit: 'grapheme-ascii', maxLength: 60 }),
    fc.string({ unit: 'binary-ascii', minLength: 200, maxLength: 300 }),
  );
  survives(
    strings,
    (writer, value) => writer.writeString(value),
    (reader) => reader.readString(),
  );
});

test('characters up to 255 take one byte each, all characters of a string with a higher one two', () => {
  const sizeOf = (text: string): number => {
    const writer = new ByteWriter();
    writer.writeString(text);
    return writer.position;
  };
  expect(['', 'a', 'é'.repeat(10), 'ÿ'.repeat(16), 'é'.repeat(20), 'aé'.repeat(50)].map(sizeOf)).toEqual([
    1, 2, 11, 17, 21, 102,
  ]);
  expect(['Ā', 'aĀ', 'a'.repeat(20) + '日'].map(sizeOf)).toEqual([3, 5, 43]);
});

test('bytes come back as a copy', () => {
  survives(
    fc.uint8Array(),
    (writer, value) => writer.writeBytes(value),
    (reader) => reader.readBytes(),
  );
  const source = new Uint8Array([1, 1]);
  const copy = new ByteReader(source).readBytes();
  source[1] = 9;
  expect(copy).toEqual(new Uint8Array([1]));
});

describe('a reader whose bytes end too early', () => {
  const reads: readonly [string, Reads<unknown>, readonly number[]][] = [
    ['byte', (reader) => reader.readByte(), []],
    ['peek', (reader) => reader.peekByte(), []],
    ['varint', (reader) => reader.readVarint(), [0xff, 0xff]],
    ['int', (reader) => reader.readInt(), [0x80]],
    ['number', (reader) => reader.readNumber(), [1, 0]],
    ['float', (reader) => reader.readFloat64(), [0, 0, 0]],
    ['bigint', (reader) => reader.readBigint(), [0, 1]],
    ['short string', (reader) => reader.readString(), [8, 65]],
    ['long string', (reader) => reader.readString(), [100, 65]],
    ['bytes', (reader) => reader.readBytes(), [4, 1]],
  ];
  test.each(reads)('says so: %s', (_name, read, bytes) => {
    expect(() => read(new ByteReader(new Uint8Array(bytes)))).toThrow(CoderError);
    expect(() => read(new ByteReader(new Uint8Array(bytes)))).toThrow(
      /the bytes end after \d+.*Read them with the coder/,
    );
  });

  test('an integer of more than eight bytes is damage, not a number', () => {
    expect(() => new ByteReader(new Uint8Array(12).fill(0xff)).readVarint()).toThrow(/more than eight bytes/);
  });
});

test('a reader and a writer can be used again', () => {
  const writer = new ByteWriter();
  writer.writeString('first');
  writer.reset();
  writer.writeString('second');
  const reader = new ByteReader(new Uint8Array(0));
  reader.reset(writer.bytes, 0, writer.position);
  expect(reader.readString()).toBe('second');
  expect(reader.isAtEnd()).toBe(true);
});

test('a reader may stand in the middle of larger memory', () => {
  const memory = new Uint8Array([9, 9, 2, 65, 0, 0, 0, 0, 0, 0, 240, 63, 9]);
  const reader = new ByteReader(memory.subarray(1), 1, 11);
  expect([reader.readString(), reader.readFloat64(), reader.isAtEnd()]).toEqual(['A', 1, true]);
});
