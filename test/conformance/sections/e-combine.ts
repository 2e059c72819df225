// E. Combine.
import {
  type AccumulationMode,
  afterCount,
  asSingleton,
  combineAll,
  combineGroupedValues,
  type CombineFn,
  count,
  countGlobally,
  create,
  distinct,
  generate,
  globalWindows,
  kv,
  type KV,
  largest,
  max,
  mean,
  min,
  type PCollection,
  type Pipeline,
  quantiles,
  repeatedly,
  sample,
  seconds,
  sessions,
  smallest,
  sum,
} from '../../../index.ts';
import { assertThat } from '../../../testing/index.ts';
import { oneByOne } from '../arrivals.ts';
import { at, tens, within } from '../collections.ts';
import { item, refused, succeeds } from '../item.ts';

const ONE_TO_TEN = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

const oneToTen = (p: Pipeline): PCollection<number> => p.apply(create(ONE_TO_TEN));

/** 30,000 pairs of five keys. */
const manyPairs = (p: Pipeline): PCollection<KV<string, number>> =>
  p.apply(generate({ count: 30_000, element: (i) => kv(`key ${i % 5}`, i) }));

/** The combined values of the five keys by another way than a combiner. */
const byHand = <T>(of: (values: readonly number[]) => T): readonly KV<string, T>[] =>
  [0, 1, 2, 3, 4].map((first) => kv(`key ${first}`, of(Array.from({ length: 6_000 }, (_, i) => first + 5 * i))));

const total = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** The combiners whose outputs are exact and do not depend on chance, as one. */
const all = combineAll({ sum, count, mean, min, max, top: largest<number>(2), least: smallest<number>(2) });
const OF_ONE_TO_TEN = { sum: 55, count: 10, mean: 5.5, min: 1, max: 10, top: [10, 9], least: [1, 2] };
const OF_NOTHING = { sum: 0, count: 0, mean: Number.NaN, min: Infinity, max: -Infinity, top: [], least: [] };

/** An accumulator of some inputs. */
const accumulated = <I, A>(fn: CombineFn<I, A, unknown>, inputs: readonly I[]): A =>
  inputs.reduce((accumulator, input) => fn.addInput(accumulator, input), fn.createAccumulator());

/** Joins letters in the order of the alphabet. */
const letters: CombineFn<string, readonly string[], string> = {
  name: 'letters',
  createAccumulator: () => [],
  addInput: (some, letter) => [...some, letter],
  mergeAccumulators: (parts) => [...parts].flat(),
  extractOutput: (some) => [...some].sort().join(''),
};

/** A sum that keeps its inputs until it is told to be compact. */
const lazySum: CombineFn<number, number[], number> = {
  name: 'lazySum',
  createAccumulator: () => [],
  addInput(kept, input) {
    kept.push(input);
    return kept;
  },
  mergeAccumulators: (parts) => [...parts].flat(),
  extractOutput: total,
  compact: (kept) => [total(kept)],
};

/** The sums that are fired after each of 1, 2 and 3. */
const sumsAfterEach = (p: Pipeline, accumulationMode: AccumulationMode): PCollection<number> =>
  oneByOne(p, [1, 2, 3])
    .windowInto(globalWindows(), {
      trigger: repeatedly(afterCount(1)),
      accumulationMode,
      onTimeBehavior: 'fire-if-nonempty',
    })
    .combineGlobally(sum, { withoutDefaults: true });

