import { describe, expect, test } from 'vitest';
import {
  afterAll,
  afterAny,
  afterCount,
  afterEach,
  afterProcessingTime,
  afterWatermark,
  continuationOf,
  defaultTrigger,
  formatTrigger,
  mayFinish,
  never,
  orFinally,
  PipelineError,
  repeatedly,
  seconds,
  type Trigger,
} from '../../model/index.ts';

const soon = afterProcessingTime({ delay: seconds(30) });

test.each<[string, Trigger]>([
  ['default', defaultTrigger()],
  ['never', never()],
  ['afterWatermark()', afterWatermark()],
  [
    'afterWatermark(early: afterProcessingTime(30000 ms), late: afterCount(1))',
    afterWatermark({ early: soon, late: afterCount(1) }),
  ],
  ['repeatedly(afterAny(afterCount(100), afterProcessingTime(30000 ms)))', repeatedly(afterAny(afterCount(100), soon))],
  [
    'afterEach(afterCount(1), afterAll(afterCount(2), never))',
    afterEach(afterCount(1), afterAll(afterCount(2), never())),
  ],
  ['orFinally(repeatedly(afterCount(1)), afterWatermark())', orFinally(repeatedly(afterCount(1)), afterWatermark())],
])('a trigger is shown as it is written: %s', (text, trigger) => {
  expect(formatTrigger(trigger)).toBe(text);
});

// Beam's getContinuationTrigger.
test.each<[string, Trigger, string]>([
  ['a count', afterCount(100), 'afterCount(1)'],
  ['a delay', soon, 'afterProcessingTime(0 ms)'],
  ['the default trigger', defaultTrigger(), 'default'],
  ['never', never(), 'never'],
  [
    'early and late panes',
    afterWatermark({ early: soon, late: afterCount(9) }),
    'afterWatermark(early: afterProcessingTime(0 ms), late: afterCount(1))',
  ],
  ['a repeated one', repeatedly(afterCount(2)), 'repeatedly(afterCount(1))'],
  ['any', afterAny(afterCount(2), soon), 'afterAny(afterCount(1), afterProcessingTime(0 ms))'],
  ['all', afterAll(afterCount(2), never()), 'afterAll(afterCount(1), never)'],
  [
    'a sequence, which may not end',
    afterEach(afterCount(2), soon),
    'repeatedly(afterAny(afterCount(1), afterProcessingTime(0 ms)))',
  ],
  [
    'an end, which may not come',
    orFinally(repeatedly(soon), afterCount(5)),
    'repeatedly(orFinally(repeatedly(afterProcessingTime(0 ms)), afterCount(1)))',
  ],
])('what comes out of a grouping does not wait again in the next one: %s', (_name, trigger, text) => {
  expect(formatTrigger(continuationOf(trigger))).toBe(text);
});

test('a delay is not aligned behind a grouping', () => {
  expect(continuationOf(afterProcessingTime({ delay: 5, alignTo: 10 }))).toEqual(afterProcessingTime({ delay: 0 }));
});

test('a trigger is data that survives JSON', () => {
  const trigger = orFinally(repeatedly(afterAny(afterCount(2), soon)), afterWatermark({ late: afterCount(1) }));
  expect(JSON.parse(JSON.stringify(trigger))).toEqual(JSON.parse(JSON.stringify(trigger)) as Trigger);
  expect(formatTrigger(JSON.parse(JSON.stringify(trigger)) as Trigger)).toBe(formatTrigger(trigger));
});

// Beam's unsafe triggers (Trigger.mayFinish of the Java SDK): those after which elements of the window are dropped.
describe('a trigger may finish', () => {
  test.each<[boolean, Trigger]>([
    [false, defaultTrigger()],
    [false, never()],
    [false, repeatedly(afterCount(1))],
    [false, afterWatermark({ late: afterCount(1) })],
    [true, afterWatermark()],
    [true, afterWatermark({ early: afterCount(1) })],
    [true, afterCount(1)],
    [true, soon],
    [true, afterAny(afterCount(1), never())],
    [false, afterAny(never(), repeatedly(soon))],
    [false, afterAll(afterCount(1), never())],
    [true, afterAll(afterCount(1), soon)],
    [false, afterEach(afterCount(1), repeatedly(soon))],
    [true, afterEach(afterCount(1), soon)],
    [true, orFinally(repeatedly(afterCount(1)), soon)],
    [false, orFinally(repeatedly(afterCount(1)), never())],
  ])('%s: %o', (answer, trigger) => {
    expect(mayFinish(trigger)).toBe(answer);
  });
});

test.each([0, -1, 1.5, Number.NaN])('afterCount(%d) is refused with an example', (count) => {
  expect(() => afterCount(count)).toThrow(PipelineError);
  expect(() => afterCount(count)).toThrow(/A pane needs an element to fire\. Pass e\.g\. afterCount\(100\)/);
});

test.each([-1, Number.NaN])('a delay of %d is refused with an example', (delay) => {
  expect(() => afterProcessingTime({ delay })).toThrow(PipelineError);
  expect(() => afterProcessingTime({ delay })).toThrow(/Pass e\.g\. seconds\(30\)/);
});
