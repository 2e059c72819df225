// The rules of docs/decisions/0015-streaming-engine.md, "Panes", one by one.
import { describe, expect, test } from 'vitest';
import {
  afterCount,
  afterEach,
  afterProcessingTime,
  afterWatermark,
  customWindows,
  defaultTrigger,
  fixedWindows,
  type Firing,
  interval,
  MAX_TIMESTAMP,
  never,
  orFinally,
  repeatedly,
  sum,
  slidingWindows,
  type Trigger,
  windowingStrategy,
} from '../../../model/index.ts';
import { add, clock, end, type Event, panesOf, Script, watermark } from './script.ts';

const tens = fixedWindows({ size: 10 });
const EARLY_AND_LATE = afterWatermark({ early: afterCount(2), late: afterCount(1) });

const discarding = (trigger: Trigger, more: Partial<Firing> = {}): Firing => ({
  trigger,
  accumulationMode: 'discarding',
  allowDataLoss: true,
  ...more,
});
const accumulating = (trigger: Trigger, more: Partial<Firing> = {}): Firing => ({
  trigger,
  accumulationMode: 'accumulating',
  allowDataLoss: true,
  ...more,
});
/** Semantically the default trigger, which takes the way that all other triggers take. */
const DEFAULT_AT_LENGTH = orFinally(defaultTrigger(), never());

describe.each<[string, Firing]>([
  ['as the default', {}],
  ['written at length', discarding(DEFAULT_AT_LENGTH)],
])('the default trigger, %s,', (_name, firing) => {
  const within = (allowedLateness: number): Firing => ({ ...firing, allowedLateness });

  test('fires once, when the watermark has passed the last instant of the window', async () => {
    const events = [add('a', 1, 0), add('b', 2, 9), watermark(9)];
    expect(await panesOf(tens, firing, events)).toEqual([]);
    expect(await panesOf(tens, firing, [...events, watermark(10)])).toEqual([
      'a [1] ON_TIME 0 0 last',
      'b [2] ON_TIME 0 0 last',
    ]);
  });

  test('with lateness fires again for each late element, and the on-time pane is not the last', async () => {
    const events = [add('a', 1, 0), watermark(10), add('a', 2, 1), add('a', 3, 1), watermark(100)];
    expect(await panesOf(tens, within(20), events)).toEqual(['a [1] ON_TIME 0 0', 'a [2] LATE 1 1', 'a [3] LATE 2 2']);
  });

  test('gives a key that first comes late a late pane with index 0', async () => {
    const events = [add('a', 1, 0), watermark(10), add('b', 2, 1), add('b', 3, 1)];
    expect(await panesOf(tens, within(20), events)).toEqual(['a [1] ON_TIME 0 0', 'b [2] LATE 0 0', 'b [3] LATE 1 1']);
  });

  test('takes late elements until the window has expired, and drops them from then on', async () => {
    const script = new Script(windowingStrategy('Window', tens, within(20)));
    await script.tell(watermark(29), add('a', 'last', 0), watermark(30), add('a', 'too late', 0));
    expect(script.fired.map(({ value }) => value)).toEqual([['last']]);
    expect(script.late).toEqual(['too late']);
  });

  test('with emit-always gives an empty last pane when the window expires, also to who came late', async () => {
    const events = [add('a', 1, 0), watermark(10), add('b', 2, 0), watermark(30)];
    expect(await panesOf(tens, { ...within(20), closingBehavior: 'emit-always' }, events)).toEqual([
      'a [1] ON_TIME 0 0',
      'b [2] LATE 0 0',
      'a [] LATE 1 1 last',
      'b [] LATE 1 1 last',
    ]);
  });

  test('gives one last pane where the watermark passes the end and the expiry at once', async () => {
    const behavior: Partial<Firing> = { closingBehavior: 'emit-always' };
    expect(await panesOf(tens, { ...within(20), ...behavior }, [add('a', 1, 0), end])).toEqual([
      'a [1] ON_TIME 0 0 last',
    ]);
  });

  test('gives panes of windows in the order of their ends', async () => {
    const events = [add('a', 3, 25), add('a', 1, 5), add('a', 2, 15), end];
    expect(await panesOf(tens, firing, events)).toEqual([
      'a [1] ON_TIME 0 0 last',
      'a [2] ON_TIME 0 0 last',
      'a [3] ON_TIME 0 0 last',
    ]);
  });

  test('takes an element into each of its windows that has not expired', async () => {
    const script = new Script(windowingStrategy('Window', slidingWindows({ size: 10, period: 5 }), firing));
    await script.tell(watermark(10), add('a', 1, 7), end);
    expect(script.fired.map(({ window, value }) => [window, value])).toEqual([['5,15', [1]]]);
    expect(script.late).toEqual([1]);
  });

  test('holds the watermark at the ends of the windows that have elements', async () => {
    const script = new Script(windowingStrategy('Window', tens, firing));
    expect(script.grouping.hold()).toBe(MAX_TIMESTAMP);
    await script.tell(add('a', 1, 15), add('a', 1, 5));
    expect(script.grouping.hold()).toBe(9);
    await script.tell(watermark(10));
    expect(script.grouping.hold()).toBe(19);
    await script.tell(end);
    expect(script.grouping.hold()).toBe(MAX_TIMESTAMP);
  });

  test('accumulating repeats what was there', async () => {
    const events = [add('a', 1, 0), watermark(10), add('a', 2, 1), add('a', 3, 1)];
    const repeated = { ...firing, trigger: firing.trigger ?? defaultTrigger(), accumulationMode: 'accumulating' };
    expect(await panesOf(tens, { ...repeated, allowedLateness: 20 } as Firing, events)).toEqual([
      'a [1] ON_TIME 0 0',
      'a [1,2] LATE 1 1',
      'a [1,2,3] LATE 2 2',
    ]);
  });
});

