import {
  type BoundedWindow,
  type Duration,
  END_OF_GLOBAL_WINDOW,
  eventTimer,
  type KV,
  MAX_TIMESTAMP,
  MIN_TIMESTAMP,
  minutes,
  type OrderedListState,
  orderedListState,
  type PCollection,
  PipelineError,
  processingTimer,
  type PTransform,
  ptransform,
  showValue,
  type Timestamp,
  valueState,
} from '../model/index.ts';

/** What {@link deduplicate} can be asked for. */
export interface DeduplicateSpec<in T, out K> {
  /** Elements with equal keys are duplicates of each other. Default: the element itself. */
  readonly key?: (element: T) => K;
  /** For how long after an element its duplicates are dropped. Default ten minutes. */
  readonly horizon?: Duration;
  /** Default `event-time`, which gives the same whatever the speed at which elements come. */
  readonly domain?: 'event-time' | 'processing-time';
}

/**
 * Drops elements that came before, within a horizon of time and the window; what is kept keeps its timestamp and passes at
 * once. Where the input is bounded, and all of a window may be kept until it is over, {@link distinct} does without a horizon.
 *
 * In event time an element is dropped if one that was kept lies less than the horizon before or after it; a late one may
 * pass again. In processing time duplicates are dropped until the horizon has passed since the first came; on bounded input
 * that is never.
 *
 * @throws PipelineError for a horizon that is not above 0, or windows that merge.
 * @example
 * import { create, deduplicate, Pipeline, seconds } from 'viga';
 * import { directRunner } from 'viga/runners/direct';
 * import { assertThat } from 'viga/testing';
 * const p = new Pipeline();
 * const clicks = p.apply(create(['a', 'b', 'a', 'a'], { timestamps: [0, 1, 2, 60].map(seconds) }));
 * assertThat(clicks.apply(deduplicate({ horizon: seconds(30) }))).containsInAnyOrder(['a', 'b', 'a']);
 * await p.run(directRunner());
 */
export function deduplicate<T, K = T>(spec: DeduplicateSpec<T, K> = {}): PTransform<PCollection<T>, PCollection<T>> {
  const { horizon = minutes(10), domain = 'event-time' } = spec;
  if (!(horizon > 0)) {
    throw new PipelineError(
      undefined,
      `deduplicate: horizon is ${showValue(horizon)} ms but must be above 0. Nothing would be a duplicate. Pass e.g. minutes(10), or leave it out.`,
    );
  }
  if (domain !== 'event-time' && domain !== 'processing-time') {
    throw new PipelineError(
      undefined,
      `deduplicate: domain is ${showValue(domain)}. The horizon goes by one time or the other. Pass 'event-time' or 'processing-time'.`,
    );
  }
  // Without a key the element is it, so K is T.
  const key = spec.key ?? ((element: T) => element as unknown as K);
  return ptransform('Deduplicate', (input: PCollection<T>) => {
    const keyed = input.keyBy(key, { name: 'Key' });
    return domain === 'event-time' ? inEventTime(keyed, horizon) : inProcessingTime(keyed, horizon);
  });
}

const inEventTime = <K, T>(keyed: PCollection<KV<K, T>>, horizon: Duration): PCollection<T> =>
  keyed.parDo({
    name: 'FirstOfEach',
    // In order of time: a key may have very many, as on bounded input none is forgotten before the end.
    state: { kept: orderedListState<true>(), first: valueState<Timestamp>() },
    timers: { forget: eventTimer() },
    process({ value }: KV<K, T>, { state: { kept, first }, timers, timestamp, window }): readonly T[] {
      for (const other of kept.readRange(timestamp - horizon, timestamp + horizon)) {
        if (timestamp - other.timestamp < horizon) return [];
      }
      kept.add({ value: true, timestamp });
      if (timestamp >= (first.read() ?? MAX_TIMESTAMP)) return [value];
      first.write(timestamp);
      // What is kept to the end of its window goes with it.
      if (timestamp + horizon <= window.maxTimestamp) timers.forget.set(timestamp + horizon);
      return [value];
    },
    onTimer: {
      forget({ state: { kept, first }, timers, timestamp, window }): readonly T[] {
        const from = timestamp - horizon + ROUNDED;
        kept.clearRange(MIN_TIMESTAMP, from);
        const next = firstOf(kept, from, horizon, window);
        if (next === undefined) first.clear();
        else first.write(next);
        if (next !== undefined && next + horizon <= window.maxTimestamp) timers.forget.set(next + horizon);
        return [];
      },
    },
  });

/** More milliseconds than timestamps are rounded by. */
const ROUNDED = 0.01;

/** The earliest that is kept, from a time on before which nothing is. It is looked for in steps that double: those that are kept lie a horizon apart. */
function firstOf(
  kept: OrderedListState<true>,
  from: Timestamp,
  horizon: Duration,
  { maxTimestamp }: BoundedWindow,
): Timestamp | undefined {
  let to = from;
  for (let step = horizon; to <= maxTimestamp; step *= 2) {
    const at = to;
    to += step;
    for (const { timestamp } of kept.readRange(at, to)) return timestamp;
  }
  return undefined;
}

const inProcessingTime = <K, T>(keyed: PCollection<KV<K, T>>, horizon: Duration): PCollection<T> =>
  keyed.parDo({
    name: 'FirstOfEach',
    state: { isKnown: valueState<boolean>() },
    timers: { forget: processingTimer() },
    process({ value }: KV<K, T>, { state, timers, window }): readonly T[] {
      if (state.isKnown.read()) return [];
      state.isKnown.write(true);
      // It gives out nothing, so it holds the watermark as little as a timer can: where state ends anyway.
      const outputTimestamp = Math.min(window.maxTimestamp + keyed.windowing.allowedLateness, END_OF_GLOBAL_WINDOW);
      timers.forget.setAfter(horizon, { outputTimestamp });
      return [value];
    },
    onTimer: {
      forget({ state }): readonly T[] {
        state.isKnown.clear();
        return [];
      },
    },
  });
