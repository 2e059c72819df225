// A ParDo with state or timers: Beam's StatefulDoFnRunner and SimpleDoFnRunner, one call at a time.
import { encodeKey, MIN_TIMESTAMP, NO_FIRING, windowKey } from '../../model/index.ts';
import type { AnyDoFn, KV, StateSpec, Step, Timer, TimerSpec, Timestamp } from '../../model/index.ts';
import { afterCommit, callAt } from './calls.ts';
import type { SideValuesOf } from './calls.ts';
import { cellOf } from './cells.ts';
import { earliest, expiryOf } from './element.ts';
import type { Behavior, Element, Place, Surroundings } from './element.ts';

/** A key in a window: where state and timers are. */
interface Scope {
  readonly id: string;
  readonly key: unknown;
  readonly window: Place['window'];
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

const byTime = (a: Due, b: Due): number => a.at - b.at || ties(a, b).find((order) => order !== 0) || 0;

const ties = (a: Due, b: Due): readonly number[] =>
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
  #unsorted: readonly Element[] = [];

  constructor(step: Step, doFn: AnyDoFn, views: SideValuesOf, at: Surroundings) {
    this.#step = step;
    this.#doFn = doFn;
    this.#views = views;
    this.#at = at;
    this.#resource = doFn.setup?.();
  }

  process(element: Element): void {
    const { windowing, time, drop } = this.#at;
    if (time.input > expiryOf(element.window, windowing)) return drop(element, 'late');
    if (!this.#doFn.requiresTimeSortedInput) return this.#processNow(element);
    if (time.input > element.timestamp + windowing.allowedLateness) return drop(element, 'late');
    this.#unsorted = [...this.#unsorted, element];
  }

  /** Sorted elements, timers and windows that expire, one after another: always what is the earliest now. */
  advance(): void {
    const next = (): Due | undefined => this.#due().sort(byTime)[0];
    for (let due = next(); due !== undefined; due = next()) due.run();
  }

  isDue(): boolean {
    return this.#due().length > 0;
  }

  /** What comes out when a window expires comes out at its end. */
  hold(): Timestamp {
    const expiring = this.#doFn.onWindowExpiration === undefined ? [] : [...this.#scopes.values()];
    return earliest([
      ...[...this.#timers.values()].map(({ outputTimestamp }) => outputTimestamp),
      ...this.#unsorted.map(({ timestamp }) => timestamp),
      ...expiring.map(({ window }) => window.maxTimestamp),
    ]);
  }

  #due(): Due[] {
    const { windowing, time } = this.#at;
    const isExpired = ({ window }: Pick<Scope, 'window'>): boolean => time.input > expiryOf(window, windowing);
    const turnOf = ({ timestamp, window }: Element): Timestamp =>
      Math.min(timestamp + windowing.allowedLateness, expiryOf(window, windowing));
    const sorted = this.#unsorted
      .filter((one) => turnOf(one) <= time.input)
      .map((one) => ({ at: turnOf(one), ties: [0, one.timestamp], run: () => this.#takeSorted(one) }));
    const timers = [...this.#timers.values()]
      .filter((timer) =>
        timer.domain === 'event-time'
          ? timer.timestamp <= time.input
          : timer.timestamp <= time.now && !isExpired(timer),
      )
      .map((timer) => {
        const { timestamp, window, name, tag } = timer;
        return { at: timestamp, ties: [1, window.maxTimestamp, name, tag], run: () => this.#fire(timer) };
      });
    const expired = [...this.#scopes.values()]
      .filter(isExpired)
      .map((scope) => ({ at: expiryOf(scope.window, windowing), ties: [2], run: () => this.#expire(scope) }));
    return [...sorted, ...timers, ...expired];
  }

  #takeSorted(element: Element): void {
    this.#unsorted = this.#unsorted.filter((one) => one !== element);
    this.#processNow(element);
  }

  #processNow(element: Element): void {
    // The input of a keyed step are pairs.
    const { key } = element.value as KV<unknown, unknown>;
    const { window } = element;
    const id = `${encodeKey([key, windowKey(window)])} `;
    this.#scopes.set(id, this.#scopes.get(id) ?? { id, key, window });
    this.#call({ id, key, window }, element, (context) =>
      this.#doFn.process(element.value, { ...context, sideInputs: this.#views(window) }),
    );
  }

  #fire(timer: SetTimer): void {
    const { name, tag, window } = timer;
    this.#timers.delete(idOf(timer, name, tag));
    this.#call(timer, { timestamp: timer.outputTimestamp, window, pane: NO_FIRING }, (context) =>
      this.#doFn.onTimer?.[name]?.({ ...context, key: timer.key, tag }),
    );
  }

  /** What a window of a key has is gone; the timers that are left are of processing time. */
  #expire(scope: Scope): void {
    const { id, key, window } = scope;
    this.#call(scope, { timestamp: window.maxTimestamp, window, pane: NO_FIRING }, (context) =>
      this.#doFn.onWindowExpiration?.({ ...context, key }),
    );
    this.#scopes.delete(id);
    for (const map of [this.#contents, this.#timers]) {
      for (const name of [...map.keys()].filter((one) => one.startsWith(id))) map.delete(name);
    }
  }

  // biome-ignore lint/suspicious/noExplicitAny: which names there are in it is known to the user's types only.
  #call(scope: Scope, place: Place, fn: (context: any) => unknown): void {
    const state = Object.entries<StateSpec<unknown>>(this.#doFn.state ?? {}).map(([name, spec]) => [
      name,
      cellOf(spec, this.#contents, idOf(scope, name, '')),
    ]);
    const timers = Object.entries<TimerSpec>(this.#doFn.timers ?? {}).map(([name, { domain }]) => [
      name,
      this.#handleOf(scope, name, domain, place.timestamp),
    ]);
    const handles = { state: Object.fromEntries(state), timers: Object.fromEntries(timers) };
    callAt(this.#step, place, this.#at.emit, (emit) =>
      fn({ ...place, ...handles, emit, afterCommit, resource: this.#resource }),
    );
  }

  #handleOf(scope: Scope, name: string, domain: TimerSpec['domain'], current: Timestamp): Timer {
    const { time, windowing } = this.#at;
    const expiry = expiryOf(scope.window, windowing);
    const earliestOutput = current - (this.#doFn.allowedTimestampSkew ?? 0);
    const set: Timer['set'] = (timestamp, { outputTimestamp, tag = '' } = {}) => {
      const output = outputTimestamp ?? (domain === 'event-time' ? timestamp : current);
      if (output > expiry || (domain === 'event-time' && timestamp > expiry)) {
        throw new RangeError(`${this.#step.path}: the timer '${name}' is set past ${expiry}, when its window expires.`);
      }
      if (outputTimestamp !== undefined && outputTimestamp < earliestOutput) {
        throw new RangeError(`${this.#step.path}: the output of the timer '${name}' comes before ${earliestOutput}.`);
      }
      const timer = { ...scope, name, tag, domain, timestamp, outputTimestamp: output };
      this.#timers.set(idOf(scope, name, tag), timer);
    };
    const setAfter: Timer['setAfter'] = (duration, options) =>
      domain === 'event-time'
        ? set(Math.min((time.input > MIN_TIMESTAMP ? time.input : current) + duration, expiry), options)
        : set(time.now + duration, options);
    return { set, setAfter, clear: ({ tag = '' } = {}) => void this.#timers.delete(idOf(scope, name, tag)) };
  }
}

const idOf = ({ id }: Scope, name: string, tag: string): string => `${id}${encodeKey([name, tag])}`;
