import { expect, expectTypeOf, test } from 'vitest';
import { fixedWindows, interval, type KV, kv, type PCollection, Pipeline, sessions } from '../../model/index.ts';
import { assertThat, testPipeline } from '../../testing/index.ts';
import { directRunner } from '../../runners/direct/index.ts';
import { type CoGrouped, coGroupByKey, create, generate, innerJoin } from '../../transforms/index.ts';

interface User {
  readonly id: number;
  readonly name: string;
}
interface Order {
  readonly user: number;
  readonly amount: number;
}

/** The values of each collection as sorted lists of texts, as they have no order. */
const sorted = <N extends string>(
  value: { readonly [Name in N]: Iterable<number | string> },
): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries<Iterable<number | string>>(value).map(([name, items]) => [name, [...items].map(String).sort()]),
  );

test('each key has the values of each collection, none where a collection has none', () =>
  testPipeline((p) => {
    const a = p.apply(create([kv('x', 1), kv('x', 2), kv('y', 3)]));
    const b = p.apply(create([kv('x', 'one'), kv('z', 'three')]));
    const c = p.apply(create<KV<string, number>>([]));
    const groups = coGroupByKey({ a, b, c }).mapValues(sorted);
    assertThat(groups).containsInAnyOrder([
      kv('x', { a: ['1', '2'], b: ['one'], c: [] }),
      kv('y', { a: ['3'], b: [], c: [] }),
      kv('z', { a: [], b: ['three'], c: [] }),
    ]);
  }));

test('the types are those of the collections', () => {
  const p = new Pipeline();
  const users = p.apply(create<User>([])).keyBy((user) => user.id);
  const orders = p.apply(create<Order>([])).keyBy((order) => order.user);
  const groups = coGroupByKey({ users, orders });
  expectTypeOf(groups).toExtend<
    PCollection<KV<number, { readonly users: Iterable<User>; readonly orders: Iterable<Order> }>>
  >();
  expectTypeOf<CoGrouped<{ readonly users: typeof users }>['users']>().toEqualTypeOf<Iterable<User>>();
  const names = p.apply(create<string>([])).keyBy((name) => name);
  // @ts-expect-error: the keys are numbers here and texts there.
  coGroupByKey({ users, names }, { name: 'Mixed' });
});

test('values can be iterated again', () =>
  testPipeline((p) => {
    const a = p.apply(create([kv('x', 1), kv('x', 2)]));
    const twice = coGroupByKey({ a }).map(({ value }) => [...value.a, ...value.a].length);
    assertThat(twice).containsInAnyOrder([4]);
  }));

test('each window is grouped on its own', () =>
  testPipeline((p) => {
    const windows = fixedWindows({ size: 10 });
    const a = p.apply(create([kv('x', 1), kv('x', 2)], { timestamps: [1, 11] })).windowInto(windows);
    const b = p.apply(create([kv('x', 'p'), kv('x', 'q')], { timestamps: [12, 13] })).windowInto(windows);
    const groups = coGroupByKey({ a, b }).mapValues(sorted);
    assertThat(groups)
      .inWindow(interval(0, 10))
      .containsInAnyOrder([kv('x', { a: ['1'], b: [] })]);
    assertThat(groups)
      .inWindow(interval(10, 20))
      .containsInAnyOrder([kv('x', { a: ['2'], b: ['p', 'q'] })]);
  }));

test('a session of a key goes over all collections', () =>
  testPipeline((p) => {
    const windows = sessions({ gap: 10 });
    const a = p.apply(create([kv('x', 1)], { timestamps: [0] })).windowInto(windows);
    const b = p.apply(create([kv('x', 2), kv('x', 3)], { timestamps: [5, 30] })).windowInto(windows);
    const groups = coGroupByKey({ a, b }).mapValues(sorted);
    assertThat(groups)
      .inWindow(interval(0, 15))
      .containsInAnyOrder([kv('x', { a: ['1'], b: ['2'] })]);
    assertThat(groups)
      .inWindow(interval(30, 40))
      .containsInAnyOrder([kv('x', { a: [], b: ['3'] })]);
  }));

