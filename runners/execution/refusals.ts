import { ElementError, MIN_TIMESTAMP, type OutputAt, type Timestamp } from '../../model/index.ts';
import type { Windows } from './batch.ts';
import type { NodeRuntime } from './node-runtime.ts';
import { isThenable } from './stage.ts';

// What a step's function may not return, and what is said then.

/** A key that can't group: undefined or a promise. */
export function badKey({ path }: NodeRuntime, key: unknown, value: unknown): ElementError {
  return new ElementError(
    path,
    value,
    isThenable(key)
      ? 'the key function returned a promise. Keys are needed at once to group by. Make it synchronous: look the key up in a map(...) before.'
      : 'the key function returned undefined. Elements are grouped by their key, so each needs one. Filter such elements first, or return a constant.',
  );
}

/** A timestamp that is no instant. */
export function badTimestamp({ path }: NodeRuntime, timestamp: unknown, value: unknown): ElementError {
  return new ElementError(
    path,
    value,
    `the timestamp function returned ${isThenable(timestamp) ? 'a promise' : String(timestamp)}. Event time is a number of milliseconds between MIN_TIMESTAMP and MAX_TIMESTAMP. Return e.g. date.getTime(), synchronously.`,
  );
}

/** Outputs that can't be iterated. */
export function badOutputs({ path }: NodeRuntime, result: unknown, value: unknown): ElementError {
  return new ElementError(
    path,
    value,
    `its function returned ${result === null ? 'null' : typeof result}, which can't be iterated. What it returns are the outputs for one element. Return an array, [] for none.`,
  );
}

/**
 * Refuses an output that lies before its input by more than the step allows. An input at the lowest timestamp has no event
 * time, so giving it one is no step back.
 */
export function checkSkew({ path, skew }: NodeRuntime, output: Timestamp, input: Timestamp, value: unknown): void {
  if (output >= input - skew || input <= MIN_TIMESTAMP) return;
  throw new ElementError(
    path,
    value,
    `an output has the timestamp ${output}, ${input - output} ms before its input's, and allowedTimestampSkew is ${skew} ms. It could fall behind the watermark and be dropped as late. Raise allowedTimestampSkew, or keep the input's timestamp.`,
  );
}

/** The value, timestamp and windows of an output of a DoFn that carries its own. */
export function resolveOutputAt(
  node: NodeRuntime,
  { value, timestamp, window }: OutputAt<unknown>,
  input: Timestamp,
  windows: Windows,
): readonly [unknown, Timestamp, Windows] {
  checkSkew(node, timestamp, input, value);
  return [value, timestamp, window ? [window] : windows];
}
