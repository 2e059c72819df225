// G. Panes that depend on where the watermark and the clock are: a test stream says so.
import {
  afterCount,
  afterProcessingTime,
  afterWatermark,
  type Firing,
  never,
  type PCollection,
  type Pipeline,
  repeatedly,
  seconds,
} from '../../../index.ts';
import { assertThat, at as element, type TestStream, testStream } from '../../../testing/index.ts';
import { at, grouped, ON_TIME, tens, within } from '../collections.ts';
import { item, succeeds } from '../item.ts';
import { early, instants, late, onTime, panes } from '../panes.ts';

type Numbers = TestStream<PCollection<number>>;

/** The groups of a stream in windows of ten seconds. */
const groupsOf = (p: Pipeline, stream: Numbers, firing: Firing = {}): PCollection<readonly number[]> =>
  grouped(p.apply(stream).windowInto(tens, { ...firing, name: 'Window' }));

/** Five numbers before the end of the first window, a sixth after it. */
const fiveAndOneLate = testStream<number>()
  .addElements(...instants(1, 2))
  .addElements(...instants(3, 4))
  .addElements(...instants(5))
  .advanceWatermarkTo(seconds(10))
  .addElements(...instants(6))
  .advanceWatermarkToInfinity();

const pairsThenEach = (accumulationMode: 'accumulating' | 'discarding'): Firing => ({
  trigger: afterWatermark({ early: afterCount(2), late: afterCount(1) }),
  accumulationMode,
  allowedLateness: seconds(10),
});

const lateEach = (closingBehavior: 'emit-always' | 'emit-if-nonempty'): Firing => ({
  allowedLateness: seconds(10),
  closingBehavior,
});

const oneAndNoMore = testStream<number>()
  .addElements(...instants(1))
  .advanceWatermarkTo(seconds(10))
  .advanceWatermarkTo(seconds(30))
  .advanceWatermarkToInfinity();

export const paneTimes = [
  item(
    92,
    'The default trigger fires one pane, on time, when the watermark passes the end of the window.',
    succeeds((p) => {
      const stream = testStream<number>()
        .addElements(...instants(1, 2))
        .advanceWatermarkTo(seconds(10))
        .advanceWatermarkToInfinity();
      assertThat(panes(groupsOf(p, stream))).containsInAnyOrder([{ values: [1, 2], pane: ON_TIME }]);
    }),
    // With some lateness another pane could follow, so the pane is not the last.
    succeeds((p) => {
      const groups = groupsOf(p, oneAndNoMore, { allowedLateness: seconds(10) });
      assertThat(panes(groups)).containsInAnyOrder([{ values: [1], pane: onTime(0, false) }]);
    }),
  ),
  item(
    94,
    'An element after the watermark but within the allowed lateness comes in a late pane.',
    succeeds((p) =>
      assertThat(panes(groupsOf(p, fiveAndOneLate, pairsThenEach('discarding')))).containsInAnyOrder([
        { values: [1, 2], pane: early(0) },
        { values: [3, 4], pane: early(1) },
        { values: [5], pane: onTime(2, false) },
        { values: [6], pane: late(3, 1) },
      ]),
    ),
  ),
  item(
    95,
    'An element beyond the allowed lateness is dropped.',
    succeeds((p) => {
      const stream = testStream<number>()
        .addElements(...instants(1))
        .advanceWatermarkTo(seconds(15))
        .addElements(...instants(2))
        .advanceWatermarkTo(seconds(21))
        .addElements(...instants(3))
        .advanceWatermarkToInfinity();
      const groups = groupsOf(p, stream, { allowedLateness: seconds(10) });
      assertThat(panes(groups)).containsInAnyOrder([
        { values: [1], pane: onTime(0, false) },
        { values: [2], pane: late(1, 1) },
      ]);
    }),
  ),
  item(
    98,
    'A delay in processing time fires one pane per advance of the clock.',
    succeeds((p) => {
      const stream = testStream<number>()
        .addElements(...instants(1))
        .advanceProcessingTime(seconds(4))
        .addElements(...instants(2))
        .advanceProcessingTime(seconds(2))
        .addElements(...instants(3))
        .advanceProcessingTime(seconds(5))
        .advanceWatermarkToInfinity();
      const groups = groupsOf(p, stream, {
        trigger: repeatedly(afterProcessingTime({ delay: seconds(5) })),
        accumulationMode: 'discarding',
        onTimeBehavior: 'fire-if-nonempty',
      });
      assertThat(panes(groups)).containsInAnyOrder([
        { values: [1, 2], pane: early(0) },
        { values: [3], pane: early(1) },
      ]);
    }),
  ),
  item(
    100,
    'A window that always closes with a pane has an empty last one; otherwise there is none.',
    succeeds((p) =>
      assertThat(panes(groupsOf(p, oneAndNoMore, lateEach('emit-always')))).containsInAnyOrder([
        { values: [1], pane: onTime(0, false) },
        { values: [], pane: late(1, 1, true) },
      ]),
    ),
    succeeds((p) =>
      assertThat(panes(groupsOf(p, oneAndNoMore, lateEach('emit-if-nonempty')))).containsInAnyOrder([
        { values: [1], pane: onTime(0, false) },
      ]),
    ),
  ),
  item(
    102,
    'With the trigger that never fires, elements come out when the window expires.',
    succeeds((p) => {
      const arrived = at(p, [1, 1], [2, 2]).windowInto(tens, { trigger: never(), accumulationMode: 'discarding' });
      assertThat(grouped(arrived))
        .inFinalPane(within(0, 10))
        .containsInAnyOrder([[1, 2]]);
    }),
    // Were anything fired at the end of the window, there would be two panes.
    succeeds((p) => {
      const stream = testStream<number>()
        .addElements(...instants(1))
        .advanceWatermarkTo(seconds(12))
        .addElements(element(seconds(2), 2))
        .advanceWatermarkToInfinity();
      const firing: Firing = { trigger: never(), accumulationMode: 'discarding', allowedLateness: seconds(10) };
      assertThat(groupsOf(p, stream, firing)).containsInAnyOrder([[1, 2]]);
    }),
  ),
];

/** With a late element, panes that accumulate repeat what was there; told where the others are. */
export const accumulatingLate = succeeds((p) =>
  assertThat(panes(groupsOf(p, fiveAndOneLate, pairsThenEach('accumulating')))).containsInAnyOrder([
    { values: [1, 2], pane: early(0) },
    { values: [1, 2, 3, 4], pane: early(1) },
    { values: [1, 2, 3, 4, 5], pane: onTime(2, false) },
    { values: [1, 2, 3, 4, 5, 6], pane: late(3, 1) },
  ]),
);
