// Side inputs that have no room in memory.
import { describe, expect, test } from 'vitest';
import {
  asIterable,
  asList,
  asMap,
  asMultimap,
  asSingleton,
  create,
  fixedWindows,
  generate,
  kv,
  type KV,
  type PCollection,
  type PCollectionView,
  Pipeline,
} from '../../../index.ts';
import { directRunner } from '../../../runners/direct/index.ts';

const COUNT = 30_000;
const PAD = 'x'.repeat(40);
/** So little that all that can go to disk does. */
const TINY = 1;

interface Key {
  readonly store: number;
  readonly shelf: string;
}

/** Keys of two fields, and a note that tells which element it is. */
const keyOf = (index: number): Key => ({ store: index % 100, shelf: `s${Math.floor(index / 100)}` });
type Stock = KV<Key, { readonly index: number; readonly note: string }>;
const stockAt = (index: number, keys = COUNT): Stock => kv(keyOf(index % keys), { index, note: PAD + index });

type Side = PCollection<Stock>;

/** What two elements of a main input see of a side input through a view. */
async function seenThrough<View>(
  view: (side: Side) => PCollectionView<View>,
  look: (seen: View) => unknown,
  { memoryLimit = TINY, keys = COUNT }: { memoryLimit?: number | undefined; keys?: number } = {},
) {
  const seen: unknown[] = [];
  const warnings: string[] = [];
  const p = new Pipeline();
  const stock = p.apply(generate({ count: COUNT, element: (index) => stockAt(index, keys) }), { name: 'Stock' });
  p.apply(create(['a', 'b'])).map((_, { sideInputs }) => seen.push(look(sideInputs.stock)), {
    name: 'Look',
    sideInputs: { stock: view(stock) },
  });
  const { spilledBytes } = await p.run(directRunner({ memoryLimit }), {
    onWarning: (warning) => warnings.push(warning),
  });
  return { seen, warnings: warnings.join(' '), spilledBytes };
}

const ROOMY = { memoryLimit: 2 ** 30 };
const PLACES = [0, 1, 777, COUNT - 1];

describe('a side input that has no room in memory lies on disk and is seen alike', () => {
  const views: Readonly<Record<string, () => readonly Promise<{ seen: unknown[]; spilledBytes: number }>[]>> = {
    'as a map': () =>
      [ROOMY, {}].map((options) =>
        seenThrough(
          asMap,
          (map) => ({
            found: PLACES.map((index) => map.get(keyOf(index))),
            missing: [map.get({ store: 0, shelf: 'none' }), map.has({ store: 0, shelf: 'none' })],
            has: map.has(keyOf(5)),
            size: map.size,
            isMap: map instanceof Map,
            total: [...map.values()].reduce((sum, { index }) => sum + index, 0),
            keys: [...map.keys()].length,
            first: [...map][0],
          }),
          options,
        ),
      ),
    'as a map of many values': () =>
      [ROOMY, {}].map((options) =>
        seenThrough(
          asMultimap,
          (map) => ({
            found: PLACES.map((index) => map.get(keyOf(index % 3_000)).map((value) => value.index)),
            missing: [map.get({ store: 0, shelf: 'none' }), map.has({ store: 0, shelf: 'none' })],
            size: map.size,
          }),
          { ...options, keys: 3_000 },
        ),
      ),
    'as a list': () =>
      [ROOMY, {}].map((options) =>
        seenThrough(
          asList,
          (list) => ({
            found: PLACES.map((index) => list[index]),
            outside: [list[COUNT], list.at(-1), 0 in list, COUNT in list],
            length: list.length,
            isArray: Array.isArray(list),
            total: list.reduce((sum, { value }) => sum + value.index, 0),
            some: list.slice(1_000, 1_002),
            iterated: [...list].length,
            index: list.findIndex(({ value }) => value.index === 500),
          }),
          options,
        ),
      ),
    'as an iterable': () =>
      [ROOMY, {}].map((options) =>
        seenThrough(
          asIterable,
          (all) => [0, 0].map((none) => [...all].reduce((sum, { value }) => sum + value.index, none)),
          options,
        ),
      ),
  };

  test.each(Object.entries(views))('%s', async (_name, run) => {
    const [roomy, tight] = await Promise.all(run());
    expect(roomy?.spilledBytes).toBe(0);
    expect(tight?.spilledBytes).toBeGreaterThan(COUNT * PAD.length);
    expect(tight?.seen).toHaveLength(2);
    expect(tight?.seen).toEqual(roomy?.seen);
  });
});

