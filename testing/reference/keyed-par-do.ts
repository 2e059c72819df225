// A ParDo with state or timers: Beam's StatefulDoFnRunner and SimpleDoFnRunner, one call at a time.
import { encodeKey, MIN_TIMESTAMP, NO_FIRING, windowKey } from '../../model/index.ts';
import type { AnyDoFn, KV, StateSpec, Step, Timer, TimerSpec, Timestamp } from '../../model/index.ts';
import { afterCommit, type AnyContext, callAt, type SideValuesOf } from './calls.ts';
import { cellOf } from './cells.ts';
import { type Behavior, earliest, type Element, expiryOf, type Place, type Surroundings } from './element.ts';

/** A key in a window: where state and timers are. */
interface Scope extends Pick<Place, 'window'> {
  readonly id: string;
  readonly key: unknown;
}

interface SetTimer extends Scope {
  readonly name: string;
  readonly tag: string;
  readonly domain: TimerSpec['domain'];
  readonly timestamp: Timestamp;
  readonly outputTimestamp: Timestamp;
}

/** What is due, by time. The model leaves open what of one time comes first: it is sorted by `ties`. */
interface Due {
  readonly at: Timestamp;
  readonly ties: readonly (number | string)[];
  readonly run: () => void;
}

const byTime = (a: Due, b: Due): number => a.at - b.at || tied(a, b).find((order) => order !== 0) || 0;
const tied = (a: Due, b: Due): readonly number[] =>
  a.ties.map((tie, i) => (tie === b.ties[i] ? 0 : tie < (b.ties[i] ?? tie) ? -1 : 1));

export const isKeyed = ({ state, timers, onWindowExpiration, requiresTimeSortedInput }: AnyDoFn): boolean =>
  state !== undefined || timers !== undefined || onWindowExpiration !== undefined || requiresTimeSortedInput === true;

export class KeyedParDo implements Behavior {
  readonly #step: Step;
  readonly #doFn: AnyDoFn;
  readonly #views: SideValuesOf;
  readonly #at: Surroundings;
  readonly #resource: unknown;
  readonly #scopes = new Map<string, Scope>();
  readonly #contents = new Map<string, unknown>();
  readonly #timers = new Map<string, SetTimer>();
  /** Elements that wait for their turn, where input is to be sorted by time. */
  readonly #unsorted = new Set<Element>();

  constructor(step: Step, doFn: AnyDoFn, views: SideValuesOf, at: Surroundings) {
    this.#step = step;
    this.#doFn = doFn;
    this.#views = views;
    this.#at = at;
    this.#resource = doFn.setup?.();
  }

