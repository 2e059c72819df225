import type { Duration, Timestamp } from './time.ts';

/** Sets and clears one timer of the current key and window. */
export interface Timer {
  /**
   * Fires at `timestamp`; a later `set` takes its place. `outputTimestamp` is the event time of what the timer emits
   * and holds the watermark until then; by default the timer's own time.
   */
  set(timestamp: Timestamp, options?: { readonly outputTimestamp?: Timestamp; readonly tag?: string }): void;
  /** Fires `duration` after now, in the timer's own time domain. */
  setAfter(duration: Duration, options?: { readonly outputTimestamp?: Timestamp; readonly tag?: string }): void;
  clear(options?: { readonly tag?: string }): void;
}

/** What a DoFn declares for one timer, or one family of timers told apart by tags. */
export interface TimerSpec {
  readonly kind: 'timer';
  readonly domain: 'event-time' | 'processing-time';
}

/** @internal */
export const TIMER_DOMAINS: readonly TimerSpec['domain'][] = ['event-time', 'processing-time'];

/** The timers that a DoFn declares, by name. */
export type TimerSpecs = Record<string, TimerSpec>;

/** The handles of declared timers. */
export type Timers<M> = { readonly [N in keyof M]: Timer };

/** Declares a timer that fires when the watermark passes its time. */
export const eventTimer = (): TimerSpec => ({ kind: 'timer', domain: 'event-time' });

/**
 * Declares a timer that fires when the clock passes its time.
 *
 * Where input is bounded it may end before that. A timer that has not fired when its window expires, at the end of input,
 * is dropped with the window's state: what has to happen in any case belongs to an {@link eventTimer}.
 */
export const processingTimer = (): TimerSpec => ({ kind: 'timer', domain: 'processing-time' });
