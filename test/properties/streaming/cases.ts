// Random pipelines and random scripts, as plain data: they shrink, can be printed, and are built again from what was printed.
import fc from 'fast-check';
import type { Trigger } from '../../../index.ts';
import type { WindowingStrategy } from '../../../model/index.ts';
import { CLASSES, GROUPINGS, KEYED, PLAIN } from './steps.ts';

/** Which collection of a test stream: each has classes of its own, and one that both have. */
export type Tag = 'a' | 'b';

export type Event =
  | { readonly kind: 'elements'; readonly tag: Tag; readonly elements: readonly (readonly [n: number, at: number])[] }
  | { readonly kind: 'watermark'; readonly tag: Tag; readonly by: number }
  | { readonly kind: 'clock'; readonly by: number };

export type Windows =
  | { readonly kind: 'global' }
  | { readonly kind: 'fixed'; readonly size: number; readonly offset: number }
  | { readonly kind: 'sliding'; readonly size: number; readonly period: number }
  | { readonly kind: 'sessions'; readonly gap: number }
  | { readonly kind: 'uneven' };

export type FiringSpec = Omit<WindowingStrategy, 'windowFn' | 'alreadyMerged'>;

/** A step; `in` counts back among the collections that can be its input. */
export type Op =
  | { readonly op: 'window'; readonly in: number; readonly windows: Windows; readonly firing: FiringSpec }
  | { readonly op: 'grouping'; readonly in: number; readonly step: keyof typeof GROUPINGS }
  | { readonly op: 'keyed'; readonly in: number; readonly step: keyof typeof KEYED }
  | { readonly op: 'plain'; readonly in: number; readonly step: keyof typeof PLAIN }
  | { readonly op: 'flatten'; readonly in: number; readonly other: number }
  | { readonly op: 'side'; readonly in: number; readonly side: number; readonly isKeyed: boolean };

export interface Case {
  readonly events: readonly Event[];
  readonly ops: readonly Op[];
}

const element = (tag: Tag) =>
  fc.tuple(fc.nat(8), fc.nat(CLASSES - 2), fc.nat(60)).map(([n, key, at]) => {
    return [n * CLASSES + key + (tag === 'a' ? 0 : 1), at] as const;
  });

const tag = fc.constantFrom<Tag>('a', 'a', 'b');

const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 5,
    arbitrary: tag.chain((t) =>
      fc.record({
        kind: fc.constant('elements' as const),
        tag: fc.constant(t),
        elements: fc.array(element(t), { minLength: 1, maxLength: 4 }),
      }),
    ),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('watermark' as const), tag, by: fc.integer({ min: 1, max: 30 }) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('clock' as const), by: fc.integer({ min: 1, max: 15 }) }) },
);

const events = fc.array(event, { minLength: 1, maxLength: 14 });

const once: fc.Arbitrary<Trigger> = fc.oneof(
  fc.record({ kind: fc.constant('afterCount' as const), count: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ kind: fc.constant('afterProcessingTime' as const), delay: fc.constantFrom(0, 5, 12) }),
  fc.constant<Trigger>({ kind: 'afterWatermark' }),
  fc.constant<Trigger>({ kind: 'never' }),
);

const several = (part: fc.Arbitrary<Trigger>): fc.Arbitrary<Trigger> =>
  fc.record({
    kind: fc.constantFrom('afterAny' as const, 'afterAll' as const, 'afterEach' as const),
    triggers: fc.array(part, { minLength: 2, maxLength: 3 }),
  });

const maybe = (part: fc.Arbitrary<Trigger>) => fc.option(part, { nil: undefined });

const composite = (part: fc.Arbitrary<Trigger>): fc.Arbitrary<Trigger> =>
  fc.oneof(
    part,
    fc.record({ kind: fc.constant('afterWatermark' as const), early: maybe(part), late: maybe(part) }),
    fc.record({ kind: fc.constant('repeatedly' as const), trigger: part }),
    several(part),
    fc.record({ kind: fc.constant('orFinally' as const), trigger: part, until: once }),
  );