  process(element: Element): void {
    const { windowing, time, drop } = this.#at;
    const isSorted = this.#doFn.requiresTimeSortedInput === true;
    const isTurnOver = isSorted && time.input > element.timestamp + windowing.allowedLateness;
    if (isTurnOver || this.#isExpired(element)) drop(element, 'late');
    else if (isSorted) this.#unsorted.add(element);
    else this.#processNow(element);
  }

  /** Sorted elements, timers and windows that expire, one after another: always what is the earliest now. */
  advance(): void {
    const next = (): Due | undefined => this.#due().sort(byTime)[0];
    for (let due = next(); due !== undefined; due = next()) due.run();
  }

  isDue(): boolean {
    return this.#due().length > 0;
  }

  hold(): Timestamp {
    // What comes out when a window expires comes out at its end.
    const ends = [...this.#scopes.values()].map(({ window }) => window.maxTimestamp);
    const outputs = [...this.#timers.values()].map(({ outputTimestamp }) => outputTimestamp);
    const waiting = [...this.#unsorted].map(({ timestamp }) => timestamp);
    return earliest([...outputs, ...waiting, ...(this.#doFn.onWindowExpiration === undefined ? [] : ends)]);
  }

  #isExpired({ window }: Pick<Place, 'window'>): boolean {
    return this.#at.time.input > expiryOf(window, this.#at.windowing);
  }

  #due(): Due[] {
    const { windowing, time } = this.#at;
    const sorted = [...this.#unsorted].map((element) => {
      const at = Math.min(element.timestamp + windowing.allowedLateness, expiryOf(element.window, windowing));
      return { at, ties: [0, element.timestamp], run: () => this.#takeSorted(element) };
    });
    const timers = [...this.#timers.values()]
      .filter((timer) => timer.domain === 'event-time' || (timer.timestamp <= time.now && !this.#isExpired(timer)))
      .filter((timer) => timer.domain !== 'event-time' || timer.timestamp <= time.input)
      .map((timer) => {
        const ties = [1, timer.window.maxTimestamp, timer.name, timer.tag];
        return { at: timer.timestamp, ties, run: () => this.#fire(timer) };
      });
    const ends = [...this.#scopes.values()]
      .filter((scope) => this.#isExpired(scope))
      .map((scope) => ({ at: expiryOf(scope.window, windowing), ties: [2], run: () => this.#expire(scope) }));
    return [...sorted.filter(({ at }) => at <= time.input), ...timers, ...ends];
  }

  #takeSorted(element: Element): void {
    this.#unsorted.delete(element);
    this.#processNow(element);
  }

  #processNow(element: Element): void {
    // The input of a keyed step are pairs.
    const { key } = element.value as KV<unknown, unknown>;
    const { value, window } = element;
    const id = `${encodeKey([key, windowKey(window)])} `;
    const scope = { id, key, window };
    this.#scopes.set(id, scope);
    const sideInputs = this.#views(window);
    this.#call(scope, element, (context) => this.#doFn.process(value, { ...context, sideInputs }));
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
    this.#scopes.delete(id);
    for (const map of [this.#contents, this.#timers]) {
      for (const name of [...map.keys()].filter((one) => one.startsWith(id))) map.delete(name);
    }
  }

  #call(scope: Scope, place: Place, fn: (context: AnyContext) => unknown): void {
    const { state = {}, timers = {} } = this.#doFn;
    const common = { ...place, afterCommit, resource: this.#resource, state: {}, timers: {} };
    const cells = Object.entries<StateSpec<unknown>>(state).map(([name, spec]) => {
      return [name, cellOf(spec, this.#contents, idOf(scope, name, ''))];
    });
    const handles = Object.entries<TimerSpec>(timers).map(([name, { domain }]) => {
      return [name, this.#handleOf(scope, name, domain, place.timestamp)];
    });
    const context = { ...common, state: Object.fromEntries(cells), timers: Object.fromEntries(handles) };
    callAt(this.#step, place, this.#at.emit, (emit) => fn({ ...context, emit }));
  }

  #handleOf(scope: Scope, name: string, domain: TimerSpec['domain'], current: Timestamp): Timer {
    const { time, windowing } = this.#at;
    const isEvent = domain === 'event-time';
    const expiry = expiryOf(scope.window, windowing);
    const set: Timer['set'] = (timestamp, { outputTimestamp = isEvent ? timestamp : current, tag = '' } = {}) => {
      if (outputTimestamp > expiry || (isEvent && timestamp > expiry)) {
        throw new RangeError(`${this.#step.path}: the timer '${name}' is set past ${expiry}, when its window expires.`);
      }
      this.#timers.set(idOf(scope, name, tag), { ...scope, name, tag, domain, timestamp, outputTimestamp });
    };
    const watermark = time.input > MIN_TIMESTAMP ? time.input : current;
    const setAfter: Timer['setAfter'] = (duration, options) =>
      set(isEvent ? Math.min(watermark + duration, expiry) : time.now + duration, options);
    return { set, setAfter, clear: ({ tag = '' } = {}) => void this.#timers.delete(idOf(scope, name, tag)) };
  }
}

const idOf = ({ id }: Scope, name: string, tag: string): string => `${id}${encodeKey([name, tag])}`;
