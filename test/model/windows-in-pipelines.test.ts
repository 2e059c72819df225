import { test } from 'vitest';
import {
  type BoundedWindow,
  createElements,
  customWindows,
  days,
  END_OF_GLOBAL_WINDOW,
  fixedWindows,
  GLOBAL_WINDOW,
  hours,
  interval,
  type IntervalWindow,
  kv,
  type KV,
  MAX_TIMESTAMP,
  MIN_TIMESTAMP,
  minutes,
  type PCollection,
  type Pipeline,
  seconds,
  sessions,
  slidingWindows,
  type WindowFn,
} from '../../model/index.ts';
import { assertThat, testPipeline } from '../../testing/index.ts';

/** Elements at instants given in seconds. */
const at = <T>(p: Pipeline, ...elements: readonly (readonly [seconds: number, value: T])[]): PCollection<T> =>
  p.apply(
    createElements(
      elements.map(([, value]) => value),
      elements.map(([instant]) => seconds(instant)),
    ),
  );

const within = (from: number, to: number): IntervalWindow => interval(seconds(from), seconds(to));

/** The elements of each window as one list each. */
const grouped = <W extends BoundedWindow>(
  elements: PCollection<string>,
  windowFn: WindowFn<W, string>,
): PCollection<readonly string[]> =>
  elements
    .windowInto(windowFn)
    .keyBy(() => 'all')
    .groupByKey()
    .map(({ value }) => [...value].sort());

test('fixed windows reach before 1970 without rounding towards zero', () =>
  testPipeline((p) => {
    const groups = grouped(at(p, [-0.001, 'before'], [0, 'after']), fixedWindows({ size: seconds(10) }));
    assertThat(groups)
      .inWindow(within(-10, 0))
      .containsInAnyOrder([['before']]);
    assertThat(groups)
      .inWindow(within(0, 10))
      .containsInAnyOrder([['after']]);
  }));

test('an offset moves the edges of fixed windows', () =>
  testPipeline((p) => {
    const groups = grouped(at(p, [2, 'a']), fixedWindows({ size: seconds(10), offset: seconds(3) }));
    assertThat(groups)
      .inWindow(within(-7, 3))
      .containsInAnyOrder([['a']]);
  }));

test('an element without event time is in the window that holds the lowest timestamp', () =>
  testPipeline((p) => {
    const windowFn = fixedWindows({ size: days(1) });
    const [window] = windowFn.assign(MIN_TIMESTAMP, null);
    const groups = grouped(p.apply(createElements(['a'])), windowFn);
    assertThat(groups)
      .inWindow(window as IntervalWindow)
      .containsInAnyOrder([['a']]);
  }));

test('an element is in each sliding window that covers it', () =>
  testPipeline((p) => {
    const groups = grouped(at(p, [7, 'a']), slidingWindows({ size: seconds(10), period: seconds(5) }));
    assertThat(groups)
      .inWindow(within(0, 10))
      .containsInAnyOrder([['a']]);
    assertThat(groups)
      .inWindow(within(5, 15))
      .containsInAnyOrder([['a']]);
    assertThat(groups).hasCount(2);
  }));

test('sessions grow while elements come within the gap', () =>
  testPipeline((p) => {
    const groups = grouped(at(p, [0, 'a'], [20, 'c'], [5, 'b']), sessions({ gap: seconds(10) }));
    assertThat(groups)
      .inWindow(within(0, 15))
      .containsInAnyOrder([['a', 'b']]);
    assertThat(groups)
      .inWindow(within(20, 30))
      .containsInAnyOrder([['c']]);
  }));

test('sessions of two keys do not merge', () =>
  testPipeline((p) => {
    const visits: PCollection<KV<string, string>> = at(p, [0, kv('ana', 'x')], [5, kv('bo', 'y')]);
    const groups = visits
      .windowInto(sessions({ gap: seconds(10) }))
      .groupByKey()
      .map(({ key, value }) => kv(key, [...value]));
    assertThat(groups)
      .inWindow(within(0, 10))
      .containsInAnyOrder([kv('ana', ['x'])]);
    assertThat(groups)
      .inWindow(within(5, 15))
      .containsInAnyOrder([kv('bo', ['y'])]);
  }));

test('the global window holds all of event time in one group', () =>
  testPipeline((p) => {
    const groups = at(p, [-1e6, 'a'], [0, 'b'], [1e9, 'c'])
      .keyBy(() => 0)
      .groupByKey()
      .map(({ value }) => [...value].sort());
    assertThat(groups)
      .inOnlyPane(GLOBAL_WINDOW)
      .containsInAnyOrder([['a', 'b', 'c']]);
  }));

