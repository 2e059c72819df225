import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ByteReader,
  ByteWriter,
  type Coder,
  CoderError,
  fromBytes,
  learningCoder,
  toBytes,
} from '../../../model/index.ts';
import { plainData } from '../any-data.ts';
import { coders } from './typed-coders.ts';

const mayGenerate = process.env['VIGA_CODEGEN'] !== 'off';

/** Encodes all, one after the other, then decodes all. */
function throughOneWriter(coder: Coder<unknown>, values: readonly unknown[]): unknown[] {
  const writer = new ByteWriter();
  for (const value of values) coder.encode(value, writer);
  const reader = new ByteReader(writer.toBytes());
  const decoded = values.map(() => coder.decode(reader));
  expect(reader.isAtEnd()).toBe(true);
  return decoded;
}

const row = (id: number): object => ({ id, name: `n${id}`, tags: ['a', 'b'], at: new Date(id) });

/** How many bytes the coder takes for a value, once it has seen `before`. */
function bytesAfter(before: readonly unknown[], value: unknown): number {
  const coder = learningCoder();
  for (const one of before) toBytes(coder, one);
  return toBytes(coder, value).length;
}

describe.each([{ codegen: true }, { codegen: false }])('%o', ({ codegen }) => {
  test('values come back whether a shape was learned for them or not', () => {
    const mixed = fc
      .array(
        fc.oneof(
          coders.map(({ values }) => values),
          fc.constant(plainData),
        ),
        { minLength: 1, maxLength: 4 },
      )
      .chain((kinds) => fc.array(fc.oneof(...kinds), { minLength: 1, maxLength: 120, size: 'max' }));
    fc.assert(
      fc.property(mixed, (values) => {
        assert.deepStrictEqual(throughOneWriter(learningCoder({ codegen }), values), values);
      }),
      { numRuns: 100 },
    );
  });

  test('fields come back in the order they had, in each of two orders', () => {
    const values = Array.from({ length: 100 }, (_, i) => (i % 3 === 0 ? { a: i, b: 'x' } : { b: 'x', a: i }));
    const decoded = throughOneWriter(learningCoder({ codegen }), values);
    expect(JSON.stringify(decoded)).toBe(JSON.stringify(values));
  });

  test('a field called __proto__ stays a field', () => {
    const values: unknown[] = Array.from({ length: 40 }, (_, i) => JSON.parse(`{"__proto__":{"isAdmin":${i}},"id":1}`));
    const decoded = throughOneWriter(learningCoder({ codegen }), values);
    assert.deepStrictEqual(decoded, values);
    expect(decoded.every((one) => Object.getPrototypeOf(one) === Object.prototype)).toBe(true);
  });

  test('a value that is refused leaves the writer where it was, before and after learning', () => {
    const coder = learningCoder({ codegen });
    const writer = new ByteWriter();
    for (let i = 0; i < 50; i++) {
      coder.encode(row(i), writer);
      const before = writer.position;
      const bad = { ...row(i), tags: ['a', () => 1] };
      expect(() => coder.encode(bad, writer)).toThrow(CoderError);
      expect(() => coder.encode(bad, writer)).toThrow(/at \.tags\[1\] is a function/);
      expect(writer.position).toBe(before);
    }
  });

  test('a part that is refused where shapes vary leaves the writer where it was', () => {
    const coder = learningCoder({ codegen });
    const writer = new ByteWriter();
    for (let i = 0; i < 60; i++) coder.encode({ id: i, data: i % 2 === 0 ? 'text' : [i] }, writer);
    const before = writer.position;
    expect(() => coder.encode({ id: 1, data: { f: () => 1 } }, writer)).toThrow(/at \.data\.f is a function/);
    expect(writer.position).toBe(before);
  });

  test.each<[string, unknown]>([
    [
      'a hole in an array',
      { id: 1, name: 'a', tags: Object.assign(new Array(3), { 0: 'a', 2: 'b' }), at: new Date(0) },
    ],
    ['an additional field', { ...row(1), more: 1 }],
    ['a missing field', { id: 1, name: 'a', tags: [] }],
    ['a Buffer', { ...row(1), tags: Buffer.from('a') }],
    ['no prototype', Object.setPrototypeOf(row(1), null)],
    ['-0', { ...row(1), id: -0 }],
    ['null where a string was', { ...row(1), name: null }],
  ])('%s after learning is not lost', (_name, odd) => {
    const values = [...Array.from({ length: 40 }, (_, i) => row(i)), odd, ...Array.from({ length: 40 }, () => odd)];
    assert.deepStrictEqual(throughOneWriter(learningCoder({ codegen }), values), values);
  });
});

