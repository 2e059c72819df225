// H. State: how long and for what it is kept.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  combiningState,
  create,
  eventTimer,
  kv,
  type KV,
  mapState,
  type PCollection,
  reifyWindows,
  seconds,
  sessions,
  slidingWindows,
  sum,
  valueState,
} from '../../../index.ts';
import { assertThat, at as element, testStream } from '../../../testing/index.ts';
import { oneByOne } from '../arrivals.ts';
import { at, onePair, tens, within } from '../collections.ts';
import { item, KILL_ME, refused, succeeds, survives } from '../item.ts';

/** The numbers from 1 on: as many as take a while to come one by one. */
const KEPT = Array.from({ length: 400 }, (_, i) => i + 1);

/** Counts the elements of a key and window, and gives the count after each. */
const counted = <K>(input: PCollection<KV<K, unknown>>): PCollection<KV<K, number>> =>
  input.parDo({
    state: { seen: combiningState(sum) },
    process({ key }: KV<K, unknown>, { state }) {
      state.seen.add(1);
      return [kv(key, state.seen.read())];
    },
  });

export const stateScope = [
  item(
    112,
    'State is kept from one bundle to the next.',
    succeeds((p) => {
      const many = Array.from({ length: 25_000 }, (_, i) => i);
      const counts = counted(p.apply(create(many)).keyBy(() => 'k')).map(({ value }) => value);
      assertThat(counts).satisfies((all) => all.toSorted((a, b) => a - b).every((n, i) => n === i + 1));
      assertThat(counts).hasCount(many.length);
    }),
    // And from one process to the next: each element is counted once, though not all by the process that began.
    survives((p, { scratch }) => {
      const counts = counted(oneByOne(p, KEPT).keyBy(() => 'k')).map(({ value }) => value);
      counts.parDo({
        process(n: number, { afterCommit }) {
          if (n > 20) afterCommit(() => writeFileSync(path.join(scratch, KILL_ME), ''));
        },
      });
      assertThat(counts).containsInAnyOrder(KEPT);
    }),
  ),
  item(
    113,
    'State of one key, window, cell and step is never seen in another.',
    succeeds((p) => {
      const input = at(p, [1, kv('a', 1)], [2, kv('b', 1)], [11, kv('a', 1)], [3, kv('a', 1)]).windowInto(tens);
      const first = counted(input);
      assertThat(first)
        .inWindow(within(0, 10))
        .containsInAnyOrder([kv('a', 1), kv('a', 2), kv('b', 1)]);
      assertThat(first)
        .inWindow(within(10, 20))
        .containsInAnyOrder([kv('a', 1)]);
      assertThat(counted(input)).hasCount(4);
      const cells = onePair(p).parDo({
        state: { left: valueState<number>(), right: valueState<number>() },
        process(_: KV<string, number>, { state: { left, right } }) {
          left.write(1);
          return [right.read() ?? 'nothing'];
        },
      });
      assertThat(cells).containsInAnyOrder(['nothing']);
    }),
  ),
  item(
    114,
    'State is gone when its window has expired, allowed lateness included.',
    // The third element is late, and finds what the first two left; for the fourth there is no window any more.
    succeeds((p) => {
      const pair = (instant: number) => element(seconds(instant), kv('k', instant));
      const stream = testStream<KV<string, number>>()
        .addElements(pair(1), pair(2))
        .advanceWatermarkTo(seconds(19))
        .addElements(pair(3))
        .advanceWatermarkTo(seconds(21))
        .addElements(pair(4))
        .advanceWatermarkToInfinity();
      const input = p.apply(stream).windowInto(tens, { allowedLateness: seconds(10) });
      assertThat(counted(input)).containsInAnyOrder([kv('k', 1), kv('k', 2), kv('k', 3)]);
    }),
    // What a key had in a window is nothing that the same key finds in the next.
    succeeds((p) => {
      const stream = testStream<KV<string, number>>()
        .addElements(element(seconds(1), kv('k', 1)))
        .advanceWatermarkTo(seconds(10))
        .addElements(element(seconds(11), kv('k', 2)))
        .advanceWatermarkToInfinity();
      assertThat(counted(p.apply(stream).windowInto(tens))).containsInAnyOrder([kv('k', 1), kv('k', 1)]);
    }),
  ),
  item(
    115,
    'An element in two sliding windows has two cells that know nothing of each other.',
    succeeds((p) => {
      const input = at(p, [7, kv('k', 1)], [12, kv('k', 1)]).windowInto(
        slidingWindows({ size: seconds(10), period: seconds(5) }),
      );
      const seen = counted(input)
        .apply(reifyWindows())
        .map(({ value: { value }, window }) => ({ window, value }));
      assertThat(seen).containsInAnyOrder([
        { window: within(0, 10), value: 1 },
        { window: within(5, 15), value: 1 },
        { window: within(5, 15), value: 2 },
        { window: within(10, 20), value: 1 },
      ]);
    }),
  ),
  item(
    116,
    'State is kept by keys of any kind; objects are equal by content.',
    succeeds((p) => {
      const input = p.apply(create([kv({ x: 1, y: 2n }, 'a'), kv({ y: 2n, x: 1 }, 'b'), kv(null, 'c')]));
      const expected = [kv({ x: 1, y: 2n }, 1), kv({ x: 1, y: 2n }, 2), kv(null, 1)];
      assertThat<unknown>(counted<unknown>(input)).containsInAnyOrder(expected);
    }),
  ),
  item(
    117,
    'State in windows that merge is refused when the step is made.',
    refused((p) => void counted(onePair(p).windowInto(sessions({ gap: seconds(10) }))), /ParDo/, /merging/),
  ),
  item(
    118,
    'A map that a timer cleared is empty when a later timer reads it.',
    succeeds((p) => {
      const keys = onePair(p).parDo({
        state: { map: mapState<string, number>() },
        timers: { clear: eventTimer(), read: eventTimer() },
        process({ value }: KV<string, number>, { state, timers }): Iterable<readonly string[]> {
          state.map.set('a', value);
          timers.clear.set(10);
          timers.read.set(20);
          return [];
        },
        onTimer: {
          clear: ({ state }) => state.map.clear(),
          read: ({ state }) => [[...state.map.keys()]],
        },
      });
      assertThat(keys).containsInAnyOrder([[]]);
    }),
  ),
];
