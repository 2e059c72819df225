import { CoderError, ElementError } from '../../model/index.ts';
import type { Spillable } from '../shuffle/index.ts';

/**
 * What a step of a bounded run keeps, for the run's memory watch. What has no bytes stays in memory, with all that the step
 * keeps besides: nothing has to outlive the process.
 */
export function keptSpillable(kept: Spillable, warn: (reason: string) => void): Spillable {
  let hasBytes = true;
  return {
    bytes: () => kept.bytes(),
    get canSpill() {
      return hasBytes && kept.canSpill;
    },
    spill(between) {
      try {
        kept.spill(between);
      } catch (error) {
        const cause = error instanceof ElementError ? error.cause : error;
        if (!(cause instanceof CoderError)) throw error;
        hasBytes = false;
        warn(cause.message);
      }
    },
  };
}
