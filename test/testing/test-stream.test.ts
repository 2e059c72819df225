import { describe, expect, test } from 'vitest';
import {
  afterCount,
  afterWatermark,
  fixedWindows,
  interval,
  MAX_TIMESTAMP,
  minutes,
  outputTag,
  Pipeline,
  type PBegin,
  type PCollection,
  type PTransform,
  seconds,
} from '../../index.ts';
import { assertThat, at, testPipeline, testStream } from '../../testing/index.ts';

test('elements behind the watermark are late for the windows that it has passed', (t) => {
  const p = testPipeline(t);
  const stream = testStream<string>()
    .addElements(at(0, 'a'))
    .advanceWatermarkTo(minutes(5))
    .addElements(at(1, 'late'))
    .advanceWatermarkToInfinity();
  const all = p.apply(stream);
  assertThat(all.map((text) => text.length)).containsInAnyOrder([1, 4]);
  const groups = all
    .windowInto(fixedWindows({ size: minutes(5) }))
    .keyBy(() => 'k')
    .groupByKey();
  assertThat(groups.map(({ value }) => [...value])).containsInAnyOrder([['a']]);
  return p.run();
});

test('what a stream makes is unbounded, in the global window, and has the timestamps of the script', async () => {
  const p = new Pipeline();
  const stream = p.apply(testStream<number>().addElements(at(7, 1)).advanceWatermarkToInfinity(), { name: 'Numbers' });
  expect({ isBounded: stream.isBounded, windows: stream.windowing.windowFn.name, step: stream.producer }).toEqual({
    isBounded: false,
    windows: 'GlobalWindows',
    step: 'Numbers/TestStream',
  });
  expect(p.graph.steps[0]?.primitive).toEqual({
    kind: 'TestStream',
    events: [
      { kind: 'elements', tag: 'main', elements: [{ value: 1, timestamp: 7 }] },
      { kind: 'watermark', tag: 'main', timestamp: MAX_TIMESTAMP },
    ],
  });
});

test('each call gives a new script, so that several may go on from one', async () => {
  const begun = testStream<string>().addElements(at(0, 'a'));
  const one = begun.addElements(at(0, 'b')).advanceWatermarkToInfinity();
  const other = begun.advanceWatermarkToInfinity();
  await testPipeline((p) => {
    assertThat(p.apply(one)).containsInAnyOrder(['a', 'b']);
  });
  await testPipeline((p) => {
    assertThat(p.apply(other)).containsInAnyOrder(['a']);
  });
});

test('several tags have a collection and a watermark each; one may end before the others', async () => {
  const p = new Pipeline();
  const streams = p.apply(
    testStream({ clicks: outputTag<string>(), rates: outputTag<number>() })
      .addElements('rates', at(0, 1))
      .advanceWatermarkTo('rates', MAX_TIMESTAMP)
      .addElements('clicks', at(0, 'a'))
      .advanceWatermarkToInfinity(),
  );
  expect(Object.keys(streams)).toEqual(['clicks', 'rates']);
  const events = p.graph.steps[0]?.primitive;
  expect(events?.kind === 'TestStream' && events.events.map(({ kind }) => kind)).toEqual([
    'elements',
    'watermark',
    'elements',
    'watermark',
  ]);
});

test('panes are asserted one by one, in their order', (t) => {
  const p = testPipeline(t);
  const stream = testStream<number>()
    .addElements(at(1, 1))
    .addElements(at(2, 2))
    .addElements(at(3, 3))
    .advanceWatermarkTo(seconds(10))
    .addElements(at(4, 4))
    .advanceWatermarkToInfinity();
  const window = interval(0, seconds(10));
  const sums = p
    .apply(stream)
    .windowInto(fixedWindows({ size: seconds(10) }), {
      trigger: afterWatermark({ early: afterCount(2), late: afterCount(1) }),
      accumulationMode: 'discarding',
      allowedLateness: minutes(1),
    })
    .keyBy(() => 'k')
    .groupByKey()
    .map(({ value }) => [...value].toSorted());
  assertThat(sums).hasPanes([
    { timing: 'EARLY', elements: [[1, 2]] },
    { timing: 'ON_TIME', elements: [[3]] },
    { timing: 'LATE', elements: [[4]] },
  ]);
  assertThat(sums).inWindow(window).hasCount(3);
  assertThat(sums)
    .inEarlyPanes(window)
    .containsInAnyOrder([[1, 2]]);
  assertThat(sums)
    .inOnTimePane(window)
    .containsInAnyOrder([[3]]);
  assertThat(sums)
    .inLatePanes(window)
    .containsInAnyOrder([[4]]);
  assertThat(sums).inFinalPane(window).isEmpty();
  assertThat(sums)
    .inCombinedNonLatePanes(window)
    .containsInAnyOrder([[1, 2], [3]]);
  return p.run();
});

