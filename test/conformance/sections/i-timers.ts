// I. Timers.
import {
  create,
  eventTimer,
  hours,
  kv,
  type KV,
  type PCollection,
  processingTimer,
  reifyWindows,
  seconds,
  type TimerContext,
  valueState,
} from '../../../index.ts';
import { assertThat, at as element, testStream } from '../../../testing/index.ts';
import { at, grouped, tens, within } from '../collections.ts';
import { fails, item, succeeds } from '../item.ts';

type Pair = KV<string, number>;

/** What a timer is told when it fires. */
type Fired = Pick<TimerContext<Pair, {}, {}, {}, undefined>, 'key' | 'timestamp' | 'tag'>;

const told = ({ key, timestamp, tag }: Fired): readonly string[] => [`${key} ${tag} ${timestamp}`];

const none: readonly string[] = [];

/** One element of key k at the instant 0, in the window of ten seconds that it opens. */
const one = (p: Parameters<typeof at>[0]): PCollection<Pair> => at(p, [0, kv('k', 1)]).windowInto(tens);

export const timers = [
  item(
    119,
    'A timer in event time fires once, at its time, for its key and window.',
    succeeds((p) => {
      const fired = at(p, [0, kv('a', 1)], [11, kv('b', 1)])
        .windowInto(tens)
        .parDo({
          timers: { due: eventTimer() },
          process(_: Pair, { timers, timestamp }) {
            timers.due.set(timestamp + 100);
            return none;
          },
          onTimer: { due: ({ key, timestamp }) => [`${key} ${timestamp}`] },
        });
      const seen = fired.apply(reifyWindows()).map(({ value, timestamp, window }) => ({ value, timestamp, window }));
      assertThat(seen).containsInAnyOrder([
        { value: 'a 100', timestamp: 100, window: within(0, 10) },
        { value: 'b 11100', timestamp: 11_100, window: within(10, 20) },
      ]);
    }),
  ),
  item(
    120,
    'A timer that sets itself again ten times fires ten times.',
    succeeds((p) => {
      const fired = one(p).parDo({
        timers: { loop: eventTimer() },
        process(_: Pair, { timers }): readonly number[] {
          timers.loop.set(10);
          return [];
        },
        onTimer: {
          loop({ timestamp, timers }) {
            if (timestamp < 100) timers.loop.set(timestamp + 10);
            return [timestamp];
          },
        },
      });
      assertThat(fired).containsInAnyOrder([10, 20, 30, 40, 50, 60, 70, 80, 90, 100]);
    }),
  ),
  item(
    121,
    'A timer that was cleared does not fire.',
    succeeds((p) => {
      const fired = one(p).parDo({
        timers: { due: eventTimer() },
        process(_: Pair, { timers }) {
          timers.due.set(100);
          timers.due.clear();
          return none;
        },
        onTimer: { due: told },
      });
      assertThat(fired).isEmpty();
    }),
  ),
  item(
    122,
    'A timer set again fires at the later of its settings only.',
    succeeds((p) => {
      const fired = one(p).parDo({
        timers: { due: eventTimer() },
        process(_: Pair, { timers }): readonly number[] {
          timers.due.set(100);
          timers.due.set(200);
          return [];
        },
        onTimer: { due: ({ timestamp }) => [timestamp] },
      });
      assertThat(fired).containsInAnyOrder([200]);
    }),
  ),
  item(
    123,
    'Two timers of one DoFn know nothing of each other.',
    succeeds((p) => {
      const fired = one(p).parDo({
        timers: { left: eventTimer(), right: eventTimer() },
        process(_: Pair, { timers }) {
          timers.left.set(100);
          timers.right.set(200);
          timers.left.clear();
          return none;
        },
        onTimer: { left: () => ['left'], right: ({ timestamp }) => [`right ${timestamp}`] },
      });
      assertThat(fired).containsInAnyOrder(['right 200']);
    }),
  ),
  item(
    124,
    'Timers of one family with different tags know nothing of each other.',
    succeeds((p) => {
      const fired = one(p).parDo({
        timers: { due: eventTimer() },
        process(_: Pair, { timers }) {
          timers.due.set(100, { tag: 'a' });
          timers.due.set(200, { tag: 'b' });
          timers.due.set(300, { tag: 'c' });
          timers.due.clear({ tag: 'c' });
          return none;
        },
        onTimer: { due: told },
      });
      assertThat(fired).containsInAnyOrder(['k a 100', 'k b 200']);
    }),
  ),
  item(
    125,
    'A timer with an output timestamp holds the watermark behind it until it has fired.',
    // Without the hold the window behind would close at 20 s, and what the timer gives out at 30 s would be late.
    succeeds((p) => {
      const stream = testStream<Pair>()
        .addElements(element(seconds(1), kv('k', 1)))
        .advanceWatermarkTo(seconds(20))
        .addElements(element(seconds(25), kv('other', 2)))
        .advanceWatermarkToInfinity();
      const held = p.apply(stream).parDo({
        timers: { due: eventTimer() },
        process({ key }: Pair, { timers, timestamp }) {
          if (key === 'k') timers.due.set(seconds(30), { outputTimestamp: timestamp + seconds(4) });
          return [`seen ${key}`];
        },
        onTimer: { due: ({ key }) => [`fired for ${key}`] },
      });
      const groups = grouped(held.windowInto(tens));
      assertThat(groups)
        .inOnTimePane(within(0, 10))
        .containsInAnyOrder([['fired for k', 'seen k']]);
      assertThat(groups)
        .inOnTimePane(within(20, 30))
        .containsInAnyOrder([['seen other']]);
      assertThat(groups).hasCount(2);
    }),
  ),
  item(
    126,
    'A timer in processing time fires when the clock has passed its time.',
    succeeds((p) => {
      const stream = testStream<Pair>()
        .addElements(element(seconds(1), kv('k', 1)))
        .advanceProcessingTime(seconds(1))
        .addElements(element(seconds(2), kv('k', 2)))
        .advanceProcessingTime(seconds(2))
        .advanceWatermarkToInfinity();
      const fired = p.apply(stream).parDo({
        state: { sum: valueState<number>() },
        timers: { due: processingTimer() },
        process({ value }: Pair, { state, timers }): readonly number[] {
          state.sum.write((state.sum.read() ?? 0) + value);
          if (value === 1) timers.due.setAfter(seconds(2));
          return [];
        },
        // Both elements were there at two seconds, and only one at one second.
        onTimer: { due: ({ state }) => [state.sum.read() ?? 0] },
      });
      assertThat(fired).containsInAnyOrder([3]);
    }),
  ),
  item(
    127,
    'A timer at the last instant of a window still finds the state of the window.',
    succeeds((p) => {
      const fired = one(p).parDo({
        state: { kept: valueState<number>() },
        timers: { last: eventTimer() },
        process({ value }: Pair, { state, timers, window }): readonly (number | string)[] {
          state.kept.write(value);
          timers.last.set(window.maxTimestamp);
          return [];
        },
        onTimer: { last: ({ state }) => [state.kept.read() ?? 'gone'] },
      });
      assertThat(fired).containsInAnyOrder([1]);
    }),
  ),
  item(
    128,
    'The end of a window is told once per key that has state in it, with the state as it was.',
    succeeds((p) => {
      const input = at(p, [0, kv('a', 1)], [1, kv('a', 2)], [2, kv('b', 3)], [11, kv('a', 4)]).windowInto(tens);
      const expired = input.parDo({
        state: { sum: valueState<number>() },
        process({ value }: Pair, { state }) {
          state.sum.write((state.sum.read() ?? 0) + value);
          return none;
        },
        onWindowExpiration: ({ key, state }) => [`${key} ${state.sum.read()}`],
      });
      assertThat(expired).inWindow(within(0, 10)).containsInAnyOrder(['a 3', 'b 3']);
      assertThat(expired).inWindow(within(10, 20)).containsInAnyOrder(['a 4']);
    }),
  ),
  item(
    129,
    'Timers of a key fire in order of time, also one that is set meanwhile and is due before the next.',
    succeeds((p) => {
      const log = one(p).parDo({
        state: { log: valueState<string>() },
        timers: { due: eventTimer() },
        process(_: Pair, { timers }) {
          for (const time of [30, 10, 20]) timers.due.set(time, { tag: String(time) });
          return none;
        },
        onTimer: {
          due({ tag, timers, state }) {
            const soFar = `${state.log.read() ?? ''} ${tag}`;
            state.log.write(soFar);
            if (tag === '10') timers.due.set(15, { tag: '15' });
            return tag === '30' ? [soFar] : none;
          },
        },
      });
      assertThat(log).containsInAnyOrder([' 10 15 20 30']);
    }),
  ),
  item(
    130,
    'A timer beyond the end of its window and the allowed lateness is an error.',
    fails(
      (p) => {
        one(p).parDo({
          name: 'TooLate',
          timers: { due: eventTimer() },
          process(_: Pair, { timers, window }) {
            timers.due.set(window.maxTimestamp + seconds(1));
            return none;
          },
          onTimer: { due: told },
        });
      },
      /TooLate/,
      /window|lateness/,
      /\b11000\b|10999|10\.999|00:00:10\.999/,
    ),
  ),
  item(
    131,
    'A timer in processing time that is still set when its window expires, as at the end of bounded input, is dropped.',
    // Like state, a timer goes with its window (Beam: timers of expired windows). Its
    // function never finds state that is gone, and a bounded run does not wait for a clock.
    succeeds((p) => {
      const fired = p.apply(create([kv('a', 1), kv('b', 2)])).parDo({
        timers: { due: processingTimer() },
        process(_: Pair, { timers }) {
          timers.due.setAfter(hours(24));
          return none;
        },
        onTimer: { due: ({ key }) => [key] },
      });
      assertThat(fired).isEmpty();
    }),
  ),
];
