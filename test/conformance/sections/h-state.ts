// H. State.
import {
  bagState,
  combiningState,
  create,
  eventTimer,
  kv,
  type KV,
  mapState,
  orderedListState,
  type PCollection,
  type Pipeline,
  reifyWindows,
  seconds,
  sessions,
  setState,
  slidingWindows,
  sum,
  valueState,
} from '../../../index.ts';
import { assertThat } from '../../../testing/index.ts';
import { at, tens, within } from '../collections.ts';
import { item, refused, succeeds } from '../item.ts';

/** One element of one key: a single call shows what its state does. */
const one = (p: Pipeline): PCollection<KV<string, number>> => p.apply(create([kv('k', 1)]));

/** Counts the elements of a key and window, and gives the count after each. */
const counted = <K>(input: PCollection<KV<K, unknown>>): PCollection<KV<K, number>> =>
  input.parDo({
    state: { seen: combiningState(sum) },
    process({ key }: KV<K, unknown>, { state }) {
      state.seen.add(1);
      return [kv(key, state.seen.read())];
    },
  });

export const state = [
  item(
    105,
    'A value is nothing at first, then what was written, and nothing again when it was cleared.',
    succeeds((p) => {
      const reads = one(p).parDo({
        state: { cell: valueState<number>() },
        *process(_: KV<string, number>, { state: { cell } }) {
          yield cell.read() ?? 'nothing';
          cell.write(1);
          yield cell.read() ?? 'nothing';
          cell.clear();
          yield cell.read() ?? 'nothing';
        },
      });
      assertThat(reads).containsInAnyOrder(['nothing', 1, 'nothing']);
    }),
  ),
  item(
    106,
    'A bag holds what was added, until it is cleared.',
    succeeds((p) => {
      const reads = one(p).parDo({
        state: { cell: bagState<number>() },
        *process(_: KV<string, number>, { state: { cell } }) {
          cell.add(1);
          cell.add(2);
          cell.add(2);
          yield { elements: [...cell.read()].sort(), isEmpty: cell.isEmpty() };
          cell.clear();
          yield { elements: [...cell.read()], isEmpty: cell.isEmpty() };
        },
      });
      assertThat(reads).containsInAnyOrder([
        { elements: [1, 2, 2], isEmpty: false },
        { elements: [], isEmpty: true },
      ]);
    }),
  ),
  item(
    107,
    'Combining state gives the combined value of what was added.',
    succeeds((p) => {
      const reads = one(p).parDo({
        state: { cell: combiningState(sum) },
        *process(_: KV<string, number>, { state: { cell } }) {
          yield cell.read();
          cell.add(1);
          cell.add(2);
          yield cell.read();
          cell.clear();
          yield cell.read();
        },
      });
      assertThat(reads).containsInAnyOrder([0, 3, 0]);
    }),
  ),
  item(
    108,
    'A map does what a Map does.',
    succeeds((p) => {
      const reads = one(p).parDo({
        state: { cell: mapState<string, number>() },
        *process(_: KV<string, number>, { state: { cell } }) {
          cell.set('a', 1);
          cell.set('b', 2);
          cell.set('a', 3);
          cell.delete('b');
          cell.delete('not there');
          cell.set('c', 4);
          yield { a: cell.get('a'), b: cell.get('b') ?? null, hasA: cell.has('a'), hasB: cell.has('b') };
          yield { keys: [...cell.keys()].sort(), values: [...cell.values()].sort() };
          yield { entries: [...cell.entries()].sort() };
          cell.clear();
          yield { keys: [...cell.keys()], hasA: cell.has('a') };
        },
      });
      assertThat<unknown>(reads).containsInAnyOrder([
        { a: 3, b: null, hasA: true, hasB: false },
        { keys: ['a', 'c'], values: [3, 4] },
        {
          entries: [
            ['a', 3],
            ['c', 4],
          ],
        },
        { keys: [], hasA: false },
      ]);
    }),
  ),
  item(
    109,
    'A set does what a Set does; objects are equal by content.',
    succeeds((p) => {
      const reads = one(p).parDo({
        state: { cell: setState<{ readonly x: number }>() },
        *process(_: KV<string, number>, { state: { cell } }) {
          for (const x of [1, 2, 2]) cell.add({ x });
          cell.delete({ x: 1 });
          yield { elements: [...cell.read()], has1: cell.has({ x: 1 }), has2: cell.has({ x: 2 }) };
          cell.clear();
          yield { elements: [...cell.read()], has1: false, has2: cell.has({ x: 2 }) };
        },
      });
      assertThat(reads).containsInAnyOrder([
        { elements: [{ x: 2 }], has1: false, has2: true },
        { elements: [], has1: false, has2: false },
      ]);
    }),
  ),
  item(
    110,
    'An ordered list is read and cleared by ranges of time, and is in order of time.',
    succeeds((p) => {
      const reads = one(p).parDo({
        state: { cell: orderedListState<string>() },
        *process(_: KV<string, number>, { state: { cell } }) {
          cell.add({ value: 'a', timestamp: 5 });
          cell.add({ value: 'b', timestamp: 1 });
          cell.add({ value: 'c', timestamp: 5 });
          yield [...cell.read()].map(({ timestamp }) => timestamp);
          yield [...cell.readRange(1, 5)].map(({ value }) => value);
          cell.clearRange(5, 6);
          yield [...cell.read()].map(({ value }) => `left ${value}`);
        },
      });
      assertThat<unknown>(reads).containsInAnyOrder([[1, 5, 5], ['b'], ['left b']]);
    }),
  ),
  item(
    111,
    'A call sees what it wrote itself.',
    succeeds((p) => {
      const reads = one(p).parDo({
        state: { value: valueState<number>(), bag: bagState<number>(), map: mapState<string, number>() },
        process({ value }: KV<string, number>, { state }) {
          state.value.write(value);
          state.bag.add(state.value.read() ?? -1);
          state.map.set('first', [...state.bag.read()][0] ?? -1);
          return [state.map.get('first')];
        },
      });
      assertThat(reads).containsInAnyOrder([1]);
    }),
  ),
  item(
    112,
    'State is kept from one bundle to the next.',
    succeeds((p) => {
      const many = Array.from({ length: 25_000 }, (_, i) => i);
      const counts = counted(p.apply(create(many)).keyBy(() => 'k')).map(({ value }) => value);
      assertThat(counts).satisfies((all) => all.toSorted((a, b) => a - b).every((n, i) => n === i + 1));
      assertThat(counts).hasCount(many.length);
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
      const cells = one(p).parDo({
        state: { left: valueState<number>(), right: valueState<number>() },
        process(_: KV<string, number>, { state: { left, right } }) {
          left.write(1);
          return [right.read() ?? 'nothing'];
        },
      });
      assertThat(cells).containsInAnyOrder(['nothing']);
    }),
  ),
  item(114, 'State is gone when its window has expired, allowed lateness included.'),
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
    refused((p) => void counted(one(p).windowInto(sessions({ gap: seconds(10) }))), /ParDo/, /merging/),
  ),
  item(
    118,
    'A map that a timer cleared is empty when a later timer reads it.',
    succeeds((p) => {
      const keys = one(p).parDo({
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
