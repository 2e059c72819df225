import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  bagState,
  eventTimer,
  fixedWindows,
  interval,
  mapState,
  MAX_TIMESTAMP,
  orderedListState,
  setState,
  valueState,
} from '../../../model/index.ts';
import { WindowQueue } from '../../../runners/keyed/window-queue.ts';
import { keyedStep, PATHS } from './step.ts';

test('a queue gives windows in the order of their ends, each once', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(20), fc.integer({ min: 1, max: 20 }))), (drawn) => {
      const windows = drawn.map(([start, size]) => interval(start, start + size));
      const queue = new WindowQueue();
      for (const window of windows) queue.add(window);
      const order: number[] = [];
      for (let first = queue.first(); first !== undefined; first = queue.first()) {
        order.push(first.maxTimestamp);
        queue.shift();
      }
      const unique = new Map(windows.map((window) => [JSON.stringify(window), window.maxTimestamp]));
      expect(order).toEqual([...unique.values()].toSorted((a, b) => a - b));
    }),
  );
});

const cells = {
  value: valueState<number>(),
  bag: bagState<number>(),
  map: mapState<string, number>(),
  set: setState<number>(),
  list: orderedListState<number>(),
};

describe.each(PATHS)('on the $path path', ({ codegen }) => {
  test('a key that nothing is kept for any more takes no memory', async () => {
    const step = keyedStep(
      {
        state: cells,
        timers: { due: eventTimer() },
        process: ({ value }, { state, timers }) => {
          state.value.write(value);
          state.bag.add(value);
          state.map.set('a', value);
          state.set.add(value);
          state.list.add({ value, timestamp: value });
          timers.due.set(10);
        },
        onTimer: {
          due: ({ state }) => {
            state.value.clear();
            state.bag.clear();
            state.map.delete('a');
            for (const value of state.set.read()) state.set.delete(value);
            state.list.clearRange(0, MAX_TIMESTAMP);
          },
        },
      },
      { codegen },
    );
    await step.elements(...Array.from({ length: 100 }, (_, i) => [`k${i}`, i] as const));
    expect(step.operator.bytes()).toBeGreaterThan(0);
    await step.watermark(10);
    expect(step.operator.bytes()).toBe(0);
  });

  test('a window that expires takes what its keys have with it, and leaves other windows alone', async () => {
    const step = keyedStep(
      {
        state: cells,
        process: ({ value }, { state }) => {
          const before = [...state.bag.read()];
          state.bag.add(value);
          state.map.set('a', value);
          return [before];
        },
      },
      { codegen, windowFn: fixedWindows({ size: 10 }) },
    );
    await step.elements(['k', 1, 5], ['k', 2, 15]);
    const both = step.operator.bytes();
    await step.watermark(10);
    expect(step.operator.bytes()).toBe(both / 2);
    await step.elements(['k', 3, 16]);
    expect(step.values).toEqual([[], [], [2]]);
    await step.end();
    expect(step.operator.bytes()).toBe(0);
  });
});
