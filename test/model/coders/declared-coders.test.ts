import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  bigint,
  boolean,
  bytes,
  type Coder,
  CoderError,
  compileCoder,
  date,
  double,
  fromBytes,
  int,
  iterable,
  kvCoder,
  list,
  nullable,
  number,
  optional,
  row,
  string,
  timestamp,
  toBytes,
} from '../../../model/index.ts';
import { assertCoderLaws } from '../../../testing/index.ts';
import { coderWithValues, leaves } from './typed-coders.ts';

test.each(leaves.map((leaf) => [leaf.coder.name, leaf] as const))('%s keeps the laws of coders', (_name, leaf) => {
  const values = fc.sample(leaf.values, 50);
  assertCoderLaws(leaf.coder, { values, equals: (a, b) => assert.deepStrictEqual(a, b) === undefined });
});

test('values of any declared shape come back as they were, and read just their own bytes', () => {
  fc.assert(
    fc.property(coderWithValues, ([coder, values]) => {
      const all = list(coder);
      assert.deepStrictEqual(fromBytes(all, toBytes(all, values)), values);
    }),
    { numRuns: 300 },
  );
});

test.each([int, number, double, timestamp])('-0 and 0 are one key, so they have the same bytes: $name', (coder) => {
  expect(Object.is(fromBytes(coder, toBytes(coder, -0)), 0)).toBe(true);
  expect(Object.is(fromBytes(compileCoder(row({ n: coder })), toBytes(row({ n: coder }), { n: -0 })).n, 0)).toBe(true);
  assertCoderLaws(coder, { values: [0, -0, 1] });
});

test('bytes take a Buffer and give back a Uint8Array', () => {
  assert.deepStrictEqual(fromBytes(bytes, toBytes(bytes, Buffer.from('ab'))), new Uint8Array([97, 98]));
});

test('an iterable is walked once and comes back as an array', () => {
  const coder = iterable(int);
  const once = [1, 2, 3].values();
  expect(fromBytes(coder, toBytes(coder, once))).toEqual([1, 2, 3]);
});

test('a row comes back with its fields in the order of the coder', () => {
  const coder = row({ b: int, a: string });
  expect(JSON.stringify(fromBytes(coder, toBytes(coder, { a: 'x', b: 1 })))).toBe('{"b":1,"a":"x"}');
});

test('a field that is optional may be missing and comes back undefined', () => {
  const coder = row({ id: int, note: optional(string) });
  const missing = { id: 1 } as { id: number; note: string | undefined };
  assert.deepStrictEqual(fromBytes(coder, toBytes(coder, missing)), { id: 1, note: undefined });
});

test('a field that every object has counts only where the value has it itself', () => {
  const coder = row({ constructor: optional(string) });
  assert.deepStrictEqual(fromBytes(coder, toBytes(coder, {} as { constructor: undefined })), {
    constructor: undefined,
  });
});

test('names tell what a coder is made of', () => {
  const coder = row({ id: int, tags: list(nullable(string)), pair: kvCoder(string, optional(double)) });
  expect(coder.name).toBe('row(id: int, tags: list(nullable(string)), pair: kv(string, optional(double)))');
});

test('a coder is deterministic if all its parts are', () => {
  const own: Coder<string> = { ...string, isDeterministic: false };
  expect(row({ a: int, b: list(string) }).isDeterministic).toBe(true);
  expect(row({ a: int, b: list(nullable(own)) }).isDeterministic).toBe(false);
});

describe('a value of another kind is refused, with the path of the part', () => {
  class Order {
    readonly id = 'a';
  }
  class Moment extends Date {}
  // The values are wrong on purpose.
  const giving =
    <T>(coder: Coder<T>, value: unknown) =>
    (): Uint8Array =>
      toBytes(coder, value as T);
  test.each<[string, () => Uint8Array]>([
    ['string: the value is 5, not a string', giving(string, 5)],
    ['int: the value is 0.5, not an integer within 2^53', giving(int, 0.5)],
    ['int: the value is 9007199254740992, not an integer', giving(int, 2 ** 53)],
    ['number: the value is "1", not a number', giving(number, '1')],
    ['double: the value is 1n, not a number', giving(double, 1n)],
    ['boolean: the value is undefined, not a boolean', giving(boolean, undefined)],
    ['bigint: the value is 1, not a bigint', giving(bigint, 1)],
    ['bytes: the value is an instance of Array, not a Uint8Array', giving(bytes, [1])],
    ['timestamp: the value is NaN, not a number of milliseconds', giving(timestamp, Number.NaN)],
    ['date: the value is "2021-01-01", not a Date', giving(date, '2021-01-01')],
    ['date: the value is an instance of Moment, not a Date', giving(date, new Moment())],
    ['date: the value at .at is an instance of Moment', giving(compileCoder(row({ at: date })), { at: new Moment() })],
    ['list: the value is "abc", not an array', giving(list(string), 'abc')],
    ['iterable: the value is "abc", not an iterable object', giving(iterable(string), 'abc')],
    ['string: the value at .tags[1] is null, not a string', giving(row({ tags: list(string) }), { tags: ['a', null] })],
    ['int: the value at .value.n is undefined', giving(kvCoder(string, row({ n: int })), { key: 'k', value: {} })],
    ['row: the value at .b is a field that the coder does not have', giving(row({ a: int }), { a: 1, b: 2 })],
    ['row: the value is an instance of Order, not a plain object', giving(row({ id: string }), new Order())],
    ['row: the value is null, not a plain object', giving(row({}), null)],
  ])('%s', (said, encode) => {
    expect(encode).toThrow(CoderError);
    expect(encode).toThrow(said);
  });
});

test('the decoder of a row gives __proto__ as a field and leaves the prototype as it was', () => {
  const coder = row({ ['__proto__']: string, id: int });
  const value = JSON.parse('{"__proto__":"x","id":1}') as never;
  const decoded = fromBytes(coder, toBytes(coder, value));
  assert.deepStrictEqual(decoded, value);
  expect(Object.getPrototypeOf(decoded)).toBe(Object.prototype);
});
