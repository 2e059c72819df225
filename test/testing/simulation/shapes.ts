import type { Chance } from '../../../testing/simulation/index.ts';

/** The classes of sinks. */
export const SINKS = ['table', 'upsert', 'append', 'files', 'parquet', 'refusing'] as const;
export type SinkClass = (typeof SINKS)[number];

/** What a job consists of. */
export interface Shape {
  readonly sinks: readonly SinkClass[];
  readonly topics: 1 | 2;
  readonly partitions: number;
  /** Records of each partition. */
  readonly records: number;
  /** Milliseconds over which records appear. */
  readonly span: number;
  /** Whether the collection is declared to end: what ends is published as a whole. */
  readonly isBounded: boolean;
  /** Whether reading goes on for ever: such a job ends by a drain, which may come at any moment. */
  readonly isEndless: boolean;
  readonly isLive: boolean;
  readonly tellsRemaining: boolean;
  readonly batch: number;
  readonly windows: 'fixed' | 'sliding' | 'sessions';
  readonly trigger: 'default' | 'late' | 'early and late' | 'count';
  readonly mode: 'discarding' | 'accumulating';
  /** Of elements, so many fail. */
  readonly poison: number;
  /** Whether there is a step with state and timers, and one with a side input. */
  readonly isStateful: boolean;
  readonly hasSideInput: boolean;
  /** Whether a step takes elements in order of time, as far as they are not late. */
  readonly isSorted: boolean;
  /** Characters that each element has for nothing: many, and memory is short. */
  readonly padding: number;
  /** Virtual milliseconds that a step behind the grouping takes for each pane; 0 for none, and no promise either. */
  readonly slow: number;
  /** How many panes that step takes at a time. */
  readonly concurrency: number;
}

/** The job that is run through a crash at every point: three epochs, panes before and after the watermark, failures. */
export const plainShape = (sink: SinkClass): Shape => ({
  sinks: [sink],
  topics: 1,
  partitions: 2,
  records: 12,
  span: 250,
  isBounded: false,
  isEndless: false,
  isLive: false,
  tellsRemaining: true,
  batch: 4,
  windows: 'fixed',
  trigger: 'default',
  mode: 'discarding',
  poison: 0.1,
  isStateful: false,
  hasSideInput: false,
  isSorted: false,
  padding: 0,
  slow: 0,
  concurrency: 1,
});

/** A shape that a seed has. */
export function drawShape(chance: Chance): Shape {
  const windows = chance.pick(['fixed', 'fixed', 'sliding', 'sessions']);
  const trigger = chance.pick(['default', 'default', 'late', 'early and late', 'count']);
  const first = chance.pick(SINKS);
  const more = SINKS.filter((sink) => sink !== first && chance.happens(0.3));
  return {
    sinks: [first, ...more],
    topics: chance.pick([1, 1, 2]),
    partitions: 1 + chance.below(3),
    records: 10 + chance.below(40),
    span: chance.pick([300, 2_000, 6_000]),
    ...drawEnd(chance),
    isLive: chance.happens(0.3),
    tellsRemaining: chance.happens(0.7),
    batch: chance.pick([1, 5, 20]),
    windows,
    trigger,
    // A session that grew has other bounds in each pane, so only what came since can be compared; what the default trigger
    // gives out does not accumulate.
    mode: windows === 'sessions' || trigger === 'default' ? 'discarding' : chance.pick(['discarding', 'accumulating']),
    poison: chance.pick([0, 0.1]),
    isStateful: chance.happens(0.4),
    hasSideInput: chance.happens(0.3),
    isSorted: chance.happens(0.3),
    padding: chance.happens(0.08) ? 30_000 : 0,
    slow: chance.pick([0, 0, 20, 300]),
    concurrency: chance.pick([1, 1, 8]),
  };
}

const drawEnd = (chance: Chance): Pick<Shape, 'isBounded' | 'isEndless'> => {
  const isBounded = chance.happens(0.2);
  return { isBounded, isEndless: chance.happens(0.3) && !isBounded };
};