export const combining = [
  item(
    65,
    'The combiners of the library give of the numbers 1 to 10 what their names say.',
    succeeds((p) => {
      const numbers = oneToTen(p);
      assertThat(numbers.combineGlobally(all)).containsInAnyOrder([OF_ONE_TO_TEN]);
      const isSubset = (drawn: readonly number[]): boolean =>
        new Set(drawn.filter((n) => ONE_TO_TEN.includes(n))).size === 4;
      assertThat(numbers.combineGlobally(sample(4))).satisfies(([drawn]) => drawn?.length === 4 && isSubset(drawn));
      const distinctNumbers = p.apply(create([...ONE_TO_TEN, ...ONE_TO_TEN])).apply(distinct());
      assertThat(distinctNumbers.apply(countGlobally())).containsInAnyOrder([10]);
      const isMonotone = (values: readonly number[]): boolean => values.every((n, i) => i === 0 || n >= values[i - 1]!);
      assertThat(numbers.combineGlobally(quantiles(4))).satisfies(
        ([four = []]) => four.length === 4 && four[0] === 1 && four[3] === 10 && isMonotone(four),
      );
    }),
  ),
  item(
    66,
    'A sum per key adds the values of each key.',
    succeeds((p) => {
      const sums = p.apply(create([kv('a', 1), kv('b', 2), kv('a', 3)])).combinePerKey(sum);
      assertThat(sums).containsInAnyOrder([kv('a', 4), kv('b', 2)]);
    }),
  ),
  item(
    67,
    'The sum of nothing, over all elements, is 0, once.',
    succeeds((p) => assertThat(p.apply(create<number>([])).combineGlobally(sum)).containsInAnyOrder([0])),
  ),
  item(
    68,
    'Without defaults, nothing is combined to nothing.',
    succeeds((p) => {
      assertThat(p.apply(create<number>([])).combineGlobally(sum, { withoutDefaults: true })).isEmpty();
    }),
  ),
  item(
    69,
    'Combining all elements of windows asks for no defaults: with them it is refused when the step is made.',
    refused((p) => void at(p, [1, 1]).windowInto(tens).combineGlobally(sum), /withoutDefaults/),
    succeeds((p) => {
      const sums = at(p, [1, 1], [2, 2], [11, 3]).windowInto(tens).combineGlobally(sum, { withoutDefaults: true });
      assertThat(sums).inWindow(within(0, 10)).containsInAnyOrder([3]);
      assertThat(sums).inWindow(within(10, 20)).containsInAnyOrder([3]);
    }),
  ),
  item(
    70,
    'A mean, whose accumulator is of another type than its inputs, is exact per key and over all.',
    succeeds((p) => {
      assertThat(oneToTen(p).combineGlobally(mean)).containsInAnyOrder([5.5]);
      assertThat(manyPairs(p).combinePerKey(mean)).containsInAnyOrder(byHand((values) => total(values) / 6_000));
    }),
  ),
  item(
    71,
    'A combiner gives the same, whether values are combined before they are grouped or after.',
    succeeds((p) => {
      const expected = byHand(total);
      assertThat(manyPairs(p).combinePerKey(sum)).containsInAnyOrder(expected);
      assertThat(manyPairs(p).groupByKey().apply(combineGroupedValues(sum))).containsInAnyOrder(expected);
    }),
  ),
  item(
    72,
    'Of 100,000 keys with three values each, every one is combined exactly.',
    succeeds((p) => {
      const pairs = p.apply(generate({ count: 300_000, element: (i) => kv(i % 100_000, i) }));
      const isExact = ({ key, value }: KV<number, number>): boolean => value === 3 * key + 300_000;
      const sums = pairs.combinePerKey(sum);
      assertThat(sums.map(isExact).apply(distinct())).containsInAnyOrder([true]);
      assertThat(sums.apply(countGlobally())).containsInAnyOrder([100_000]);
    }),
  ),
  item(
    73,
    'Fanning out a hot key changes nothing of the result.',
    succeeds((p) => {
      assertThat(manyPairs(p).combinePerKey(mean, { hotKeyFanout: 4 })).containsInAnyOrder(
        byHand((values) => total(values) / 6_000),
      );
      assertThat(oneToTen(p).combineGlobally(sum, { fanout: 3 })).containsInAnyOrder([55]);
    }),
  ),
  item(
    74,
    'A combined value is a singleton side input, also that of nothing.',
    succeeds((p) => {
      const views = {
        sum: asSingleton(oneToTen(p).combineGlobally(sum)),
        ofNothing: asSingleton(p.apply(create<number>([])).combineGlobally(sum)),
      };
      const seen = p.apply(create(['a'])).map((_, { sideInputs }) => [sideInputs.sum, sideInputs.ofNothing], {
        sideInputs: views,
      });
      assertThat(seen).containsInAnyOrder([[55, 0]]);
    }),
  ),
  item(
    75,
    'Merging no accumulator, one or several gives what all of their inputs give together.',
    succeeds((p) => {
      const divisions = [[], [ONE_TO_TEN], [[1, 2, 3], [], ONE_TO_TEN.slice(3)]];
      const outputs = p
        .apply(create(divisions))
        .map((parts) => all.extractOutput(all.mergeAccumulators(parts.map((inputs) => accumulated(all, inputs)))));
      assertThat<unknown>(outputs).containsInAnyOrder([OF_NOTHING, OF_ONE_TO_TEN, OF_ONE_TO_TEN]);
      // Sessions merge when an element comes between two.
      const merged = at(p, [0, kv('a', 'x')], [16, kv('a', 'z')], [8, kv('a', 'y')])
        .windowInto(sessions({ gap: seconds(10) }))
        .combinePerKey(letters);
      assertThat(merged)
        .inWindow(within(0, 26))
        .containsInAnyOrder([kv('a', 'xyz')]);
    }),
  ),
  item(
    76,
    'A combiner whose accumulators can be made smaller gives the same, whether a runner asks for it or not.',
    succeeds((p) => {
      assertThat(manyPairs(p).combinePerKey(lazySum)).containsInAnyOrder(byHand(total));
      const both = combineAll({ lazySum, count });
      const asked = p.apply(create([ONE_TO_TEN])).map((inputs) => {
        const compact = both.compact?.(accumulated(both, inputs)) ?? [];
        return { ...both.extractOutput(compact), kept: compact[0] };
      });
      assertThat<unknown>(asked).containsInAnyOrder([{ lazySum: 55, count: 10, kept: [55] }]);
    }),
  ),
  item(
    77,
    'Panes of an accumulating trigger hold 1, 3 and 6 where those of a discarding one hold 1, 2 and 3.',
    succeeds((p) => assertThat(sumsAfterEach(p, 'accumulating')).containsInAnyOrder([1, 3, 6])),
    succeeds((p) => assertThat(sumsAfterEach(p, 'discarding')).containsInAnyOrder([1, 2, 3])),
  ),
  item(
    78,
    'The values that a grouping put together can be combined afterwards.',
    succeeds((p) => {
      const groups = p.apply(create([kv('a', 1), kv('a', 2), kv('b', 3)])).groupByKey();
      assertThat(groups.apply(combineGroupedValues(sum))).containsInAnyOrder([kv('a', 3), kv('b', 3)]);
    }),
  ),
];
