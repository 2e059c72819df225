// F. Windows.
import {
  type BoundedWindow,
  create,
  customWindows,
  END_OF_GLOBAL_WINDOW,
  fixedWindows,
  GLOBAL_WINDOW,
  hours,
  interval,
  type IntervalWindow,
  kv,
  MAX_TIMESTAMP,
  MIN_TIMESTAMP,
  mergeOverlapping,
  type PCollection,
  reifyWindows,
  seconds,
  sessions,
  slidingWindows,
  type WindowFn,
} from '../../../index.ts';
import { assertThat } from '../../../testing/index.ts';
import { at, grouped, listed, tens, within } from '../collections.ts';
import { item, succeeds } from '../item.ts';

/** Asserts that these are all groups, one per window. */
function holds<T>(
  groups: PCollection<readonly T[]>,
  ...expected: readonly (readonly [BoundedWindow, readonly T[]])[]
): void {
  for (const [window, group] of expected) assertThat(groups).inWindow(window).containsInAnyOrder([group]);
  assertThat(groups).hasCount(expected.length);
}

const DAY = hours(24);

/** From nine to five on the day of an element. */
const businessDays = customWindows({
  name: 'BusinessDays',
  assign(timestamp) {
    const day = Math.floor(timestamp / DAY) * DAY;
    return [interval(day + hours(9), day + hours(17))];
  },
});

/** A quarter of a year: a window that is no interval. */
interface Quarter extends BoundedWindow {
  readonly year: number;
  readonly quarter: number;
}

const quarter = (year: number, number: number): Quarter => ({
  year,
  quarter: number,
  maxTimestamp: Date.UTC(year, number * 3) - 1,
});

const quarters: WindowFn<Quarter> = customWindows({
  name: 'Quarters',
  assign(timestamp) {
    const date = new Date(timestamp);
    return [quarter(date.getUTCFullYear(), Math.floor(date.getUTCMonth() / 3) + 1)];
  },
});

/** Sessions whose gap is told by the element: a long word keeps its session open for longer. */
const sessionsOfLength: WindowFn<IntervalWindow, string> = customWindows({
  name: 'SessionsOfLength',
  assign: (timestamp, word: string) => [interval(timestamp, timestamp + seconds(word.length))],
  merge: mergeOverlapping,
});