describe('a script that can not be is refused in words:', () => {
  const single = testStream<string>();
  const unknown = testStream({ a: outputTag<string>() });
  test.each([
    ['no element', () => single.addElements(), /addElements was given no element.*Pass e\.g\. at\(seconds\(5\), 'a'\)/],
    ['an element without time', () => single.addElements('a' as never), /was given the element "a"/],
    ['a time that is none', () => single.addElements(at(Number.NaN, 'a')), /given the element .*NaN/],
    [
      'a watermark that goes back',
      () => single.advanceWatermarkTo(5).advanceWatermarkTo(4),
      /the watermark of 'main' is to be 1970-01-01T00:00:00\.004Z and is at 1970-01-01T00:00:00\.005Z/,
    ],
    ['a watermark that is none', () => single.advanceWatermarkTo(Number.NaN), /is to be NaN and is at MIN/],
    ['a clock that stands still', () => single.advanceProcessingTime(0), /advance by 0 ms\. A clock only goes forward/],
    [
      'elements after the end',
      () => single.advanceWatermarkTo(MAX_TIMESTAMP).addElements(at(0, 'a')),
      /elements of 'main' come after its end/,
    ],
    [
      'a tag that is not declared',
      () => unknown.addElements('b' as 'a', at(0, 'x')),
      /there is no collection 'b'\. The stream has a\. Declare it/,
    ],
    ['no tag at all', () => testStream({}), /its tags are \[\].*Pass e\.g\. \{ clicks/],
    ['a tag of Viga', () => testStream({ 'viga:x': outputTag() }), /':' is kept for Viga's own/],
  ])('%s', (_what, make, message) => {
    expect(make).toThrow(message);
    expect(make).toThrow(/^testStream: /);
  });

  test('no end', () => {
    const endless = single as unknown as PTransform<PBegin, PCollection<string>>; // as a program without types may
    expect(() => new Pipeline().apply(endless)).toThrow(
      /testStream: the script has no end\..*End it with advanceWatermarkToInfinity\(\)/,
    );
  });
});

describe('an assertion about panes that does not hold tells', () => {
  const run = (assertPanes: (collection: PCollection<string>) => void, ...instants: readonly number[]) =>
    testPipeline((p) => {
      const stream = testStream<string>()
        .addElements(...instants.map((instant) => at(instant, `at ${instant}`)))
        .advanceWatermarkToInfinity();
      const grouped = p
        .apply(stream)
        .windowInto(fixedWindows({ size: 10 }))
        .keyBy((text) => text)
        .groupByKey();
      assertPanes(grouped.map(({ key }) => key));
    });

  test('how many there are', async () => {
    await expect(run((texts) => assertThat(texts).hasPanes([]), 1)).rejects.toThrow(
      /0 panes expected, there are 1: ON_TIME with 1: 'at 1'/,
    );
  });

  test('which of them is another, by its timing or its elements', async () => {
    await expect(
      run((texts) => assertThat(texts).hasPanes([{ timing: 'EARLY', elements: ['at 1'] }]), 1),
    ).rejects.toThrow(/pane 1 of 1, EARLY expected, is ON_TIME with 1: 'at 1': missing none; extra none/);
    await expect(
      run((texts) => assertThat(texts).hasPanes([{ timing: 'ON_TIME', elements: ['at 2'] }]), 1),
    ).rejects.toThrow(/missing 1: 'at 2'; extra 1: 'at 1'/);
  });

  test('that there are several windows, each with its own panes', async () => {
    await expect(
      run((texts) => assertThat(texts).hasPanes([{ timing: 'ON_TIME', elements: ['at 1', 'at 11'] }]), 1, 11),
    ).rejects.toThrow(/they are in 2 windows, and panes are counted in each\. Select one with inWindow/);
  });
});
