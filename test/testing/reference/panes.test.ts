import { describe, expect, test } from 'vitest';
import {
  afterAll,
  afterAny,
  afterCount,
  afterEach,
  afterProcessingTime,
  afterWatermark,
  customWindows,
  END_OF_GLOBAL_WINDOW,
  fixedWindows,
  globalWindows,
  interval,
  type IntervalWindow,
  mergeOverlapping,
  never,
  orFinally,
  type PCollection,
  Pipeline,
  repeatedly,
  sessions,
  slidingWindows,
  sum,
  type Trigger,
} from '../../../index.ts';
import type { AnyWindowFn } from '../../../model/index.ts';
import { at, type TestStream, testStream } from '../../../testing/index.ts';
import { dropsOf, linesOf } from './evaluated.ts';

type Script = TestStream<PCollection<number>>;

const script = testStream<number>();
const els = (...timestamps: readonly number[]) => timestamps.map((timestamp) => at(timestamp, timestamp));
const FIXED = fixedWindows({ size: 10 });

/** Groups what a script gives under one key. */
function grouped(stream: Script, windowFn: AnyWindowFn, firing: object): readonly [Pipeline, PCollection<unknown>] {
  const p = new Pipeline();
  // A trigger with its mode, put together by the test.
  const windowed = p.apply(stream).windowInto(windowFn, firing);
  return [p, windowed.keyBy(() => 'k').groupByKey()];
}

const panes = (stream: Script, firing: object, windowFn: AnyWindowFn = FIXED): readonly string[] =>
  linesOf(...grouped(stream, windowFn, firing));

const discarding = (trigger: Trigger, others = {}) => ({ trigger, accumulationMode: 'discarding', ...others });
const accumulating = (trigger: Trigger, others = {}) => ({ trigger, accumulationMode: 'accumulating', ...others });
const pairs = repeatedly(afterCount(2));

