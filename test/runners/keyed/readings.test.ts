import { describe, expect, test } from 'vitest';
import { bagState, type Cells as CellsOf, mapState, orderedListState, setState } from '../../../model/index.ts';
import { memoryPlace } from '../state/stores.ts';
import { keyedStep, PATHS } from './step.ts';

// What a call reads of a cell that holds many values does not depend on how many they are, or on where they lie.

const cells = {
  bag: bagState<number>(),
  map: mapState<number, number>(),
  set: setState<number>(),
  list: orderedListState<number>(),
};

type Cells = CellsOf<typeof cells>;

const MANY = 10_050;

describe.each(PATHS)('on the $path path', ({ codegen }) => {
  describe.each([
    ['few', 30, false],
    ['many', MANY, false],
    ['many on disk', MANY, true],
  ])('of %s', (_, count, isSpilled) => {
    /** A step whose cells hold so many values, and what a call with them gives. */
    async function calling(use: (state: Cells) => unknown): Promise<unknown> {
      const step = keyedStep(
        {
          state: cells,
          process: ({ value }, { state }) => {
            if (value === 'use') return [use(state)];
            for (let i = 0; i < count; i++) {
              state.bag.add(i);
              state.map.set(i, i);
              state.set.add(i);
              state.list.add({ value: i, timestamp: i });
            }
            return [];
          },
        },
        { codegen, store: await memoryPlace().open() },
      );
      await step.elements(['k', 'fill']);
      if (isSpilled) step.operator.spill();
      await step.elements(['k', 'use']);
      return step.values[0];
    }
    const all = Array.from({ length: count }, (_, i) => i);
    const sorted = (values: Iterable<number>): readonly number[] => [...values].sort((a, b) => a - b);

    test('what was read may be cleared first and then looked at', async () => {
      const read = await calling(({ bag, map, set, list }) => {
        const [bags, keys, members, values] = [bag.read(), map.keys(), set.read(), list.read()];
        for (const cell of [bag, map, set, list]) cell.clear();
        bag.add(-1);
        const left = [...bag.read(), ...map.keys(), ...set.read(), ...list.read()];
        return [sorted(bags), sorted(keys), sorted(members), [...values].map(({ value }) => value), left];
      });
      expect(read).toEqual([all, all, all, all, [-1]]);
    });

    test('what is gone through may be cleared on the way', async () => {
      const seen = await calling(({ bag, map, list }) => {
        const seen = { bag: [] as number[], map: [] as number[], list: [] as number[] };
        for (const one of bag.read()) if (seen.bag.push(one) === 10) bag.clear();
        for (const key of map.keys()) if (seen.map.push(key) === 10) map.clear();
        for (const { value } of list.read()) if (seen.list.push(value) === 10) list.clearRange(0, count - 1);
        return [sorted(seen.bag), sorted(seen.map), seen.list, [...list.read()].length];
      });
      expect(seen).toEqual([all, all, all, 1]);
    });
  });

  test('what a call has read of many values is not looked at when the call is over, but told', async () => {
    const step = keyedStep(
      {
        state: cells,
        process: ({ value }, { state }) => {
          if (value === 'read') return [state.bag.read()];
          for (let i = 0; i < MANY; i++) state.bag.add(i);
          return [];
        },
      },
      { codegen },
    );
    await step.elements(['k', 'fill'], ['k', 'read']);
    const [kept] = step.values as readonly Iterable<number>[];
    await step.elements(['other', 'fill']);
    expect(() => [...(kept ?? [])]).toThrow(/^Keep: state or a timer was used after the call .* had ended/);
  });

  test.each([
    ['a range without an end', (list: Cells['list']) => list.readRange(0, undefined as never), /from 0 to undefined/],
    ['a range from no time', (list: Cells['list']) => list.clearRange(Number.NaN, 5), /from NaN to 5/],
    ['a value without a time', (list: Cells['list']) => list.add(5 as never), /'list' has the timestamp undefined/],
    ['nothing at all', (list: Cells['list']) => list.add(null as never), /'list' has the timestamp undefined/],
  ])('an ordered list refuses %s', async (_, use, message) => {
    const step = keyedStep({ state: cells, process: (_, { state }) => use(state.list) }, { codegen });
    await expect(step.elements(['k', 1])).rejects.toThrow(message);
  });
});
