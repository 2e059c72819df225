import type { Graph, Progress } from '../../model/index.ts';
import { liveView, type LiveView } from './live-view.ts';
import { everyStep, outermostScopes, type ScopeStats } from './scopes.ts';

/** A step, or a composite, with its rate. */
export interface StepView extends ScopeStats {
  /** Elements a second of late: those that came in, for a source those that went out. */
  readonly perSecond: number;
}

/** How a run stands, as it is shown. */
export interface RunView {
  readonly elapsedMs: number;
  readonly steps: readonly StepView[];
  /** The same, folded to the outermost scopes. */
  readonly scopes: readonly StepView[];
  /** Elements that sources gave. */
  readonly rowsRead: number;
  readonly rowsPerSecond: number;
  readonly failed: number;
  readonly bytesRead: number;
  readonly bytesPerSecond: number;
  readonly bytesTotal: number | undefined;
  /** From 0 to 1, where the size of the input is known. */
  readonly fraction: number | undefined;
  readonly remainingMs: number | undefined;
  /** Where elements go through all steps as they come. */
  readonly live: LiveView | undefined;
}

/** Rates are those of the last seconds: long enough to be steady, short enough to show a change. */
const SPAN_MS = 5_000;

/**
 * Turns what a runner reports of a run into what is shown: rates over the last seconds, and when the input will be read.
 *
 * It knows time only from the reports, so it behaves the same wherever they come from.
 */
export class Meter {
  readonly #graph: Graph;
  #samples: Progress[] = [];

  constructor(graph: Graph) {
    this.#graph = graph;
  }

  add(progress: Progress): RunView {
    this.#samples.push(progress);
    // One sample older than the span stays, to measure from.
    while ((this.#samples[1]?.elapsedMs ?? Number.POSITIVE_INFINITY) <= progress.elapsedMs - SPAN_MS)
      this.#samples.shift();
    const oldest = this.#samples[0] === progress ? undefined : this.#samples[0];
    const seconds = (progress.elapsedMs - (oldest?.elapsedMs ?? 0)) / 1000;
    const rate = (now: number, before: number | undefined): number =>
      seconds <= 0 ? 0 : Math.max(0, now - (before ?? 0)) / seconds;

    const steps = withRates(everyStep(progress.steps), oldest && everyStep(oldest.steps), rate);
    const bytesPerSecond = rate(progress.bytesRead, oldest?.bytesRead);
    return {
      elapsedMs: progress.elapsedMs,
      steps,
      scopes: withRates(
        outermostScopes(this.#graph, progress.steps),
        oldest && outermostScopes(this.#graph, oldest.steps),
        rate,
      ),
      rowsRead: sum(steps, (step) => (step.isSource ? step.elementsOut : 0)),
      rowsPerSecond: sum(steps, (step) => (step.isSource ? step.perSecond : 0)),
      failed: sum(steps, (step) => step.failed),
      bytesRead: progress.bytesRead,
      bytesPerSecond,
      bytesTotal: progress.bytesTotal,
      ...rest(progress, bytesPerSecond),
      live: liveView(progress),
    };
  }
}

function withRates(
  steps: readonly ScopeStats[],
  before: readonly ScopeStats[] | undefined,
  rate: (now: number, before: number | undefined) => number,
): StepView[] {
  const old = new Map(before?.map((step) => [step.step, step]));
  const moved = (step: ScopeStats): number => (step.isSource ? step.elementsOut : step.elementsIn);
  return steps.map((step) => {
    const was = old.get(step.step);
    return { ...step, perSecond: rate(moved(step), was && moved(was)) };
  });
}

function rest({ bytesRead, bytesTotal }: Progress, perSecond: number): Pick<RunView, 'fraction' | 'remainingMs'> {
  if (bytesTotal === undefined || bytesTotal <= 0) return { fraction: undefined, remainingMs: undefined };
  const missing = Math.max(0, bytesTotal - bytesRead);
  return {
    fraction: Math.min(1, bytesRead / bytesTotal),
    remainingMs: missing === 0 || perSecond <= 0 ? undefined : (missing / perSecond) * 1000,
  };
}

const sum = (steps: readonly StepView[], of: (step: StepView) => number): number =>
  steps.reduce((total, step) => total + of(step), 0);