describe('panes (conformance 92 to 104)', () => {
  test('the default trigger fires once, when the watermark has passed the window (92)', () => {
    const stream = script
      .addElements(...els(1, 2))
      .advanceWatermarkTo(10)
      .advanceWatermarkToInfinity();
    expect(panes(stream, {})).toEqual(['k: [1, 2] @9 in [0,10) ON_TIME 0/0 first last']);
  });

  test('a window is not over while the watermark is at its last instant', () => {
    const stream = script
      .addElements(...els(1))
      .advanceWatermarkTo(9)
      .addElements(...els(9))
      .advanceWatermarkToInfinity();
    expect(panes(stream, {})).toEqual(['k: [1, 9] @9 in [0,10) ON_TIME 0/0 first last']);
  });

  test('with lateness left the pane on time is not the last', () => {
    const stream = script
      .addElements(...els(1))
      .advanceWatermarkTo(10)
      .advanceWatermarkToInfinity();
    expect(panes(stream, { allowedLateness: 5 })).toEqual(['k: [1] @9 in [0,10) ON_TIME 0/0 first']);
  });

  const early = afterWatermark({ early: afterCount(2) });
  const both = afterWatermark({ early: afterCount(2), late: afterCount(1) });
  const late = script
    .addElements(...els(1, 2, 3, 4, 5))
    .advanceWatermarkTo(10)
    .addElements(...els(6))
    .advanceWatermarkTo(20)
    .addElements(...els(7))
    .advanceWatermarkToInfinity();

  test('early panes come by count, the rest on time (93)', () => {
    const stream = script
      .addElements(...els(1, 2, 3, 4, 5))
      .advanceWatermarkTo(10)
      .advanceWatermarkToInfinity();
    expect(panes(stream, discarding(early))).toEqual([
      'k: [1, 2] @9 in [0,10) EARLY 0/-1 first',
      'k: [3, 4] @9 in [0,10) EARLY 1/-1',
      'k: [5] @9 in [0,10) ON_TIME 2/0 last',
    ]);
  });

  test('a late element fires a late pane, one beyond the lateness is dropped (94, 95)', () => {
    const [p, groups] = grouped(late, FIXED, discarding(both, { allowedLateness: 10 }));
    expect(linesOf(p, groups)).toEqual([
      'k: [1, 2] @9 in [0,10) EARLY 0/-1 first',
      'k: [3, 4] @9 in [0,10) EARLY 1/-1',
      'k: [5] @9 in [0,10) ON_TIME 2/0',
      'k: [6] @9 in [0,10) LATE 3/1',
    ]);
    expect(dropsOf(p)).toEqual(['late k: 7 @7']);
  });

  test('accumulating panes repeat what was there (96)', () => {
    expect(panes(late, accumulating(both, { allowedLateness: 10 }))).toEqual([
      'k: [1, 2] @9 in [0,10) EARLY 0/-1 first',
      'k: [1, 2, 3, 4] @9 in [0,10) EARLY 1/-1',
      'k: [1, 2, 3, 4, 5] @9 in [0,10) ON_TIME 2/0',
      'k: [1, 2, 3, 4, 5, 6] @9 in [0,10) LATE 3/1',
    ]);
  });

  test('a count repeats in the global window, and what is left comes at the end (97)', () => {
    const stream = script.addElements(...els(1, 2, 3, 4, 5, 6, 7)).advanceWatermarkToInfinity();
    expect(panes(stream, discarding(repeatedly(afterCount(3))), globalWindows())).toEqual([
      `k: [1, 2, 3] @${END_OF_GLOBAL_WINDOW} in global EARLY 0/-1 first`,
      `k: [4, 5, 6] @${END_OF_GLOBAL_WINDOW} in global EARLY 1/-1`,
      `k: [7] @${END_OF_GLOBAL_WINDOW} in global ON_TIME 2/0 last`,
    ]);
  });

  test('processing time fires a pane its delay after the first element of the pane (98)', () => {
    const stream = script
      .addElements(...els(1, 2))
      .advanceProcessingTime(5)
      .addElements(...els(3))
      .advanceProcessingTime(4)
      .addElements(...els(4))
      .advanceProcessingTime(1)
      .advanceWatermarkToInfinity();
    const firing = discarding(repeatedly(afterProcessingTime({ delay: 5 })), { onTimeBehavior: 'fire-if-nonempty' });
    expect(panes(stream, firing)).toEqual([
      'k: [1, 2] @9 in [0,10) EARLY 0/-1 first',
      'k: [3, 4] @9 in [0,10) EARLY 1/-1',
    ]);
  });

  test('processing time can be rounded up to a multiple', () => {
    const stream = script
      .advanceProcessingTime(3)
      .addElements(...els(1))
      .advanceProcessingTime(6);
    const firing = discarding(repeatedly(afterProcessingTime({ delay: 1, alignTo: 10 })));
    expect(panes(stream.advanceWatermarkToInfinity(), firing)).toEqual(['k: [1] @9 in [0,10) ON_TIME 0/0 first last']);
    expect(panes(stream.advanceProcessingTime(1).advanceWatermarkToInfinity(), firing)).toEqual([
      'k: [1] @9 in [0,10) EARLY 0/-1 first',
      'k: [] @9 in [0,10) ON_TIME 1/0 last',
    ]);
  });

  describe('composites (99)', () => {
    const stream = script
      .addElements(...els(1, 2, 3, 4))
      .advanceWatermarkTo(10)
      .advanceWatermarkToInfinity();
    const once = (trigger: Trigger) => panes(stream, discarding(trigger, { allowDataLoss: true }));

    test('afterAny fires with the first, and once', () => {
      expect(once(afterAny(afterCount(3), afterWatermark()))).toEqual([
        'k: [1, 2, 3] @9 in [0,10) EARLY 0/-1 first last',
      ]);
      expect(once(afterAny(afterCount(5), afterWatermark()))).toEqual([
        'k: [1, 2, 3, 4] @9 in [0,10) ON_TIME 0/0 first last',
      ]);
    });

    test('afterAll fires when all have, once', () => {
      expect(once(afterAll(afterCount(1), afterCount(3)))).toEqual(['k: [1, 2, 3] @9 in [0,10) EARLY 0/-1 first last']);
      expect(once(afterAll(afterCount(1), afterWatermark()))).toEqual([
        'k: [1, 2, 3, 4] @9 in [0,10) ON_TIME 0/0 first last',
      ]);
    });

    test('afterEach fires as one after the other', () => {
      expect(once(afterEach(afterCount(1), afterCount(2)))).toEqual([
        'k: [1] @9 in [0,10) EARLY 0/-1 first',
        'k: [2, 3] @9 in [0,10) EARLY 1/-1 last',
      ]);
    });

    test('orFinally ends with the firing of its second, which counts across panes', () => {
      expect(once(orFinally(pairs, afterCount(3)))).toEqual([
        'k: [1, 2] @9 in [0,10) EARLY 0/-1 first',
        'k: [3] @9 in [0,10) EARLY 1/-1 last',
      ]);
    });

    test('repeatedly starts a finished composite again', () => {
      expect(once(repeatedly(afterEach(afterCount(1), afterCount(2))))).toEqual([
        'k: [1] @9 in [0,10) EARLY 0/-1 first',
        'k: [2, 3] @9 in [0,10) EARLY 1/-1',
        'k: [4] @9 in [0,10) EARLY 2/-1',
        'k: [] @9 in [0,10) ON_TIME 3/0 last',
      ]);
    });
  });

  test('emit-always closes with an empty last pane, emit-if-nonempty with none (100)', () => {
    const stream = script
      .addElements(...els(1))
      .advanceWatermarkTo(10)
      .advanceWatermarkTo(16);
    const onTime = 'k: [1] @9 in [0,10) ON_TIME 0/0 first';
    const firing = { allowedLateness: 5 };
    const ended = stream.advanceWatermarkToInfinity();
    expect(panes(ended, firing)).toEqual([onTime]);
    expect(panes(ended, { ...firing, closingBehavior: 'emit-always' })).toEqual([
      onTime,
      'k: [] @9 in [0,10) LATE 1/1 last',
    ]);
  });

  test('the pane on time fires even when it is empty, unless told otherwise (101)', () => {
    const stream = script.addElements(...els(1, 2)).advanceWatermarkToInfinity();
    const first = 'k: [1, 2] @9 in [0,10) EARLY 0/-1 first';
    expect(panes(stream, discarding(early))).toEqual([first, 'k: [] @9 in [0,10) ON_TIME 1/0 last']);
    expect(panes(stream, accumulating(early))).toEqual([first, 'k: [1, 2] @9 in [0,10) ON_TIME 1/0 last']);
    expect(panes(stream, discarding(early, { onTimeBehavior: 'fire-if-nonempty' }))).toEqual([first]);
  });

  test('never gives data when the window expires (102)', () => {
    const stream = script
      .addElements(...els(1))
      .advanceWatermarkTo(14)
      .addElements(...els(2))
      .advanceWatermarkTo(15);
    const [p, groups] = grouped(
      stream.advanceWatermarkToInfinity(),
      FIXED,
      discarding(never(), { allowedLateness: 5 }),
    );
    expect(linesOf(p, groups)).toEqual(['k: [1, 2] @9 in [0,10) ON_TIME 0/0 first last']);
    expect(dropsOf(p)).toEqual([]);
  });

  test('a trigger that has finished drops what comes (103)', () => {
    const stream = script.addElements(...els(1, 2, 3, 4, 5)).advanceWatermarkToInfinity();
    const [p, groups] = grouped(stream, FIXED, discarding(afterCount(2), { allowDataLoss: true }));
    expect(linesOf(p, groups)).toEqual(['k: [1, 2] @9 in [0,10) EARLY 0/-1 first last']);
    expect(dropsOf(p)).toEqual(['finished k: 3 @3', 'finished k: 4 @4', 'finished k: 5 @5']);
  });

  test('counts add up where sessions become one, and panes are counted anew in a window that is new (104)', () => {
    const stream = script
      .addElements(...els(0, 20, 12))
      .addElements(...els(25, 8))
      .advanceWatermarkToInfinity();
    expect(panes(stream, discarding(pairs), sessions({ gap: 10 }))).toEqual([
      // 12 and 20 make [12,30), which has a pane; 25 makes it [12,35), and 8 joins all.
      'k: [12, 20] @29 in [12,30) EARLY 0/-1 first',
      'k: [0, 8, 25] @34 in [0,35) EARLY 0/-1 first',
      'k: [] @34 in [0,35) ON_TIME 1/0 last',
    ]);
  });
});

