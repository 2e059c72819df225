import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeKey, hashKey, isPrimitiveKey, tableKey } from '../../model/index.ts';
import { plainData, reversed } from './any-data.ts';

test('a key has one hash in all its forms', () => {
  const keys = fc.oneof(
    plainData,
    fc.string().map((text) => `\u0000${text}`),
  );
  fc.assert(
    fc.property(keys, (key) => {
      fc.pre(key !== undefined);
      const hash = hashKey(key);
      expect(hashKey(tableKey(key))).toBe(hash);
      expect(hashKey(reversed(key))).toBe(hash);
      if (!isPrimitiveKey(key)) expect(hashKey(encodeKey(key))).toBe(hash);
      expect(hash).toBe(hash >>> 0);
    }),
    { numRuns: 500 },
  );
});

test('keys that are equal have equal hashes', () => {
  expect(hashKey(-0)).toBe(hashKey(0));
  expect(hashKey(Number.NaN)).toBe(hashKey(new Float64Array(new Uint8Array(8).fill(255).buffer)[0]));
  expect(hashKey({ a: 1, b: 2 })).toBe(hashKey({ b: 2, a: 1 }));
});

test('hashes are the same in every version, since partitions on disk are chosen by them', () => {
  expect([1, -1, 0.5, 'a', '', 10n, true, false, null, { a: [1] }].map(hashKey)).toMatchInlineSnapshot(`
    [
      2916906684,
      2113920734,
      847367407,
      444641715,
      2872998923,
      569884522,
      1812433253,
      1013904242,
      461845907,
      357022754,
    ]
  `);
});

test.each<[string, (i: number) => unknown]>([
  ['integers in a row', (i) => i],
  ['even integers', (i) => i * 1024],
  ['fractions', (i) => i / 7],
  ['numbered names', (i) => `user${i}`],
  ['bigints', (i) => BigInt(i) * 4096n],
  ['objects', (i) => ({ user: `u${i % 100}`, day: Math.floor(i / 100) })],
])('%s spread over 64 partitions by the lowest and by the highest bits', (_name, keyOf) => {
  const total = 6400;
  for (const shift of [0, 26]) {
    const sizes = new Array<number>(64).fill(0);
    for (let i = 0; i < total; i++) {
      const partition = (hashKey(keyOf(i)) >>> shift) & 63;
      sizes[partition] = (sizes[partition] ?? 0) + 1;
    }
    // 100 are expected in each, with a standard deviation of 10.
    expect(Math.min(...sizes)).toBeGreaterThan(55);
    expect(Math.max(...sizes)).toBeLessThan(150);
  }
});
