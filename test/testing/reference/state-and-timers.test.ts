import { describe, expect, test } from 'vitest';
import {
  bagState,
  combiningState,
  eventTimer,
  fixedWindows,
  type KV,
  type PCollection,
  Pipeline,
  processingTimer,
  slidingWindows,
  sum,
  valueState,
} from '../../../index.ts';
import { at, type TestStream, testStream } from '../../../testing/index.ts';
import { dropsOf, linesOf } from './evaluated.ts';

const script = testStream<string>();
type Keyed = PCollection<KV<string, string>>;

/** What a step gives for a script; the key of an element is its first letter. */
function given<T>(
  stream: TestStream<PCollection<string>>,
  step: (keyed: Keyed) => PCollection<T>,
  windowed = (c: PCollection<string>): PCollection<string> => c,
): readonly string[] {
  const p = new Pipeline();
  return linesOf(p, step(windowed(p.apply(stream)).keyBy((text) => text.charAt(0))));
}

const inTens =
  (allowedLateness = 0) =>
  (c: PCollection<string>) =>
    c.windowInto(fixedWindows({ size: 10 }), { allowedLateness });
const one = script.addElements(at(1, 'a'));
const words = (...values: readonly string[]) => script.addElements(...values.map((value) => at(1, value)));

describe('state (conformance 105 to 118)', () => {
  test('a value is what was written last, until it is cleared (105, 111)', () => {
    const lines = given(one.advanceWatermarkToInfinity(), (c) =>
      c.parDo({
        state: { cell: valueState<number>() },
        process(_, { state }) {
          const seen = [state.cell.read()];
          state.cell.write(1);
          seen.push(state.cell.read());
          state.cell.clear();
          return [[...seen, state.cell.read()].join(' ')];
        },
      }),
    );
    expect(lines).toEqual([' 1  @1 in global']);
  });

  test('a bag holds what was added, a combining cell what it combines to (106, 107)', () => {
    const lines = given(one.advanceWatermarkToInfinity(), (c) =>
      c.parDo({
        state: { bag: bagState<number>(), total: combiningState(sum) },
        process(_, { state: { bag, total } }) {
          for (const n of [1, 2, 2]) {
            bag.add(n);
            total.add(n);
          }
          const held = [[...bag.read()], total.read(), bag.isEmpty()];
          bag.clear();
          total.clear();
          return [JSON.stringify([...held, [...bag.read()], total.read(), bag.isEmpty()])];
        },
      }),
    );
    expect(lines).toEqual(['[[1,2,2],5,false,[],0,true] @1 in global']);
  });

  const counted = (c: Keyed) =>
    c.parDo({
      state: { n: valueState<number>() },
      process({ key }, { state }) {
        state.n.write((state.n.read() ?? 0) + 1);
        return [`${key}${state.n.read()}`];
      },
    });

  test('state is kept from bundle to bundle, and apart by key and window (112, 113, 115)', () => {
    const stream = words('a', 'b').addElements(at(1, 'a'), at(11, 'a')).advanceWatermarkToInfinity();
    expect(given(stream, counted, inTens())).toEqual([
      'a1 @1 in [0,10)',
      'b1 @1 in [0,10)',
      'a2 @1 in [0,10)',
      'a1 @11 in [10,20)',
    ]);
    const sliding = (c: PCollection<string>) => c.windowInto(slidingWindows({ size: 10, period: 5 }));
    expect(given(script.addElements(at(7, 'a'), at(3, 'a')).advanceWatermarkToInfinity(), counted, sliding)).toEqual([
      'a1 @7 in [5,15)',
      'a1 @7 in [0,10)',
      'a2 @3 in [0,10)',
      'a1 @3 in [-5,5)',
    ]);
  });

  test('state goes when its window expires: what comes later is dropped (114)', () => {
    const p = new Pipeline();
    const stream = words('a')
      .advanceWatermarkTo(14)
      .addElements(at(2, 'a'))
      .advanceWatermarkTo(15)
      .addElements(at(3, 'a'));
    const c = inTens(5)(p.apply(stream.advanceWatermarkToInfinity())).keyBy((text) => text);
    expect(linesOf(p, counted(c))).toEqual(['a1 @1 in [0,10)', 'a2 @2 in [0,10)']);
    expect(dropsOf(p)).toEqual(['late a: a @3']);
  });
});

