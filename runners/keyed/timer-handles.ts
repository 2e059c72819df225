import {
  type BoundedWindow,
  formatTimestamp,
  formatWindow,
  MIN_TIMESTAMP,
  showValue,
  type Timer,
  type TimerSpec,
  type Timestamp,
} from '../../model/index.ts';
import type { TimerId } from '../state/index.ts';
import { checkInstant } from './collection-handles.ts';
import { handleRecord } from './handle-record.ts';
import type { KeyedStore } from './keyed-store.ts';

/** What a call lets its timers do. */
export interface TimerAccess {
  readonly store: KeyedStore;
  /** The key and window of the call, and the event time of its element or timer. */
  readonly key: unknown;
  readonly window: BoundedWindow;
  readonly timestamp: Timestamp;
  /** @throws Error when no call is on. */
  assertOn(): void;
  /** Says that the call has changed something. */
  changes(): void;
  /** Says how what is done is taken back if the call fails. */
  undo(undo: () => void): void;
  /** What the key keeps may have become other than it was found. */
  look(): void;
}

type Options = Parameters<Timer['set']>[1];

/** Makes the handles of declared timers. */
export function timerHandles(
  specs: Readonly<Record<string, TimerSpec>>,
  access: TimerAccess,
): Readonly<Record<string, Timer>> {
  const handles = handleRecord<Timer>('timer', 'timers: { NAME: eventTimer() }, with its function in onTimer');
  for (const [family, { domain }] of Object.entries(specs)) {
    handles[family] = domain === 'event-time' ? eventHandle(family, access) : clockHandle(family, access);
  }
  return handles;
}

/** Fires when the watermark passes its time. */
function eventHandle(family: string, access: TimerAccess): Timer {
  const { store } = access;
  const { events } = store;
  const set: Timer['set'] = (timestamp, options) => {
    access.assertOn();
    checkInstant(`the timer '${family}'`, timestamp);
    const expiry = store.expiryOf(access.window);
    if (timestamp > expiry) throw beyond(family, access.window, { timestamp, expiry, what: 'is set to' });
    const outputTimestamp = options?.outputTimestamp ?? timestamp;
    checkOutputTimestamp(family, access, options);
    const id = idOf(family, access, options);
    remember(id);
    events.set({ ...id, timestamp, outputTimestamp });
  };
  const remember = (id: TimerId): void => {
    access.changes();
    if (store.isAtomic) access.undo(events.remember(id));
  };
  return {
    set,
    setAfter(duration, options) {
      access.assertOn();
      checkDuration(family, duration);
      // On bounded input the watermark says nothing before the end (Beam: relative timers end with their window).
      const { inputWatermark } = store.time;
      const now = inputWatermark > MIN_TIMESTAMP ? inputWatermark : access.timestamp;
      set(Math.min(now + duration, store.expiryOf(access.window)), options);
    },
    clear(options) {
      access.assertOn();
      const id = idOf(family, access, options);
      remember(id);
      events.clear(id);
    },
  };
}

/** Fires when the clock passes its time, unless its window expires first. */
function clockHandle(family: string, access: TimerAccess): Timer {
  const { store } = access;
  const remember = (id: TimerId): void => {
    access.changes();
    if (store.isAtomic) access.undo(store.rememberClock(id));
  };
  const set: Timer['set'] = (timestamp, options) => {
    access.assertOn();
    checkInstant(`the timer '${family}'`, timestamp);
    checkOutputTimestamp(family, access, options);
    const id = idOf(family, access, options);
    remember(id);
    store.setClock({ ...id, timestamp, outputTimestamp: options?.outputTimestamp ?? access.timestamp });
    access.look();
  };
  return {
    set,
    setAfter(duration, options) {
      access.assertOn();
      checkDuration(family, duration);
      set(store.time.processingTime + duration, options);
    },
    clear(options) {
      access.assertOn();
      const id = idOf(family, access, options);
      remember(id);
      store.clearClock(id);
      access.look();
    },
  };
}

const idOf = (family: string, { key, window }: TimerAccess, options: Options): TimerId => ({
  key,
  window,
  family,
  tag: tagOf(family, options?.tag),
});

function tagOf(family: string, tag: unknown): string {
  if (tag === undefined) return '';
  if (typeof tag === 'string') return tag;
  throw new TypeError(
    `the timer '${family}' was given the tag ${showValue(tag)}. Timers of a family are told apart by text. Pass a string, e.g. String(tag).`,
  );
}

/** The event time of what a timer gives out lies between the call that sets it and the end of its window. */
function checkOutputTimestamp(family: string, { store, window, timestamp }: TimerAccess, options: Options): void {
  const output = options?.outputTimestamp;
  if (output === undefined) return;
  checkInstant(`the output of the timer '${family}'`, output);
  const expiry = store.expiryOf(window);
  if (output > expiry) throw beyond(family, window, { timestamp: output, expiry, what: 'has the output timestamp' });
  if (output >= timestamp - store.skew || timestamp <= MIN_TIMESTAMP) return;
  throw new RangeError(
    `the timer '${family}' has the output timestamp ${formatTimestamp(output)} (${output}), before that of the element or timer that sets it, ${formatTimestamp(timestamp)} (${timestamp}). What it gives out could fall behind the watermark and be dropped as late. Pass that time or a later one, or raise allowedTimestampSkew.`,
  );
}

function beyond(
  family: string,
  window: BoundedWindow,
  { timestamp, expiry, what }: { readonly timestamp: Timestamp; readonly expiry: Timestamp; readonly what: string },
): RangeError {
  return new RangeError(
    `the timer '${family}' ${what} ${formatTimestamp(timestamp)}, and the window ${formatWindow(window)} expires after ${formatTimestamp(expiry)}, its allowed lateness included. State is gone by then, so it could never fire. Use window.maxTimestamp at the latest, or raise allowedLateness.`,
  );
}

function checkDuration(family: string, duration: unknown): void {
  if (typeof duration === 'number' && Number.isFinite(duration)) return;
  throw new RangeError(
    `the timer '${family}' is set after ${showValue(duration)}. A duration is a number of milliseconds. Pass e.g. minutes(5).`,
  );
}