test('bytes written before a shape was learned are read after it', () => {
  const coder = learningCoder();
  const early = toBytes(coder, row(1));
  for (let i = 0; i < 200; i++) toBytes(coder, i % 2 === 0 ? row(i) : { other: i });
  assert.deepStrictEqual(coder.decode(new ByteReader(early)), row(1));
});

test('a value that is refused is walked once, however many shapes were learned', () => {
  const coder = learningCoder();
  for (let i = 0; i < 64; i++) toBytes(coder, { [`kind${i % 4}`]: 1 });
  let reads = 0;
  const bad = {
    get looked() {
      reads += 1;
      return () => 1;
    },
  };
  expect(() => toBytes(coder, bad)).toThrow('the value at .looked is a function');
  expect(reads).toBe(1);
});

test('an array of a class of its own is refused after arrays were learned', () => {
  class Tags extends Array<string> {}
  const coder = learningCoder();
  for (let i = 0; i < 40; i++) toBytes(coder, row(i));
  const tags = Tags.from(['a']);
  expect(() => toBytes(coder, { ...row(1), tags })).toThrow('the value at .tags is an instance of Tags');
});

test.runIf(mayGenerate)('bytes of a shape that another coder learned are refused', () => {
  const writer = learningCoder();
  for (let i = 0; i < 16; i++) toBytes(writer, row(i));
  const bytes = toBytes(writer, row(1));
  expect(() => fromBytes(learningCoder(), bytes)).toThrow(CoderError);
  expect(() => fromBytes(learningCoder(), bytes)).toThrow(
    /stands shape 1, which this coder has not learned.*Read them with that one/,
  );
});

describe.runIf(mayGenerate)('where code is generated', () => {
  const rows = Array.from({ length: 16 }, (_, i) => row(i));
  const unlearned = bytesAfter([], row(1));

  test('the names of fields are written no more once the shape is learned', () => {
    expect(bytesAfter(rows, row(1))).toBeLessThan(unlearned - 15);
  });

  test('a second shape is learned beside the first', () => {
    const others = Array.from({ length: 16 }, (_, i) => ({ different: 'names', count: i }));
    const both = rows.flatMap((one, i) => [one, others[i]]);
    expect(bytesAfter(both, others[0])).toBeLessThan(bytesAfter([], others[0]) - 10);
    expect(bytesAfter(both, row(1))).toBeLessThan(unlearned - 15);
  });

  test('the same fields in another order are a shape of their own', () => {
    const turned = (id: number): object => ({ at: new Date(id), tags: ['a'], name: 'n', id });
    const both = rows.flatMap((one, i) => [one, turned(i)]);
    expect(bytesAfter(both, turned(1))).toBeLessThan(unlearned - 15);
  });

  test('a shape is widened when null comes where a string was', () => {
    const withNull = { ...row(1), name: null };
    const seen = [...rows, ...Array.from({ length: 16 }, () => withNull)];
    expect(bytesAfter(seen, withNull)).toBeLessThan(unlearned - 15);
    expect(bytesAfter(seen, row(1))).toBeLessThan(unlearned - 14);
  });

  test('four shapes are learned beside each other, a fifth is not', () => {
    const kinds = ['a', 'b', 'c', 'd', 'e'].map((name) => ({ [name.repeat(30)]: 1 }));
    const all = kinds.flatMap((kind) => Array.from({ length: 16 }, () => kind));
    expect(kinds.map((kind) => bytesAfter([...all, ...all], kind))).toEqual([2, 2, 2, 2, 36]);
  });

  test('where nothing is to be learned it is given up, and all is walked', () => {
    const blobs = Array.from({ length: 256 }, () => new Uint8Array(1));
    expect(bytesAfter([...blobs.slice(0, 200), ...rows], row(1))).toBeLessThan(unlearned - 15);
    expect(bytesAfter([...blobs, ...rows], row(1))).toBe(unlearned);
  });

  test('an object that is used as a map with many names is walked', () => {
    const wide = (offset: number) => Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`k${i}`, offset]));
    const seen = Array.from({ length: 40 }, (_, i) => wide(i));
    expect(bytesAfter(seen, wide(1))).toBe(bytesAfter([], wide(1)));
  });

  test('a Date is eight bytes', () => {
    expect(
      bytesAfter(
        Array.from({ length: 16 }, (_, i) => new Date(i)),
        new Date(5),
      ),
    ).toBe(9);
  });

  test('a part whose shape varies is learned apart from the rest', () => {
    const events = Array.from({ length: 200 }, (_, i) => ({
      key: 'k',
      value: i % 2 === 0 ? { kind: 'click', x: i, y: i } : { kind: 'view', page: 'p', seconds: i },
    }));
    expect(bytesAfter(events, events[0])).toBeLessThan(bytesAfter([], events[0]) - 20);
    expect(bytesAfter(events, events[1])).toBeLessThan(bytesAfter([], events[1]) - 20);
  });
});
