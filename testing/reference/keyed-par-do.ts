// A ParDo with state or timers: Beam's StatefulDoFnRunner and SimpleDoFnRunner, one call at a time.
import { type AnyDoFn, type BoundedWindow, encodeKey, type KV, MIN_TIMESTAMP, NO_FIRING } from '../../model/index.ts';
import { type StateSpec, type Timer, type TimerSpec, type Timestamp, windowKey } from '../../model/index.ts';
import { callAt, combined, type Context } from './calls.ts';
import { type Behavior, byStart, earliest, type Element, expiryOf, type Place, type Surroundings } from './element.ts';

/** What a key has in a window. */
interface Scope {
  readonly key: unknown;
  readonly window: BoundedWindow;
  /** By name; timers by name and tag. */
  cells: Map<string, readonly unknown[]>;
  timers: Map<string, SetTimer>;
}

interface SetTimer {
  readonly scope: Scope;
  readonly name: string;
  readonly tag: string;
  readonly isEvent: boolean;
  readonly timestamp: Timestamp;
  readonly outputTimestamp: Timestamp;
}

/** By time. What of one time comes first the model leaves open: here windows and names tell. */
const inOrder = (a: SetTimer, b: SetTimer): number =>
  a.timestamp - b.timestamp ||
  byStart(a.scope.window, b.scope.window) ||
  a.name.localeCompare(b.name) ||
  a.tag.localeCompare(b.tag);

const byName = <S, T>(specs: Readonly<Record<string, S>> = {}, make: (name: string, spec: S) => T) =>
  Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, make(name, spec)]));

export const isKeyed = ({ state, timers, onWindowExpiration }: AnyDoFn): boolean =>
  (state ?? timers ?? onWindowExpiration) !== undefined;

export class KeyedParDo implements Behavior {
  readonly #doFn: AnyDoFn;
  readonly #at: Surroundings;
  readonly #scopes = new Map<string, Scope>();

  constructor(doFn: AnyDoFn, at: Surroundings) {
    this.#doFn = doFn;
    this.#at = at;
  }

  process(element: Element): void {
    const { value, window } = element;
    if (this.#isExpired(window)) return this.#at.drop(element, 'late');
    // The input of a keyed step are pairs.
    const { key } = value as KV<unknown, unknown>;
    const id = encodeKey([key, windowKey(window)]);
    const scope = this.#scopes.get(id) ?? { key, window, cells: new Map(), timers: new Map() };
    this.#scopes.set(id, scope);
    this.#call(scope, element, (context) => this.#doFn.process(value, context));
  }

  /** Timers of the clock, timers of event time, then windows that expire: by time, and what comes first here of one time. */
  due() {
    const { time, windowing } = this.#at;
    const timers = this.#timers().filter(({ isEvent, timestamp, scope }) =>
      isEvent ? timestamp <= time.input : timestamp <= time.now && !this.#isExpired(scope.window),
    );
    const ends = [...this.#scopes].filter(([, { window }]) => this.#isExpired(window));
    return [
      ...timers.map((one) => ({ at: one.isEvent ? one.timestamp : MIN_TIMESTAMP, act: () => this.#fire(one) })),
      ...ends.map(([id, scope]) => ({ at: expiryOf(scope.window, windowing), act: () => this.#expire(id, scope) })),
    ];
  }

  hold(): Timestamp {
    // What comes out when a window expires comes out at its end.
    const told = this.#doFn.onWindowExpiration === undefined ? [] : [...this.#scopes.values()];
    const outputs = this.#timers().map(({ outputTimestamp }) => outputTimestamp);
    return earliest([...outputs, ...told.map(({ window }) => window.maxTimestamp)]);
  }

  #timers(): SetTimer[] {
    return [...this.#scopes.values()].flatMap(({ timers }) => [...timers.values()]).sort(inOrder);
  }

  #isExpired(window: BoundedWindow): boolean {
    return this.#at.time.input > expiryOf(window, this.#at.windowing);
  }

  #fire({ scope, name, tag, outputTimestamp: timestamp }: SetTimer): void {
    scope.timers.delete(encodeKey([name, tag]));
    const place = { timestamp, window: scope.window, pane: NO_FIRING };
    this.#call(scope, place, (context) => this.#doFn.onTimer?.[name]?.({ ...context, key: scope.key, tag }));
  }

  /** What a window of a key has is gone then; the timers that are left are of the clock. */
  #expire(id: string, scope: Scope): void {
    const { key, window } = scope;
    const place = { timestamp: window.maxTimestamp, window, pane: NO_FIRING };
    this.#call(scope, place, (context) => this.#doFn.onWindowExpiration?.({ ...context, key }));
    this.#scopes.delete(id);
  }

  /** What a call that fails has changed is as before. */
  #call(scope: Scope, place: Place, fn: (context: Context) => unknown): void {
    const { cells, timers } = scope;
    const begin = (): void => void Object.assign(scope, { cells: new Map(cells), timers: new Map(timers) });
    begin();
    const handles = {
      state: byName(this.#doFn.state, (name, spec: StateSpec<unknown>) => cellOf(scope.cells, name, spec)),
      timers: byName(this.#doFn.timers, (name, spec: TimerSpec) => this.#timer(scope, place, name, spec)),
    };
    callAt(this.#at, place, (context) => fn({ ...context, ...handles }), begin);
  }

  /** A handle of a timer, as a call at a time sees it. */
  #timer(scope: Scope, { timestamp: current }: Place, name: string, { domain }: TimerSpec): Timer {
    const { time, windowing, step } = this.#at;
    const isEvent = domain === 'event-time';
    const expiry = expiryOf(scope.window, windowing);
    const set: Timer['set'] = (timestamp, { outputTimestamp = isEvent ? timestamp : current, tag = '' } = {}) => {
      if (outputTimestamp > expiry || (isEvent && timestamp > expiry)) {
        throw new RangeError(`${step.path}: the timer '${name}' is set past ${expiry}, when its window expires.`);
      }
      scope.timers.set(encodeKey([name, tag]), { scope, name, tag, isEvent, timestamp, outputTimestamp });
    };
    const watermark = time.input > MIN_TIMESTAMP ? time.input : current;
    const setAfter: Timer['setAfter'] = (duration, options) =>
      set(isEvent ? Math.min(watermark + duration, expiry) : time.now + duration, options);
    return { set, setAfter, clear: ({ tag = '' } = {}) => void scope.timers.delete(encodeKey([name, tag])) };
  }
}

/** The handle of a cell: what it holds is a list, of one value at most where it is a value. */
function cellOf(cells: Scope['cells'], name: string, { kind, combineFn }: StateSpec<unknown>): unknown {
  const list = (): readonly unknown[] => cells.get(name) ?? [];
  const write = (value: unknown): void => void cells.set(name, [value]);
  const add = (value: unknown): void => void cells.set(name, [...list(), value]);
  const clear = (): void => void cells.delete(name);
  if (kind === 'value') return { read: () => list()[0], write, clear };
  // A combining cell is declared with its combiner.
  if (combineFn !== undefined) return { read: () => combined(combineFn, list()), add, clear };
  return { read: list, add, isEmpty: () => list().length === 0, clear };
}
