// Elements that arrive in any order, as far as none is too late: what comes out in the end must not depend on it.
import fc from 'fast-check';
import { createElements, OffsetTracker, read } from '../../../model/index.ts';
import type { OffsetRange, PBegin, PCollection, PTransform, Source, WatermarkPolicy } from '../../../model/index.ts';
import { at, testStream } from '../../../testing/index.ts';

export interface Arrival {
  readonly n: number;
  readonly timestamp: number;
  /** Where it stands among the others when they arrive: the smaller, the earlier. */
  readonly order: number;
  /** Whether it comes together with the one before it. */
  readonly isTogether: boolean;
  /** How far the watermark goes after it, as a share of how far it may. */
  readonly advance: number;
}

export const arrivals: fc.Arbitrary<readonly Arrival[]> = fc.array(
  fc.record({
    n: fc.nat(40),
    timestamp: fc.nat(60),
    order: fc.nat(100),
    isTogether: fc.boolean(),
    advance: fc.constantFrom(0, 0, 0.5, 1),
  }),
  { minLength: 1, maxLength: 14 },
);

type Numbers = PTransform<PBegin, PCollection<number>>;

const inOrder = (all: readonly Arrival[]): readonly Arrival[] => [...all].sort((a, b) => a.order - b.order);

/** All at once, as a bounded collection. */
export const atOnce = (all: readonly Arrival[]): Numbers =>
  createElements(
    all.map(({ n }) => n),
    all.map(({ timestamp }) => timestamp),
  );

/** As a script: the watermark never passes the lateness of what is still to come. */
export function scripted(all: readonly Arrival[], allowedLateness: number): Numbers {
  const arriving = inOrder(all);
  let stream = testStream<number>();
  let watermark = 0;
  arriving.forEach(({ n, timestamp, advance }, i) => {
    stream = stream.addElements(at(timestamp, n));
    const rest = arriving.slice(i + 1).map((one) => one.timestamp);
    if (rest.length === 0 || arriving[i + 1]?.isTogether) return;
    const limit = Math.min(...rest) + allowedLateness;
    watermark = Math.max(watermark, Math.floor(limit * advance));
    stream = stream.advanceWatermarkTo(watermark).advanceProcessingTime(5);
  });
  return stream.advanceWatermarkToInfinity();
}

/** As a source of several splits, each with a watermark of its own that is as far as its disorder allows. */
export function inSplits(all: readonly Arrival[], parts: number): Numbers {
  const arriving = inOrder(all);
  const stamps = arriving.map(({ timestamp }) => timestamp);
  const disorder = stamps.map((stamp, i) => Math.max(...stamps.slice(0, i + 1)) - stamp);
  const watermark: WatermarkPolicy = { kind: 'observed', maxOutOfOrder: Math.max(...disorder) };
  const source: Source<number, OffsetRange, number> = {
    kind: 'source',
    name: 'Arrivals',
    watermark,
    initialRestriction: () => ({ from: 0, to: arriving.length }),
    split: ({ from, to }) =>
      Array.from({ length: parts }, (_, i) => ({
        from: from + Math.floor(((to - from) * i) / parts),
        to: from + Math.floor(((to - from) * (i + 1)) / parts),
      })).filter((part) => part.from < part.to),
    createTracker: (range) => new OffsetTracker(range),
    async read(_element, tracker, output) {
      const { from, to } = tracker.currentRestriction();
      for (let i = from; i < to && tracker.tryClaim(i); i++) {
        await output.emit({ values: [arriving[i]?.n ?? 0], timestamps: stamps[i] });
      }
      return undefined;
    },
  };
  return read(source);
}
