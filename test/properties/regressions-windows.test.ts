// What random pipelines have found about windows and groups, each as the smallest program that shows it.
import { describe, expect, test } from 'vitest';
import {
  asList,
  create,
  customWindows,
  END_OF_GLOBAL_WINDOW,
  fixedWindows,
  globalWindows,
  interval,
  type IntervalWindow,
  Pipeline,
  sessions,
  slidingWindows,
  sum,
  write,
} from '../../index.ts';
import { bothPaths } from '../helpers/runners.ts';
import { rowsSink } from './rows-sink.ts';

/** Sliding windows, listed the other way round. */
const earliestFirst = customWindows({
  name: 'EarliestFirst',
  assign: (timestamp) => slidingWindows({ size: 10, period: 5 }).assign(timestamp, null).toReversed(),
});

describe.each(bothPaths)('on the $path path', ({ runner }) => {
  test('an element in several windows is several elements when it is windowed again', async () => {
    const lines: string[] = [];
    const p = new Pipeline();
    p.apply(create(['a'], { timestamps: [7] }))
      .windowInto(slidingWindows({ size: 10, period: 5 }))
      .windowInto(globalWindows())
      .apply(write(rowsSink(lines)));
    await p.run(runner());
    expect(lines).toEqual(['a @7 [global] UNKNOWN', 'a @7 [global] UNKNOWN']);
  });

  test.each([
    { windows: 'sliding', windowFn: slidingWindows({ size: 10, period: 5 }) },
    { windows: 'custom', windowFn: earliestFirst },
  ])(
    'of the $windows windows of a side input, the earliest that holds the end of the main window is seen',
    async ({ windowFn }) => {
      const seen: unknown[] = [];
      const p = new Pipeline();
      const side = p.apply(create([1, 6, 11], { timestamps: [1, 6, 11] }), { name: 'Side' }).windowInto(windowFn);
      p.apply(create(['a'], { timestamps: [3] }), { name: 'Main' })
        .windowInto(fixedWindows({ size: 7 }))
        .map((_, { sideInputs }) => void seen.push([...sideInputs.side].sort()), {
          sideInputs: { side: asList(side) },
        });
      await p.run(runner());
      // The main window ends with 6, which lies in [0, 10) and [5, 15).
      expect(seen).toEqual([[1, 6]]);
    },
  );

  test('a merge function gets its windows sorted by start', async () => {
    const orders: number[][] = [];
    const p = new Pipeline();
    const windows = customWindows<IntervalWindow>({
      name: 'Recorded',
      assign: (timestamp) => [interval(timestamp, timestamp + 1)],
      merge(active) {
        orders.push(active.map(({ start }) => start));
        return [];
      },
    });
    p.apply(create([5, 1, 3], { timestamps: [5, 1, 3] }))
      .windowInto(windows)
      .keyBy(() => 'all')
      .combinePerKey(sum);
    await p.run(runner());
    for (const starts of orders) expect(starts).toEqual([...starts].sort((a, b) => a - b));
    expect(orders.at(-1)).toEqual([1, 3, 5]);
  });

  test.each([
    ['a fixed window', fixedWindows({ size: 10 }), undefined],
    ['windows that merge', sessions({ gap: 10 }), undefined],
    ['no memory to spare', fixedWindows({ size: 10 }), 1],
  ])('what is stamped after its window comes out of a grouping at its end: %s', async (_, windowFn, memoryLimit) => {
    for (const streaming of [false, true]) {
      const seen: [number, number][] = [];
      const p = new Pipeline();
      p.apply(create([1, 2], { timestamps: [0, 0] }))
        .windowInto(windowFn, { timestampCombiner: 'latest' })
        .withTimestamps((value) => (value === 1 ? 5 : 99))
        .keyBy((value) => value)
        .groupByKey()
        .map(({ key }, { timestamp }) => {
          seen.push([key, timestamp]);
        });
      await p.run(runner({ streaming, ...(memoryLimit === undefined ? {} : { memoryLimit }) }));
      expect(seen.sort()).toEqual([
        [1, 5],
        [2, 9],
      ]);
    }
  });

  test('in streaming, elements that get earlier timestamps while their source ends are not late', async () => {
    const lines: string[] = [];
    const warnings: string[] = [];
    const p = new Pipeline();
    p.apply(create([1, 2], { timestamps: [100, 120] }))
      .map(async (value) => value)
      .withTimestamps((value) => value, { allowedTimestampSkew: 1_000 })
      .windowInto(fixedWindows({ size: 10 }), { timestampCombiner: 'earliest' })
      .keyBy(() => 'all')
      .combinePerKey(sum)
      .map(({ value }, { timestamp, pane }) => lines.push(`${value} @${timestamp} ${pane.timing}`));
    await p.run(runner({ streaming: true }), { onWarning: (warning) => warnings.push(warning) });
    expect([lines, warnings]).toEqual([['3 @1 ON_TIME'], []]);
  });

  test('in streaming, what comes out of a window that ends behind the global one is not late for the next grouping', async () => {
    const size = 25_200_000;
    const ofSevenHours = customWindows({
      name: 'OfSevenHours',
      assign: (timestamp) => [{ maxTimestamp: Math.floor(timestamp / size + 1) * size - 1 }],
    });
    const warnings: string[] = [];
    const counts: number[] = [];
    const p = new Pipeline();
    p.apply(create([1, 2], { timestamps: [END_OF_GLOBAL_WINDOW, END_OF_GLOBAL_WINDOW] }))
      .windowInto(ofSevenHours)
      .keyBy(() => 'all')
      .combinePerKey(sum, { name: 'First' })
      .combinePerKey(sum, { name: 'Second' })
      .map(({ value }) => counts.push(value));
    await p.run(runner({ streaming: true }), { onWarning: (warning) => warnings.push(warning) });
    expect(warnings).toEqual([]);
    expect(counts).toEqual([3]);
  });

  test('values of a hot key that have no bytes are kept beside those on disk', async () => {
    class Odd {
      readonly n = 1;
    }
    const values: unknown[] = Array.from({ length: 30_000 }, (_, i) => `${i} ${'x'.repeat(100)}`);
    values.splice(20_000, 0, new Odd());
    const seen: number[] = [];
    const p = new Pipeline();
    p.apply(create(values))
      .keyBy(() => 'hot')
      .groupByKey()
      .map(({ value }) => {
        let [all, odd] = [0, 0];
        for (const one of value) {
          all++;
          if (one instanceof Odd) odd++;
        }
        seen.push(all, odd);
      });
    const { spilledBytes } = await p.run(runner({ memoryLimit: 1 }), { onWarning: () => undefined });
    expect(seen).toEqual([30_001, 1]);
    expect(spilledBytes).toBeGreaterThan(1 << 20);
  });
});
