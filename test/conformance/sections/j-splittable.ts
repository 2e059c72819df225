// J. Splittable DoFn: a reader of ranges of numbers, whole, in parts, and with its faults.
import {
  create,
  millis,
  type OffsetRange,
  OffsetTracker,
  type PCollection,
  type Pipeline,
  type RestrictionReader,
  type RestrictionTracker,
  type SourceOutput,
  splittableParDo,
} from '../../../index.ts';
import { assertThat } from '../../../testing/index.ts';
import { type Builder, fails, item, succeeds } from '../item.ts';

type RangeReader<T> = RestrictionReader<OffsetRange, T, OffsetRange, number>;

const WHOLE: OffsetRange = { from: 0, to: 100 };
const HUNDRED = Array.from({ length: 100 }, (_, i) => i);

/** Gives each number of a range that it can claim, until `end`; there it stops, whatever is left. */
async function readUpTo(
  end: number,
  tracker: RestrictionTracker<OffsetRange, number>,
  output: SourceOutput<number>,
): Promise<undefined> {
  for (let i = tracker.currentRestriction().from; i < end && tracker.tryClaim(i); i++)
    await output.emit({ values: [i] });
}

/** Reads the range that an element is. */
const rangeReader: RangeReader<number> = {
  name: 'ReadRange',
  initialRestriction: (range) => range,
  createTracker: (range) => new OffsetTracker(range),
  read: (_, tracker, output) => readUpTo(Infinity, tracker, output),
};

const readRanges = <T>(p: Pipeline, ranges: readonly OffsetRange[], reader: RangeReader<T>): PCollection<T> =>
  p.apply(create(ranges)).apply(splittableParDo(reader));

const sizedBy =
  (size: number): Builder =>
  (p) => {
    readRanges(p, [WHOLE], { ...rangeReader, size: () => size });
  };

export const splittable = [
  item(
    132,
    'A splittable DoFn that claims all of a range gives each element once.',
    succeeds((p) => assertThat(readRanges(p, [WHOLE], rangeReader)).containsInAnyOrder(HUNDRED)),
  ),
  item(
    133,
    'A range in four parts gives the same elements as a whole one.',
    succeeds((p) => {
      const parts = [0, 25, 50, 75].map((from) => ({ from, to: from + 25 }));
      assertThat(readRanges(p, parts, rangeReader)).containsInAnyOrder(HUNDRED);
    }),
  ),
  item(134, 'A restriction that is split at any moment and at any place neither loses nor doubles an element.'),
  item(
    135,
    'A read that asks to be resumed after ten elements goes on at the next one, until all are read.',
    succeeds((p) => {
      const reader: RangeReader<number> = {
        ...rangeReader,
        async read(_, tracker, output) {
          const { from, to } = tracker.currentRestriction();
          await readUpTo(from + 10, tracker, output);
          return from + 10 < to ? { resumeAfter: millis(1) } : undefined;
        },
      };
      assertThat(readRanges(p, [WHOLE], reader)).containsInAnyOrder(HUNDRED);
    }),
  ),
  item(136, 'A read of what never ends gives way by itself, so that its bundle ends within its limit.'),
  item(
    137,
    'A read that returns before all of its restriction is claimed fails the run.',
    fails(
      (p) => {
        readRanges(p, [WHOLE], { ...rangeReader, read: (_, tracker, output) => readUpTo(50, tracker, output) });
      },
      /ReadRange/,
      /claim/,
    ),
  ),
  item(138, 'A watermark that the read advances lets windows fire while it goes on.'),
  item(139, 'A watermark that follows the timestamps of the outputs never goes back.'),
  item(140, 'When a job drains, bounded restrictions are read to their end and unbounded ones are dropped.'),
  item(141, 'A splittable DoFn may have side inputs.'),
  item(142, 'An element in two windows that is split in the middle gives each pair of element and window once.'),
  item(143, 'A channel is split only between elements where its consumer is not splittable.'),
  item(
    144,
    'Progress never goes below zero, and what is done and what remains add up to the whole.',
    succeeds((p) => {
      const reader: RangeReader<{ readonly completed: number; readonly remaining: number }> = {
        ...rangeReader,
        async read(_, tracker, output) {
          for (let i = 0; tracker.tryClaim(i); i++) await output.emit({ values: [tracker.progress()] });
          return undefined;
        },
      };
      const isRight = ({ completed, remaining }: { readonly completed: number; readonly remaining: number }): boolean =>
        completed >= 0 && remaining >= 0 && completed + remaining === 100;
      assertThat(readRanges(p, [WHOLE], reader).map(isRight)).containsInAnyOrder(HUNDRED.map(() => true));
    }),
  ),
  item(
    145,
    'A size that is no number, or below zero, is an error that says so.',
    fails(sizedBy(Number.NaN), /ReadRange/, /size/, /NaN/),
    fails(sizedBy(-1), /ReadRange/, /size/, /-1/),
  ),
];
