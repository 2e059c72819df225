// J. Splittable DoFn: what never ends, watermarks of readers, windows and side inputs.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  asIterable,
  counter,
  create,
  hours,
  impulse,
  interval,
  millis,
  type OffsetRange,
  OffsetTracker,
  type PCollection,
  type PCollectionView,
  type Pipeline,
  type RestrictionReader,
  seconds,
  slidingWindows,
  splittableParDo,
  type WatermarkPolicy,
} from '../../../index.ts';
import { assertThat } from '../../../testing/index.ts';
import { at, grouped, tens, within } from '../collections.ts';
import { type CaseOptions, drains, item, succeeds } from '../item.ts';

type ImpulseReader<T> = RestrictionReader<Uint8Array, T, OffsetRange, number>;

const bundles = counter('conformance', 'bundles');

/** Elements one by one at these instants in seconds, under a watermark policy. */
const stamped = (p: Pipeline, instants: readonly number[], watermark: WatermarkPolicy): PCollection<number> => {
  const reader: ImpulseReader<number> = {
    name: 'Stamped',
    initialRestriction: () => ({ from: 0, to: instants.length }),
    createTracker: (range) => new OffsetTracker(range),
    watermark,
    async read(_, tracker, output) {
      const { from, to } = tracker.currentRestriction();
      if (!tracker.tryClaim(from)) return undefined;
      const instant = instants[from] ?? 0;
      await output.emit({ values: [instant], timestamps: seconds(instant) });
      return from + 1 < to ? { resumeAfter: 0 } : undefined;
    },
  };
  return p.apply(impulse()).apply(splittableParDo(reader));
};

/** How many elements 136 has: far more than a bundle has room for. */
const MANY = 200_000;

/** Does not stop by itself before it has given very many elements, and says that it has no end. */
const insatiable: ImpulseReader<number> = {
  name: 'Insatiable',
  initialRestriction: () => ({ from: 0, to: MANY }),
  createTracker: (range) => new OffsetTracker(range),
  isBounded: () => false,
  async read(_, tracker, output) {
    for (let i = tracker.currentRestriction().from; tracker.tryClaim(i + 99); i += 100) {
      const room = output.emit({ values: Array.from({ length: 100 }, (__, n) => i + n) });
      if (room !== undefined) await room;
    }
    return undefined;
  },
};

const firedFile = ({ scratch }: CaseOptions): string => path.join(scratch, 'fired');

/** After so many calls a reader stops to wait for a window that does not fire. */
const MOST_CALLS = 500;

/**
 * Gives an element, moves the watermark past its window, and goes on when the window has fired: the second element says
 * whether that was so.
 */
const waitingForWindow = (options: CaseOptions): ImpulseReader<string> => ({
  name: 'WaitingForWindow',
  initialRestriction: () => ({ from: 0, to: MOST_CALLS }),
  createTracker: (range) => new OffsetTracker(range),
  isBounded: () => false,
  async read(_, tracker, output) {
    const { from } = tracker.currentRestriction();
    if (!tracker.tryClaim(from)) return undefined;
    if (from === 0) {
      await output.emit({ values: ['first'], timestamps: seconds(5) });
      output.advanceWatermark(seconds(10));
      return { resumeAfter: millis(1) };
    }
    const hasFired = existsSync(firedFile(options));
    if (!hasFired && from < MOST_CALLS - 1) return { resumeAfter: millis(1) };
    tracker.trySplit(0);
    await output.emit({ values: [hasFired ? 'after the firing' : 'it never fired'], timestamps: seconds(15) });
    return undefined;
  },
});

type Sides = { readonly side: PCollectionView<Iterable<string>> };

const readSides: RestrictionReader<string, string, OffsetRange, number, Sides> = {
  name: 'ReadSides',
  initialRestriction: () => ({ from: 0, to: 1 }),
  createTracker: (range) => new OffsetTracker(range),
  async read(element, tracker, output, { sideInputs }) {
    if (tracker.tryClaim(0)) await output.emit({ values: [`${element}: ${[...sideInputs.side].sort().join(' ')}`] });
    return undefined;
  },
};

/** How many numbers the bounded reader of 140 has: more than it gives before it is told to drain. */
const SLOW = 600;

/** Numbers from 0 on, one a millisecond at most. */
const counting = (name: string, to: number): ImpulseReader<number> => ({
  name,
  initialRestriction: () => ({ from: 0, to }),
  createTracker: (range) => new OffsetTracker(range),
  isBounded: ({ to: end }) => end === SLOW,
  async read(_, tracker, output) {
    const { from, to: end } = tracker.currentRestriction();
    if (tracker.tryClaim(from)) await output.emit({ values: [from] });
    return from + 1 < end ? { resumeAfter: millis(1) } : undefined;
  },
});

const BOUNDED = counting('Bounded', SLOW);
const NEVER_ENDING = counting('NeverEnding', Number.MAX_SAFE_INTEGER);

