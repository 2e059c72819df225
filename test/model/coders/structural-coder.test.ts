import assert from 'node:assert/strict';
import vm from 'node:vm';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteReader, CoderError, encodeKey, fromBytes, structuralCoder, toBytes } from '../../../model/index.ts';
import { iterableData } from '../../../model/plain-data.ts';
import { assertCoderLaws } from '../../../testing/index.ts';
import { plainData, reversed } from '../any-data.ts';

/** Values of which some are equal as keys and have, or come from, different forms. */
const twins: readonly unknown[] = [
  // NaN in another of its forms.
  new Float64Array(new Uint8Array(8).fill(255).buffer),
  new Float64Array([Number.NaN]),
  0,
  -0,
  0n,
  '0',
  Number.NaN,
  [],
  [undefined],
  new Array(1),
  {},
  { a: undefined },
  Object.create(null),
  { a: 1 },
  new Uint8Array([1]),
  Buffer.from([1]),
  new Uint8ClampedArray([1]),
  new Uint8Array([1]).buffer,
  [1],
  new Float64Array([0]),
  new Float64Array([-0]),
  new Float32Array([0]),
  new Map(),
  new Set(),
  null,
  true,
  'true',
  new Date(0),
];

const roundTrip = (value: unknown): unknown => fromBytes(structuralCoder, toBytes(structuralCoder, value));

test('any plain data comes back equal to what it was as a key', () => {
  fc.assert(
    fc.property(plainData, (value) => {
      expect(encodeKey([roundTrip(value)])).toBe(encodeKey([value]));
    }),
    { numRuns: 500 },
  );
});

test('bytes are equal exactly when values are equal as keys', () => {
  const pairs = fc.oneof(
    plainData.map((value) => [value, reversed(value)]),
    fc.tuple(plainData, plainData),
    fc.tuple(fc.constantFrom<unknown>(...twins), fc.constantFrom<unknown>(...twins)),
  );
  fc.assert(
    fc.property(pairs, ([a, b]) => {
      const areSame = Buffer.compare(toBytes(structuralCoder, a), toBytes(structuralCoder, b)) === 0;
      expect(areSame).toBe(encodeKey([a]) === encodeKey([b]));
    }),
    { numRuns: 1000 },
  );
});

test('the laws of coders hold', () => {
  assertCoderLaws(structuralCoder, { values: [...twins, ...fc.sample(plainData, 50)].filter((v) => v !== undefined) });
});

test.each<[string, unknown, unknown]>([
  ['a value with fields in any order', { b: [1], a: new Map([[{ y: 1, x: 2 }, 1n]]) }, undefined],
  ['an array with an undefined element', [undefined], undefined],
  ['a view of part of its memory', new Uint8Array(new ArrayBuffer(8), 2, 3), undefined],
  ['an ArrayBuffer', new ArrayBuffer(3), undefined],
  ['a typed array', new BigInt64Array([-1n]), undefined],
  ['an object with a field called then', JSON.parse('{"then":1}'), undefined],
  ['-0 as 0', { n: -0, f: new Float32Array([-0]) }, { n: 0, f: new Float32Array([0]) }],
  ['a hole as undefined', new Array(2), [undefined, undefined]],
  ['a field that is undefined as none', { gone: undefined }, {}],
  ['an object without prototype as an ordinary one', Object.create(null), {}],
  ['a Buffer as a Uint8Array', Buffer.from('a'), new Uint8Array([97])],
])('%s comes back', (_name, value, form = value) => {
  assert.deepStrictEqual(roundTrip(value), form);
});

test('an invalid Date comes back', () => {
  expect(roundTrip([new Date(Number.NaN)])).toEqual([new Date(Number.NaN)]);
});

test('an object whose field is called __proto__ keeps it as a field and its prototype as it was', () => {
  const hostile: unknown = JSON.parse('{"__proto__": {"isAdmin": true}, "name": "x"}');
  const decoded = roundTrip(hostile) as Record<string, unknown>;
  expect(Object.keys(decoded)).toEqual(['__proto__', 'name']);
  expect(Object.getPrototypeOf(decoded)).toBe(Object.prototype);
  expect(decoded['isAdmin']).toBeUndefined();
  expect(({} as Record<string, unknown>)['isAdmin']).toBeUndefined();
});

