import type { Timestamp } from '../../model/index.ts';

/** How far time is at a step; moved by the schedule between bundles. docs/decisions/0015-streaming-engine.md says what follows. */
export interface StepTime {
  /** No element with an earlier timestamp comes, unless it is late. */
  inputWatermark: Timestamp;
  /** What those behind the step were told. */
  outputWatermark: Timestamp;
  /** The clock of the run. */
  processingTime: Timestamp;
}

/** A step that keeps elements until time passes: a grouping, a stateful ParDo. Knows no schedule. */
export interface Operator {
  /**
   * Does what is due at its time, in order: about `budget` outputs at most, and no more calls once `isEnough`. Returns whether
   * nothing due is left; if something is, it is called again before the step gets more elements.
   */
  advance(budget: number, isEnough?: () => boolean): boolean | Promise<boolean>;
  /** What it keeps comes out with no earlier timestamp; {@link MAX_TIMESTAMP} if it keeps nothing. */
  hold(): Timestamp;
  /**
   * When processing time makes something due; undefined if nothing waits for it. {@link MIN_TIMESTAMP} where something is due
   * by event time already, as an element that came since may have made it.
   */
  nextWakeUp(): Timestamp | undefined;
  /** Writes what changed since the last cut into its spaces. */
  save(): void;
  /** About how many bytes of memory it takes. */
  bytes(): number;
}

/** Told of an element that came after its window had expired. */
export type LateDrop = (element: unknown, timestamp: Timestamp) => void;