describe('timers (conformance 119 to 131)', () => {
  /** Sets timers as the element says, and tells of each that fires. */
  const timed =
    (set: (text: string, timer: { set: SetTimer; clear: (options?: { tag?: string }) => void }) => void) =>
    (c: Keyed) =>
      c.parDo({
        timers: { due: eventTimer() },
        process({ value }, { timers }) {
          set(value, timers.due);
        },
        onTimer: { due: ({ key, tag, timestamp }) => [`${key}${tag} ${timestamp}`] },
      });
  type SetTimer = (timestamp: number, options?: { outputTimestamp?: number; tag?: string }) => void;

  test('an event timer fires once, when the watermark is at its time (119)', () => {
    const step = timed((_, timer) => timer.set(100));
    expect(given(one.advanceWatermarkTo(99).advanceWatermarkToInfinity(), step)).toEqual(['a 100 @100 in global']);
    const p = new Pipeline();
    const waiting = step(
      p.apply(one.advanceWatermarkTo(99).advanceProcessingTime(1).advanceWatermarkToInfinity()).keyBy((t) => t),
    );
    expect(linesOf(p, waiting)).toEqual(['a 100 @100 in global']);
  });

  test('a timer that sets itself loops (120)', () => {
    const lines = given(one.advanceWatermarkToInfinity(), (c) =>
      c.parDo({
        timers: { tick: eventTimer() },
        process: (_, { timers }) => timers.tick.set(10),
        onTimer: {
          tick({ timers, timestamp }) {
            if (timestamp < 100) timers.tick.set(timestamp + 10);
            return [timestamp];
          },
        },
      }),
    );
    expect(lines).toEqual([10, 20, 30, 40, 50, 60, 70, 80, 90, 100].map((t) => `${t} @${t} in global`));
  });

  test('a timer that is cleared or set again does not fire at its first time; tags are apart (121 to 124)', () => {
    const stream = one.advanceWatermarkToInfinity();
    const cleared = timed((_, timer) => {
      timer.set(100);
      timer.clear();
    });
    expect(given(stream, cleared)).toEqual([]);
    const again = timed((_, timer) => {
      timer.set(100);
      timer.set(200);
      timer.set(50, { tag: 'x' });
      timer.set(60, { tag: 'y' });
      timer.clear({ tag: 'y' });
    });
    expect(given(stream, again)).toEqual(['ax 50 @50 in global', 'a 200 @200 in global']);
  });

  test('an output timestamp holds the watermark behind the step until the timer has fired (125)', () => {
    const stream = one.advanceWatermarkTo(60).addElements(at(55, 'b')).advanceWatermarkToInfinity();
    const lines = given(stream, (c) =>
      timed((text, timer) => {
        if (text === 'a') timer.set(100, { outputTimestamp: 50 });
      })(c)
        .windowInto(fixedWindows({ size: 10 }))
        .keyBy((text) => text)
        .groupByKey(),
    );
    // On time, though the watermark of the stream is at 60 before it fires.
    expect(lines).toEqual(['a 50: [a 50] @59 in [50,60) ON_TIME 0/0 first last']);
  });

  const clocked = (c: Keyed) =>
    c.parDo({
      timers: { wake: processingTimer() },
      process: (_, { timers }) => timers.wake.setAfter(10),
      onTimer: { wake: ({ key, timestamp }) => [`${key} ${timestamp}`] },
    });

  test('a processing timer fires by the clock, at the time of the element; one that is left is dropped (126, 131)', () => {
    expect(given(one.advanceProcessingTime(10).advanceWatermarkToInfinity(), clocked)).toEqual(['a 1 @1 in global']);
    expect(given(one.advanceProcessingTime(9).advanceWatermarkToInfinity(), clocked)).toEqual([]);
    expect(
      given(one.advanceWatermarkTo(10).advanceProcessingTime(10).advanceWatermarkToInfinity(), clocked, inTens()),
    ).toEqual([]);
  });

  test('a window is told that it expires once, after its last timer and with its state (127, 128)', () => {
    const lines = given(
      words('a', 'a', 'b').advanceWatermarkTo(15).advanceWatermarkToInfinity(),
      (c) =>
        c.parDo({
          state: { n: combiningState(sum) },
          timers: { last: eventTimer() },
          process(_, { state, timers, window }) {
            state.n.add(1);
            timers.last.set(window.maxTimestamp);
          },
          onTimer: {
            last({ key, state }) {
              state.n.add(10);
              return [`${key} last`];
            },
          },
          onWindowExpiration: ({ key, state }) => [`${key} ${state.n.read()}`],
        }),
      inTens(5),
    );
    expect(lines.toSorted()).toEqual([
      'a 12 @9 in [0,10)',
      'a last @9 in [0,10)',
      'b 11 @9 in [0,10)',
      'b last @9 in [0,10)',
    ]);
  });

  test('timers of a key fire in order, one that is set within a firing included (129)', () => {
    const lines = given(one.advanceWatermarkToInfinity(), (c) =>
      c.parDo({
        timers: { due: eventTimer() },
        process(_, { timers }) {
          for (const t of [30, 10, 20]) timers.due.set(t, { tag: `${t}` });
        },
        onTimer: {
          due({ tag, timers }) {
            if (tag === '10') timers.due.set(15, { tag: '15' });
            return [tag];
          },
        },
      }),
    );
    expect(lines.map((line) => line.split(' ')[0])).toEqual(['10', '15', '20', '30']);
  });

  test('a timer past the end of its window and the lateness is refused (130)', () => {
    const set = (timestamp: number) => () =>
      given(
        one.advanceWatermarkToInfinity(),
        timed((_, timer) => timer.set(timestamp)),
        inTens(5),
      );
    expect(set(15)).toThrow('set past 14');
    expect(set(14)()).toEqual(['a 14 @14 in [0,10)']);
  });

  test('a timer that is set to a time already passed fires after the elements that came with it', () => {
    const stream = script.advanceWatermarkTo(50).addElements(at(60, 'a1'), at(60, 'a2')).advanceWatermarkToInfinity();
    const lines = given(stream, (c) =>
      c.parDo({
        timers: { due: eventTimer() },
        process({ value }, { timers }) {
          timers.due.set(40, { tag: value });
          return [value];
        },
        onTimer: { due: ({ tag }) => [`due ${tag}`] },
      }),
    );
    expect(lines.map((line) => line.split(' @')[0])).toEqual(['a1', 'a2', 'due a1', 'due a2']);
  });
});

test('an element whose call fails becomes a dead letter, and what the call had changed is as before', () => {
  const p = new Pipeline();
  const letters: PCollection<unknown>[] = [];
  const totals = p
    .apply(testStream<number>().addElements(at(1, 5), at(2, -1), at(3, 7)).advanceWatermarkToInfinity())
    .keyBy(() => 'k')
    .parDo({
      state: { total: combiningState(sum) },
      deadLetters: (failed) => letters.push(failed.map(({ element, error }) => `${element.value} ${error.message}`)),
      process({ value }, { state }) {
        state.total.add(value);
        if (value < 0) throw new RangeError('is negative');
        return [state.total.read()];
      },
    });
  expect(linesOf(p, totals)).toEqual(['5 @1 in global', '12 @3 in global']);
  expect(letters.flatMap((one) => linesOf(p, one))).toEqual(['-1 is negative @2 in global']);
});
