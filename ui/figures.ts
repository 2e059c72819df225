import type { Progress, StepStats, Timestamp } from '../model/index.ts';
import type { FoldNode } from './fold.ts';
import { isWithin } from './watermarks.ts';

/** What is told of a node of the graph. */
export interface Figures {
  /** Undefined where elements begin. */
  readonly elementsIn: number | undefined;
  /** Undefined where elements end. */
  readonly elementsOut: number | undefined;
  /** Elements a second of late: those that came in, and those that went out. */
  readonly inPerSecond: number;
  readonly outPerSecond: number;
  readonly failed: number;
  readonly droppedLate: number;
  readonly droppedClosed: number;
  /** What only a run knows that goes on as elements come. */
  readonly live: LiveFigures | undefined;
}

export interface LiveFigures {
  readonly watermark: Timestamp;
  readonly heldBy: string | undefined;
  readonly waiting: number;
  readonly stateBytes: number;
}

/** Rates are those of the last seconds: long enough to be steady, short enough to show a change. */
const SPAN_MS = 5_000;
const SOURCES: ReadonlySet<string> = new Set(['Impulse', 'Create', 'Read', 'TestStream']);

/** How a run stands, and stood a moment ago. */
export class Recent {
  #samples: Progress[] = [];

  add(progress: Progress): void {
    this.#samples.push(progress);
    // One sample older than the span stays, to measure from.
    while ((this.#samples[1]?.elapsedMs ?? Number.POSITIVE_INFINITY) <= progress.elapsedMs - SPAN_MS)
      this.#samples.shift();
  }

  get last(): Progress | undefined {
    return this.#samples.at(-1);
  }

  /** What is told of a node, of what its steps tell. */
  of({ steps, entering, leaving }: FoldNode): Figures {
    const { last } = this;
    const [oldest] = this.#samples;
    const seconds = ((last?.elapsedMs ?? 0) - (oldest?.elapsedMs ?? 0)) / 1000;
    const total = (of: (step: StepStats) => number, within: readonly number[], at = last): number =>
      within.reduce((sum, n) => sum + valueOf(at?.steps[n], of), 0);
    const rate = (of: (step: StepStats) => number, within: readonly number[]): number =>
      seconds <= 0 ? 0 : Math.max(0, total(of, within) - total(of, within, oldest)) / seconds;
    const kindOf = (n: number): string => last?.steps[n]?.kind ?? '';
    return {
      elementsIn: entering.every((n) => SOURCES.has(kindOf(n))) ? undefined : total(inOf, entering),
      elementsOut: leaving.every((n) => kindOf(n) === 'Write') ? undefined : total(outOf, leaving),
      inPerSecond: rate(inOf, entering),
      outPerSecond: rate(outOf, leaving),
      failed: total(({ failed }) => failed, steps),
      droppedLate: total(({ droppedLate }) => droppedLate, steps),
      droppedClosed: total(({ droppedClosed }) => droppedClosed, steps),
      live: liveOf(steps, leaving, last),
    };
  }

  /** The furthest watermark of all that are not at an end. */
  get newest(): Timestamp | undefined {
    const known = (this.last?.steps ?? []).flatMap(({ live }) => live?.outputWatermark ?? []).filter(isWithin);
    return known.length === 0 ? undefined : known.reduce((most, one) => Math.max(most, one));
  }
}

const inOf = ({ elementsIn }: StepStats): number => elementsIn;
const outOf = ({ elementsOut }: StepStats): number => elementsOut;
const valueOf = (step: StepStats | undefined, of: (step: StepStats) => number): number =>
  step === undefined ? 0 : of(step);

/** Of several steps: the least watermark that leaves them and what holds it, and the sums of the rest. */
function liveOf(
  steps: readonly number[],
  leaving: readonly number[],
  at: Progress | undefined,
): LiveFigures | undefined {
  const live = (n: number) => at?.steps[n]?.live ?? [];
  const all = steps.flatMap(live);
  const exits = leaving.flatMap(live);
  const [first, ...others] = exits.length > 0 ? exits : all;
  if (first === undefined) return undefined;
  const slowest = others.reduce((least, one) => (one.outputWatermark < least.outputWatermark ? one : least), first);
  const sum = (of: (one: (typeof all)[number]) => number): number => all.reduce((total, one) => total + of(one), 0);
  return {
    watermark: slowest.outputWatermark,
    heldBy: slowest.heldBy,
    waiting: sum(({ waiting }) => waiting),
    stateBytes: sum(({ stateBytes }) => stateBytes),
  };
}
