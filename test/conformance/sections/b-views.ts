// B. Side inputs: the kinds of views, and what may be seen.
import {
  asIterable,
  asList,
  asMap,
  asMultimap,
  asSingleton,
  combiningState,
  create,
  distinct,
  flatten,
  generate,
  kv,
  type KV,
  type OffsetRange,
  OffsetTracker,
  type PCollection,
  type PCollectionView,
  type Pipeline,
  type RestrictionReader,
  splittableParDo,
  sum,
} from '../../../index.ts';
import { assertThat } from '../../../testing/index.ts';
import { type Builder, fails, item, succeeds } from '../item.ts';

const main = (p: Pipeline): PCollection<number> => p.apply(create([1, 2], { name: 'Main' }));

const total = (numbers: Iterable<number>): number => [...numbers].reduce((sum, n) => sum + n, 0);

/** Adds the only element of a collection to each of 1 and 2. */
const addingTheOnlyOf =
  (side: readonly number[]): Builder =>
  (p) => {
    const only = asSingleton(p.apply(create(side)));
    main(p).map((n, { sideInputs }) => n + sideInputs.only, { name: 'AddOnly', sideInputs: { only } });
  };

export const views = [
  item(
    21,
    'Every element sees the one element of a singleton.',
    succeeds((p) => {
      const five = asSingleton(p.apply(create([5])));
      const sums = main(p).map((n, { sideInputs }) => n + sideInputs.five, { sideInputs: { five } });
      assertThat(sums).containsInAnyOrder([6, 7]);
    }),
  ),
  item(
    22,
    'A singleton of nothing is its default and an error without one; of two elements it is an error.',
    succeeds((p) => {
      const none = asSingleton(p.apply(create<number>([])), { defaultValue: 0 });
      const sums = main(p).map((n, { sideInputs }) => n + sideInputs.none, { sideInputs: { none } });
      assertThat(sums).containsInAnyOrder([1, 2]);
    }),
    fails(addingTheOnlyOf([]), /AddOnly/, /'only'/),
    fails(addingTheOnlyOf([1, 2]), /AddOnly/, /'only'/),
  ),
  item(
    23,
    'Every element sees all elements of an iterable.',
    succeeds((p) => {
      // The main input is there first: a runner has to wait for the side input.
      const input = main(p);
      const side = asIterable(p.apply(create([1, 2, 3])));
      const sums = input.map((_, { sideInputs }) => total(sideInputs.side), { sideInputs: { side } });
      assertThat(sums).containsInAnyOrder([6, 6]);
    }),
  ),
  item(
    24,
    'A list is read by index, and its order stays the same while a bundle runs.',
    succeeds((p) => {
      const side = asList(p.apply(create(['a', 'b', 'c'])));
      const read = main(p).map(
        (_, { sideInputs: { side } }) => ({
          byIndex: [side[0], side[1], side[2], side[3]].filter((one) => one !== undefined).sort(),
          isStable: [...side].every((one, i) => one === side[i]),
          length: side.length,
        }),
        { sideInputs: { side } },
      );
      const expected = { byIndex: ['a', 'b', 'c'], isStable: true, length: 3 };
      assertThat(read).containsInAnyOrder([expected, expected]);
    }),
  ),
  item(
    25,
    'A map gives the value of a key; a key with two values is an error.',
    succeeds((p) => {
      const map = asMap(p.apply(create([kv('a', 1), kv('b', 2)])));
      const found = p
        .apply(create(['a', 'b', 'z']))
        .map((key, { sideInputs }) => kv(key, sideInputs.map.get(key) ?? null), { sideInputs: { map } });
      assertThat(found).containsInAnyOrder([kv('a', 1), kv('b', 2), kv('z', null)]);
    }),
    fails(
      (p) => {
        const twice = asMap(p.apply(create([kv('a', 1), kv('a', 2)])));
        main(p).map((_, { sideInputs }) => sideInputs.twice.get('a'), { name: 'LookUp', sideInputs: { twice } });
      },
      /LookUp/,
      /'twice'/,
    ),
  ),
  item(
    26,
    'A multimap gives all values of a key, and none for a key it does not have.',
    succeeds((p) => {
      const multimap = asMultimap(p.apply(create([kv('a', 1), kv('a', 2)])));
      const found = p
        .apply(create(['a', 'z']))
        .map((key, { sideInputs }) => kv(key, [...sideInputs.multimap.get(key)].sort()), { sideInputs: { multimap } });
      assertThat(found).containsInAnyOrder([kv('a', [1, 2]), kv('z', [])]);
    }),
  ),
  item(
    27,
    'An iterable of nothing is empty, and elements are processed all the same.',
    succeeds((p) => {
      const none = asIterable(p.apply(create<number>([])));
      const counts = main(p).map((n, { sideInputs }) => kv(n, [...sideInputs.none].length), { sideInputs: { none } });
      assertThat(counts).containsInAnyOrder([kv(1, 0), kv(2, 0)]);
    }),
  ),
  item(
    28,
    'A step with two side inputs of different kinds sees both.',
    succeeds((p) => {
      const views = {
        factor: asSingleton(p.apply(create([10]))),
        names: asMap(p.apply(create([kv(1, 'one'), kv(2, 'two')]))),
      };
      const both = main(p).map((n, { sideInputs }) => `${sideInputs.names.get(n)} ${n * sideInputs.factor}`, {
        sideInputs: views,
      });
      assertThat(both).containsInAnyOrder(['one 10', 'two 20']);
    }),
  ),
  item(
    29,
    'A side input made from the source of the main input is complete before any element sees it.',
    succeeds((p) => {
      const source = p.apply(generate({ count: 10_000, element: (i) => i }));
      const all = asList(source.parDo({ process: (n: number) => [n] }));
      const seen = source.map((_, { sideInputs }) => sideInputs.all.length, { sideInputs: { all } });
      assertThat(seen.apply(distinct())).containsInAnyOrder([10_000]);
    }),
  ),
  item(
    30,
    'A side input may be flattened of collections whose elements have different shapes, and has all of them.',
    succeeds((p) => {
      const numbers: PCollection<unknown> = p.apply(create([1, 2]));
      const rows: PCollection<unknown> = p.apply(create([{ name: 'a', tags: ['x'] }]));
      const side = asIterable(flatten([numbers, rows]));
      const seen = main(p).flatMap((_, { sideInputs }) => sideInputs.side, { sideInputs: { side } });
      const once = [1, 2, { name: 'a', tags: ['x'] }];
      assertThat(seen).containsInAnyOrder([...once, ...once]);
    }),
  ),
  item(
    31,
    'The output of a grouping may be a side input.',
    succeeds((p) => {
      const groups = asMap(p.apply(create([kv('a', 1), kv('a', 2), kv('b', 3)])).groupByKey());
      const sums = p
        .apply(create(['a', 'b']))
        .map((key, { sideInputs }) => kv(key, total(sideInputs.groups.get(key) ?? [])), { sideInputs: { groups } });
      assertThat(sums).containsInAnyOrder([kv('a', 3), kv('b', 3)]);
    }),
  ),
  item(
    36,
    'A collection may be main input and side input of one step.',
    succeeds((p) => {
      const both = main(p);
      const sums = both.map((n, { sideInputs }) => kv(n, total(sideInputs.all)), {
        sideInputs: { all: asIterable(both) },
      });
      assertThat(sums).containsInAnyOrder([kv(1, 3), kv(2, 3)]);
    }),
  ),
  item(
    37,
    'Side inputs work in a splittable DoFn, in a stateful one and in combiners, wherever they are allowed.',
    succeeds((p) => {
      const reader: RestrictionReader<number, number, OffsetRange, number, { readonly side: PCollectionView<number> }> =
        {
          name: 'UpToSide',
          initialRestriction: () => ({ from: 0, to: 5 }),
          createTracker: (range) => new OffsetTracker(range),
          async read(element, tracker, output, { sideInputs }) {
            for (let i = 0; tracker.tryClaim(i); i++)
              if (i < sideInputs.side) await output.emit({ values: [element * i] });
            return undefined;
          },
        };
      const side = asSingleton(p.apply(create([3])));
      assertThat(main(p).apply(splittableParDo(reader, { sideInputs: { side } }))).containsInAnyOrder([
        0, 1, 2, 0, 2, 4,
      ]);
    }),
    succeeds((p) => {
      const side = asSingleton(p.apply(create([10])));
      const pairs = main(p).keyBy(() => 'k');
      const sums = pairs.parDo({
        sideInputs: { side },
        state: { sum: combiningState(sum) },
        process({ value }: KV<string, number>, { state, sideInputs }) {
          state.sum.add(value * sideInputs.side);
          return [state.sum.read()];
        },
      });
      assertThat(sums).satisfies((all) => all.length === 2 && Math.max(...all) === 30);
    }),
    // A combiner is given no context; what it combines may have been made with a side input.
    succeeds((p) => {
      const side = asSingleton(p.apply(create([10])));
      const scaled = main(p).map((n, { sideInputs }) => n * sideInputs.side, { sideInputs: { side } });
      assertThat(scaled.combineGlobally(sum)).containsInAnyOrder([30]);
    }),
  ),
  item(
    38,
    'A side input may be iterated a second time and gives the same elements.',
    succeeds((p) => {
      const side = asIterable(p.apply(create(['a', 'b', 'c'])));
      const twice = main(p).map((_, { sideInputs }) => [[...sideInputs.side].sort(), [...sideInputs.side].sort()], {
        sideInputs: { side },
      });
      const once = ['a', 'b', 'c'];
      assertThat(twice).containsInAnyOrder([
        [once, once],
        [once, once],
      ]);
    }),
  ),
  item(
    39,
    'A side input of 200,000 elements is complete.',
    succeeds((p) => {
      const side = asIterable(p.apply(generate({ count: 200_000, element: (i) => i })));
      const seen = main(p).map(
        (_, { sideInputs }) => {
          let count = 0;
          let sum = 0;
          for (const n of sideInputs.side) {
            count++;
            sum += n;
          }
          return { count, sum };
        },
        { sideInputs: { side } },
      );
      const expected = { count: 200_000, sum: (200_000 * 199_999) / 2 };
      assertThat(seen).containsInAnyOrder([expected, expected]);
    }),
  ),
];