/** Gives way in the middle of its range: each number tells the first one of its part. */
const inTwoParts: RestrictionReader<OffsetRange, string, OffsetRange, number> = {
  name: 'InTwoParts',
  initialRestriction: (range) => range,
  createTracker: (range) => new OffsetTracker(range),
  async read(_, tracker, output) {
    const { from, to } = tracker.currentRestriction();
    const end = from === 0 ? to / 2 : to;
    for (let i = from; i < end && tracker.tryClaim(i); i++) await output.emit({ values: [`${i} of ${from}`] });
    return end < to ? { resumeAfter: 0 } : undefined;
  },
};

export const endless = [
  item(
    136,
    'A read of what never ends gives way by itself, so that its bundle ends within its limit.',
    succeeds(
      (p) => {
        const read = p.apply(impulse()).apply(splittableParDo(insatiable, { isBounded: false }));
        const counted = read.parDo({
          startBundle: () => bundles.inc(),
          process: (n: number) => [n],
        });
        assertThat(counted.filter((n) => n % 10_000 === 0)).hasCount(MANY / 10_000);
      },
      (check, { result }) => check.holds(result.metric(bundles).committed > 1, 'elements come in several bundles'),
    ),
  ),
  item(
    138,
    'A watermark that the read advances lets windows fire while it goes on.',
    succeeds((p, options) => {
      const read = p.apply(impulse()).apply(splittableParDo(waitingForWindow(options), { isBounded: false }));
      const fired = grouped(read.windowInto(tens)).map((group) => {
        mkdirSync(options.scratch, { recursive: true });
        writeFileSync(firedFile(options), '');
        return group;
      });
      assertThat(fired)
        .inOnTimePane(within(0, 10))
        .containsInAnyOrder([['first']]);
      assertThat(fired)
        .inOnTimePane(within(10, 20))
        .containsInAnyOrder([['after the firing']]);
    }),
  ),
  item(
    139,
    'A watermark that follows the timestamps of the outputs never goes back.',
    succeeds((p) => {
      const groups = grouped(stamped(p, [1, 2, 11, 12, 21], { kind: 'monotonic' }).windowInto(tens));
      assertThat(groups).containsInAnyOrder([[1, 2], [11, 12], [21]]);
      assertThat(groups)
        .inOnTimePane(within(0, 10))
        .containsInAnyOrder([[1, 2]]);
    }),
    // The element at 11 s comes when the watermark is at 21 s. It stays there: a later one at 22 s finds it so.
    succeeds((p) => {
      const input = stamped(p, [21, 11, 22], { kind: 'observed', maxOutOfOrder: 0 });
      const groups = grouped(input.windowInto(tens, { allowedLateness: hours(1) }));
      assertThat(groups).containsInAnyOrder([[21, 22], [11]]);
      assertThat(groups)
        .inOnTimePane(within(20, 30))
        .containsInAnyOrder([[21, 22]]);
    }),
  ),
  item(
    140,
    'When a job drains, bounded restrictions are read to their end and unbounded ones are dropped.',
    drains((p) => {
      const both = [BOUNDED, NEVER_ENDING].map((reader) =>
        p.apply(impulse()).apply(splittableParDo(reader, { isBounded: reader === BOUNDED })),
      );
      const [bounded, unbounded] = both as [PCollection<number>, PCollection<number>]; // two readers
      assertThat(bounded).hasCount(SLOW);
      assertThat(unbounded).satisfies((read) => read.length > 0 && Math.max(...read) === read.length - 1);
    }),
  ),
  item(
    141,
    'A splittable DoFn may have side inputs.',
    succeeds((p) => {
      const side = asIterable(at(p, [1, 'one'], [2, 'two'], [11, 'eleven']).windowInto(tens));
      const main = at(p, [5, 'a'], [15, 'b']).windowInto(tens);
      const read = main.apply(splittableParDo(readSides, { sideInputs: { side } }));
      assertThat(read).inWindow(within(0, 10)).containsInAnyOrder(['a: one two']);
      assertThat(read).inWindow(within(10, 20)).containsInAnyOrder(['b: eleven']);
    }),
  ),
  item(
    142,
    'An element in two windows that is split in the middle gives each pair of element and window once.',
    succeeds((p) => {
      const ranges = p.apply(create([{ from: 0, to: 4 }], { timestamps: [seconds(7)] }));
      const windows = slidingWindows({ size: seconds(10), period: seconds(5) });
      const read = ranges.windowInto(windows).apply(splittableParDo(inTwoParts));
      for (const window of [interval(0, seconds(10)), interval(seconds(5), seconds(15))]) {
        assertThat(read).inWindow(window).containsInAnyOrder(['0 of 0', '1 of 0', '2 of 2', '3 of 2']);
      }
      assertThat(read).hasCount(8);
    }),
  ),
];
