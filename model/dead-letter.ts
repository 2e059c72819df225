import type { Duration, Timestamp } from './time.ts';
import type { BoundedWindow } from './window-fn.ts';

/** An element that a step could not process, with all that is needed to find out why and to try again. */
export interface DeadLetter<out T> {
  /** What the step was given. */
  readonly element: T;
  /** The error's class, message and stack, as plain data that can be written anywhere. */
  readonly error: { readonly name: string; readonly message: string; readonly stack: string | undefined };
  /** The path of the step. */
  readonly step: string;
  readonly timestamp: Timestamp;
  readonly window: BoundedWindow;
  /** Where the source found the element, e.g. `orders.csv line 12`, where it said so. */
  readonly coordinate: string | undefined;
  /** How often it was tried. */
  readonly attempts: number;
}

/** How often and when a failed call is tried again. */
export interface RetryPolicy {
  /** How often in all, the first time included. */
  readonly attempts: number;
  /** The wait before the second attempt; it doubles each time, with full jitter. Default 100 ms. */
  readonly backoff?: Duration;
  /** The longest wait. Default 30 s. */
  readonly maxBackoff?: Duration;
  /** Which errors are tried again. Default: all but a ConnectorError that says it is not retryable. */
  readonly retryable?: (error: unknown) => boolean;
}
