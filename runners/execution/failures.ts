import {
  ConnectorError,
  type DeadLetter,
  ElementError,
  formatWindow,
  GLOBAL_WINDOW,
  type Host,
  type PaneInfo,
  type RetryPolicy,
  type Timestamp,
  messageOf,
  MIN_TIMESTAMP,
  NO_FIRING,
} from '../../model/index.ts';
import { GLOBAL_ONLY, type Windows } from './batch.ts';
import { SKIP } from './invoke.ts';
import type { StepMetrics } from './metrics.ts';
import type { NodeRuntime } from './node-runtime.ts';
import { waitFor } from './wait.ts';

const FIRST_BACKOFF = 100;
const LAST_BACKOFF = 30_000;

/** What a step was called with. */
export type CallArguments = readonly [value: unknown, timestamp: Timestamp, windows: Windows, pane: PaneInfo];

/** Where the call of a generator is not known any more. */
export const NOWHERE = [MIN_TIMESTAMP, GLOBAL_ONLY, NO_FIRING] as const;

/** A call that failed. */
export interface FailedCall {
  readonly node: NodeRuntime;
  readonly call: CallArguments;
  readonly metrics: StepMetrics;
  /** Where the source found the element. */
  readonly coordinate: (() => string | undefined) | undefined;
}

/** What failures need of their stage. */
export interface FailureEnvironment {
  readonly host: Host;
  readonly signal: AbortSignal;
  /** Calls the step once more; the result has all outputs of the call. */
  readonly callAgain: (failed: FailedCall) => Promise<unknown>;
  readonly deliver: (failed: FailedCall, letter: DeadLetter<unknown>) => void;
}

/**
 * What becomes of a call that failed: it is tried again, or its element becomes a dead letter, or the run ends with an error
 * that names step and element. Of the call itself nothing remains (engine.md 3).
 */
export class Failures {
  readonly #environment: FailureEnvironment;
  /** Errors of calls for which all was tried. */
  readonly #final = new WeakSet<Error>();

  constructor(environment: FailureEnvironment) {
    this.#environment = environment;
  }

  /** Marks an error for which nothing is tried. */
  final<E extends Error>(error: E): E {
    this.#final.add(error);
    return error;
  }

  /** Gives {@link SKIP} for a dead letter, a promise where it is tried again; throws otherwise. */
  handle(failed: FailedCall, error: unknown, attempts = 1): unknown {
    const { node, metrics } = failed;
    // What a later step of the stage threw has its own step already.
    if (error instanceof ElementError && (error.step !== node.path || this.#final.has(error))) throw error;
    // The run is over: nothing is tried again, and nobody waits for dead letters.
    if (this.#environment.signal.aborted) throw error;
    metrics.settle(false);
    node.invoker.takeEmissions();
    const { primitive } = node.node.step;
    const traits = 'traits' in primitive ? primitive.traits : undefined;
    if (traits?.retry && attempts < traits.retry.attempts && isRetryable(traits.retry, error)) {
      return this.#tryAgain(failed, traits.retry, attempts);
    }
    if (!traits?.hasDeadLetters) {
      throw this.final(elementError(failed, error, attempts));
    }
    node.failed++;
    const [element, timestamp, windows] = failed.call;
    const coordinate = failed.coordinate?.();
    this.#environment.deliver(
      failed,
      deadLetterOf(node.path, error, { element, timestamp, windows, attempts, coordinate }),
    );
    return SKIP;
  }

  async #tryAgain(failed: FailedCall, retry: RetryPolicy, attempts: number): Promise<unknown> {
    const { host, signal, callAgain } = this.#environment;
    const { backoff = FIRST_BACKOFF, maxBackoff = LAST_BACKOFF } = retry;
    // Full jitter: many calls that failed together do not come back together.
    const delay = host.random.next() * Math.min(maxBackoff, backoff * 2 ** (attempts - 1));
    await waitFor(host.clock, delay, signal);
    try {
      return await callAgain(failed);
    } catch (error) {
      return this.handle(failed, error, attempts + 1);
    }
  }
}

const isRetryable = (retry: RetryPolicy, error: unknown): boolean =>
  retry.retryable?.(error) ?? !(error instanceof ConnectorError && !error.retryable);

/** What something thrown says, without the step where it names it itself. */
export function reasonOf({ path }: NodeRuntime, error: unknown): string {
  const message = messageOf(error);
  return message.startsWith(`${path}: `) ? message.slice(path.length + 2) : message;
}

/** What a call threw, as an error that names its step and shows its element. */
export function elementError({ node, call, coordinate }: FailedCall, error: unknown, attempts = 1): ElementError {
  if (error instanceof ElementError) return error;
  const [value, timestamp, windows] = call;
  const [window] = windows;
  return new ElementError(node.path, value, reasonOf(node, error), {
    cause: error,
    coordinate: coordinate?.(),
    timestamp,
    window: window && formatWindow(window),
    attempts,
  });
}

/** What a failed call leaves behind. */
export function deadLetterOf(
  step: string,
  error: unknown,
  call: {
    readonly element: unknown;
    readonly timestamp: Timestamp;
    readonly windows: Windows;
    readonly attempts: number;
    readonly coordinate: string | undefined;
  },
): DeadLetter<unknown> {
  const { name, message, stack } =
    error instanceof Error ? error : { name: 'Error', message: messageOf(error), stack: undefined };
  return {
    element: call.element,
    error: { name, message, stack },
    step,
    timestamp: call.timestamp,
    window: call.windows[0] ?? GLOBAL_WINDOW,
    coordinate: call.coordinate,
    attempts: call.attempts,
  };
}