describe('timing', () => {
  test('early, on time, late: indices go on, and those of on-time panes begin with the first', async () => {
    const events = [add('a', 1, 0), add('a', 2, 0), add('a', 3, 0), watermark(10), add('a', 4, 0), watermark(40)];
    expect(await panesOf(tens, discarding(EARLY_AND_LATE, { allowedLateness: 20 }), events)).toEqual([
      'a [1,2] EARLY 0 -1',
      'a [3] ON_TIME 1 0',
      'a [4] LATE 2 1',
    ]);
  });

  test('the first firing after the end is on time only while something holds the watermark before it', async () => {
    const firing = discarding(repeatedly(afterCount(2)), { allowedLateness: 20, onTimeBehavior: 'fire-if-nonempty' });
    // One element waits: it holds the output watermark, so its pane is on time when it fires.
    expect(await panesOf(tens, firing, [add('a', 1, 0), watermark(10), add('a', 2, 0)])).toEqual([
      'a [1,2] ON_TIME 0 0',
    ]);
    // None waits.
    expect(await panesOf(tens, firing, [watermark(10), add('a', 1, 0), add('a', 2, 0)])).toEqual(['a [1,2] LATE 0 0']);
  });

  test('what a trigger that never fires holds comes on time when the window expires', async () => {
    const events = [add('a', 1, 0), watermark(10), add('a', 2, 0), watermark(29), watermark(30)];
    expect(await panesOf(tens, discarding(never(), { allowedLateness: 20 }), events)).toEqual([
      'a [1,2] ON_TIME 0 0 last',
    ]);
  });
});

describe('empty panes', () => {
  const events = [add('a', 1, 0), add('a', 2, 0), watermark(10), watermark(30)];

  test('the on-time pane fires though all came early', async () => {
    expect(await panesOf(tens, discarding(EARLY_AND_LATE, { allowedLateness: 20 }), events)).toEqual([
      'a [1,2] EARLY 0 -1',
      'a [] ON_TIME 1 0',
    ]);
  });

  test('it holds what was there when panes accumulate, and what a combine function makes of nothing when they do not', async () => {
    expect(await panesOf(tens, accumulating(EARLY_AND_LATE, { allowedLateness: 20 }), events)).toEqual([
      'a [1,2] EARLY 0 -1',
      'a [1,2] ON_TIME 1 0',
    ]);
    expect(await panesOf(tens, discarding(EARLY_AND_LATE, { allowedLateness: 20 }), events, { fn: sum })).toEqual([
      'a 3 EARLY 0 -1',
      'a 0 ON_TIME 1 0',
    ]);
  });

  test('with fire-if-nonempty it does not', async () => {
    const firing = discarding(EARLY_AND_LATE, { allowedLateness: 20, onTimeBehavior: 'fire-if-nonempty' });
    expect(await panesOf(tens, firing, events)).toEqual(['a [1,2] EARLY 0 -1']);
  });

  test('with emit-always the last pane comes at expiry, unless one was marked last', async () => {
    const always = { allowedLateness: 20, closingBehavior: 'emit-always' } as const;
    expect(await panesOf(tens, discarding(EARLY_AND_LATE, always), events)).toEqual([
      'a [1,2] EARLY 0 -1',
      'a [] ON_TIME 1 0',
      'a [] LATE 2 1 last',
    ]);
    expect(await panesOf(tens, discarding(afterWatermark(), always), events)).toEqual(['a [1,2] ON_TIME 0 0 last']);
  });

  test('a window without elements never fires', async () => {
    expect(await panesOf(tens, discarding(EARLY_AND_LATE), [watermark(10), end])).toEqual([]);
  });
});

