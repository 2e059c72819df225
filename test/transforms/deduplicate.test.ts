import { describe, expect, test } from 'vitest';
import { create, deduplicate, fixedWindows, Pipeline, reifyTimestamps, seconds } from '../../index.ts';
import { directRunner } from '../../runners/direct/index.ts';
import { assertThat, at, testPipeline, testStream } from '../../testing/index.ts';

const runners = [
  { mode: 'batch', runner: () => directRunner() },
  { mode: 'streaming', runner: () => directRunner({ streaming: true }) },
];

describe.each(runners)('in event time, in $mode:', ({ runner }) => {
  test('a duplicate less than the horizon after one that was kept is dropped, and a later one kept', async () => {
    const p = new Pipeline();
    const instants = [0, 5, 9, 10, 19, 20];
    const input = p.apply(
      create(
        instants.map(() => 'a'),
        { timestamps: instants.map(seconds) },
      ),
    );
    const kept = input.apply(deduplicate({ horizon: seconds(10) })).apply(reifyTimestamps());
    assertThat(kept.map(({ timestamp }) => timestamp)).containsInAnyOrder([0, 10, 20].map(seconds));
    await p.run(runner());
  });

  test('what is a duplicate is said by the key, else by the content; each window has its own', async () => {
    const p = new Pipeline();
    const input = p.apply(
      create(
        [
          { id: 1, text: 'a' },
          { id: 1, text: 'b' },
          { text: 'a', id: 1 },
          { id: 2, text: 'c' },
        ],
        { timestamps: [0, 1, 2, 11].map(seconds) },
      ),
    );
    assertThat(input.apply(deduplicate({ key: ({ id }) => id }))).hasCount(2);
    assertThat(input.apply(deduplicate())).hasCount(3);
    const windowed = p.apply(create(['a', 'a', 'a'], { timestamps: [0, 9, 11].map(seconds) }));
    assertThat(windowed.windowInto(fixedWindows({ size: seconds(10) })).apply(deduplicate())).hasCount(2);
    await p.run(runner());
  });
});

test('in event time, what lies behind the watermark by the horizon is forgotten', (t) => {
  const p = testPipeline(t);
  const input = p.apply(
    testStream<string>()
      .addElements(at(0, 'a'))
      .addElements(at(4, 'a'))
      .advanceWatermarkTo(9)
      .addElements(at(9, 'a'))
      .advanceWatermarkTo(10)
      // Late by then, so it may pass again.
      .addElements(at(5, 'a'))
      .advanceWatermarkToInfinity(),
  );
  const kept = input.apply(deduplicate({ horizon: 10 })).apply(reifyTimestamps());
  assertThat(kept.map(({ timestamp }) => timestamp)).containsInAnyOrder([0, 5]);
  return p.run();
});

test('in event time, elements that come out of order drop each other', (t) => {
  const p = testPipeline(t);
  const input = p.apply(
    testStream<string>()
      .addElements(at(15, 'a'))
      .addElements(at(6, 'a'))
      .addElements(at(5, 'a'))
      .addElements(at(14, 'a'))
      .advanceWatermarkToInfinity(),
  );
  const kept = input.apply(deduplicate({ horizon: 10 })).apply(reifyTimestamps());
  assertThat(kept.map(({ timestamp }) => timestamp)).containsInAnyOrder([15, 5]);
  return p.run();
});

test('in processing time, duplicates are dropped until the clock has passed the horizon', (t) => {
  const p = testPipeline(t);
  const input = p.apply(
    testStream<string>()
      .addElements(at(0, 'a'))
      .advanceProcessingTime(seconds(9))
      .addElements(at(1_000_000, 'a'), at(1, 'b'))
      .advanceProcessingTime(seconds(1))
      .addElements(at(2, 'a'), at(2, 'b'))
      .advanceWatermarkToInfinity(),
  );
  const kept = input.apply(deduplicate({ horizon: seconds(10), domain: 'processing-time' })).apply(reifyTimestamps());
  assertThat(kept.map(({ value, timestamp }) => `${value} ${timestamp}`)).containsInAnyOrder(['a 0', 'b 1', 'a 2']);
  return p.run();
});

test('in processing time, what waits to be forgotten does not keep windows open', (t) => {
  const p = testPipeline(t);
  const input = p.apply(
    testStream<string>()
      .addElements(at(0, 'a'))
      .advanceWatermarkTo(seconds(20))
      .addElements(at(1, 'b'))
      .advanceWatermarkToInfinity(),
  );
  const behind = input
    .windowInto(fixedWindows({ size: seconds(10) }), { allowedLateness: seconds(60) })
    .apply(deduplicate({ domain: 'processing-time' }))
    .keyBy(() => 'k')
    .groupByKey()
    .map(({ value }) => [...value]);
  assertThat(behind).hasPanes([
    { timing: 'ON_TIME', elements: [['a']] },
    { timing: 'LATE', elements: [['b']] },
  ]);
  return p.run();
});

test.each([0, -1, Number.NaN])('a horizon of %d is refused', (horizon) => {
  expect(() => deduplicate({ horizon })).toThrow(/^deduplicate: horizon is (0|-1|NaN) ms but must be above 0/);
});

test('a time that is neither is refused', () => {
  expect(() => deduplicate({ domain: 'wall-time' as never })).toThrow(/^deduplicate: domain is "wall-time"/);
});
