import type { Step } from '../../model/index.ts';

/** Whether a step keeps something by key while time passes: a ParDo with state, timers, or that asks for what they are made of. */
export function isKeyed({ primitive }: Step): boolean {
  if (primitive.kind !== 'ParDo') return false;
  const { state, timers, onWindowExpiration, requiresTimeSortedInput } = primitive.doFn;
  return (
    state !== undefined || timers !== undefined || onWindowExpiration !== undefined || requiresTimeSortedInput === true
  );
}