describe('a trigger that has finished', () => {
  test('marks its pane as the last, and what comes then is dropped and told apart from late elements', async () => {
    const script = new Script(windowingStrategy('Window', tens, discarding(afterCount(2))));
    await script.tell(add('a', 1, 0), add('a', 2, 0), add('a', 3, 0), add('b', 4, 0), end, add('b', 5, 0));
    expect(script.fired.map(({ value, pane: { isLast } }) => [value, isLast])).toEqual([
      [[1, 2], true],
      [[4], true],
    ]);
    expect([script.closed, script.late]).toEqual([[3], [5]]);
    expect(script.grouping.hold()).toBe(MAX_TIMESTAMP);
  });
});

describe('accumulating panes', () => {
  test('repeat what was there, and are not changed by what comes later', async () => {
    const list = {
      name: 'list',
      createAccumulator: (): number[] => [],
      addInput: (all: number[], n: number) => {
        all.push(n);
        return all;
      },
      mergeAccumulators: (all: Iterable<number[]>) => [...all].flat(),
      extractOutput: (all: number[]) => all,
    };
    const firing = accumulating(repeatedly(afterCount(1)));
    const script = await new Script(windowingStrategy('Window', tens, firing), { fn: list }).tell(
      add('a', 1, 0),
      add('a', 2, 0),
    );
    expect(script.fired.map(({ value }) => value)).toEqual([[1], [1, 2]]);
  });

  test('may be a part of their accumulator, or be taken out of it', async () => {
    const parts = {
      name: 'parts',
      createAccumulator: () => ({ seen: [] as number[] }),
      addInput: (all: { seen: number[] }, n: number) => {
        all.seen.push(n);
        return all;
      },
      mergeAccumulators: (all: Iterable<{ seen: number[] }>) => ({ seen: [...all].flatMap(({ seen }) => seen) }),
    };
    const firing = accumulating(repeatedly(afterCount(1)));
    const firedBy = async (extractOutput: (all: { seen: number[] }) => number[]): Promise<unknown[]> => {
      const strategy = windowingStrategy('Window', tens, firing);
      const script = new Script(strategy, { fn: { ...parts, extractOutput } });
      await script.tell(add('a', 1, 0), add('a', 2, 0));
      return script.fired.map(({ value }) => value);
    };
    expect(await firedBy(({ seen }) => seen)).toEqual([[1], [1, 2]]);
    expect(await firedBy(({ seen }) => seen.splice(0))).toEqual([[1], [1, 2]]);
  });
});

