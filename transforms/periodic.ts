import {
  type Duration,
  type PBegin,
  type PCollection,
  PipelineError,
  type PTransform,
  ptransform,
  read,
  type ReadResult,
  type RestrictionReader,
  showValue,
  type SourceContext,
  type SourceOutput,
  splittableParDo,
  type Timestamp,
} from '../model/index.ts';
import { ENDLESS, type TickRange, TickTracker } from './tick-range.ts';

/** Instants at equal distances: `start`, `start + interval`, and so on. */
export interface PeriodicSpec {
  /** The first one. Default: when the reading of the sequence begins. */
  readonly start?: Timestamp;
  /** From each one to the next, in milliseconds. */
  readonly interval: Duration;
  /** How many there are. Without `count` and `stop` they never end. */
  readonly count?: number;
  /** Only those before this instant. */
  readonly stop?: Timestamp;
}

/** How many overdue instants are handed over at a time. */
const BATCH = 1_000;

/**
 * Gives each instant of a sequence when the clock comes to it: its timestamp is the element and its event time.
 *
 * Instants that have passed come at once, so none is left out after a pause. The watermark goes on to the next instant as
 * soon as one was given: windows up to it are over. With `count` or `stop` the collection is bounded.
 *
 * @throws PipelineError for an interval that is not above 0, or both `count` and `stop`.
 * @example
 * import { periodicImpulse, Pipeline, seconds } from 'viga';
 * import { directRunner } from 'viga/runners/direct';
 * import { assertThat } from 'viga/testing';
 * const p = new Pipeline();
 * const ticks = p.apply(periodicImpulse({ start: 0, interval: seconds(1), count: 3 }));
 * assertThat(ticks).containsInAnyOrder([0, 1_000, 2_000]);
 * await p.run(directRunner());
 *
 * @example
 * // A side input that changes slowly: a table that is read again each hour, as one element, so that the newest replaces
 * // the one before as a whole.
 * import { afterCount, asSingleton, create, globalWindows, hours, periodicImpulse, Pipeline, repeatedly } from 'viga';
 * import { directRunner } from 'viga/runners/direct';
 * import { assertThat } from 'viga/testing';
 * const readRates = () => new Map([['EUR', 2], ['GBP', 3]]);
 * const p = new Pipeline();
 * const rates = p
 *   .apply(periodicImpulse({ interval: hours(1), count: 1 })) // without count for as long as the job runs
 *   .map(readRates)
 *   .windowInto(globalWindows(), { trigger: repeatedly(afterCount(1)), accumulationMode: 'discarding' });
 * const orders = p.apply(create([{ currency: 'EUR', amount: 10 }]));
 * const inDollars = orders.map(({ currency, amount }, { sideInputs }) => amount * (sideInputs.rates.get(currency) ?? 1), {
 *   sideInputs: { rates: asSingleton(rates) },
 * });
 * assertThat(inDollars).containsInAnyOrder([20]);
 * await p.run(directRunner());
 */
export function periodicImpulse(spec: PeriodicSpec): PTransform<PBegin, PCollection<Timestamp>> {
  checkSpec('periodicImpulse', spec);
  const reader = periodicReader<undefined>('PeriodicImpulse', () => spec);
  return read({ ...reader, kind: 'source' }, { isBounded: spec.count !== undefined || spec.stop !== undefined });
}

/**
 * Gives the instants of the sequence that each element describes, as {@link periodicImpulse} does, in the windows of the
 * element. It is bounded if its input is and `isBounded` says that each sequence has an end.
 *
 * @example
 * import { create, periodicSequence, Pipeline, seconds } from 'viga';
 * import { directRunner } from 'viga/runners/direct';
 * import { assertThat } from 'viga/testing';
 * const p = new Pipeline();
 * const specs = p.apply(create([{ start: 0, interval: seconds(1), count: 2 }, { start: 5, interval: 1, stop: 7 }]));
 * assertThat(specs.apply(periodicSequence({ isBounded: true }))).containsInAnyOrder([0, 1_000, 5, 6]);
 * await p.run(directRunner());
 */
export const periodicSequence = (
  options: { readonly isBounded?: boolean } = {},
): PTransform<PCollection<PeriodicSpec>, PCollection<Timestamp>> =>
  ptransform('PeriodicSequence', (specs: PCollection<PeriodicSpec>) =>
    specs.apply(
      splittableParDo(
        periodicReader<PeriodicSpec>('Read', (spec) => spec),
        { isBounded: options.isBounded ?? false },
      ),
    ),
  );

const periodicReader = <E>(
  name: string,
  specOf: (element: E) => PeriodicSpec,
): RestrictionReader<E, Timestamp, TickRange, number> => ({
  name,
  initialRestriction(element, { host, step }) {
    const spec = specOf(element);
    checkSpec(step, spec);
    const start = spec.start ?? host.clock.now();
    return { start, from: 0, to: countOf(spec, start) };
  },
  createTracker: (range) => new TickTracker(range),
  isBounded: ({ to }) => to < ENDLESS,
  size: ({ from, to }) => (to < ENDLESS ? to - from : undefined),
  // A tracker that createTracker made.
  read: (element, tracker, output, context) => giveDue(specOf(element), tracker as TickTracker, output, context),
});

async function giveDue(
  { interval }: PeriodicSpec,
  tracker: TickTracker,
  output: SourceOutput<Timestamp>,
  { host, signal }: SourceContext,
): Promise<ReadResult> {
  const { start, from } = tracker.currentRestriction();
  for (let tick = from; !signal.aborted; ) {
    const { to } = tracker.currentRestriction();
    const due = Math.floor((host.clock.now() - start) / interval) + 1;
    const end = Math.min(to, due, tick + BATCH);
    if (end <= tick && tick < to) return { resumeAfter: Math.max(1, start + tick * interval - host.clock.now()) };
    if (end <= tick || !tracker.tryClaim(end - 1)) return undefined;
    const values = Array.from({ length: end - tick }, (_, i) => start + (tick + i) * interval);
    const room = output.emit({ values, timestamps: Float64Array.from(values) });
    output.advanceWatermark(start + end * interval);
    if (room !== undefined) await room;
    tick = end;
  }
  return undefined;
}

function countOf({ interval, count, stop }: PeriodicSpec, start: Timestamp): number {
  if (stop === undefined) return count ?? ENDLESS;
  return Math.max(0, Math.ceil((stop - start) / interval));
}

function checkSpec(place: string, spec: PeriodicSpec): void {
  const { start, interval, count, stop } = Object(spec) as PeriodicSpec; // checked below, field by field
  const wrong = (what: string): never => {
    throw new PipelineError(undefined, `${place}: ${what}`);
  };
  if (!(Number.isFinite(interval) && interval > 0)) {
    wrong(
      `interval is ${showValue(interval)} ms but must be above 0. All instants would be the same. Pass e.g. minutes(1).`,
    );
  }
  if (count !== undefined && !(Number.isSafeInteger(count) && count >= 0)) {
    wrong(`count is ${showValue(count)} but must be a whole number of 0 or more. Instants are counted. Pass e.g. 5.`);
  }
  if (count !== undefined && stop !== undefined) {
    wrong('it has both count and stop. Which of them ends it is not known. Pass one of them.');
  }
  for (const [name, instant] of [
    ['start', start],
    ['stop', stop],
  ] as const) {
    if (instant === undefined || Number.isFinite(instant)) continue;
    wrong(`${name} is ${showValue(instant)}. It is an instant in milliseconds. Pass e.g. Date.UTC(2026, 0, 1).`);
  }
}