export const trigger: fc.Arbitrary<Trigger> = fc.oneof(
  { weight: 2, arbitrary: fc.constant<Trigger>({ kind: 'default' }) },
  { weight: 3, arbitrary: composite(once) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('repeatedly' as const), trigger: composite(once) }) },
  { weight: 1, arbitrary: composite(composite(once)) },
);

export const windows: fc.Arbitrary<Windows> = fc.oneof(
  fc.record({ kind: fc.constant('fixed' as const), size: fc.constantFrom(10, 25), offset: fc.constantFrom(0, 3) }),
  fc.record({ kind: fc.constant('sliding' as const), size: fc.constant(20), period: fc.constantFrom(7, 10) }),
  fc.record({ kind: fc.constant('sessions' as const), gap: fc.constantFrom(5, 12) }),
  fc.constant<Windows>({ kind: 'uneven' }),
  fc.constant<Windows>({ kind: 'global' }),
);

const firing: fc.Arbitrary<FiringSpec> = fc.record({
  trigger,
  accumulationMode: fc.constantFrom('discarding', 'accumulating'),
  allowedLateness: fc.constantFrom(0, 6, 22),
  timestampCombiner: fc.constantFrom('end-of-window', 'earliest', 'latest'),
  closingBehavior: fc.constantFrom('emit-if-nonempty', 'emit-if-nonempty', 'emit-always'),
  onTimeBehavior: fc.constantFrom('fire-always', 'fire-always', 'fire-if-nonempty'),
});

const at = fc.nat(3);
const nameOf = <R extends object>(steps: R) => fc.constantFrom(...(Object.keys(steps) as (keyof R)[]));

const windowing = (input: fc.Arbitrary<number>): fc.Arbitrary<Op> =>
  fc.record({ op: fc.constant('window' as const), in: input, windows, firing });
const grouping = (input: fc.Arbitrary<number>): fc.Arbitrary<Op> =>
  fc.record({ op: fc.constant('grouping' as const), in: input, step: nameOf(GROUPINGS) });
const keyed = (input: fc.Arbitrary<number>): fc.Arbitrary<Op> =>
  fc.record({ op: fc.constant('keyed' as const), in: input, step: nameOf(KEYED) });
const plain = (input: fc.Arbitrary<number>): fc.Arbitrary<Op> =>
  fc.record({ op: fc.constant('plain' as const), in: input, step: nameOf(PLAIN) });
const flattening = fc.record({ op: fc.constant('flatten' as const), in: at, other: at });
const besides = fc.record({ op: fc.constant('side' as const), in: at, side: at, isKeyed: fc.boolean() });

/** The step before. */
const last = fc.constant(0);

/** What people put together: state and timers, other windows or another grouping behind panes that may be late. */
const usual: fc.Arbitrary<readonly Op[]> = fc.oneof(
  fc.tuple(windowing(at), grouping(last), keyed(last)),
  fc.tuple(windowing(at), grouping(last), windowing(last), grouping(last)),
  fc.tuple(windowing(at), grouping(last), grouping(last), keyed(last)),
  fc.tuple(windowing(at), keyed(last), grouping(last), keyed(last)),
  fc.tuple(flattening, windowing(last), grouping(last), plain(last)),
  fc.tuple(windowing(at), grouping(last), flattening, keyed(last)),
  fc.tuple(windowing(at), plain(at), besides, grouping(last)),
);

const one = (op: fc.Arbitrary<Op>): fc.Arbitrary<readonly Op[]> => op.map((it) => [it]);

const some: fc.Arbitrary<readonly Op[]> = fc.oneof(
  { weight: 3, arbitrary: one(windowing(at)) },
  { weight: 4, arbitrary: one(grouping(at)) },
  { weight: 3, arbitrary: one(keyed(at)) },
  { weight: 2, arbitrary: one(plain(at)) },
  { weight: 1, arbitrary: one(flattening) },
  { weight: 1, arbitrary: one(besides) },
  { weight: 3, arbitrary: usual },
);

/** A pipeline begins with both of its collections in windows of some kind. */
export const cases: fc.Arbitrary<Case> = fc.record({
  events,
  ops: fc.array(some, { minLength: 2, maxLength: 5 }).map((all) => all.flat()),
});
