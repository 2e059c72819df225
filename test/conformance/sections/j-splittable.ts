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

/** A number, and the first of the part that it was read in. */
interface InPart {
  readonly n: number;
  readonly from: number;
}

/** A reader that wants to be called again after so many elements. */
const givingWayEach = (many: number): RangeReader<InPart> => ({
  ...rangeReader,
  async read(_, tracker, output) {
    const { from } = tracker.currentRestriction();
    const end = from + many;
    for (let n = from; n < end && tracker.tryClaim(n); n++) await output.emit({ values: [{ n, from }] });
    return end < tracker.currentRestriction().to ? { resumeAfter: 0 } : undefined;
  },
});

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
  item(
    134,
    'A restriction that is split at any moment and at any place neither loses nor doubles an element.',
    // The reader gives way after each element, or each seven, and the runner cuts off the rest each time.
    ...[1, 7].map((many) =>
      succeeds((p) => {
        const read = readRanges(p, [WHOLE, { from: 200, to: 250 }], givingWayEach(many));
        const all = [...HUNDRED, ...HUNDRED.slice(0, 50).map((n) => n + 200)];
        assertThat(read.map(({ n }) => n)).containsInAnyOrder(all);
        // In as many parts as that takes.
        assertThat(read.filter(({ n, from }) => n === from)).hasCount(Math.ceil(100 / many) + Math.ceil(50 / many));
      }),
    ),
  ),
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
