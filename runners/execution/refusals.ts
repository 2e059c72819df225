import {
  ElementError,
  MAX_TIMESTAMP,
  MIN_TIMESTAMP,
  type OutputAt,
  showValue,
  type Timestamp,
} from '../../model/index.ts';
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

const isTimestamp = (value: unknown): value is Timestamp =>
  typeof value === 'number' && value >= MIN_TIMESTAMP && value <= MAX_TIMESTAMP;

/** What is wrong with a timestamp: it is no instant, or lies before the input's by more than the step allows. */
export function timestampError(
  node: NodeRuntime,
  timestamp: unknown,
  input: Timestamp,
  value: unknown,
): ElementError | undefined {
  if (isTimestamp(timestamp)) {
    return skewError(node, timestamp, input, value);
  }
  return new ElementError(
    node.path,
    value,
    `the timestamp function returned ${isThenable(timestamp) ? 'a promise' : String(timestamp)}. Event time is a number of milliseconds between MIN_TIMESTAMP and MAX_TIMESTAMP. Return e.g. date.getTime(), synchronously.`,
  );
}

/** Outputs that can't be iterated. */
export function badOutputs({ path }: NodeRuntime, result: unknown, value: unknown): ElementError {
  return new ElementError(
    path,
    value,
    `its function returned ${showValue(result)}, which can't be iterated. What it returns are the outputs for one element. Return an array, [] for none.`,
  );
}

/**
 * What is said of an output that lies before its input by more than the step allows. An input at the lowest timestamp has no
 * event time, so giving it one is no step back.
 */
function skewError(
  { path, skew }: NodeRuntime,
  output: Timestamp,
  input: Timestamp,
  value: unknown,
): ElementError | undefined {
  if (output >= input - skew || input <= MIN_TIMESTAMP) return undefined;
  return new ElementError(
    path,
    value,
    `an output has the timestamp ${output}, ${input - output} ms before its input's, and allowedTimestampSkew is ${skew} ms. It could fall behind the watermark and be dropped as late. Raise allowedTimestampSkew, or keep the input's timestamp.`,
  );
}

/** @throws ElementError for an output that is at no time, or lies too far before its input. */
export function checkSkew(node: NodeRuntime, output: Timestamp, input: Timestamp, value: unknown): void {
  if (!isTimestamp(output)) {
    throw new ElementError(
      node.path,
      value,
      `an output has the timestamp ${String(output)}. Event time is a number of milliseconds between MIN_TIMESTAMP and MAX_TIMESTAMP. Pass e.g. date.getTime().`,
    );
  }
  const error = skewError(node, output, input, value);
  if (error !== undefined) throw error;
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
