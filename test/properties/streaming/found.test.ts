// What random pipelines once found, as small pipelines.
import { describe, expect, test } from 'vitest';
import {
  afterCount,
  afterWatermark,
  asIterable,
  combiningState,
  create,
  eventTimer,
  fixedWindows,
  globalWindows,
  outputTag,
  Pipeline,
  ptransform,
  repeatedly,
  sum,
  valueState,
} from '../../../index.ts';
import { directRunner } from '../../../runners/direct/index.ts';
import { at, testStream } from '../../../testing/index.ts';
import { listening, record } from './compare.ts';
import { KEYED } from './steps.ts';

const inTens = fixedWindows({ size: 10 });

describe('a step tells how far it is when nothing is due at it', () => {
  test('an empty pane on time reaches the next grouping in time', async () => {
    const p = new Pipeline();
    const early = afterWatermark({ early: afterCount(1) });
    const sums = p
      .apply(testStream<number>().addElements(at(1, 5)).advanceWatermarkTo(20).advanceWatermarkToInfinity())
      .windowInto(inTens, { trigger: early, accumulationMode: 'discarding' })
      .keyBy(() => 'k')
      .combinePerKey(sum);
    const lines = record(sums.combinePerKey(sum, { name: 'Again' }));
    await p.run(directRunner());
    expect(lines).toEqual([
      'k: 5 @9 in [0,10) EARLY 0/-1 first',
      'k: 0 @9 in [0,10) EARLY 1/-1',
      'k: 0 @9 in [0,10) ON_TIME 2/0 last',
    ]);
  });

  test('what a window gives when it expires is not late behind it', async () => {
    const p = new Pipeline();
    const totals = p
      .apply(testStream<number>().addElements(at(1, 5)).advanceWatermarkTo(20).advanceWatermarkToInfinity())
      .windowInto(inTens)
      .keyBy(() => 'k')
      .parDo({
        state: { total: combiningState(sum) },
        process({ value }, { state }) {
          state.total.add(value);
        },
        onWindowExpiration: ({ key, state }) => [{ key, value: state.total.read() }],
      });
    const lines = record(totals.combinePerKey(sum));
    await p.run(directRunner());
    expect(lines).toEqual(['k: 5 @9 in [0,10) ON_TIME 0/0 first last']);
  });
});

test('an element is not late because those before it in its bundle take their time', async () => {
  const p = new Pipeline();
  const timestamps = [1, 2, 3, 4];
  const words = p.apply(create(timestamps, { timestamps })).windowInto(inTens);
  const lines = record(
    words
      .keyBy(() => 'k')
      .parDo({
        state: { total: combiningState(sum) },
        async process({ value }, { state }) {
          for (let i = 0; i < 200; i++) await null;
          state.total.add(value);
        },
        onWindowExpiration: ({ state }) => [state.total.read()],
      }),
  );
  await p.run(directRunner({ streaming: true }));
  expect(lines).toEqual(['10 @9 in [0,10)']);
});

test('what waits for a side input goes on as soon as a trigger fires', async () => {
  const p = new Pipeline();
  const { main, side } = p.apply(
    testStream({ main: outputTag<string>(), side: outputTag<number>() })
      .addElements('main', at(0, 'first'))
      .addElements('side', at(0, 1))
      .addElements('side', at(0, 2))
      .addElements('main', at(0, 'second'))
      .advanceWatermarkToInfinity(),
  );
  const eachOne = { trigger: repeatedly(afterCount(1)), accumulationMode: 'discarding' } as const;
  const all = asIterable(side.windowInto(globalWindows(), eachOne));
  const lines = record(main.map((text, { sideInputs }) => `${text} ${[...sideInputs.all]}`, { sideInputs: { all } }));
  await p.run(directRunner());
  // The empty pane at the end takes nothing away.
  expect(lines).toEqual(['first 1 @0 in global', 'second 2 @0 in global']);
});

test('under a script nothing depends on how fast the machine is', async () => {
  const p = new Pipeline();
  const ticks = p
    .apply(testStream<number>().addElements(at(0, 1)).advanceWatermarkTo(7).advanceWatermarkToInfinity())
    .apply(ptransform('First', KEYED.looping))
    .apply(ptransform('Second', KEYED.looping));
  const lines = record(ticks);
  // Its clock leaps each time somebody looks at it.
  await p.run(directRunner({ host: listening({}) }));
  expect(lines.map((line) => line.replace(/^.*@/, '@'))).toEqual(
    ['14', '21', '28', '35'].map((t) => `@${t} in global`),
  );
});

test('a timer that is due when it is set fires before time goes on, each time', async () => {
  const p = new Pipeline();
  const atEnd = { timers: { last: eventTimer() } };
  const lines = record(
    p
      .apply(testStream<string>().addElements(at(1, 'a')).advanceWatermarkToInfinity())
      .windowInto(inTens)
      .keyBy(() => 'k')
      .groupByKey()
      .parDo({
        ...atEnd,
        process({ value }, { timers, window }) {
          timers.last.set(window.maxTimestamp);
          return value;
        },
        onTimer: { last: () => ['b'] },
      })
      .keyBy(() => 'k')
      // What keeps state is asked what is due before those behind it are told of the time.
      .parDo({ state: { none: valueState() }, process: ({ value }) => [value] })
      .keyBy(() => 'k')
      .parDo({
        ...atEnd,
        process: (_, { timers, window }) => timers.last.set(window.maxTimestamp),
        onTimer: { last: () => ['timer'] },
        onWindowExpiration: () => ['end'],
      })
      .keyBy(() => 'k')
      .parDo({
        ...atEnd,
        process({ value }, { timers, window }) {
          timers.last.set(window.maxTimestamp);
          return [value];
        },
        onTimer: { last: () => ['due'] },
      }),
  );
  await p.run(directRunner());
  expect(lines.map((line) => line.split(' ')[0])).toEqual(['timer', 'due', 'timer', 'due', 'end', 'due']);
});
