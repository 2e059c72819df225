import { describe, expect, test } from 'vitest';
import {
  afterAll,
  afterAny,
  afterCount,
  afterEach,
  afterGrouping,
  afterProcessingTime,
  afterWatermark,
  DEFAULT_WINDOWING,
  defaultTrigger,
  fixedWindows,
  globalWindows,
  hours,
  minutes,
  never,
  orFinally,
  PipelineError,
  repeatedly,
  sessions,
  type Trigger,
  windowingStrategy,
} from '../../model/index.ts';

const windows = fixedWindows({ size: minutes(5) });

test('without more, each window fires once, at its end, with no time for late elements', () => {
  expect(windowingStrategy('Step', windows, {})).toEqual({
    windowFn: windows,
    trigger: defaultTrigger(),
    accumulationMode: 'discarding',
    allowedLateness: 0,
    timestampCombiner: 'end-of-window',
    closingBehavior: 'emit-if-nonempty',
    onTimeBehavior: 'fire-always',
    alreadyMerged: false,
  });
});

test('what is asked for is kept', () => {
  const firing = {
    trigger: afterWatermark({ early: afterCount(2), late: afterCount(1) }),
    accumulationMode: 'accumulating',
    allowedLateness: hours(1),
    timestampCombiner: 'latest',
    closingBehavior: 'emit-always',
    onTimeBehavior: 'fire-if-nonempty',
  } as const;
  expect(windowingStrategy('Step', windows, firing)).toEqual({ ...firing, windowFn: windows, alreadyMerged: false });
});

describe('a trigger that would drop later elements is refused with the step, the trigger and two ways out', () => {
  test.each<[string, Trigger, number]>([
    ['afterCount(2)', afterCount(2), 0],
    ['afterProcessingTime(1000 ms)', afterProcessingTime({ delay: 1000 }), 0],
    ['afterWatermark()', afterWatermark(), minutes(1)],
    ['afterWatermark(early: afterCount(1))', afterWatermark({ early: afterCount(1) }), minutes(1)],
    ['orFinally(repeatedly(afterCount(1)), afterCount(5))', orFinally(repeatedly(afterCount(1)), afterCount(5)), 0],
  ])('%s', (text, trigger, allowedLateness) => {
    const make = () =>
      windowingStrategy('Orders/Window', windows, { trigger, allowedLateness, accumulationMode: 'discarding' });
    expect(make).toThrow(PipelineError);
    expect(make).toThrow(`Orders/Window: the trigger ${text} can finish`);
    expect(make).toThrow(/Wrap it in repeatedly\(\.\.\.\), or pass allowDataLoss: true\.$/);
    const allowed = { trigger, allowedLateness, accumulationMode: 'discarding', allowDataLoss: true } as const;
    expect(windowingStrategy('Step', windows, allowed).trigger).toBe(trigger);
  });
});

test.each<[string, Trigger, number]>([
  ['the default trigger, with lateness', defaultTrigger(), hours(1)],
  ['a trigger that never fires', never(), hours(1)],
  ['a repeated one', repeatedly(afterCount(2)), hours(1)],
  ['the watermark, as no element is taken after it', afterWatermark({ early: afterCount(1) }), 0],
  ['the watermark and each late element', afterWatermark({ late: afterCount(1) }), hours(1)],
])('a trigger that loses nothing is taken: %s', (_name, trigger, allowedLateness) => {
  const firing = { trigger, allowedLateness, accumulationMode: 'accumulating' } as const;
  expect(windowingStrategy('Step', windows, firing)).toMatchObject(firing);
});

test.each([-1, Number.NaN])('an allowedLateness of %d is refused with an example', (allowedLateness) => {
  const make = () => windowingStrategy('Step', windows, { allowedLateness });
  expect(make).toThrow(PipelineError);
  expect(make).toThrow(/^Step: allowedLateness is (-1|NaN) ms but must be 0 or more\..*Pass e\.g\. minutes\(5\)/);
});

test('after a grouping a collection has the continuation of the trigger, and the rest of its strategy', () => {
  const firing = { trigger: repeatedly(afterCount(3)), accumulationMode: 'accumulating', allowedLateness: 5 } as const;
  const strategy = windowingStrategy('Step', windows, firing);
  expect(afterGrouping(strategy)).toEqual({ ...strategy, trigger: repeatedly(afterCount(1)) });
});

test('windows that merge are final after a grouping, others stay as they are', () => {
  const merging = windowingStrategy('Step', sessions({ gap: minutes(1) }), {});
  expect(afterGrouping(merging)).toEqual({ ...merging, alreadyMerged: true });
  expect(afterGrouping(DEFAULT_WINDOWING)).toBe(DEFAULT_WINDOWING);
  expect(DEFAULT_WINDOWING.windowFn).toBe(globalWindows());
});

describe('what is no trigger, and choices that there are not, are refused where windows are assigned', () => {
  const discarding = { accumulationMode: 'discarding' } as const;
  test.each<[string, object, RegExp]>([
    ['a trigger that was not made', { ...discarding, trigger: afterWatermark }, /a part of it, is .*afterWatermark\(/],
    [
      'a part that is missing',
      { ...discarding, trigger: repeatedly(undefined as never) },
      /a part of it, is undefined/,
    ],
    ['an end that is missing', { ...discarding, trigger: orFinally(never(), undefined as never) }, /is undefined/],
    [
      'no kind',
      { ...discarding, trigger: repeatedly({ kind: 'often' } as never) },
      /a part of it, is \{"kind":"often"\}/,
    ],
    [
      'early firings that were not made',
      { ...discarding, trigger: afterWatermark({ early: afterCount as never }) },
      /a part of it, is /,
    ],
    ['any of none', { ...discarding, trigger: repeatedly(afterAny()) }, /afterAny\(\) without a trigger/],
    ['all of none', { ...discarding, trigger: repeatedly(afterAll()) }, /afterAll\(\) without a trigger/],
    ['each of none', { ...discarding, trigger: repeatedly(afterEach()) }, /afterEach\(\) without a trigger/],
    [
      'multiples of nothing',
      { ...discarding, trigger: repeatedly(afterProcessingTime({ delay: 5, alignTo: 0 })) },
      /alignTo of afterProcessingTime is 0 ms/,
    ],
    [
      'multiples of what is no time',
      { ...discarding, trigger: afterWatermark({ early: afterProcessingTime({ delay: 5, alignTo: Number.NaN }) }) },
      /alignTo of afterProcessingTime is NaN ms/,
    ],
    ['another timestamp', { timestampCombiner: 'first' }, /timestampCombiner is "first".*'earliest' or 'latest'/],
    ['another end', { closingBehavior: 'always' }, /closingBehavior is "always".*'emit-always'/],
    ['another way to fire on time', { onTimeBehavior: 'never' }, /onTimeBehavior is "never".*'fire-if-nonempty'/],
  ])('%s', (_, firing, message) => {
    const make = () => windowingStrategy('Orders/Window', windows, firing);
    expect(make).toThrow(PipelineError);
    expect(make).toThrow(/^Orders\/Window: /);
    expect(make).toThrow(message);
  });
});