test('keys are equal by content', () =>
  testPipeline((p) => {
    const a = p.apply(create([kv({ d: 1, e: 2n }, 1)]));
    const b = p.apply(create([kv({ e: 2n, d: 1 }, 2)]));
    assertThat(coGroupByKey({ a, b }).map(({ value }) => sorted(value))).containsInAnyOrder([{ a: ['1'], b: ['2'] }]);
  }));

test('undefined values, and names like __proto__, are values and names like any other', () =>
  testPipeline((p) => {
    const pairs = p.apply(create([kv('x', undefined)]));
    const groups = coGroupByKey({ ['__proto__']: pairs, 'a/b': pairs });
    assertThat(
      groups.map(({ value }) => Object.entries(value).map(([name, items]) => [name, [...items]])),
    ).containsInAnyOrder([
      [
        ['__proto__', [undefined]],
        ['a/b', [undefined]],
      ],
    ]);
  }));

test('values that look like what the transform makes of them come through unharmed', () =>
  testPipeline((p) => {
    const odd = { 'viga:from': 0, value: 'mine' };
    const a = p.apply(create([kv('x', odd)]));
    const b = p.apply(create<KV<string, unknown>>([kv('x', odd), kv('x', { 'viga:from': 7 }), kv('x', 1)]));
    const lists = coGroupByKey({ a, b }).map(({ value }) => ({ a: [...value.a], b: new Set(value.b) }));
    assertThat(lists).containsInAnyOrder([{ a: [odd], b: new Set<unknown>([odd, { 'viga:from': 7 }, 1]) }]);
  }));

test('a group that left memory comes in parts that can be read again and joined', async () => {
  const p = new Pipeline();
  const hotOrNot = (i: number, n: number): string => (i % n === 0 ? 'hot' : `cold ${i}`);
  const a = p.apply(generate({ count: 12_000, element: (i) => kv(hotOrNot(i, 3), 'a'.repeat(500) + i) }));
  const b = p.apply(generate({ count: 30_000, element: (i) => kv(hotOrNot(i, 15_000), i) }));
  const isHot = (pair: KV<string, unknown>): boolean => pair.key === 'hot';
  const read = coGroupByKey({ a, b })
    .filter(isHot)
    .map(({ value }) => {
      // Else the group was small after all, and the test shows nothing.
      expect(Array.isArray(value.a)).toBe(false);
      return [...value.a].length + [...value.a].length + [...value.b].length;
    });
  assertThat(read).containsInAnyOrder([8_002]);
  assertThat(b.filter(isHot).apply(innerJoin(a))).hasCount(8_000);
  const result = await p.run(directRunner({ memoryLimit: 1 }));
  expect(result.spilledBytes).toBeGreaterThan(0);
});

test('no collection is refused', () => {
  expect(() => coGroupByKey({})).toThrow(/Pass a record of collections/);
});

test('collections of two pipelines, or of different windows, are refused', () => {
  const p = new Pipeline();
  const a = p.apply(create([kv('x', 1)]));
  expect(() => coGroupByKey({ a, b: new Pipeline().apply(create([kv('x', 1)])) })).toThrow(
    /Build both steps on one pipeline/,
  );
  expect(() => coGroupByKey({ a, b: a.windowInto(fixedWindows({ size: 10 })) })).toThrow(
    /Call windowInto with the same/,
  );
});

test('collections in other windows are told by their names', () => {
  const p = new Pipeline();
  const users = p.apply(create([kv(1, 'ann')]), { name: 'Users' });
  const orders = p.apply(create([kv(1, 'tea')]), { name: 'Orders' }).windowInto(fixedWindows({ size: 5 }));
  expect(() => coGroupByKey({ users, orders })).toThrow(
    /^CoGroupByKey\/Together: CoGroupByKey\/Tag\(users\) is windowed by GlobalWindows and CoGroupByKey\/Tag\(orders\)/,
  );
  expect(() => coGroupByKey({ 'a/b': users, '': users })).not.toThrow();
});
