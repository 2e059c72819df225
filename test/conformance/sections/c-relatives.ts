// C. The relatives of GroupByKey: co-grouping, joins, reshuffle, redistribute.
import {
  coGroupByKey,
  create,
  flatten,
  fullJoin,
  innerJoin,
  kv,
  type KV,
  leftJoin,
  type PCollection,
  type Pipeline,
  redistributeArbitrarily,
  redistributeByKey,
  reifyWindows,
  reshuffle,
  rightJoin,
  seconds,
  slidingWindows,
} from '../../../index.ts';
import { assertThat } from '../../../testing/index.ts';
import { at, grouped, listed, ON_TIME, within } from '../collections.ts';
import { item, succeeds } from '../item.ts';

const left = (p: Pipeline): PCollection<KV<number, string>> =>
  p.apply(create([kv(1, 'l1'), kv(2, 'l2')], { name: 'Left' }));
const right = (p: Pipeline): PCollection<KV<number, string>> =>
  p.apply(create([kv(1, 'r1'), kv(3, 'r3')], { name: 'Right' }));

export const groupingRelatives = [
  item(
    52,
    'Grouping three collections gives an empty list for the one that lacks a key.',
    succeeds((p) => {
      const a = p.apply(create([kv(1, 'a1'), kv(2, 'a2')]));
      const b = p.apply(create([kv(1, 10), kv(1, 11)]));
      const c = p.apply(create([kv(1, true)]));
      const groups = coGroupByKey({ a, b, c }).mapValues((all) => ({
        a: [...all.a].sort(),
        b: [...all.b].sort(),
        c: [...all.c].sort(),
      }));
      assertThat(groups).containsInAnyOrder([
        kv(1, { a: ['a1'], b: [10, 11], c: [true] }),
        kv(2, { a: ['a2'], b: [], c: [] }),
      ]);
    }),
  ),
  item(
    53,
    'The inner, left, right and full joins of two small tables give the rows of the textbook.',
    succeeds((p) => {
      const both = kv(1, ['l1', 'r1'] as const);
      const onlyLeft = kv(2, ['l2', null] as const);
      const onlyRight = kv(3, [null, 'r3'] as const);
      assertThat(left(p).apply(innerJoin(right(p)))).containsInAnyOrder([both]);
      assertThat(left(p).apply(leftJoin(right(p)))).containsInAnyOrder([both, onlyLeft]);
      assertThat(left(p).apply(rightJoin(right(p)))).containsInAnyOrder([both, onlyRight]);
      assertThat(left(p).apply(fullJoin(right(p)))).containsInAnyOrder([both, onlyLeft, onlyRight]);
    }),
  ),
  item(
    55,
    'A reshuffle keeps elements, timestamps, windows and panes, each element as often as it is there.',
    succeeds((p) => {
      const sliding = slidingWindows({ size: seconds(10), period: seconds(5) });
      const input = flatten([
        at(p, [1, 'a'], [1, 'a'], [12, 'b']).windowInto(sliding),
        grouped(at(p, [21, 'c']).windowInto(sliding)).map(([value]) => String(value)),
      ]);
      const pane = { timing: 'UNKNOWN', index: 0, onTimeIndex: 0, isFirst: true, isLast: true };
      const at1 = { value: 'a', timestamp: 1_000, pane };
      const at12 = { value: 'b', timestamp: 12_000, pane };
      const expected = [
        ...[at1, at1].flatMap((seen) => [within(-5, 5), within(0, 10)].map((window) => ({ ...seen, window }))),
        ...[within(5, 15), within(10, 20)].map((window) => ({ ...at12, window })),
        ...[within(15, 25), within(20, 30)].map((window) => ({
          value: 'c',
          timestamp: window.maxTimestamp,
          pane: ON_TIME,
          window,
        })),
      ];
      const seen = input.apply(reshuffle()).apply(reifyWindows());
      assertThat<unknown>(seen).containsInAnyOrder(expected);
    }),
  ),
  item(
    56,
    'Redistributing elements arbitrarily neither loses nor doubles one.',
    succeeds((p) => {
      assertThat(p.apply(create([1, 1, 2])).apply(redistributeArbitrarily())).containsInAnyOrder([1, 1, 2]);
    }),
  ),
  item(
    57,
    'Redistributing pairs by their keys neither loses nor doubles one.',
    succeeds((p) => {
      const pairs = [kv('a', 1), kv('a', 1), kv('b', 2)];
      assertThat(p.apply(create(pairs)).apply(redistributeByKey())).containsInAnyOrder(pairs);
    }),
  ),
  item(
    58,
    'A collection that is flattened with another and grouped by itself is complete in both.',
    succeeds((p) => {
      const shared = p.apply(create([kv('a', 1), kv('a', 2)]));
      const other = p.apply(create([kv('b', 3)]));
      assertThat(flatten([shared, other])).containsInAnyOrder([kv('a', 1), kv('a', 2), kv('b', 3)]);
      assertThat(listed(shared.groupByKey())).containsInAnyOrder([kv('a', [1, 2])]);
    }),
  ),
];
