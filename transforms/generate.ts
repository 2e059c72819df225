import {
  type OffsetRange,
  OffsetTracker,
  type PBegin,
  type PCollection,
  PipelineError,
  type PTransform,
  read,
  type RestrictionTracker,
  type Source,
  type SourceContext,
  type SourceOutput,
  type Timestamp,
} from '../model/index.ts';

/** What {@link generate} makes. */
export interface GenerateSpec<out T> {
  /** How many elements. */
  readonly count: number;
  /** The element with this number, 0 for the first; depends on its argument only, as parts are made apart. */
  readonly element: (index: number) => T;
  /** Its event time in milliseconds. Default: the lowest timestamp. */
  readonly timestamp?: (index: number) => Timestamp;
}

/** How many elements are made at a time: enough to cost nothing per batch, few enough to stay in the processor's cache. */
const BATCH = 2_000;

/**
 * Makes `count` elements by their numbers; for benchmarks, load tests and large test data.
 *
 * It is a source like a file: it can be split, and is never held in memory as a whole.
 *
 * @throws PipelineError if `count` is not a whole number of 0 or more.
 * @example
 * import { generate, Pipeline, sum } from 'viga';
 * import { directRunner } from 'viga/runners/direct';
 * import { assertThat } from 'viga/testing';
 * const p = new Pipeline();
 * const numbers = p.apply(generate({ count: 10_000, element: (i) => i }));
 * assertThat(numbers.combineGlobally(sum)).containsInAnyOrder([49_995_000]);
 * await p.run(directRunner());
 */
export function generate<T>(spec: GenerateSpec<T>): PTransform<PBegin, PCollection<T>> {
  if (!Number.isSafeInteger(spec.count) || spec.count < 0) {
    throw new PipelineError(
      undefined,
      `generate: count is ${spec.count} but must be a whole number of 0 or more. Elements are counted. Pass e.g. 1_000.`,
    );
  }
  return read(generator(spec));
}

const generator = <T>(spec: GenerateSpec<T>): Source<T, OffsetRange, number> => ({
  kind: 'source',
  name: 'Generate',
  initialRestriction: () => ({ from: 0, to: spec.count }),
  split: splitEvenly,
  createTracker: (range) => new OffsetTracker(range),
  size: ({ from, to }) => to - from,
  read: (_, tracker, output, context) => makeElements(spec, tracker, output, context),
});

/** The range in about `desired` parts of about the same size. */
function splitEvenly({ from, to }: OffsetRange, desired: number): readonly OffsetRange[] {
  const size = Math.max(1, Math.ceil((to - from) / desired));
  const parts: OffsetRange[] = [];
  for (let start = from; start < to; start += size) parts.push({ from: start, to: Math.min(to, start + size) });
  return parts;
}

async function makeElements<T>(
  spec: GenerateSpec<T>,
  tracker: RestrictionTracker<OffsetRange, number>,
  output: SourceOutput<T>,
  { signal }: SourceContext,
): Promise<undefined> {
  let { from } = tracker.currentRestriction();
  for (;;) {
    // Read anew for each batch: the end moves when the rest is split off.
    const to = Math.min(tracker.currentRestriction().to, from + BATCH);
    if (signal.aborted || from >= to || !tracker.tryClaim(to - 1)) return;
    const room = emitElements(spec, output, from, to);
    if (room !== undefined) await room;
    from = to;
  }
}

/**
 * One batch: a plain loop into an array of the right length. A function of its own, which V8 optimizes with all it calls
 * after some batches; of an async function that runs as long as the source it replaces the inner loop alone, and the
 * element function stays a call. Guarded by the benchmarks groupsum and chain.
 */
function emitElements<T>(
  { element, timestamp }: GenerateSpec<T>,
  output: SourceOutput<T>,
  from: number,
  to: number,
): void | Promise<void> {
  const values = new Array<T>(to - from);
  for (let i = from; i < to; i++) values[i - from] = element(i);
  return output.emit({ values, timestamps: timestamp && stampsOf(timestamp, from, to) });
}

function stampsOf(timestamp: (index: number) => Timestamp, from: number, to: number): Float64Array {
  const stamps = new Float64Array(to - from);
  for (let i = from; i < to; i++) stamps[i - from] = timestamp(i);
  return stamps;
}
