// Windows that merge: the rules of docs/decisions/0015-streaming-engine.md, "Panes".
import { describe, expect, test } from 'vitest';
import {
  afterCount,
  afterProcessingTime,
  customWindows,
  ElementError,
  type Firing,
  interval,
  repeatedly,
  sessions,
  type Trigger,
  windowingStrategy,
} from '../../../model/index.ts';
import { add, clock, end, panesOf, Script, watermark } from './script.ts';

const gaps = sessions({ gap: 10 });

const discarding = (trigger: Trigger, more: Partial<Firing> = {}): Firing => ({
  trigger,
  accumulationMode: 'discarding',
  allowDataLoss: true,
  ...more,
});

describe('merging windows', () => {
  test('merge what they hold, their counts and their delays', async () => {
    const firing = discarding(repeatedly(afterCount(2)), { onTimeBehavior: 'fire-if-nonempty' });
    const events = [add('a', 1, 0), add('a', 2, 15), add('a', 3, 30), add('a', 4, 8), end];
    const script = await new Script(windowingStrategy('Window', gaps, firing)).tell(...events);
    expect(script.fired.map(({ window, value }) => [window, value])).toEqual([
      ['0,25', [1, 2, 4]],
      ['30,40', [3]],
    ]);
    const soon = discarding(repeatedly(afterProcessingTime({ delay: 5 })));
    const waiting = new Script(windowingStrategy('Window', gaps, soon));
    await waiting.tell(clock(10), add('a', 1, 0), clock(12), add('a', 2, 5));
    expect(waiting.grouping.nextWakeUp()).toBe(15);
  });

  test('of different keys, or that only touch, stay apart', async () => {
    const events = [add('a', 1, 0), add('a', 2, 10), add('b', 3, 5), end];
    const script = await new Script(windowingStrategy('Window', gaps, {})).tell(...events);
    expect(script.fired.map(({ key, window, value }) => [key, window, value])).toEqual([
      ['a', '0,10', [1]],
      ['b', '5,15', [3]],
      ['a', '10,20', [2]],
    ]);
  });

  test('that are new by merging count their panes anew; one that swallows others goes on', async () => {
    const firing = discarding(repeatedly(afterCount(1)), { onTimeBehavior: 'fire-if-nonempty' });
    expect(await panesOf(gaps, firing, [add('a', 1, 0), add('a', 2, 5), add('a', 3, 0)])).toEqual([
      'a [1] EARLY 0 -1',
      'a [2] EARLY 0 -1',
      'a [3] EARLY 1 -1',
    ]);
  });

  test('fire at their end and are late after it; a late element may prolong a session again', async () => {
    const firing: Firing = { allowedLateness: 50 };
    const events = [add('a', 1, 0), watermark(12), add('a', 2, 0), add('a', 3, 8), watermark(20), watermark(100)];
    expect(await panesOf(gaps, firing, events)).toEqual(['a [1] ON_TIME 0 0', 'a [2] LATE 1 1', 'a [3] ON_TIME 0 0']);
  });

  test('whose own window has expired drop an element, though a session could take it', async () => {
    const script = new Script(windowingStrategy('Window', gaps, {}));
    await script.tell(add('a', 1, 8), watermark(12), add('a', 2, 1));
    expect(script.late).toEqual([2]);
  });

  test('whose trigger has finished take no part in merging, and drop elements of their own', async () => {
    const script = new Script(windowingStrategy('Window', gaps, discarding(afterCount(1))));
    await script.tell(add('a', 1, 0), add('a', 2, 0), add('a', 3, 5), end);
    expect(script.fired.map(({ window, value }) => [window, value])).toEqual([
      ['0,10', [1]],
      ['5,15', [3]],
    ]);
    expect(script.closed).toEqual([2]);
  });

  test('that are merged already merge no more', async () => {
    const windowing = { ...windowingStrategy('Window', gaps, {}), alreadyMerged: true };
    const script = await new Script(windowing).tell(add('a', 1, 0), add('a', 2, 5), end);
    expect(script.fired.map(({ window }) => window)).toEqual(['0,10', '5,15']);
  });

  test('move the hold', async () => {
    const script = new Script(windowingStrategy('Window', gaps, {}));
    await script.tell(add('a', 1, 0));
    expect(script.grouping.hold()).toBe(9);
    await script.tell(add('a', 2, 5));
    expect(script.grouping.hold()).toBe(14);
  });

  test.each([
    ['earliest', 0],
    ['latest', 15],
  ] as const)('owe together the %s of what each of them did', async (timestampCombiner, owed) => {
    const script = new Script(windowingStrategy('Window', gaps, { timestampCombiner }));
    await script.tell(add('a', 1, 0), add('a', 2, 15), add('a', 3, 8));
    expect(script.grouping.hold()).toBe(owed);
    await script.tell(end);
    expect(script.fired.map(({ window, timestamp }) => [window, timestamp])).toEqual([['0,25', owed]]);
  });

  test('of a function of one\u2019s own may merge as it says; what it gives wrongly is told as its own', async () => {
    const windows = (merge: (all: readonly { readonly maxTimestamp: number }[]) => never) =>
      customWindows({ name: 'Own', assign: (timestamp) => [interval(timestamp, timestamp + 1)], merge });
    const all = windows((all) => [{ merged: all, result: interval(0, 100) }] as never);
    const script = await new Script(windowingStrategy('Window', all, {})).tell(add('a', 1, 3), add('a', 2, 50), end);
    expect(script.fired.map(({ window, value }) => [window, value])).toEqual([['0,100', [1, 2]]]);
    const wrong = new Script(
      windowingStrategy(
        'Window',
        windows(() => 'x' as never),
        {},
      ),
    );
    const error: unknown = await wrong.tell(add('a', 1, 3), add('a', 2, 50)).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ElementError);
    expect((error as Error).message).toMatch(
      /^Group: merge of the window function Own gave .x.\..* Return \[\{ merged: \[\.\.\.\], result \}\]/,
    );
  });
});
