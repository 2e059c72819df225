import {
  type PBegin,
  type PCollection,
  PipelineError,
  type PTransform,
  read,
  type ReadResult,
  showValue,
  type Source,
  type SourceContext,
  type SourceOutput,
  type Timestamp,
  type WatermarkPolicy,
} from '../model/index.ts';
import { ENDLESS, type TickRange, TickTracker } from './tick-range.ts';

/** What {@link generateStream} makes. */
export interface GenerateStreamSpec<out T> {
  /** The element with this number, 0 for the first; depends on its argument only, as it is made again after a crash. */
  readonly element: (index: number) => T;
  /** Its event time in milliseconds. Default: the time at which it is made. */
  readonly timestamp?: (index: number) => Timestamp;
  /** How many are made in a second of the clock, evenly. Default: as fast as they are taken. */
  readonly elementsPerSecond?: number;
  /** After so many the stream ends. Default: it never does. */
  readonly maxElements?: number;
  /** Default `monotonic`: the timestamp that was given last, so timestamps must not fall. */
  readonly watermark?: WatermarkPolicy;
}

/** How many elements are made at a time: enough to cost nothing per batch, few enough to stay in the processor's cache. */
const BATCH = 2_000;

/**
 * Makes elements by their numbers as an unbounded collection; for load tests and demonstrations of streaming.
 *
 * Its position is the number of the next element, so a restored job goes on with it. With `elementsPerSecond` element i is
 * due i / elementsPerSecond seconds after the first reading began; what is overdue, after a pause say, comes at once.
 *
 * @throws PipelineError for a rate that is not above 0, or a number of elements that is not whole.
 * @example
 * import { fixedWindows, generateStream, Pipeline, seconds, count } from 'viga';
 * import { directRunner } from 'viga/runners/direct';
 * import { assertThat } from 'viga/testing';
 * const p = new Pipeline();
 * const clicks = p.apply(generateStream({ element: (i) => `user ${i % 2}`, timestamp: (i) => i * 100, maxElements: 40 }));
 * const counts = clicks.windowInto(fixedWindows({ size: seconds(2) })).keyBy((user) => user).combinePerKey(count);
 * assertThat(counts.map(({ value }) => value)).containsInAnyOrder([10, 10, 10, 10]);
 * await p.run(directRunner());
 */
export function generateStream<T>(spec: GenerateStreamSpec<T>): PTransform<PBegin, PCollection<T>> {
  const { elementsPerSecond: rate, maxElements: most } = spec;
  if (rate !== undefined && !(Number.isFinite(rate) && rate > 0)) {
    throw new PipelineError(
      undefined,
      `generateStream: elementsPerSecond is ${showValue(rate)} but must be above 0. None would ever be due. Pass e.g. 1_000, or leave it out.`,
    );
  }
  if (most !== undefined && !(Number.isSafeInteger(most) && most >= 0)) {
    throw new PipelineError(
      undefined,
      `generateStream: maxElements is ${showValue(most)} but must be a whole number of 0 or more. Elements are counted. Pass e.g. 1_000, or leave it out.`,
    );
  }
  return read(generator(spec), { isBounded: false });
}

const generator = <T>(spec: GenerateStreamSpec<T>): Source<T, TickRange, number> => ({
  kind: 'source',
  name: 'GenerateStream',
  initialRestriction: (_, { host }) => ({ start: host.clock.now(), from: 0, to: spec.maxElements ?? ENDLESS }),
  createTracker: (range) => new TickTracker(range),
  isBounded: ({ to }) => to < ENDLESS,
  size: ({ from, to }) => (to < ENDLESS ? to - from : undefined),
  // A tracker that createTracker made.
  read: (_, tracker, output, context) => makeDue(spec, tracker as TickTracker, output, context),
  watermark: spec.watermark ?? { kind: 'monotonic' },
  // As a stream has no end of its own, none is waited for when the job drains.
  truncate: () => undefined,
});

async function makeDue<T>(
  { element, timestamp, elementsPerSecond }: GenerateStreamSpec<T>,
  tracker: TickTracker,
  output: SourceOutput<T>,
  { host: { clock }, signal, step }: SourceContext,
): Promise<ReadResult> {
  const { start, from } = tracker.currentRestriction();
  const interval = elementsPerSecond === undefined ? 0 : 1_000 / elementsPerSecond;
  for (let next = from; !signal.aborted; ) {
    // Read anew for each batch: the end moves when the rest is split off.
    const { to } = tracker.currentRestriction();
    const due = interval === 0 ? to : Math.floor((clock.now() - start) / interval) + 1;
    const end = Math.min(to, due, next + BATCH);
    if (end <= next && next < to) return { resumeAfter: Math.max(1, start + next * interval - clock.now()) };
    if (end <= next || !tracker.tryClaim(end - 1)) return undefined;
    const timestamps = timestamp === undefined ? clock.now() : columnOf(timestamp, next, end);
    const values = elementsOf(element, next, end);
    refusePromise(step, values[0]);
    const room = output.emit({ values, timestamps });
    if (room !== undefined) await room;
    next = end;
  }
  return undefined;
}

/** @throws PipelineError for elements that would be promises: those behind take them for what they stand for. */
function refusePromise(step: string, element: unknown): void {
  if (typeof Object(element).then !== 'function') return;
  throw new PipelineError(
    step,
    'its function element gives a promise. Elements are made one right after another and are not waited for there. Give numbers or plain data, and wait in a step behind: .map(async (i) => ...).',
  );
}

// Plain loops in functions of their own: V8 optimizes each as a whole. Guarded by the benchmark streamwindow.

function elementsOf<T>(element: (index: number) => T, from: number, to: number): T[] {
  const values = new Array<T>(to - from);
  for (let i = from; i < to; i++) values[i - from] = element(i);
  return values;
}

function columnOf(timestamp: (index: number) => Timestamp, from: number, to: number): Float64Array {
  const stamps = new Float64Array(to - from);
  for (let i = from; i < to; i++) stamps[i - from] = timestamp(i);
  return stamps;
}