export const windows = [
  item(
    79,
    'Fixed windows reach before 1970, and an element on an edge belongs to the later one.',
    succeeds((p) => {
      const groups = grouped(at(p, [-0.001, 'before'], [0, 'on the edge']).windowInto(tens));
      holds(groups, [within(-10, 0), ['before']], [within(0, 10), ['on the edge']]);
    }),
  ),
  item(
    80,
    'An offset moves the edges of fixed windows.',
    succeeds((p) => {
      const groups = grouped(
        at(p, [2, 'a'], [3, 'b']).windowInto(fixedWindows({ size: seconds(10), offset: seconds(3) })),
      );
      holds(groups, [within(-7, 3), ['a']], [within(3, 13), ['b']]);
    }),
  ),
  item(
    81,
    'Elements at the lowest timestamp are in a window that holds it; no edge overflows.',
    succeeds((p) => {
      const windowFns = [
        tens,
        slidingWindows({ size: seconds(10), period: seconds(10) }),
        sessions({ gap: seconds(10) }),
      ];
      for (const windowFn of windowFns) {
        const groups = grouped(p.apply(create(['a', 'b'])).windowInto(windowFn));
        const seen = groups.apply(reifyWindows()).map(({ value, timestamp, window }) => {
          if (!('start' in window && 'end' in window)) return 'no interval';
          const { start, end } = window as IntervalWindow;
          const isRight = start <= MIN_TIMESTAMP && MIN_TIMESTAMP < end && end - start === seconds(10);
          return isRight && timestamp === end - 1 ? value : `${start} ${end} ${timestamp}`;
        });
        assertThat<unknown>(seen).containsInAnyOrder([['a', 'b']]);
      }
    }),
  ),
  item(
    82,
    'An element is in every sliding window that covers it.',
    succeeds((p) => {
      const groups = grouped(at(p, [7, 'a']).windowInto(slidingWindows({ size: seconds(10), period: seconds(5) })));
      holds(groups, [within(0, 10), ['a']], [within(5, 15), ['a']]);
    }),
  ),
  item(
    83,
    'A session grows while elements follow each other within the gap; two that only touch stay apart.',
    succeeds((p) => {
      const groups = grouped(at(p, [20, 'c'], [5, 'b'], [0, 'a']).windowInto(sessions({ gap: seconds(10) })));
      holds(groups, [within(0, 15), ['a', 'b']], [within(20, 30), ['c']]);
      const touching = grouped(at(p, [10, 'b'], [0, 'a']).windowInto(sessions({ gap: seconds(10) })));
      holds(touching, [within(0, 10), ['a']], [within(10, 20), ['b']]);
    }),
  ),
  item(
    84,
    'Sessions of different keys do not merge.',
    succeeds((p) => {
      const input = at(p, [0, kv('a', 1)], [5, kv('b', 2)]).windowInto(sessions({ gap: seconds(10) }));
      const groups = listed(input.groupByKey());
      assertThat(groups)
        .inWindow(within(0, 10))
        .containsInAnyOrder([kv('a', [1])]);
      assertThat(groups)
        .inWindow(within(5, 15))
        .containsInAnyOrder([kv('b', [2])]);
    }),
  ),
  item(
    85,
    'In the global window all elements are one group, whenever they were.',
    succeeds((p) =>
      holds(grouped(at(p, [-1_000_000, 'a'], [0, 'b'], [1_000_000, 'c'])), [GLOBAL_WINDOW, ['a', 'b', 'c']]),
    ),
  ),
  item(
    86,
    'A window function of one’s own may assign any interval, such as the business hours of a day.',
    succeeds((p) => {
      const groups = grouped(
        at(p, [10 * 3_600, 'first'], [20 * 3_600, 'first too'], [34 * 3_600, 'second']).windowInto(businessDays),
      );
      holds(
        groups,
        [interval(hours(9), hours(17)), ['first', 'first too']],
        [interval(hours(33), hours(41)), ['second']],
      );
    }),
  ),
  item(
    87,
    'Windows may be of a type of one’s own, told apart by their fields.',
    succeeds((p) => {
      const days: readonly (readonly [number, string])[] = [
        [Date.UTC(2020, 2, 6) / 1_000, 'march'],
        [Date.UTC(2020, 0, 1) / 1_000, 'january'],
        [Date.UTC(2020, 5, 30) / 1_000, 'june'],
        [Date.UTC(2021, 0, 1) / 1_000, 'next year'],
      ];
      const groups = grouped(at(p, ...days).windowInto(quarters));
      holds(
        groups,
        [quarter(2020, 1), ['january', 'march']],
        [quarter(2020, 2), ['june']],
        [quarter(2021, 1), ['next year']],
      );
      const stamps = groups.apply(reifyWindows()).map(({ timestamp, window }) => timestamp === window.maxTimestamp);
      assertThat(stamps).containsInAnyOrder([true, true, true]);
    }),
  ),
  item(
    88,
    'A window function of one’s own may merge windows.',
    succeeds((p) => {
      const words = at(p, [0, 'longest'], [5, 'be'], [7, 'to'], [8, 'a']).windowInto(sessionsOfLength);
      holds(grouped(words), [within(0, 7), ['be', 'longest']], [within(7, 9), ['a', 'to']]);
    }),
  ),
  item(
    89,
    'Windows assigned anew take the place of the old ones, by timestamp; each element is there once, as before.',
    succeeds((p) => {
      const input = at(p, [1, 'a'], [1, 'a'], [6, 'b']).windowInto(tens);
      const again = grouped(input.windowInto(fixedWindows({ size: seconds(5) })));
      holds(again, [within(0, 5), ['a', 'a']], [within(5, 10), ['b']]);
      holds(grouped(input), [within(0, 10), ['a', 'a', 'b']]);
    }),
  ),
  item(
    90,
    'The global window closes at its own end, also for an element at the highest timestamp.',
    succeeds((p) => {
      const timestamps = [MIN_TIMESTAMP, END_OF_GLOBAL_WINDOW, MAX_TIMESTAMP];
      const groups = grouped(p.apply(create(['lowest', 'last', 'highest'], { timestamps })));
      holds(groups, [GLOBAL_WINDOW, ['highest', 'last', 'lowest']]);
      const stamps = groups.apply(reifyWindows()).map(({ timestamp }) => timestamp);
      assertThat(stamps).containsInAnyOrder([END_OF_GLOBAL_WINDOW]);
    }),
  ),
  item(
    91,
    'Timestamps taken from the elements decide the windows that are assigned afterwards.',
    succeeds((p) => {
      const minutes = p
        .apply(create([5, 59, 60]))
        .withTimestamps((second) => seconds(second))
        .windowInto(fixedWindows({ size: seconds(60) }));
      holds(grouped(minutes), [within(0, 60), [5, 59]], [within(60, 120), [60]]);
      const stamps = minutes.apply(reifyWindows()).map(({ value, timestamp }) => kv(value, timestamp));
      assertThat(stamps).containsInAnyOrder([kv(5, 5_000), kv(59, 59_000), kv(60, 60_000)]);
    }),
  ),
];
