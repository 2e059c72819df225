// C. GroupByKey.
import {
  create,
  type Firing,
  generate,
  kv,
  type KV,
  OffsetTracker,
  type PCollection,
  type Pipeline,
  read,
  reifyWindows,
  seconds,
} from '../../../index.ts';
import { assertThat } from '../../../testing/index.ts';
import { at, grouped, listed, ON_TIME, tens, within } from '../collections.ts';
import { type Builder, item, refused, succeeds } from '../item.ts';

/** How many elements each key has; keys as the grouping gives them. */
const sizes = <K>(p: Pipeline, keys: readonly K[]): PCollection<KV<K, number>> =>
  p
    .apply(create(keys.map((key) => kv(key, 'value'))))
    .groupByKey()
    .mapValues((values) => [...values].length);

/** The timestamp of the group of elements at 1, 5 and 9 s. */
const groupStamped =
  (firing: Firing, expected: number): Builder =>
  (p) => {
    const groups = grouped(at(p, [5, 'b'], [1, 'a'], [9, 'c']).windowInto(tens, firing));
    assertThat(groups.apply(reifyWindows()).map(({ timestamp }) => timestamp)).containsInAnyOrder([expected]);
  };

/** A source without end. */
const endless = read(
  {
    kind: 'source',
    name: 'Endless',
    initialRestriction: () => ({ from: 0, to: Number.MAX_SAFE_INTEGER }),
    createTracker: (range) => new OffsetTracker(range),
    isBounded: () => false,
    read: async (_, __, output) => {
      await output.emit({ values: [1] });
      return { resumeAfter: seconds(1) };
    },
  },
  { isBounded: false },
);

export const grouping = [
  item(
    41,
    'The values of each key come together, each as often as it is there.',
    succeeds((p) => {
      const groups = listed(p.apply(create([kv('a', 1), kv('b', 2), kv('a', 3), kv('a', 3)])).groupByKey());
      assertThat(groups).containsInAnyOrder([kv('a', [1, 3, 3]), kv('b', [2])]);
    }),
  ),
  item(
    42,
    'Keys are equal when their canonical bytes are: NaN is one key, fields have no order, kinds stay apart.',
    succeeds((p) => {
      assertThat(sizes(p, [Number.NaN, Number.NaN])).containsInAnyOrder([kv(Number.NaN, 2)]);
      assertThat(
        sizes(p, [
          { x: 1, y: [2, 3] },
          { y: [2, 3], x: 1 },
          { x: 1, y: [3, 2] },
        ]),
      ).containsInAnyOrder([kv({ x: 1, y: [2, 3] }, 2), kv({ x: 1, y: [3, 2] }, 1)]);
      const kinds: readonly unknown[] = [1, '1', 1n, true, null, 'null', new Date(1), new Uint8Array([1])];
      const apart = [...kinds, ...kinds.map((kind) => [kind])];
      assertThat(sizes(p, [...apart, ...apart])).containsInAnyOrder(apart.map((key) => kv(key, 2)));
    }),
  ),
  item(
    43,
    'Grouping nothing gives nothing.',
    succeeds((p) => assertThat(p.apply(create<KV<string, number>>([])).groupByKey()).isEmpty()),
  ),
  item(
    44,
    'A key with 100,000 values has them all, and they can be iterated twice.',
    succeeds((p) => {
      const group = p.apply(generate({ count: 100_000, element: (i) => kv('a', i) })).groupByKey();
      const twice = group.mapValues((values) => {
        const rounds = [0, 0];
        for (const _ of values) rounds[0]!++;
        for (const n of values) rounds[1]! += n;
        return rounds;
      });
      assertThat(twice).containsInAnyOrder([kv('a', [100_000, (100_000 * 99_999) / 2])]);
    }),
  ),
  item(
    45,
    'Keys may be pairs, rows, or null.',
    succeeds((p) => {
      assertThat(sizes(p, [kv('a', kv(1, 2)), kv('a', kv(1, 2))])).containsInAnyOrder([kv(kv('a', kv(1, 2)), 2)]);
      const row = { id: 7n, at: new Date(0), tags: ['x'], note: null };
      assertThat(sizes(p, [row, { ...row }])).containsInAnyOrder([kv(row, 2)]);
      assertThat(sizes(p, [null, 'a', null])).containsInAnyOrder([kv(null, 2), kv('a', 1)]);
    }),
  ),
  item(
    46,
    'Values of one key in two windows are two groups.',
    succeeds((p) => {
      const groups = grouped(at(p, [1, 'a'], [9, 'b'], [11, 'c']).windowInto(tens));
      assertThat(groups)
        .inWindow(within(0, 10))
        .containsInAnyOrder([['a', 'b']]);
      assertThat(groups)
        .inWindow(within(10, 20))
        .containsInAnyOrder([['c']]);
      assertThat(groups).hasCount(2);
    }),
  ),
  item(
    47,
    'A group has the last instant of its window as its timestamp.',
    succeeds(groupStamped({}, 9_999)),
    succeeds(groupStamped({ timestampCombiner: 'end-of-window' }, 9_999)),
  ),
  item(
    48,
    'Where the earliest timestamp was asked for, a group has that of its earliest element.',
    succeeds(groupStamped({ timestampCombiner: 'earliest' }, 1_000)),
  ),
  item(
    49,
    'Where the latest timestamp was asked for, a group has that of its latest element.',
    succeeds(groupStamped({ timestampCombiner: 'latest' }, 9_000)),
  ),
  item(
    50,
    'A group of the default trigger comes in one pane: on time, the first and the last, with index 0.',
    succeeds((p) => {
      const groups = grouped(at(p, [1, 'a'], [2, 'b']).windowInto(tens));
      assertThat(groups.apply(reifyWindows()).map(({ pane }) => pane)).containsInAnyOrder([ON_TIME]);
      assertThat(groups)
        .inOnlyPane(within(0, 10))
        .containsInAnyOrder([['a', 'b']]);
    }),
  ),
  item(
    51,
    'Groups grouped again stay in their window and come out once.',
    succeeds((p) => {
      const once = at(p, [1, kv('a', 1)], [2, kv('b', 2)], [3, kv('a', 3)])
        .windowInto(tens)
        .groupByKey();
      const again = once.map(({ key, value }) => kv('all', `${key}:${[...value].sort().join()}`)).groupByKey();
      assertThat(listed(again))
        .inOnlyPane(within(0, 10))
        .containsInAnyOrder([kv('all', ['a:1,3', 'b:2'])]);
      assertThat(again).hasCount(1);
    }),
  ),
  item(
    54,
    'Grouping what never ends, in the global window and without a trigger, is refused when the step is made.',
    refused(
      (p) => {
        p.apply(endless)
          .keyBy(() => 'all')
          .groupByKey({ name: 'NeverFires' });
      },
      /NeverFires/,
      /trigger/,
    ),
  ),
];
