import type { CombineFn } from './combine-fn.ts';
import { PipelineError, showValue } from './errors.ts';
import type { RetryPolicy } from './dead-letter.ts';
import { MAX_TIMESTAMP, MIN_TIMESTAMP, type Timestamp } from './time.ts';
import type { AnyWindowFn } from './window-fn.ts';

// What the types refuse, for programs that have none or cast: said where the step is made, not in the middle of a run.

/** @throws PipelineError where a step has no function. */
export function checkFunction(step: string, fn: unknown, how = 'Pass a function'): void {
  if (typeof fn === 'function') return;
  throw new PipelineError(step, `its function is ${showValue(fn)}. It is called for each element. ${how}.`);
}

/** @throws PipelineError for what is no combiner. */
export function checkCombineFn<I, A, O>(step: string, fn: CombineFn<I, A, O>): void {
  const { createAccumulator, addInput, mergeAccumulators, extractOutput } = Object(fn) as Partial<typeof fn>;
  if ([createAccumulator, addInput, mergeAccumulators, extractOutput].every((part) => typeof part === 'function'))
    return;
  throw new PipelineError(
    step,
    `its combine function is ${showValue(fn)}. It combines parts before they meet, which takes four functions. Pass e.g. sum, or an object with createAccumulator, addInput, mergeAccumulators and extractOutput.`,
  );
}

/** @throws PipelineError for what is no window function. */
export function checkWindowFn(step: string, windowFn: AnyWindowFn): void {
  const { spec, assign } = Object(windowFn) as Partial<AnyWindowFn>;
  if (spec !== undefined && typeof assign === 'function') return;
  throw new PipelineError(
    step,
    `its window function is ${showValue(windowFn)}. It assigns each element to windows. Pass e.g. fixedWindows({ size: minutes(5) }), or customWindows(...).`,
  );
}

/** @throws PipelineError for a retry policy that makes no attempt or waits for no known time. */
export function checkRetry(step: string, retry: RetryPolicy): void {
  if (!(Number.isInteger(retry.attempts) && retry.attempts >= 1)) {
    throw new PipelineError(
      step,
      `retry.attempts is ${retry.attempts} but must be a whole number of 1 or more, the first attempt included. Pass e.g. 3.`,
    );
  }
  for (const name of ['backoff', 'maxBackoff'] as const) {
    const wait = retry[name];
    if (wait === undefined || (Number.isFinite(wait) && wait >= 0)) continue;
    throw new PipelineError(
      step,
      `retry.${name} is ${String(wait)} ms but must be 0 or more. It is how long to wait before the next attempt. Pass e.g. seconds(1), or leave it out.`,
    );
  }
}

/** @throws PipelineError for what is no whole number of 1 or more. */
export function checkParts(step: string, name: string, parts: number): void {
  if (Number.isInteger(parts) && parts >= 1) return;
  throw new PipelineError(
    step,
    `${name} is ${parts} but must be a whole number of 1 or more. Elements are combined in so many parts first. Pass e.g. 16, or leave it out.`,
  );
}

/** @throws PipelineError for elements that are none, or timestamps that are not one instant for each. */
export function checkElements(step: string, elements: unknown, timestamps: readonly Timestamp[] | undefined): void {
  if (typeof Object(elements)[Symbol.iterator] !== 'function') {
    throw new PipelineError(
      step,
      `its elements are ${showValue(elements)}, which can't be iterated. A collection is made of many. Pass an array, [x] for one.`,
    );
  }
  if (timestamps === undefined) return;
  const { length } = elements as readonly unknown[]; // as the type of createElements says
  if (timestamps.length !== length) {
    throw new PipelineError(
      step,
      `there are ${length} elements and ${timestamps.length} timestamps. Each element has one. Give as many of both.`,
    );
  }
  const wrong = timestamps.findIndex((at) => !(at >= MIN_TIMESTAMP && at <= MAX_TIMESTAMP));
  if (wrong < 0) return;
  throw new PipelineError(
    step,
    `the timestamp of element ${wrong} is ${String(timestamps[wrong])}. Event time is a number of milliseconds between MIN_TIMESTAMP (${new Date(MIN_TIMESTAMP).toISOString()}) and MAX_TIMESTAMP. Pass e.g. date.getTime().`,
  );
}
