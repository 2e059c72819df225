import { describe, expect, test } from 'vitest';
import {
  bagState,
  eventTimer,
  fixedWindows,
  interval,
  MAX_TIMESTAMP,
  MIN_TIMESTAMP,
  outputAt,
  outputTag,
  processingTimer,
  slidingWindows,
  valueState,
} from '../../../model/index.ts';
import { keyedStep, PATHS } from './step.ts';

const tens = fixedWindows({ size: 10 });

describe.each(PATHS)('on the $path path', ({ codegen }) => {
  test('a timer fires when the watermark has reached its time, with its time and window', async () => {
    const step = keyedStep(
      {
        timers: { due: eventTimer() },
        process: (_, { timers, timestamp }) => timers.due.set(timestamp + 5),
        onTimer: { due: ({ key, timestamp }) => [`${key} ${timestamp}`] },
      },
      { codegen, windowFn: tens },
    );
    await step.elements(['k', 1, 2]);
    await step.watermark(6);
    expect(step.came).toEqual([]);
    await step.watermark(7);
    expect(step.came).toEqual([{ value: 'k 7', timestamp: 7, window: interval(0, 10), tag: 'main' }]);
  });

  test('a timer set to a time that the watermark has passed fires in the next turn, and asks for it', async () => {
    const step = keyedStep(
      {
        timers: { due: eventTimer() },
        process: (_, { timers }) => timers.due.set(1),
        onTimer: { due: () => ['fired'] },
      },
      { codegen },
    );
    await step.watermark(50);
    await step.elements(['k', 1, 60]);
    expect(step.operator.nextWakeUp()).toBe(MIN_TIMESTAMP);
    await step.advance();
    expect(step.values).toEqual(['fired']);
    expect(step.operator.nextWakeUp()).toBeUndefined();
  });

  test('timers of a key fire in order of time; one set behind the cursor comes in its place', async () => {
    const order: string[] = [];
    const step = keyedStep(
      {
        timers: { due: eventTimer() },
        process: (_, { timers }) => {
          for (const time of [30, 10, 20]) timers.due.set(time, { tag: `${time}` });
        },
        onTimer: {
          due: ({ key, tag, timers }) => {
            order.push(`${key}${tag}`);
            if (tag === '10') for (const time of [5, 15]) timers.due.set(time, { tag: `${time}` });
          },
        },
      },
      { codegen },
    );
    await step.elements(['a', 0], ['b', 0]);
    await step.watermark(100);
    const of = (key: string) => order.filter((name) => name.startsWith(key)).map((name) => name.slice(1));
    expect([of('a'), of('b')]).toEqual([
      ['10', '5', '15', '20', '30'],
      ['10', '5', '15', '20', '30'],
    ]);
  });

  test('an output timestamp is what the timer gives out, and holds the watermark until it has fired', async () => {
    const step = keyedStep(
      {
        timers: { due: eventTimer() },
        process: (_, { timers }) => timers.due.set(50, { outputTimestamp: 20 }),
        onTimer: { due: ({ timestamp }) => [timestamp] },
      },
      { codegen },
    );
    await step.elements(['k', 0, 10]);
    expect(step.operator.hold()).toBe(20);
    await step.watermark(49);
    expect(step.time.outputWatermark).toBe(20);
    await step.watermark(50);
    expect(step.came).toMatchObject([{ value: 20, timestamp: 20 }]);
    expect(step.operator.hold()).toBe(MAX_TIMESTAMP);
  });

  test('a timer that is set again has its new time and hold only; one that is cleared has neither', async () => {
    const step = keyedStep(
      {
        timers: { due: eventTimer() },
        process: ({ value }, { timers }) => (value === 0 ? timers.due.clear() : timers.due.set(value)),
        onTimer: { due: ({ timestamp }) => [timestamp] },
      },
      { codegen },
    );
    await step.elements(['a', 10], ['a', 30], ['b', 5], ['b', 0]);
    expect(step.operator.hold()).toBe(30);
    await step.watermark(100);
    expect(step.values).toEqual([30]);
  });

  test('setAfter counts from the watermark, and from the element while there is none, to the end of the window', async () => {
    const step = keyedStep(
      {
        timers: { due: eventTimer() },
        process: ({ value }, { timers }) => timers.due.setAfter(value, { tag: `${value}` }),
        onTimer: { due: ({ timestamp }) => [timestamp] },
      },
      { codegen, windowFn: fixedWindows({ size: 1_000 }) },
    );
    await step.elements(['k', 7, 100]);
    await step.watermark(200);
    await step.elements(['k', 50, 300], ['k', 5_000, 300]);
    await step.watermark(2_000);
    expect(step.values).toEqual([107, 250, 999]);
  });

  test('a timer in processing time fires by the clock, at the time of its element', async () => {
    const step = keyedStep(
      {
        timers: { due: processingTimer() },
        process: (_, { timers }) => timers.due.setAfter(100),
        onTimer: { due: ({ key, timers, timestamp }) => (timers.due.setAfter(100), [`${key} ${timestamp}`]) },
      },
      { codegen },
    );
    step.time.processingTime = 1_000;
    await step.elements(['k', 1, 42]);
    expect([step.operator.nextWakeUp(), step.operator.hold()]).toEqual([1_100, 42]);
    await step.clock(1_099);
    expect(step.came).toEqual([]);
    await step.clock(1_100);
    await step.clock(1_200);
    expect(step.came).toMatchObject([
      { value: 'k 42', timestamp: 42 },
      { value: 'k 42', timestamp: 42 },
    ]);
  });

  test('timers in processing time go with their window, and hold nothing then', async () => {
    const step = keyedStep(
      {
        timers: { due: processingTimer() },
        process: (_, { timers }) => timers.due.setAfter(100),
        onTimer: { due: () => ['fired'] },
      },
      { codegen, windowFn: tens },
    );
    await step.elements(['a', 1, 5], ['b', 1, 15]);
    await step.watermark(10);
    expect(step.operator.hold()).toBe(15);
    await step.clock(1_000);
    expect(step.came).toMatchObject([{ value: 'fired', window: interval(10, 20) }]);
    await step.end();
    expect([step.operator.nextWakeUp(), step.operator.hold()]).toEqual([undefined, MAX_TIMESTAMP]);
  });

  test('a timer still finds its state at the last instant of its window; then the end is told, then all is gone', async () => {
    const log: unknown[] = [];
    const step = keyedStep(
      {
        state: { kept: bagState<number>() },
        timers: { last: eventTimer() },
        process: ({ value }, { state, timers, window }) => {
          state.kept.add(value);
          timers.last.set(window.maxTimestamp + 5);
        },
        onTimer: { last: ({ state }) => void log.push(['timer', ...state.kept.read()]) },
        onWindowExpiration: ({ key, state, timestamp }) => {
          log.push([key, ...state.kept.read()]);
          return [timestamp];
        },
      },
      { codegen, windowFn: tens, allowedLateness: 5 },
    );
    await step.elements(['a', 1, 0], ['a', 2, 3], ['b', 3, 0]);
    expect(step.operator.hold()).toBe(9);
    await step.watermark(14);
    expect(log).toEqual([
      ['timer', 1, 2],
      ['timer', 3],
    ]);
    expect([step.operator.hold(), step.late]).toEqual([9, []]);
    await step.elements(['a', 4, 1]);
    await step.watermark(15);
    expect(log.slice(-2)).toEqual([
      ['a', 1, 2, 4],
      ['b', 3],
    ]);
    expect(step.came).toMatchObject([
      { value: 9, timestamp: 9, window: interval(0, 10) },
      { value: 9, timestamp: 9 },
    ]);
    expect(step.operator.hold()).toBe(MAX_TIMESTAMP);
    await step.elements(['a', 5, 1]);
    expect(step.late).toEqual([{ key: 'a', value: 5 }]);
  });

  test('windows expire in order of time, between the timers of other windows', async () => {
    const log: string[] = [];
    const step = keyedStep(
      {
        timers: { due: eventTimer() },
        process: (_, { timers, window }) => timers.due.set(window.maxTimestamp),
        onTimer: { due: ({ timestamp }) => void log.push(`timer ${timestamp}`) },
        onWindowExpiration: ({ window }) => void log.push(`end ${window.maxTimestamp}`),
      },
      { codegen, windowFn: slidingWindows({ size: 10, period: 5 }) },
    );
    await step.elements(['k', 1, 7], ['k', 1, 22]);
    await step.end();
    expect(log).toEqual(['9', '14', '24', '29'].flatMap((time) => [`timer ${time}`, `end ${time}`]));
  });

  test('timers emit to other outputs, with timestamps of their own, in any form that can be iterated', async () => {
    const step = keyedStep(
      {
        outputs: { other: outputTag<string>() },
        timers: { sync: eventTimer(), generator: eventTimer(), later: eventTimer(), stream: eventTimer() },
        process: (_, { timers }) => {
          timers.sync.set(1);
          timers.generator.set(2);
          timers.later.set(3);
          timers.stream.set(4);
        },
        onTimer: {
          sync: ({ emit }) => {
            emit.other('emitted', 8);
            return [outputAt('at', 9)];
          },
          *generator({ emit }) {
            yield 'one';
            emit.other('between');
            for (let i = 0; i < 1_000; i++) yield i;
          },
          async later({ emit }) {
            await null;
            emit.other('later');
            return ['awaited'];
          },
          async *stream() {
            yield 'first';
            await null;
            yield 'last';
          },
        },
      },
      { codegen },
    );
    await step.elements(['k', 1]);
    await step.watermark(10);
    const main = step.came.filter(({ tag, value }) => tag === 'main' && typeof value === 'string');
    expect(main.map(({ value, timestamp }) => [value, timestamp])).toEqual([
      ['at', 9],
      ['one', 2],
      ['awaited', 3],
      ['first', 4],
      ['last', 4],
    ]);
    expect(step.values).toHaveLength(1_005);
    const others = step.came.filter(({ tag }) => tag === 'other').map(({ value, timestamp }) => [value, timestamp]);
    expect(others).toEqual([
      ['emitted', 8],
      ['between', 2],
      ['later', 3],
    ]);
  });

  test.each([
    ['throws', () => () => thrown()],
    ['rejects', () => async () => thrown()],
    [
      'throws between outputs',
      () =>
        function* () {
          yield 1;
          thrown();
        },
    ],
  ])('a timer whose function %s ends the run, with the names of step and timer', async (_how, due) => {
    const failed: unknown[] = [];
    const step = keyedStep(
      {
        timers: { due: eventTimer() },
        deadLetters: (letters) => letters.map((letter) => void failed.push(letter)),
        retry: { attempts: 3 },
        process: (_, { timers }) => timers.due.set(1, { tag: 'red' }),
        onTimer: { due: due() },
      },
      { codegen },
    );
    await step.elements(['k', 1]);
    await expect(step.watermark(10)).rejects.toThrow(
      /^Keep: the timer 'due' with the tag "red" of the key "k" failed: no luck\. /,
    );
    expect(step.deadLetters).toEqual([]);
  });

  test.each([
    ['after the end of its window', { set: [16] }, /'due' is set to .*expires after .*00:00:00\.014Z.*allowedLateness/],
    ['at no instant', { set: [Number.NaN] }, /'due' has the timestamp NaN/],
    [
      'for an output before the element',
      { set: [9, { outputTimestamp: 2 }] },
      /output timestamp.*allowedTimestampSkew/,
    ],
    ['for an output after its window', { set: [9, { outputTimestamp: 99 }] }, /output timestamp.*expires after/],
    ['with a tag that is no text', { set: [9, { tag: 5 }] }, /the tag 5/],
  ])('a timer %s is refused', async (_what, { set }, message) => {
    const step = keyedStep(
      {
        timers: { due: eventTimer() },
        process: (_, { timers }) => timers.due.set(...(set as [number])),
        onTimer: { due: () => [] },
      },
      { codegen, windowFn: tens, allowedLateness: 5 },
    );
    await expect(step.elements(['k', 1, 5])).rejects.toThrow(message);
  });

  test('handles say so when they are used after their call has ended', async () => {
    const kept: (() => void)[] = [];
    const step = keyedStep(
      {
        state: { cell: valueState<number>() },
        timers: { due: eventTimer() },
        process: (_, { state, timers }) => {
          kept.push(
            () => state.cell.write(1),
            () => void state.cell.read(),
            () => timers.due.set(5),
          );
        },
        onTimer: { due: () => [] },
      },
      { codegen },
    );
    await step.elements(['k', 1]);
    for (const use of kept) expect(use).toThrow(/^Keep: state or a timer was used after the call .* had ended\./);
  });
});

function thrown(): never {
  throw new Error('no luck.');
}
