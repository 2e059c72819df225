import type { Timestamp } from './time.ts';
import type { BoundedWindow } from './window-fn.ts';

/** A key with a value: what grouping works on. */
export interface KV<out K, out V> {
  readonly key: K;
  readonly value: V;
}

/**
 * Makes a {@link KV}.
 *
 * @example
 * import assert from 'node:assert/strict';
 * import { kv } from 'viga';
 * assert.deepEqual(kv('a', 1), { key: 'a', value: 1 });
 */
export const kv = <K, V>(key: K, value: V): KV<K, V> => ({ key, value });

/** A value with its event time. */
export interface TimestampedValue<out T> {
  readonly value: T;
  readonly timestamp: Timestamp;
}

/** When a pane fired, relative to the watermark passing the end of its window. */
export type PaneTiming = 'EARLY' | 'ON_TIME' | 'LATE' | 'UNKNOWN';

/** Which of the firings of a window an element came from (Beam model, "PaneInfo"). */
export interface PaneInfo {
  readonly timing: PaneTiming;
  /** Zero for the first pane of the window, one for the second, and so on. */
  readonly index: number;
  /** The same, counting only panes fired on time or late; -1 for early panes. */
  readonly onTimeIndex: number;
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

/** The pane of an element that no trigger has fired: Beam's NO_FIRING. */
export const NO_FIRING: PaneInfo = { timing: 'UNKNOWN', index: 0, onTimeIndex: 0, isFirst: true, isLast: true };

/** The only pane of a window that fires once, when the watermark passes its end. */
export const ON_TIME_AND_ONLY: PaneInfo = { timing: 'ON_TIME', index: 0, onTimeIndex: 0, isFirst: true, isLast: true };

/** An element with all that the model knows of it. */
export interface WindowedValue<out T> extends TimestampedValue<T> {
  readonly windows: readonly BoundedWindow[];
  readonly pane: PaneInfo;
}
