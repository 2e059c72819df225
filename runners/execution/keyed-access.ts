import type { PaneInfo, Step, Timer, Timestamp } from '../../model/index.ts';
import type { Windows } from './batch.ts';
import type { Awaited } from './in-flight.ts';

/** Whether a step keeps something by key while time passes: a ParDo with state, timers, or that asks for what they are made of. */
export function isKeyed({ primitive }: Step): boolean {
  if (primitive.kind !== 'ParDo') return false;
  const { state, timers, onWindowExpiration, requiresTimeSortedInput } = primitive.doFn;
  return (
    state !== undefined || timers !== undefined || onWindowExpiration !== undefined || requiresTimeSortedInput === true
  );
}

/** What {@link KeyedScope.begin} says of an element that is not processed now: it came too late, or waits for its turn. */
export const NOT_CALLED: unique symbol = Symbol('not called');

/** Which key and window a timer, or a window that expires, is about. */
export interface KeyedPlace {
  readonly key: unknown;
  readonly windows: Windows;
  /** The event time of what comes out. */
  readonly timestamp: Timestamp;
}

/**
 * State and timers of one key and window, for one call at a time. The handles are made once and serve call after call.
 *
 * Calls of a key and window follow each other: one that goes on after it has returned is detached, and `begin` gives
 * those behind it something to wait for.
 */
export interface KeyedScope {
  /** Handles by the names that the DoFn declares; they answer while a call is on. */
  readonly state: Readonly<Record<string, unknown>>;
  readonly timers: Readonly<Record<string, Timer>>;
  /**
   * Starts the call for an element. Where it can't be made yet, gives what to wait for before it is tried again.
   *
   * @throws ElementError for an element that has no key to keep something by.
   */
  begin(
    element: unknown,
    timestamp: Timestamp,
    windows: Windows,
    pane: PaneInfo,
  ): undefined | typeof NOT_CALLED | Promise<void>;
  /** Starts a call that no element is given to. */
  beginAt(place: KeyedPlace): void;
  /** Ends the call. Where calls are atomic, one that failed leaves no trace. */
  end(succeeded: boolean): void;
  /** The call goes on after it has returned. */
  detach(): void;
}

/** How a stage gets at the state and the timers of its keyed step. */
export interface KeyedAccess {
  /** Another scope, for calls that overlap those of the scopes there are. */
  scope(): KeyedScope;
  /** Why what goes on can't be made again, and what has to end before; undefined if it can. */
  readonly unfinished: readonly [why: string, awaited: Awaited] | undefined;
}
