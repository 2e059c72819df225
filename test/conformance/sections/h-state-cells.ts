// H. State: what each kind of cell does.
import {
  bagState,
  combiningState,
  type KV,
  mapState,
  orderedListState,
  setState,
  sum,
  valueState,
} from '../../../index.ts';
import { assertThat } from '../../../testing/index.ts';
import { onePair } from '../collections.ts';
import { item, succeeds } from '../item.ts';

export const stateCells = [
  item(
    105,
    'A value is nothing at first, then what was written, and nothing again when it was cleared.',
    succeeds((p) => {
      const reads = onePair(p).parDo({
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
      const reads = onePair(p).parDo({
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
      const reads = onePair(p).parDo({
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
      const reads = onePair(p).parDo({
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
      const reads = onePair(p).parDo({
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
      const reads = onePair(p).parDo({
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
      const reads = onePair(p).parDo({
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
];
