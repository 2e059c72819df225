import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { create, generate } from '../../../transforms/index.ts';
import {
  type CombineFn,
  count,
  encodeKey,
  fixedWindows,
  formatWindow,
  type KV,
  type PCollection,
  Pipeline,
  sessions,
  slidingWindows,
  sum,
} from '../../../model/index.ts';
import { bothPaths } from '../../helpers/runners.ts';

type Pairs = PCollection<KV<string, number>>;

/** So little memory that every table is emptied to disk as soon as it holds a megabyte. */
const TINY = 1;

const key = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  fc.constantFrom(-0, 0, Number.NaN, 0.5, '0', '', '\u0000a', 'a', '\ud800', true, false, null, 1n, 0n),
  fc.record({ a: fc.integer({ min: 0, max: 1 }), b: fc.constantFrom('x', 'y') }),
  fc.constantFrom<unknown>({ b: 'x', a: 0 }, [1], ['1'], [[]], new Date(0), new Uint8Array([1, 2])),
);

describe.each(bothPaths)('on the $path path', ({ runner }) => {
  /** The groups of pairs, as text: key, then the sorted values. */
  async function groups(pairs: readonly { key: unknown; value: number }[], memoryLimit?: number): Promise<string[]> {
    const out: string[] = [];
    const p = new Pipeline();
    p.apply(create(pairs))
      .groupByKey()
      .map(({ key, value }) => void out.push(`${encodeKey(key)} ${[...value].sort((a, b) => a - b)}`));
    await p.run(runner(memoryLimit === undefined ? {} : { memoryLimit }));
    return out.sort();
  }

  test('keys are equal when their canonical texts are', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ key, value: fc.integer({ min: 0, max: 9 }) }), { maxLength: 60 }),
        async (pairs) => {
          const expected = new Map<string, number[]>();
          for (const pair of pairs) {
            const text = encodeKey(pair.key);
            expected.set(text, [...(expected.get(text) ?? []), pair.value]);
          }
          const texts = [...expected].map(([text, values]) => `${text} ${values.sort((a, b) => a - b)}`).sort();
          expect(await groups(pairs)).toEqual(texts);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('groups are the same in memory and on disk', async () => {
    const pairs = Array.from({ length: 40_000 }, (_, i) => ({
      key: [i % 700, `k${i % 700}`, { n: i % 700 }, BigInt(i % 700), i % 2 === 0, null][i % 6],
      value: i,
    }));
    expect(await groups(pairs, TINY)).toEqual(await groups(pairs));
  });

  test('windows that come again after their groups went to disk are combined with what they had', async () => {
    const windows = 400;
    const p = new Pipeline();
    // Each block of keys passes through all windows four times: groups are hit often, and the table is emptied between.
    const elements = p.apply(create(Array.from({ length: 12 }, (_, block) => block))).flatMap(function* (block) {
      for (let at = 0; at < 4 * windows * 50; at++) {
        const key = block * 50 + (at % 50);
        yield { key, value: Math.floor(at / 50) % windows };
      }
    });
    const counts: number[] = [];
    elements
      .withTimestamps(({ value }) => value * 1000)
      .windowInto(fixedWindows({ size: 1000 }))
      .combinePerKey(count)
      .map(({ value }) => void counts.push(value));
    await p.run(runner());
    expect(counts).toHaveLength(600 * windows);
    expect(new Set(counts)).toEqual(new Set([4]));
  });

  const windowings = [
    {
      name: 'fixed',
      into: (pairs: Pairs) => pairs.windowInto(fixedWindows({ size: 100 }), { timestampCombiner: 'latest' }),
    },
    {
      name: 'sliding',
      into: (pairs: Pairs) =>
        pairs.windowInto(slidingWindows({ size: 100, period: 50 }), { timestampCombiner: 'earliest' }),
    },
    { name: 'sessions', into: (pairs: Pairs) => pairs.windowInto(sessions({ gap: 7 })) },
  ];

  test.each(windowings)('sums per key and $name window are the same in memory and on disk', async ({ into }) => {
    const run = async (memoryLimit?: number) => {
      const out: string[] = [];
      const p = new Pipeline();
      const elements = Array.from({ length: 60_000 }, (_, i) => ({ key: `key ${i % 30_000}`, value: i }));
      const timestamps = elements.map((_, i) => (i * 7919) % 5_000);
      into(p.apply(create(elements, { timestamps })))
        .combinePerKey(sum)
        .map(
          ({ key, value }, { window, timestamp }) =>
            void out.push(`${key} ${value} ${formatWindow(window)} ${timestamp}`),
        );
      const { spilledBytes } = await p.run(runner(memoryLimit === undefined ? {} : { memoryLimit }));
      return { out: out.sort(), spilledBytes };
    };
    const onDisk = await run(TINY);
    const inMemory = await run();
    expect(onDisk.out).toEqual(inMemory.out);
    expect(inMemory.spilledBytes).toBe(0);
    expect(onDisk.spilledBytes).toBeGreaterThan(0);
  });

  test('elements that a source hands to a grouping by the batch are grouped as those that come one by one', async () => {
    const sums = async (reach: (pairs: PCollection<KV<unknown, number>>) => PCollection<KV<unknown, number>>) => {
      const out: string[] = [];
      const p = new Pipeline();
      // More keys than a table keeps, and batches larger than what it takes together.
      const keyOf = (i: number) => [i, `k${i}`, { n: i % 50 }, -0, BigInt(i % 3), null][i % 6];
      const element = (i: number) => ({ key: keyOf((i * 7919) % 480_000), value: i / 4 });
      reach(p.apply(generate({ count: 600_000, element })))
        .combinePerKey(sum)
        .map(({ key, value }) => void out.push(`${encodeKey(key)} ${value}`));
      const { spilledBytes } = await p.run(runner());
      return { out: out.sort(), spills: spilledBytes > 0 };
    };
    const byTheBatch = await sums((pairs) => pairs);
    expect(byTheBatch).toEqual(await sums((pairs) => pairs.map((pair) => pair)));
    expect(byTheBatch.spills).toBe(true);
  });

  test.each([
    { keys: ['a', 'b', () => 1], values: [1, -1, 1], message: /^Sum: its combine function failed: negative/ },
    { keys: ['a', () => 1, 'b'], values: [1, 1, -1], message: /^Sum: its key can't group/ },
    { keys: ['a', 'a', () => 1], values: [1, -1, 1], message: /^Sum: its combine function failed: negative/ },
  ])('of two elements of a batch that fail, the first ends the run ($message)', async ({ keys, values, message }) => {
    const positive: CombineFn<number, number, number> = {
      ...sum,
      addInput(total, input) {
        if (input < 0) throw new Error('negative');
        return total + input;
      },
    };
    const p = new Pipeline();
    p.apply(create(keys.map((one, i) => ({ key: one as unknown, value: values[i] ?? 0 })))).combinePerKey(positive, {
      name: 'Sum',
    });
    await expect(p.run(runner())).rejects.toThrow(message);
  });

  test('one key with all the values is read from disk, as often as it is iterated', async () => {
    const out: [number, number][] = [];
    const p = new Pipeline();
    p.apply(create(Array.from({ length: 300_000 }, (_, i) => ({ key: 'hot', value: `value number ${i}` }))))
      .groupByKey()
      .map(({ value }) => {
        const seen = new Set(value);
        let again = 0;
        for (const _one of value) again++;
        out.push([seen.size, again]);
      });
    const { spilledBytes } = await p.run(runner({ memoryLimit: TINY }));
    expect(out).toEqual([[300_000, 300_000]]);
    expect(spilledBytes).toBeGreaterThan(300_000 * 10);
  });

  test('accumulators are made compact before they go to disk', async () => {
    let asked = 0;
    const lastDigits: CombineFn<number, number[], string> = {
      name: 'lastDigits',
      createAccumulator: () => [],
      addInput: (kept, input) => [...kept, input],
      mergeAccumulators: (parts) => [...parts].flat(),
      extractOutput: (kept) =>
        kept
          .map((n) => n % 10)
          .sort()
          .join(),
      compact(kept) {
        asked++;
        return kept.map((n) => n % 10);
      },
    };
    const out = new Map<number, string>();
    const p = new Pipeline();
    p.apply(create(Array.from({ length: 90_000 }, (_, i) => ({ key: i % 30_000, value: i }))))
      .combinePerKey(lastDigits)
      .map(({ key, value }) => void out.set(key, value));
    await p.run(runner({ memoryLimit: TINY }));
    expect(asked).toBeGreaterThan(0);
    expect([out.size, out.get(7), out.get(29_999)]).toEqual([30_000, '7,7,7', '9,9,9']);
  });

  test('values that have no bytes stay in memory, and the run says so once', async () => {
    class Money {
      readonly cents: number;
      constructor(cents: number) {
        this.cents = cents;
      }
    }
    const warnings: string[] = [];
    let total = 0;
    const p = new Pipeline();
    p.apply(create(Array.from({ length: 60_000 }, (_, i) => ({ key: i % 30_000, value: new Money(i) }))))
      .groupByKey()
      .map(({ value }) => {
        for (const money of value) total += money instanceof Money ? 1 : 0;
      });
    await p.run(runner({ memoryLimit: TINY }), { onWarning: (warning) => warnings.push(warning) });
    expect(total).toBe(60_000);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/stays in memory.*Money/);
  });

  test.each([
    { what: 'a function', bad: () => 1 },
    { what: 'a symbol', bad: Symbol('s') },
    { what: 'a promise inside', bad: { p: Promise.resolve(1) } },
    { what: 'undefined', bad: undefined },
  ])('$what as a key is refused with the name of the step', async ({ bad }) => {
    const p = new Pipeline();
    p.apply(create([1]))
      .map(() => ({ key: bad as unknown, value: 1 }))
      .combinePerKey(count, { name: 'Count' });
    await expect(p.run(runner())).rejects.toThrow(/^Count: its key can't group: the key/);
  });

  test('a key that throws when it is read is said to be just that, and is no failure of the combine function', async () => {
    const cause = new Error('no rights');
    const fail = (): never => {
      throw cause;
    };
    const revoked = Proxy.revocable({}, {});
    revoked.revoke();
    const keys: readonly (readonly [key: object, message: RegExp])[] = [
      [
        {
          get user() {
            return fail();
          },
        },
        /the key could not be read: no rights\. Equal keys/,
      ],
      [new Proxy({}, { ownKeys: fail }), /the key could not be read: no rights\. Equal keys/],
      [new Proxy({ user: 1 }, { get: fail }), /the key could not be read: no rights\. Equal keys/],
      [revoked.proxy, /the key could not be read: .*revoked\. Equal keys/],
    ];
    for (const [key, message] of keys) {
      for (const streaming of [false, true]) {
        const p = new Pipeline();
        p.apply(create([1]))
          .keyBy(() => key)
          .groupByKey({ name: 'Group' });
        const failing = p.run(runner({ streaming }));
        await expect(failing).rejects.toThrow(/^Group: its key can't group: /);
        await expect(failing).rejects.toThrow(message);
      }
    }
  });
});