describe('what time does to panes', () => {
  test('a key that first comes when the window is over has late panes only', () => {
    const stream = script
      .advanceWatermarkTo(10)
      .addElements(...els(1))
      .addElements(...els(2))
      .advanceWatermarkToInfinity();
    expect(panes(stream, { allowedLateness: 5 })).toEqual([
      'k: [1] @9 in [0,10) LATE 0/0 first',
      'k: [2] @9 in [0,10) LATE 1/1',
    ]);
  });

  test('it has a pane on time while another window holds the output watermark before the end', () => {
    const stream = script.addElements(...els(7)).advanceWatermarkTo(12);
    const [p, groups] = (() => {
      const pipeline = new Pipeline();
      const windowed = pipeline
        .apply(stream.addElements(at(3, 103)).advanceWatermarkToInfinity())
        .windowInto(slidingWindows({ size: 10, period: 5 }), { allowedLateness: 10, timestampCombiner: 'earliest' });
      return [pipeline, windowed.keyBy((n) => (n > 100 ? 'b' : 'a')).groupByKey()] as const;
    })();
    expect(linesOf(p, groups).filter((line) => line.startsWith('b'))).toEqual([
      'b: [103] @9 in [0,10) ON_TIME 0/0 first',
      'b: [103] @4 in [-5,5) LATE 0/0 first',
    ]);
  });

  test('a pane has the earliest or latest timestamp of its elements, late ones apart', () => {
    const stream = script
      .addElements(...els(3, 5))
      .advanceWatermarkTo(4)
      .addElements(...els(2, 6))
      .advanceWatermarkTo(10);
    const combined = (timestampCombiner: string, trigger: Trigger) =>
      panes(stream.addElements(...els(7)).advanceWatermarkToInfinity(), {
        ...accumulating(trigger),
        timestampCombiner,
        allowedLateness: 9,
      });
    const whole = afterWatermark({ late: afterCount(1) });
    expect(combined('earliest', whole)).toEqual([
      'k: [2, 3, 5, 6] @3 in [0,10) ON_TIME 0/0 first',
      'k: [2, 3, 5, 6, 7] @9 in [0,10) LATE 1/1',
    ]);
    expect(combined('latest', whole)).toEqual([
      'k: [2, 3, 5, 6] @6 in [0,10) ON_TIME 0/0 first',
      'k: [2, 3, 5, 6, 7] @9 in [0,10) LATE 1/1',
    ]);
    // The hold at 3 is gone with the first pane, so the element at 2 is behind the watermark when it comes.
    expect(combined('earliest', afterWatermark({ early: afterCount(2), late: afterCount(1) }))).toEqual([
      'k: [3, 5] @3 in [0,10) EARLY 0/-1 first',
      'k: [2, 3, 5, 6] @6 in [0,10) EARLY 1/-1',
      'k: [2, 3, 5, 6] @9 in [0,10) ON_TIME 2/0',
      'k: [2, 3, 5, 6, 7] @9 in [0,10) LATE 3/1',
    ]);
  });

  test('late panes stay late for the grouping behind, which drops them when its window has expired', () => {
    const p = new Pipeline();
    const stream = script
      .addElements(...els(1))
      .advanceWatermarkTo(12)
      .addElements(...els(2))
      .advanceWatermarkToInfinity();
    const sums = p
      .apply(stream)
      .windowInto(FIXED, { allowedLateness: 5 })
      .keyBy(() => 'k')
      .combinePerKey(sum)
      .combinePerKey(sum, { name: 'Again' });
    expect(linesOf(p, sums)).toEqual(['k: 1 @9 in [0,10) ON_TIME 0/0 first', 'k: 2 @9 in [0,10) LATE 1/1']);
    expect(dropsOf(p)).toEqual([]);
  });

  test('a combiner gives its value of nothing for an empty pane that discards', () => {
    const p = new Pipeline();
    const early = afterWatermark({ early: afterCount(1) });
    const sums = p
      .apply(script.addElements(...els(5)).advanceWatermarkToInfinity())
      .windowInto(FIXED, { trigger: early, accumulationMode: 'discarding' })
      .keyBy(() => 'k')
      .combinePerKey(sum);
    expect(linesOf(p, sums)).toEqual(['k: 5 @9 in [0,10) EARLY 0/-1 first', 'k: 0 @9 in [0,10) ON_TIME 1/0 last']);
  });

  test('windows of a custom kind merge as their function says', () => {
    const even = customWindows<IntervalWindow, number>({
      name: 'Even',
      assign: (timestamp) => [interval(timestamp, timestamp + (timestamp % 2 === 0 ? 10 : 1))],
      merge: mergeOverlapping,
    });
    const stream = script.addElements(...els(0, 5, 13, 8)).advanceWatermarkToInfinity();
    expect(panes(stream, {}, even)).toEqual(['k: [0, 5, 8, 13] @17 in [0,18) ON_TIME 0/0 first last']);
  });

  test('a session that goes on after its pane has its pane on time when the whole is over', () => {
    const stream = script
      .addElements(...els(0))
      .advanceWatermarkTo(11)
      .addElements(...els(8))
      .advanceWatermarkToInfinity();
    expect(panes(stream, { allowedLateness: 20 }, sessions({ gap: 10 }))).toEqual([
      'k: [0] @9 in [0,10) ON_TIME 0/0 first',
      'k: [8] @17 in [0,18) ON_TIME 0/0 first last',
    ]);
  });

  test('windows expire in order of time, also where time leaps', () => {
    const stream = script
      .addElements(...els(0, 15))
      .advanceWatermarkTo(12)
      .advanceWatermarkToInfinity();
    expect(panes(stream, discarding(pairs, { allowedLateness: 21, allowDataLoss: true }))).toEqual([
      'k: [0] @9 in [0,10) ON_TIME 0/0 first last',
      'k: [15] @19 in [10,20) ON_TIME 0/0 first last',
    ]);
  });
});
