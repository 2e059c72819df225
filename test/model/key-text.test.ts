import vm from 'node:vm';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeKey, KeyError, tableKey } from '../../model/index.ts';
import { iterableData } from '../../model/plain-data.ts';
import { plainData, reversed } from './any-data.ts';

class Point {
  readonly x: number;
  constructor(x: number) {
    this.x = x;
  }
}

const values = new (class Group {
  readonly [iterableData] = true as const;
  *[Symbol.iterator](): Generator<number> {
    yield* [1, 2];
  }
})();

describe('keys that are equal', () => {
  test.each<[string, unknown, unknown]>([
    ['objects whose fields stand in another order', { a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 }],
    ['-0 and 0', -0, 0],
    ['-0 and 0 inside', [-0], [0]],
    ['NaN and NaN', Number.NaN, 0 / 0],
    ['a field that is undefined and none', { a: 1, b: undefined }, { a: 1 }],
    ['a hole and undefined', new Array(1), [undefined]],
    ['invalid Dates', new Date('x'), new Date(Number.NaN)],
    ['Dates of one instant', new Date(5), new Date('1970-01-01T00:00:00.005Z')],
    ['a Buffer and a Uint8Array', Buffer.from([1, 2]), new Uint8Array([1, 2])],
    [
      'Maps whose entries stand in another order',
      new Map([
        [1, 2],
        [3, 4],
      ]),
      new Map([
        [3, 4],
        [1, 2],
      ]),
    ],
    ['Sets whose members stand in another order', new Set(['a', 'b']), new Set(['b', 'a'])],
    ['an instance and an object with the same fields', new Point(1), { x: 1 }],
    ['objects with and without prototype', Object.create(null), {}],
    ['an object of another realm', vm.runInNewContext('({ a: [1] })'), { a: [1] }],
    ["the engine's iterable and an array", values, [1, 2]],
  ])('%s', (_name, a, b) => {
    expect(encodeKey(a)).toBe(encodeKey(b));
    expect(new Map([[tableKey(a), 'a']]).has(tableKey(b))).toBe(true);
  });
});

test('keys of different kinds or contents all differ', () => {
  const different: readonly unknown[] = [
    1,
    '1',
    1n,
    true,
    'true',
    null,
    'null',
    0,
    '0',
    0n,
    false,
    '',
    Number.NaN,
    'NaN',
    Number.POSITIVE_INFINITY,
    [],
    {},
    [[]],
    [{}],
    [null],
    [undefined],
    [1],
    ['1'],
    [1n],
    [1, 2],
    [12],
    ['1', '2'],
    ['12'],
    ['1,2'],
    [[1], 2],
    { a: 1 },
    { a: '1' },
    { a: null },
    { b: 1 },
    { a: 1, b: 2 },
    { a: { b: 2 } },
    { 'a1:b': 1 },
    { ab: 1 },
    { '': 1 },
    new Date(0),
    new Date(1),
    new Date(Number.NaN),
    new Date(0).toISOString(),
    new Uint8Array(),
    new Uint8Array([1]),
    new Uint8Array([1]).buffer,
    new Uint8ClampedArray([1]),
    new Int8Array([1]),
    new Float32Array([1]),
    new Map(),
    new Map([[1, 2]]),
    new Map([[1, '2']]),
    new Map([[2, 1]]),
    new Set(),
    new Set([1]),
    new Set([1, 2]),
    new Set([[1, 2]]),
    '\u0000',
    '\u0000[]',
    '\u0000{;}',
    '\ud800',
    '\ud801',
    'é',
    'e\u0301',
    JSON.parse('{"__proto__":1}'),
    { constructor: 1 },
  ];
  const texts = different.map(encodeKey);
  expect(new Set(texts).size).toBe(different.length);
  expect(new Set(different.map((key) => tableKey(key))).size).toBe(different.length);
});