describe('timestamps', () => {
  const timestampsOf = async (timestampCombiner: Firing['timestampCombiner'], events: readonly Event[]) => {
    const trigger = repeatedly(afterCount(2));
    const firing = accumulating(trigger, {
      timestampCombiner,
      allowedLateness: 20,
      onTimeBehavior: 'fire-if-nonempty',
    } as Partial<Firing>);
    const script = new Script(windowingStrategy('Window', tens, firing));
    await script.tell(...events);
    return script.fired.map(({ timestamp }) => timestamp);
  };

  test.each([
    ['end-of-window', [9, 9]],
    ['earliest', [3, 2]],
    ['latest', [5, 4]],
  ] as const)('of a pane with %s are those of the elements since the last one', async (combiner, expected) => {
    const events = [add('a', 1, 5), add('a', 2, 3), add('a', 3, 2), add('a', 4, 4)];
    expect(await timestampsOf(combiner, events)).toEqual(expected);
  });

  test('do not count elements behind the output watermark, nor those of windows that are over', async () => {
    const behind = [watermark(5), add('a', 1, 3), add('a', 2, 7)];
    expect(await timestampsOf('earliest', behind)).toEqual([7]);
    expect(await timestampsOf('earliest', [watermark(12), add('a', 1, 3), add('a', 2, 3)])).toEqual([9]);
  });

  test('are never after the end of the window', async () => {
    const early = customWindows({ name: 'First', assign: () => [interval(0, 10)] });
    const firing = discarding(repeatedly(afterCount(1)), { timestampCombiner: 'latest' });
    const script = new Script(windowingStrategy('Window', early, firing));
    await script.tell(add('a', 1, 50));
    expect(script.fired[0]?.timestamp).toBe(9);
  });
});

describe('holds', () => {
  const holding = async (
    timestampCombiner: Firing['timestampCombiner'],
    trigger: Trigger,
    ...events: readonly Event[]
  ) => {
    const firing = accumulating(trigger, { timestampCombiner, allowedLateness: 20 } as Partial<Firing>);
    const script = await new Script(windowingStrategy('Window', tens, firing)).tell(...events);
    return script.grouping.hold();
  };

  test('are the timestamp that the next pane has so far', async () => {
    const events = [add('a', 1, 5), add('a', 2, 3), add('b', 3, 7)];
    expect(await holding('end-of-window', never(), ...events)).toBe(9);
    expect(await holding('earliest', never(), ...events)).toBe(3);
    expect(await holding('latest', never(), ...events)).toBe(5);
  });

  test('end with the firing, also where panes accumulate', async () => {
    expect(await holding('earliest', repeatedly(afterCount(2)), add('a', 1, 5), add('a', 2, 3))).toBe(MAX_TIMESTAMP);
  });

  test('are not set by elements of windows that are over', async () => {
    expect(await holding('end-of-window', never(), watermark(12), add('a', 1, 3))).toBe(MAX_TIMESTAMP);
  });
});

describe('processing time', () => {
  const soon = discarding(repeatedly(afterProcessingTime({ delay: 5 })), { onTimeBehavior: 'fire-if-nonempty' });

  test('fires a delay after the first element of the pane, and is told when', async () => {
    const script = new Script(windowingStrategy('Window', tens, soon));
    await script.tell(clock(100), add('a', 1, 0), clock(103), add('a', 2, 0));
    expect(script.grouping.nextWakeUp()).toBe(105);
    await script.tell(clock(104));
    expect(script.fired).toEqual([]);
    await script.tell(clock(105), add('a', 3, 0), clock(109), clock(110), end);
    expect(script.fired.map(({ value, pane: { timing } }) => [value, timing])).toEqual([
      [[1, 2], 'EARLY'],
      [[3], 'EARLY'],
    ]);
    expect(script.grouping.nextWakeUp()).toBeUndefined();
  });

  test('can be aligned', async () => {
    const aligned = discarding(repeatedly(afterProcessingTime({ delay: 1, alignTo: 60 })));
    const script = new Script(windowingStrategy('Window', tens, aligned));
    await script.tell(clock(59), add('a', 1, 0));
    expect(script.grouping.nextWakeUp()).toBe(60);
    await script.tell(clock(60), add('a', 1, 0));
    expect(script.grouping.nextWakeUp()).toBe(120);
  });

  test('is not waited for any more when the window has expired', async () => {
    const script = new Script(windowingStrategy('Window', tens, soon));
    await script.tell(add('a', 1, 0), end);
    expect(script.grouping.nextWakeUp()).toBeUndefined();
  });

  test('that makes no difference is not waited for again', async () => {
    const both = discarding(afterEach(afterCount(2), afterProcessingTime({ delay: 5 })));
    const script = new Script(windowingStrategy('Window', tens, both));
    await script.tell(add('a', 1, 0), clock(50));
    expect(script.grouping.nextWakeUp()).toBeUndefined();
    await script.tell(add('a', 2, 0), add('a', 3, 0));
    expect(script.grouping.nextWakeUp()).toBe(55);
  });
});
