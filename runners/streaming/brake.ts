import { type Clock, PipelineError, type StepStats } from '../../model/index.ts';

/** Over so many milliseconds failures are counted, and so many of them are needed at least. */
const SPAN = 60_000;
const LEAST = 100;

/**
 * Stops a run in which more than a share of the elements of a step fails: a bad deploy must not turn a whole topic into dead
 * letters. What was committed stays, so a mended program goes on where this one stopped.
 */
export class Brake {
  readonly #share: number;
  readonly #clock: Clock;
  /** What each step had a minute ago at most. */
  readonly #before = new Map<string, { readonly at: number; readonly seen: number; readonly failed: number }>();

  constructor(share: number, clock: Clock) {
    this.#share = share;
    this.#clock = clock;
  }

  /** @throws PipelineError if a step fails too often. */
  check(steps: readonly StepStats[]): void {
    const at = this.#clock.monotonic();
    for (const { step, elementsIn, elementsOut, failed } of steps) {
      // A step that reads has no elements in.
      const seen = Math.max(elementsIn, elementsOut + failed);
      const before = this.#before.get(step) ?? { at, seen: 0, failed: 0 };
      const failures = failed - before.failed;
      const share = failures / Math.max(1, seen - before.seen);
      if (failures >= LEAST && share > this.#share) throw tooMany(step, failures, share, this.#share);
      this.#before.set(step, at - before.at >= SPAN ? { at, seen, failed } : before);
    }
  }
}

function tooMany(step: string, failures: number, share: number, most: number): PipelineError {
  const percent = (part: number): string => `${(part * 100).toFixed(1).replace(/\.0$/, '')} %`;
  return new PipelineError(
    step,
    `${failures} of its elements became dead letters within a minute, ${percent(share)} of all. More than ${percent(most)} means that the program is wrong and not the elements. Mend it and start it again: it goes on where it stopped. Or allow more with --max-failed-share (maxFailedShare).`,
  );
}
