import assert from 'node:assert/strict';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Coder,
  compileCoder,
  fromBytes,
  int,
  iterable,
  list,
  optional,
  row,
  string,
  toBytes,
} from '../../../model/index.ts';
import { coderWithValues } from './typed-coders.ts';

const mayGenerate = process.env['VIGA_CODEGEN'] !== 'off';

test('a compiled coder writes the bytes of the coder it was made from, and reads them', () => {
  fc.assert(
    fc.property(coderWithValues, ([coder, values]) => {
      const compiled = compileCoder(coder);
      for (const value of values) {
        const walked = toBytes(coder, value);
        expect(toBytes(compiled, value)).toEqual(walked);
        assert.deepStrictEqual(fromBytes(compiled, walked), fromBytes(coder, walked));
      }
    }),
    { numRuns: 200 },
  );
});

test('a value that another coder was meant for gives the same bytes or the same error, compiled or not', () => {
  const outcome = (coder: Coder<unknown>, value: unknown): unknown => {
    try {
      return toBytes(coder, value);
    } catch (error) {
      return String(error);
    }
  };
  fc.assert(
    fc.property(coderWithValues, coderWithValues, ([coder], [, values]) => {
      const compiled = compileCoder(coder);
      for (const value of values) expect(outcome(compiled, value)).toEqual(outcome(coder, value));
    }),
    { numRuns: 300 },
  );
});

test('an error names the whole path, from compiled code too', () => {
  const coder = compileCoder(row({ user: row({ tags: list(string) }) }));
  const wrong = { user: { tags: ['a', 1] } } as never;
  expect(() => toBytes(coder, wrong)).toThrow('string: the value at .user.tags[1] is 1, not a string');
});

test('a field too many is found where another is missing', () => {
  const coder = compileCoder(row({ id: int, note: optional(string) }));
  expect(() => toBytes(coder, { id: 1, extra: 2 } as never)).toThrow(
    'row: the value at .extra is a field that the coder does not have',
  );
  expect(fromBytes(coder, toBytes(coder, { id: 1 } as never))).toEqual({ id: 1, note: undefined });
});

test('a field that every object has counts only where the value has it itself', () => {
  const rows = [row({ constructor: string }), row({ toString: optional(string) }), row({ ['__proto__']: row({}) })];
  for (const coder of rows as unknown as readonly Coder<unknown>[]) {
    expect(() => toBytes(compileCoder(coder), { other: 'x' })).toThrow(/at \.other is a field that/);
    expect(() => toBytes(compileCoder(list(coder)), [{ other: 'x' }])).toThrow(/at \[0\]\.other/);
  }
  const shown: Coder<unknown> = {
    ...string,
    encode: (value, writer) => writer.writeString(String(value)),
    parts: undefined,
  };
  const coder = row({ constructor: shown });
  expect(fromBytes(compileCoder(coder), toBytes(compileCoder(coder), {}))).toEqual({
    constructor: 'undefined',
  });
});

test('a coder of its own inside a compiled one is called', () => {
  const celsius: Coder<{ readonly degrees: number }> = {
    name: 'celsius',
    isDeterministic: true,
    encode: (value, writer) => writer.writeFloat64(value.degrees),
    decode: (reader) => ({ degrees: reader.readFloat64() }),
  };
  const coder = compileCoder(row({ city: string, now: optional(celsius) }));
  const value = { city: 'Lima', now: { degrees: 21.5 } };
  expect(fromBytes(coder, toBytes(coder, value))).toEqual(value);
});

test('an iterable that is no array is taken by a compiled coder as well', () => {
  const coder = compileCoder(row({ ids: iterable(int) }));
  expect(fromBytes(coder, toBytes(coder, { ids: new Set([1, 2]) }))).toEqual({ ids: [1, 2] });
});

test('code is generated only where it may be', () => {
  const coder = row({ id: int });
  expect(compileCoder(coder, { codegen: false })).toBe(coder);
  expect(compileCoder(coder).encode === coder.encode).toBe(!mayGenerate);
});
