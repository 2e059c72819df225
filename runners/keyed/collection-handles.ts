import {
  type BagState,
  KeyError,
  type MapState,
  MAX_TIMESTAMP,
  MIN_TIMESTAMP,
  type OrderedListState,
  type SetState,
  showValue,
  tableKey,
  type Timestamp,
  type TimestampedValue,
} from '../../model/index.ts';
import type { ListCells, MapCells, SortedCells } from '../state/index.ts';
import { Readings } from './reading.ts';
import type { CellAccess } from './state-handles.ts';

// The handles of cells that hold many values. The values are in a collection of their own, a row for each or for some; the
// cell itself holds how many there are. Each change says how it is taken back, in case the call fails.

/** A cell as its handle sees it. */
export interface Place {
  readonly access: CellAccess;
  readonly index: number;
  readonly name: string;
}

/** How many values a cell holds. */
function counter({ access, index }: Place) {
  return {
    get: (): number => (access.read(index) as number | undefined) ?? 0, // what the handle itself put there
    set: (count: number): void => access.write(index, count === 0 ? undefined : count),
  };
}

export function bagHandle(place: Place, list: ListCells<unknown>): BagState<unknown> {
  const { access } = place;
  const count = counter(place);
  const readings = new Readings(access);
  /** The call whose adding can be taken back already. */
  let added = -1;
  const restore = (values: readonly unknown[]): void => {
    list.clear(access.window, access.key);
    for (const value of values) list.add(access.window, access.key, value);
  };
  return {
    read() {
      const n = count.get();
      return n === 0 ? [] : readings.of(list.read(access.window, access.key), n);
    },
    isEmpty: () => count.get() === 0,
    add(value) {
      const n = count.get();
      if (access.isAtomic && added !== access.call) {
        added = access.call;
        access.undo(() => restore([...list.read(access.window, access.key)].slice(0, n)));
      }
      list.add(access.window, access.key, value);
      count.set(n + 1);
    },
    clear() {
      if (count.get() === 0) return;
      if (access.isAtomic) {
        const before = [...list.read(access.window, access.key)];
        access.undo(() => restore(before));
        added = -1;
      }
      readings.keep();
      list.clear(access.window, access.key);
      count.set(0);
    },
  };
}

const neverFound = (what: string, cause: KeyError): TypeError =>
  new TypeError(
    `${what} can't be found again: ${cause.message}. It is compared by its content. Use plain data: text, numbers, dates, arrays and objects of these.`,
    { cause },
  );

/** What maps and sets have in common: entries that are found by a key. */
function entries(place: Place, map: MapCells<unknown>, what: string) {
  const { access } = place;
  const count = counter(place);
  const readings = new Readings(access);
  const put = (key: unknown, had: boolean, value: unknown): void => {
    if (had) map.set(access.window, access.key, key, value);
    else map.delete(access.window, access.key, key);
  };
  /** Whether there is an entry. @throws TypeError for a key that can't be found again */
  const has = (key: unknown): boolean => {
    try {
      if (count.get() > 0) return map.has(access.window, access.key, key);
      tableKey(key);
      return false;
    } catch (error) {
      if (!(error instanceof KeyError)) throw error;
      throw neverFound(what, error);
    }
  };
  const remember = (key: unknown, had: boolean): void => {
    access.changes();
    if (!access.isAtomic) return;
    const before = had ? map.get(access.window, access.key, key) : undefined;
    access.undo(() => put(key, had, before));
  };
  const all = (): Iterable<readonly [unknown, unknown]> => {
    const n = count.get();
    return n === 0 ? [] : readings.of(map.entries(access.window, access.key), n);
  };
  return {
    has,
    all,
    get: (key: unknown): unknown => (has(key) ? map.get(access.window, access.key, key) : undefined),
    set(key: unknown, value: unknown): void {
      const had = has(key);
      remember(key, had);
      map.set(access.window, access.key, key, value);
      if (!had) count.set(count.get() + 1);
    },
    delete(key: unknown): void {
      if (!has(key)) return;
      remember(key, true);
      const left = count.get() - 1;
      if (left > 0) map.delete(access.window, access.key, key);
      else map.clear(access.window, access.key);
      count.set(left);
    },
    clear(): void {
      if (count.get() === 0) return;
      if (access.isAtomic) {
        const before = [...map.entries(access.window, access.key)];
        access.undo(() => before.forEach(([key, value]) => put(key, true, value)));
      }
      readings.keep();
      map.clear(access.window, access.key);
      count.set(0);
    },
  };
}

