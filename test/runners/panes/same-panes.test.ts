// Scripts of any kind: however panes are kept, and wherever a run ends and begins again, the same panes come out.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  afterAll,
  afterAny,
  afterCount,
  afterEach,
  afterProcessingTime,
  afterWatermark,
  type AnyWindowFn,
  defaultTrigger,
  type Firing,
  fixedWindows,
  globalWindows,
  mean,
  never,
  orFinally,
  repeatedly,
  sessions,
  slidingWindows,
  sum,
  type Trigger,
  windowingStrategy,
} from '../../../model/index.ts';
import { MemoryDisk } from '../../../runners/state/index.ts';
import {
  add,
  clock,
  end,
  type Event,
  MAY_GENERATE,
  restart,
  Script,
  type ScriptOptions,
  spill,
  watermark,
} from './script.ts';

const RUNS = { numRuns: 300 };

const triggers: fc.Arbitrary<Trigger> = fc.letrec<{ trigger: Trigger }>((tie) => {
  const part = tie('trigger');
  const parts = fc.array(part, { minLength: 2, maxLength: 3 });
  return {
    trigger: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constantFrom(defaultTrigger(), never(), afterWatermark()),
      fc.integer({ min: 1, max: 3 }).map(afterCount),
      fc.integer({ min: 0, max: 4 }).map((delay) => afterProcessingTime({ delay })),
      part.map(repeatedly),
      fc.record({ early: part, late: part }).map(afterWatermark),
      parts.map((all) => afterAny(...all)),
      parts.map((all) => afterAll(...all)),
      parts.map((all) => afterEach(...all)),
      fc.tuple(part, part).map(([trigger, until]) => orFinally(trigger, until)),
    ),
  };
}).trigger;

const aligned: fc.Arbitrary<AnyWindowFn> = fc.constantFrom<AnyWindowFn>(
  fixedWindows({ size: 10 }),
  slidingWindows({ size: 10, period: 5 }),
  globalWindows(),
);
const windowFns = fc.oneof(aligned, fc.constant<AnyWindowFn>(sessions({ gap: 6 })));

const firings = (trigger: fc.Arbitrary<Trigger>): fc.Arbitrary<Firing> =>
  fc.record({
    trigger,
    accumulationMode: fc.constantFrom('discarding', 'accumulating'),
    allowedLateness: fc.constantFrom(0, 5, 15, 100),
    timestampCombiner: fc.constantFrom('end-of-window', 'earliest', 'latest'),
    closingBehavior: fc.constantFrom('emit-if-nonempty', 'emit-always'),
    onTimeBehavior: fc.constantFrom('fire-always', 'fire-if-nonempty'),
    allowDataLoss: fc.constant(true),
  });

const keys = fc.constantFrom<unknown>('a', 'b', '\0a', 1, Number.NaN, null, { id: 1 });
/** Elements, and time that goes on; at the end all comes out. */
const scripts: fc.Arbitrary<readonly Event[]> = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: fc.tuple(keys, fc.integer({ min: 0, max: 60 })) },
      { weight: 2, arbitrary: fc.integer({ min: 0, max: 12 }).map((by) => ({ watermark: by })) },
      { weight: 1, arbitrary: fc.integer({ min: 1, max: 4 }).map((by) => ({ clock: by })) },
    ),
    { maxLength: 40 },
  )
  .map((steps) => {
    let input = 0;
    let now = 0;
    const events = steps.map((step, i): Event => {
      if ('watermark' in step) return watermark((input += step.watermark));
      if ('clock' in step) return clock((now += step.clock));
      return add(step[0], i, step[1]);
    });
    return [...events, end];
  });

/** In no order: that of keys is not told. */
const outcome = async (
  windowFn: AnyWindowFn,
  firing: Firing,
  events: readonly Event[],
  options: ScriptOptions = {},
): Promise<unknown> => {
  const script = await new Script(windowingStrategy('Window', windowFn, firing), options).tell(...events);
  return {
    fired: script.fired.map((one) => JSON.stringify({ ...one, key: String(JSON.stringify(one.key)) })).sort(),
    late: script.late,
    closed: script.closed,
  };
};

/** Opens the same job again and again. */
const newStore = (): ScriptOptions['store'] => {
  const disk = new MemoryDisk('job');
  return () => disk.open();
};

/** The same events with another one behind each. */
const between = (events: readonly Event[], more: Event): readonly Event[] => events.flatMap((event) => [event, more]);

const combiners: fc.Arbitrary<ScriptOptions['fn']> = fc.constantFrom(undefined, sum, mean);

test('the default trigger gives the same panes on its quick way and on the way of all triggers', async () => {
  const atLength = orFinally(defaultTrigger(), never());
  const inSlots = firings(fc.constant(defaultTrigger())).map(
    (firing): Firing => ({ ...firing, timestampCombiner: 'end-of-window' }),
  );
  await fc.assert(
    fc.asyncProperty(
      aligned,
      inSlots,
      scripts,
      combiners,
      fc.constantFrom(false, MAY_GENERATE),
      async (windowFn, firing, events, fn, codegen) => {
        const quick = await outcome(windowFn, firing, events, { fn, codegen });
        expect(quick).toEqual(
          await outcome(windowFn, { ...firing, trigger: atLength } as Firing, events, { fn, codegen }),
        );
      },
    ),
    RUNS,
  );
});

describe.each<[string, fc.Arbitrary<Trigger>]>([
  ['the default trigger', fc.constant(defaultTrigger())],
  ['any trigger', triggers],
])('with %s the same panes come out', (_name, trigger) => {
  test.each<[string, Event]>([
    ['is saved and begun again', restart],
    ['goes to disk', spill],
  ])('where what is kept %s after each event', async (_what, event) => {
    await fc.assert(
      fc.asyncProperty(windowFns, firings(trigger), scripts, combiners, async (windowFn, firing, events, fn) => {
        const told = await outcome(windowFn, firing, between(events, event), { fn, store: newStore() });
        expect(told).toEqual(await outcome(windowFn, firing, events, { fn }));
      }),
      RUNS,
    );
  });

  test('where a firing is broken off after some outputs, and what is kept is saved, begun again or on disk', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({ windowFn: windowFns, firing: firings(trigger), events: scripts, fn: combiners }),
        fc.array(fc.constantFrom(undefined, restart, spill), { minLength: 50, maxLength: 50 }),
        fc.integer({ min: 1, max: 3 }),
        async ({ windowFn, firing, events, fn }, between, restartAfter) => {
          const more = events.flatMap((event, i) => [event, ...(between[i] === undefined ? [] : [between[i]])]);
          const told = await outcome(windowFn, firing, more, { fn, store: newStore(), restartAfter });
          expect(told).toEqual(await outcome(windowFn, firing, events, { fn }));
        },
      ),
      RUNS,
    );
  });
});
