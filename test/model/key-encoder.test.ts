import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeKey, keyEncoder } from '../../model/index.ts';
import { plainData } from './any-data.ts';

/** What encoding gives: the text, or the error. */
function outcome(encode: (value: unknown) => string, value: unknown): string {
  try {
    return encode(value);
  } catch (error) {
    return `${String(error)} at ${(error as { path?: string }).path}`;
  }
}

// Few names and kinds, so that keys of one sequence share shapes in part.
const field = fc.oneof(
  fc.integer(),
  fc.string({ maxLength: 60, unit: 'binary' }),
  fc.bigInt(),
  fc.date(),
  fc.constantFrom<unknown>(null, undefined, true, -0, Number.NaN, '', [1], { x: 1 }, { x: 'y' }, () => 1),
  fc.array(fc.oneof(fc.integer(), fc.string()), { maxLength: 3 }),
);
const names = fc.constantFrom('id', 'user', 'day', '__proto__', 'toString', '1', 'a"b', '');
const record = fc.dictionary(names, fc.oneof(field, fc.dictionary(names, field, { maxKeys: 2 })), { maxKeys: 3 });
const keys = fc.oneof(record, fc.array(field, { maxLength: 3 }), field, plainData);

describe.each([{ codegen: true }, { codegen: false }])('%o', (options) => {
  test('the texts and errors of an encoder are those of encodeKey, whatever it has learned', () => {
    fc.assert(
      fc.property(fc.array(keys, { maxLength: 40 }), (all) => {
        const encoder = keyEncoder(options);
        for (const key of all) expect(outcome((value) => encoder.encode(value), key)).toBe(outcome(encodeKey, key));
      }),
      { numRuns: 300 },
    );
  });

  test('keys of one shape are encoded alike from the first to the last', () => {
    const encoder = keyEncoder(options);
    for (let i = 0; i < 200; i++) {
      const key = { user: `u${i}`, at: { day: i, zone: i % 2 === 0 ? 'a' : null }, tags: ['x', i] };
      expect(encoder.encode(key)).toBe(encodeKey(key));
    }
  });

  test('a shape that was learned does not take an object with a field more, less, inherited or hidden', () => {
    const encoder = keyEncoder(options);
    for (let i = 0; i < 5; i++) encoder.encode({ a: i, b: 'x' });
    const inherited: unknown = Object.assign(Object.create({ b: 'x' }), { a: 1 });
    const hidden = Object.defineProperty({ a: 1 }, 'b', { value: 'x', enumerable: false });
    for (const key of [
      { a: 1 },
      { a: 1, b: 'x', c: 2 },
      inherited,
      hidden,
      Object.setPrototypeOf({ a: 1, b: 'x' }, null),
    ]) {
      expect(encoder.encode(key)).toBe(encodeKey(key));
    }
  });

  test('a field of any kind may be undefined after a shape was learned, and then counts as missing', () => {
    for (const learned of ['x', 1, 1n, true, null, new Date(0), [1], { b: 1 }]) {
      const encoder = keyEncoder(options);
      for (let i = 0; i < 5; i++) encoder.encode({ id: i, a: learned });
      expect(encoder.encode({ id: 1, a: undefined })).toBe(encodeKey({ id: 1 }));
    }
  });

  test('an error names the whole path after a shape was learned', () => {
    const encoder = keyEncoder(options);
    for (let i = 0; i < 5; i++) encoder.encode({ at: { place: new Date(i) } });
    expect(() => encoder.encode({ at: { place: () => 1 } })).toThrow('the key.at.place is a function');
  });
});

test('an encoder that has learned a shape says of a key that throws what encodeKey says', () => {
  const encoder = keyEncoder();
  const throwing = {
    a: 1,
    inner: {
      get b(): number {
        throw new Error('no rights');
      },
    },
  };
  for (const n of [1, 2, 3])
    expect(encoder.encode({ a: n, inner: { b: n } })).toBe(encodeKey({ a: n, inner: { b: n } }));
  for (const key of [
    throwing,
    throwing.inner,
    new Proxy(
      { a: 1 },
      {
        getPrototypeOf: () => {
          throw new Error('no rights');
        },
      },
    ),
  ]) {
    expect(outcome((value) => encoder.encode(value), key)).toBe(outcome(encodeKey, key));
    expect(outcome((value) => encoder.encode(value), key)).toMatch(
      /^KeyError: the key.* could not be read: no rights at /,
    );
  }
});