test('an iterable of the engine comes back as an array', () => {
  const values = new (class Group {
    readonly [iterableData] = true as const;
    *[Symbol.iterator](): Generator<number> {
      yield* [1, 2];
    }
  })();
  expect(roundTrip({ key: 'a', value: values })).toEqual({ key: 'a', value: [1, 2] });
});

test('literals of another realm are plain data', () => {
  expect(roundTrip(vm.runInNewContext('({ a: [1, { b: 2 }] })'))).toEqual({ a: [1, { b: 2 }] });
});

describe('what is no plain data is refused with its path', () => {
  class Money {
    readonly cents = 1;
  }
  class Tags extends Array<string> {}
  class Times extends Map<string, number> {}
  class Chunk extends Uint8Array {}
  test.each<[string, unknown]>([
    ['the value is a function', () => 1],
    ['the value at .a.b[1] is a function', { a: { b: [0, () => 1] } }],
    ['the value at .price is an instance of Money', { price: new Money() }],
    ['the value at [0] is a promise', [Promise.resolve()]],
    ['the value at .id is a symbol', { id: Symbol('x') }],
    ['the value at .keys().f is a function', new Map([[{ f: () => 1 }, 1]])],
    ['the value at .values() is a function', new Map([['f', () => 1]])],
    ['the value at .values() is an instance of RegExp', new Set([/x/])],
    ['the value at .tags is an instance of Tags', { tags: new Tags() }],
    ['the value at .times is an instance of Times', { times: new Times() }],
    ['the value at .chunk is an instance of Chunk', { chunk: new Chunk(1) }],
    ['the value at [0] is an instance of Error', [new Error('x')]],
    ['the value at [0] is an instance of DataView', [new DataView(new ArrayBuffer(1))]],
    ['the value at [0] is an instance of String', [Object('boxed')]],
    ['the value is an instance of WeakMap', new WeakMap()],
  ])('%s', (said, value) => {
    expect(() => toBytes(structuralCoder, value)).toThrow(CoderError);
    expect(() => toBytes(structuralCoder, value)).toThrow(`structural: ${said}. Only plain data`);
  });

  test('a value that refers to itself', () => {
    const cyclic: Record<string, unknown> = {};
    cyclic['me'] = [cyclic];
    expect(() => toBytes(structuralCoder, cyclic)).toThrow(
      /at \.me\[0\]\.me.* refers to itself.*Refer to other elements by an id/,
    );
  });
});

describe('damaged bytes', () => {
  test('that were cut short are a CoderError, wherever the cut is', () => {
    fc.assert(
      fc.property(plainData, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (value, part) => {
        const bytes = toBytes(structuralCoder, value);
        const cut = bytes.subarray(0, Math.floor(bytes.length * part));
        expect(() => fromBytes(structuralCoder, cut)).toThrow(CoderError);
      }),
    );
  });

  test('that were changed give another value or a CoderError, never anything else', () => {
    fc.assert(
      fc.property(plainData, fc.nat(), fc.nat(255), (value, at, byte) => {
        const bytes = toBytes(structuralCoder, value);
        bytes[at % bytes.length] = byte;
        try {
          structuralCoder.decode(new ByteReader(bytes));
        } catch (error) {
          expect(error).toBeInstanceOf(CoderError);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('that nest without end are refused before the stack is full', () => {
    const nested = new Uint8Array(1_000_000).map((_, i) => (i % 2 === 0 ? 8 : 1));
    expect(() => fromBytes(structuralCoder, nested)).toThrow(/nested deeper than 100 levels/);
  });

  test('that go on after the value are refused', () => {
    const bytes = new Uint8Array([...toBytes(structuralCoder, 'a'), 0, 0]);
    expect(() => fromBytes(structuralCoder, bytes)).toThrow(/structural: 2 of 5 bytes are left over/);
  });
});