test('it is told once that a side input lies on disk, with its step, its size and what to do', async () => {
  const { warnings } = await seenThrough(asMap, (map) => map.size);
  expect(warnings).toMatch(
    /^Stock\/Read: as a side input it takes about \d+ MB .* coGroupByKey .* raise the memory limit\.$/,
  );
});

test('a key that comes twice is told of a map on disk as well', async () => {
  await expect(seenThrough(asMap, (map) => map.size, { keys: COUNT - 1 })).rejects.toThrow(
    /the side input 'stock' has the key .*store.* more than once/,
  );
});

test('a side input on disk can not be changed', async () => {
  await expect(seenThrough(asList, (list) => (list as unknown[]).push(1))).rejects.toThrow(/Make a copy/);
  await expect(seenThrough(asMap, (map) => (map as Map<unknown, unknown>).clear())).rejects.toThrow(/Make a copy/);
});

test('windows of a side input go to disk on their own', async () => {
  const seen: string[] = [];
  const p = new Pipeline();
  const stock = p
    .apply(generate({ count: COUNT, element: (index) => stockAt(index) }))
    .withTimestamps(({ value }) => value.index)
    .windowInto(fixedWindows({ size: COUNT / 2 }));
  p.apply(create([1, COUNT - 1]))
    .withTimestamps((time) => time)
    .windowInto(fixedWindows({ size: COUNT / 2 }))
    .map(
      (time, { sideInputs }) =>
        seen.push(`${time}: ${sideInputs.stock.length} from ${sideInputs.stock[0]?.value.index}`),
      {
        sideInputs: { stock: asList(stock) },
      },
    );
  const { spilledBytes } = await p.run(directRunner({ memoryLimit: TINY }), { onWarning: () => undefined });
  expect(seen).toEqual([`1: ${COUNT / 2} from 0`, `${COUNT - 1}: ${COUNT / 2} from ${COUNT / 2}`]);
  expect(spilledBytes).toBeGreaterThan(COUNT * PAD.length);
});

describe('what can not go to disk stays in memory, and that is told with the reason', () => {
  test('elements without bytes, at first or among later ones', async () => {
    for (const at of [0, COUNT - 1]) {
      const warnings: string[] = [];
      const sums: number[] = [];
      const p = new Pipeline();
      const side = p.apply(
        generate({ count: COUNT, element: (index) => kv(`k${index}`, index === at ? () => index : PAD + index) }),
        { name: 'Functions' },
      );
      p.apply(create([0])).map((_, { sideInputs }) => sums.push(sideInputs.side.size), {
        sideInputs: { side: asMap(side) },
      });
      await p.run(directRunner({ memoryLimit: TINY }), { onWarning: (warning) => warnings.push(warning) });
      expect(sums).toEqual([COUNT]);
      expect(warnings.join(' ')).toMatch(
        /Functions\/Read: as a side input .* can't go to disk, since some of its elements have no bytes .* raise the memory limit to about \d+ MB/,
      );
    }
  });

  test('a single element', async () => {
    const warnings: string[] = [];
    const sizes: number[] = [];
    const p = new Pipeline();
    const dictionary = new Map(Array.from({ length: COUNT }, (_, index) => [PAD + index, index]));
    const side = p.apply(create([dictionary]), { name: 'Dictionary' });
    p.apply(create([0])).map((_, { sideInputs }) => sizes.push(sideInputs.side.size), {
      sideInputs: { side: asSingleton(side) },
    });
    await p.run(directRunner({ memoryLimit: TINY }), { onWarning: (warning) => warnings.push(warning) });
    expect(sizes).toEqual([COUNT]);
    expect(warnings.join(' ')).toMatch(/Dictionary.*: as a side input .* since it is a single element/);
  });
});
