import {
  impulse,
  millis,
  type OffsetRange,
  OffsetTracker,
  type PCollection,
  type Pipeline,
  type RestrictionReader,
  splittableParDo,
  type Timestamp,
} from '../../index.ts';

/**
 * Elements that come one after another, each in a bundle of its own as the read rests after it. The watermark moves when
 * all are there, so what fires before does so by count.
 */
export function oneByOne<T>(
  p: Pipeline,
  elements: readonly T[],
  timestampOf: (element: T) => Timestamp = () => 0,
): PCollection<T> {
  const reader: RestrictionReader<Uint8Array, T, OffsetRange, number> = {
    name: 'OneByOne',
    initialRestriction: () => ({ from: 0, to: elements.length }),
    createTracker: (range) => new OffsetTracker(range),
    async read(_, tracker, output) {
      const { from, to } = tracker.currentRestriction();
      if (!tracker.tryClaim(from)) return undefined;
      await output.emit({ values: elements.slice(from, from + 1), timestamps: timestampOf(elements[from] as T) });
      return from + 1 < to ? { resumeAfter: millis(1) } : undefined;
    },
  };
  return p.apply(impulse()).apply(splittableParDo(reader));
}