export function mapHandle(place: Place, map: MapCells<unknown>): MapState<unknown, unknown> {
  const { all, get, has, set, delete: remove, clear } = entries(place, map, `the key of the map '${place.name}'`);
  return {
    get,
    has,
    set,
    delete: remove,
    keys: () => mapped(all(), ([key]) => key),
    values: () => mapped(all(), ([, value]) => value),
    entries: all,
    clear,
  };
}

export function setHandle(place: Place, map: MapCells<unknown>): SetState<unknown> {
  const { all, has, set, delete: remove, clear } = entries(place, map, `a member of the set '${place.name}'`);
  return {
    has,
    add: (value) => {
      if (!has(value)) set(value, null);
    },
    delete: remove,
    read: () => mapped(all(), ([member]) => member),
    clear,
  };
}

const mapped = <T, U>(values: Iterable<T>, of: (value: T) => U): Iterable<U> =>
  Array.isArray(values)
    ? values.map(of)
    : {
        *[Symbol.iterator]() {
          for (const value of values) yield of(value);
        },
      };

export function orderedHandle(place: Place, list: SortedCells<unknown>): OrderedListState<unknown> {
  const { access } = place;
  const count = counter(place);
  const readings = new Readings(access);
  const rangeOf = (from: Timestamp, to: Timestamp): TimestampedValue<unknown>[] =>
    count.get() === 0 ? [] : [...list.range(access.window, access.key, from, to)];
  /** Puts values in the place of those that are in a range now. */
  const replace = (from: Timestamp, to: Timestamp, values: readonly TimestampedValue<unknown>[]): void => {
    list.clearRange(access.window, access.key, from, to);
    for (const value of values) list.add(access.window, access.key, value);
  };
  const clearRange = (from: Timestamp, to: Timestamp): void => {
    const before = rangeOf(from, to);
    if (before.length === 0) return;
    const left = count.get() - before.length;
    access.undo(() => replace(from, to, before));
    readings.keep();
    if (left > 0) list.clearRange(access.window, access.key, from, to);
    else list.clear(access.window, access.key);
    count.set(left);
  };
  return {
    add(added) {
      // Programs without types add what has no timestamp.
      const { value, timestamp } = Object(added) as TimestampedValue<unknown>;
      checkInstant(`a value of the ordered list '${place.name}'`, timestamp);
      if (access.isAtomic) {
        const before = rangeOf(timestamp, instantAfter(timestamp));
        access.undo(() => replace(timestamp, instantAfter(timestamp), before));
      }
      list.add(access.window, access.key, { value, timestamp });
      count.set(count.get() + 1);
    },
    read() {
      const n = count.get();
      return n === 0 ? [] : readings.of(list.range(access.window, access.key, MIN_TIMESTAMP, ALWAYS), n);
    },
    readRange(from, to) {
      checkRange(place.name, from, to);
      return rangeOf(from, to);
    },
    clearRange(from, to) {
      checkRange(place.name, from, to);
      clearRange(from, to);
    },
    clear: () => clearRange(MIN_TIMESTAMP, ALWAYS),
  };
}

function checkRange(name: string, from: unknown, to: unknown): void {
  const isTime = (bound: unknown): boolean => typeof bound === 'number' && !Number.isNaN(bound);
  if (isTime(from) && isTime(to)) return;
  throw new RangeError(
    `a range of the ordered list '${name}' goes from ${showValue(from)} to ${showValue(to)}. It is cut at instants in milliseconds, the second not included. Pass e.g. 0 and date.getTime().`,
  );
}

/** After all instants. */
export const ALWAYS = Number.POSITIVE_INFINITY;

/** The least number after an instant, or one close to it. */
export const instantAfter = (timestamp: Timestamp): Timestamp =>
  timestamp + Math.max(Number.MIN_VALUE, Math.abs(timestamp) * Number.EPSILON);

/** @throws RangeError for what is no instant. */
export function checkInstant(what: string, timestamp: unknown): asserts timestamp is Timestamp {
  if (typeof timestamp === 'number' && timestamp >= MIN_TIMESTAMP && timestamp <= MAX_TIMESTAMP) return;
  throw new RangeError(
    `${what} has the timestamp ${showValue(timestamp)}. Time is a number of milliseconds between MIN_TIMESTAMP and MAX_TIMESTAMP. Pass e.g. date.getTime().`,
  );
}