test('the order of fields, entries and members never matters', () => {
  fc.assert(
    fc.property(plainData, (value) => {
      expect(encodeKey([reversed(value)])).toBe(encodeKey([value]));
    }),
    { numRuns: 300 },
  );
});

test('a Map holds keys just as their texts compare', () => {
  const keys = fc.oneof(
    plainData,
    fc.constantFrom<unknown>(1, '1', 1n, true, -0, 0, Number.NaN, '\u0000[]', [], '\u0000'),
  );
  fc.assert(
    fc.property(keys, keys, (a, b) => {
      fc.pre(a !== undefined && b !== undefined);
      const table = new Map([[tableKey(a), 'a']]);
      expect(table.has(tableKey(b))).toBe(encodeKey(a) === encodeKey(b));
    }),
    { numRuns: 1000 },
  );
});

test('a primitive stands in a Map as it is, a compound as a text that no string is', () => {
  expect([1, 'a', 2n, true, null].map((key) => tableKey(key))).toEqual([1, 'a', 2n, true, null]);
  expect(tableKey({ a: 1 })).toMatch(/^\0/);
  expect(tableKey('\u0000x')).toBe('\u0000\u0000x');
});

describe('what is no key is refused, with its path', () => {
  class Opaque {
    readonly #secret = 1;
    read(): number {
      return this.#secret;
    }
  }
  test.each<[string, unknown]>([
    ['the key is undefined', undefined],
    ['the key is a function', () => 1],
    ['the key is a symbol', Symbol('x')],
    ['the key is a promise', Promise.resolve(1)],
    ['the key is a promise', Object.assign(Promise.resolve(1), { id: 1 })],
    ['the key.user.load is a function', { user: { load: () => 1 } }],
    ['the key[1].id is a symbol', [0, { id: Symbol('x') }]],
    ['the key.later is a promise', { later: Promise.resolve(1) }],
    ['the key.keys().f is a function', new Map([[{ f: () => 1 }, 1]])],
    ['the key.values()[0] is a promise', new Set([[Promise.resolve()]])],
    ['the key.o is an instance of Opaque, whose contents are not in own fields', { o: new Opaque() }],
    ['the key is an instance of RegExp, whose contents are not in own fields', /x/],
    ['the key is an instance of Error, whose contents are not in own fields', new Error('x')],
    ['the key is an instance of String, whose contents are not in own fields', Object('x')],
  ])('%s', (said, value) => {
    expect(() => encodeKey(value)).toThrow(KeyError);
    expect(() => encodeKey(value)).toThrow(expect.objectContaining({ message: said }));
  });

  test('a key that throws when it is read, with what it threw as the cause', () => {
    const boom = (): never => {
      throw new RangeError('no rights');
    };
    const getter = {
      id: 1,
      get secret() {
        return boom();
      },
    };
    const cases: readonly (readonly [said: string, key: object])[] = [
      ['the key could not be read: no rights', getter],
      ['the key.user[1] could not be read: no rights', { user: [1, getter] }],
      ['the key could not be read: no rights', new Proxy({}, { ownKeys: boom })],
      ['the key could not be read: no rights', new Proxy({}, { getPrototypeOf: boom })],
    ];
    for (const [message, key] of cases) {
      expect(() => encodeKey(key)).toThrow(KeyError);
      expect(() => encodeKey(key)).toThrow(expect.objectContaining({ message, cause: new RangeError('no rights') }));
    }
  });

  test('a key that refers to itself', () => {
    const cyclic: Record<string, unknown> = { id: 1 };
    cyclic['self'] = [cyclic];
    expect(() => encodeKey(cyclic)).toThrow(KeyError);
    expect(() => encodeKey(cyclic)).toThrow(
      /^the key\.self\[0\]\.self.* refers to itself, or is nested deeper than 100 levels$/,
    );
  });

  test('but a value that stands in two places of one key is taken', () => {
    const shared = { x: 1 };
    expect(encodeKey([shared, shared])).toBe(encodeKey([{ x: 1 }, { x: 1 }]));
  });
});