test('a window function of its own may assign intervals of any kind', () =>
  testPipeline((p) => {
    const businessDay = customWindows({
      name: 'BusinessDay',
      assign: (timestamp) => {
        const day = Math.floor(timestamp / days(1)) * days(1);
        return [interval(day + hours(9), day + hours(17))];
      },
    });
    const groups = grouped(at(p, [3600, 'night'], [43_200, 'noon'], [86_400, 'next day']), businessDay);
    assertThat(groups)
      .inWindow(interval(hours(9), hours(17)))
      .containsInAnyOrder([['night', 'noon']]);
    assertThat(groups)
      .inWindow(interval(hours(33), hours(41)))
      .containsInAnyOrder([['next day']]);
  }));

test('a window may be any plain data, equal by content', () =>
  testPipeline((p) => {
    interface Shift extends BoundedWindow {
      readonly team: { readonly name: string };
    }
    const byTeam = customWindows<Shift, string>({
      name: 'ByTeam',
      assign: (_timestamp, element) => [{ team: { name: element.slice(0, 1) }, maxTimestamp: hours(8) }],
    });
    const groups = grouped(at(p, [1, 'a1'], [2, 'b1'], [3, 'a2']), byTeam);
    assertThat(groups).containsInAnyOrder([['a1', 'a2'], ['b1']]);
    const teamA: Shift = { maxTimestamp: hours(8), team: { name: 'a' } };
    assertThat(groups)
      .inWindow(teamA)
      .containsInAnyOrder([['a1', 'a2']]);
  }));

test('a window function of its own may merge windows', () =>
  testPipeline((p) => {
    // Windows merge when one lies within an hour's edge, however far apart: all of one hour become one.
    const busyHours = customWindows({
      name: 'BusyHours',
      assign: (timestamp) => [interval(timestamp, timestamp + 1)],
      merge: (windows) => {
        const hourOf = (window: IntervalWindow): number => Math.floor(window.start / hours(1));
        const byHour = Map.groupBy(windows, hourOf);
        return [...byHour.values()]
          .filter((merged) => merged.length > 1)
          .map((merged) => ({
            merged,
            result: interval(Math.min(...merged.map(({ start }) => start)), Math.max(...merged.map(({ end }) => end))),
          }));
      },
    });
    const groups = grouped(at(p, [60, 'a'], [1800, 'b'], [4000, 'c']), busyHours);
    assertThat(groups)
      .inWindow(interval(seconds(60), seconds(1800) + 1))
      .containsInAnyOrder([['a', 'b']]);
    assertThat(groups)
      .inWindow(interval(seconds(4000), seconds(4000) + 1))
      .containsInAnyOrder([['c']]);
  }));

test('windowing anew goes by the timestamp and keeps each element as often as it was', () =>
  testPipeline((p) => {
    const once = at(p, [2, 'a'], [7, 'b'], [2, 'a']).windowInto(fixedWindows({ size: seconds(10) }));
    const groups = grouped(once, fixedWindows({ size: seconds(5) }));
    assertThat(groups)
      .inWindow(within(0, 5))
      .containsInAnyOrder([['a', 'a']]);
    assertThat(groups)
      .inWindow(within(5, 10))
      .containsInAnyOrder([['b']]);
  }));

test('an element at the highest timestamp of the global window is in it, grouped and at its end', () =>
  testPipeline((p) => {
    const last = p.apply(createElements(['last', 'past'], [END_OF_GLOBAL_WINDOW, MAX_TIMESTAMP]));
    const groups = last
      .keyBy(() => 0)
      .groupByKey()
      .map(({ value }, { timestamp }) => ({ values: [...value].sort(), timestamp }));
    assertThat(groups)
      .inWindow(GLOBAL_WINDOW)
      .containsInAnyOrder([{ values: ['last', 'past'], timestamp: END_OF_GLOBAL_WINDOW }]);
  }));

test('timestamps that an element says itself decide its window', () =>
  testPipeline((p) => {
    const events = p.apply(createElements([{ minute: 0.5 }, { minute: 1 }, { minute: 1.9 }]));
    const stamped = events.withTimestamps(({ minute }) => minutes(minute));
    const counts = stamped
      .windowInto(fixedWindows({ size: seconds(60) }))
      .keyBy(() => 0)
      .groupByKey()
      .map(({ value }) => [...value].length);
    assertThat(counts).inWindow(within(0, 60)).containsInAnyOrder([1]);
    assertThat(counts).inWindow(within(60, 120)).containsInAnyOrder([2]);
  }));
