// A ParDo with state or timers: Beam's StatefulDoFnRunner and SimpleDoFnRunner, one call at a time.
import {
  type AnyDoFn,
  type BoundedWindow,
  encodeKey,
  type KV,
  MIN_TIMESTAMP,
  NO_FIRING,
  windowKey,
} from '../../model/index.ts';
import type { StateSpec, Timer, TimerSpec, Timestamp } from '../../model/index.ts';
import { callAt, type Context } from './calls.ts';
import { cellOf } from './cells.ts';
import { type Behavior, type CallSurroundings, earliest, type Element, expiryOf, type Place } from './element.ts';

/** A key in a window: where state and timers are. */
interface Scope {
  readonly id: string;
  readonly window: BoundedWindow;
  readonly key: unknown;
}

interface SetTimer extends Scope {
  readonly name: string;
  readonly tag: string;
  readonly domain: TimerSpec['domain'];
  readonly timestamp: Timestamp;
  readonly outputTimestamp: Timestamp;
}

const idOf = ({ id }: Scope, name: string, tag = ''): string => `${id}${encodeKey([name, tag])}`;

/** By time. What of one time comes first the model leaves open: here it is the window that ends first, then names tell. */
const inOrder = (a: SetTimer, b: SetTimer): number =>
  a.timestamp - b.timestamp ||
  a.window.maxTimestamp - b.window.maxTimestamp ||
  a.name.localeCompare(b.name) ||
  a.tag.localeCompare(b.tag);

export const isKeyed = ({ state, timers, onWindowExpiration }: AnyDoFn): boolean =>
  (state ?? timers ?? onWindowExpiration) !== undefined;

function putBack<V>(map: Map<string, V>, before: ReadonlyMap<string, V>): void {
  map.clear();
  for (const entry of before) map.set(...entry);
}

export class KeyedParDo implements Behavior {
  readonly #doFn: AnyDoFn;
  readonly #at: CallSurroundings;
  readonly #scopes = new Map<string, Scope>();
  readonly #contents = new Map<string, unknown>();
  readonly #timers = new Map<string, SetTimer>();

  constructor(doFn: AnyDoFn, at: CallSurroundings) {
    this.#doFn = doFn;
    this.#at = at;
  }

  process(element: Element): void {
    if (this.#isExpired(element)) return this.#at.drop(element, 'late');
    const { value, window } = element;
    // The input of a keyed step are pairs.
    const { key } = value as KV<unknown, unknown>;
    const scope = { id: `${encodeKey([key, windowKey(window)])} `, key, window };
    this.#scopes.set(scope.id, scope);
    this.#call(scope, element, (context) => this.#doFn.process(value, context));
  }

  /** Timers and windows that expire, one after another: always what is the earliest now. */
  advance(): void {
    for (let due = this.#nextDue(); due !== undefined; due = this.#nextDue()) due();
  }

  isDue(): boolean {
    return this.#nextDue() !== undefined;
  }

  hold(): Timestamp {
    const outputs = [...this.#timers.values()].map(({ outputTimestamp }) => outputTimestamp);
    // What comes out when a window expires comes out at its end.
    const ends = [...this.#scopes.values()].map(({ window }) => window.maxTimestamp);
    return earliest([...outputs, ...(this.#doFn.onWindowExpiration === undefined ? [] : ends)]);
  }

  #isExpired({ window }: Scope | Element): boolean {
    return this.#at.time.input > expiryOf(window, this.#at.windowing);
  }

  #nextDue(): (() => void) | undefined {
    const { time, windowing } = this.#at;
    const timers = [...this.#timers.values()].filter((timer) => {
      if (timer.domain === 'event-time') return timer.timestamp <= time.input;
      return timer.timestamp <= time.now && !this.#isExpired(timer);
    });
    const [timer] = timers.sort(inOrder);
    const ends = [...this.#scopes.values()].filter((scope) => this.#isExpired(scope));
    const [end] = ends.sort((a, b) => a.window.maxTimestamp - b.window.maxTimestamp);
    if (end === undefined || (timer && timer.timestamp <= expiryOf(end.window, windowing))) {
      return timer && (() => this.#fire(timer));
    }
    return () => this.#expire(end);
  }

  #fire(timer: SetTimer): void {
    const { name, tag, key, window, outputTimestamp: timestamp } = timer;
    this.#timers.delete(idOf(timer, name, tag));
    const place = { timestamp, window, pane: NO_FIRING };
    this.#call(timer, place, (context) => this.#doFn.onTimer?.[name]?.({ ...context, key, tag }));
  }

  /** What a window of a key has is gone; the timers that are left are of processing time. */
  #expire(scope: Scope): void {
    const { id, key, window } = scope;
    const place = { timestamp: window.maxTimestamp, window, pane: NO_FIRING };
    this.#call(scope, place, (context) => this.#doFn.onWindowExpiration?.({ ...context, key }));
    for (const map of [this.#scopes, this.#contents, this.#timers]) {
      for (const name of [...map.keys()].filter((one) => one.startsWith(id))) map.delete(name);
    }
  }

  #call(scope: Scope, place: Place, fn: (context: Context) => unknown): void {
    const { state = {}, timers = {} } = this.#doFn;
    const cells = Object.entries<StateSpec<unknown>>(state).map(([name, spec]) => {
      return [name, cellOf(spec, this.#contents, idOf(scope, name))];
    });
    const handles = Object.entries<TimerSpec>(timers).map(([name, { domain }]) => {
      return [name, this.#handleOf(scope, name, domain, place.timestamp)];
    });
    const own = { state: Object.fromEntries(cells), timers: Object.fromEntries(handles) };
    const [contents, set] = [new Map(this.#contents), new Map(this.#timers)];
    const undo = (): void => {
      putBack(this.#contents, contents);
      putBack(this.#timers, set);
    };
    callAt(this.#at, place, (context) => fn({ ...context, ...own }), undo);
  }

  #handleOf(scope: Scope, name: string, domain: TimerSpec['domain'], current: Timestamp): Timer {
    const { time, windowing } = this.#at;
    const isEvent = domain === 'event-time';
    const expiry = expiryOf(scope.window, windowing);
    const set: Timer['set'] = (timestamp, { outputTimestamp = isEvent ? timestamp : current, tag = '' } = {}) => {
      if (outputTimestamp > expiry || (isEvent && timestamp > expiry)) {
        throw new RangeError(
          `${this.#at.step.path}: the timer '${name}' is set past ${expiry}, when its window expires.`,
        );
      }
      this.#timers.set(idOf(scope, name, tag), { ...scope, name, tag, domain, timestamp, outputTimestamp });
    };
    const watermark = time.input > MIN_TIMESTAMP ? time.input : current;
    const setAfter: Timer['setAfter'] = (duration, options) =>
      set(isEvent ? Math.min(watermark + duration, expiry) : time.now + duration, options);
    return { set, setAfter, clear: ({ tag } = {}) => void this.#timers.delete(idOf(scope, name, tag)) };
  }
}
