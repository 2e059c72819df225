import { expect, test } from 'vitest';
import { assertCoderLaws } from '../../testing/index.ts';
import type { Coder } from '../../model/index.ts';

/** Texts of up to 255 characters of ASCII, their length first. */
const short: Coder<string> = {
  name: 'short',
  isDeterministic: true,
  encode(value, writer) {
    writer.writeByte(value.length);
    for (let i = 0; i < value.length; i++) writer.writeByte(value.charCodeAt(i));
  },
  decode: (reader) => String.fromCharCode(...Array.from({ length: reader.readByte() }, () => reader.readByte())),
};

/** Objects as their JSON in the order in which the fields stand. */
const json: Coder<object> = {
  name: 'json',
  isDeterministic: true,
  encode: (value, writer) => short.encode(JSON.stringify(value), writer),
  decode: (reader) => JSON.parse(short.decode(reader)),
};

test('a good coder keeps the laws', () => {
  assertCoderLaws(short, { values: ['', 'a', 'abc'] });
  assertCoderLaws({ ...json, isDeterministic: false }, { values: [{ a: 1, b: 2 }] });
});

test('a coder that loses a part of a value breaks a law that names the value', () => {
  const upper = {
    ...short,
    decode: (reader: Parameters<typeof short.decode>[0]) => short.decode(reader).toUpperCase(),
  };
  expect(() => assertCoderLaws(upper, { values: ['A', 'b'] })).toThrow(/'b' came back as 'B'/);
});

test('a coder that reads to the end of the bytes breaks a law', () => {
  const greedy: Coder<string> = {
    ...short,
    encode(value, writer) {
      for (let i = 0; i < value.length; i++) writer.writeByte(value.charCodeAt(i));
    },
    decode(reader) {
      let text = '';
      while (!reader.isAtEnd()) text += String.fromCharCode(reader.readByte());
      return text;
    },
  };
  expect(() => assertCoderLaws(greedy, { values: ['a', 'b'] })).toThrow(/values can follow one another, but/);
});

test('a coder whose bytes depend on the order of fields is not deterministic', () => {
  expect(() => assertCoderLaws(json, { values: [{ a: 1, b: 2 }] })).toThrow(/equal values equal bytes, but/);
});

test('a coder that leaves bytes unread breaks a law', () => {
  const padded: Coder<string> = {
    ...short,
    encode(value, writer) {
      short.encode(value, writer);
      if (value === 'last') writer.writeByte(0);
    },
  };
  expect(() => assertCoderLaws(padded, { values: ['last'] })).toThrow(/\[seed \d+\]/);
});
