// State cells in the plainest form: what a cell holds lies in a Map, by the text of its key, window and name.
import { type CombineFn, encodeKey, type StateSpec, type TimestampedValue, type Timestamp } from '../../model/index.ts';

type Entry = readonly [key: unknown, value: unknown];
type Stamped = TimestampedValue<unknown>;
type AnyCombineFn = CombineFn<unknown, unknown, unknown>;

/** The handle of a cell, made from its declaration. */
export function cellOf({ kind, combineFn }: StateSpec<unknown>, contents: Map<string, unknown>, id: string): unknown {
  const write = (content: unknown): void => void contents.set(id, content);
  const clear = (): void => void contents.delete(id);
  // A cell is only read by handles of its own kind, so it holds what they wrote.
  const list = <T>(): readonly T[] => (contents.get(id) ?? []) as readonly T[];
  const add = (value: unknown): void => write([...list(), value]);
  const others = (key: unknown) => list<Entry>().filter(([other]) => encodeKey([other]) !== encodeKey([key]));
  const find = (key: unknown) => list<Entry>().find(([other]) => encodeKey([other]) === encodeKey([key]));
  const set = (key: unknown, value: unknown): void => write([...others(key), [key, value]]);
  const keys = (): readonly unknown[] => list<Entry>().map(([key]) => key);
  const values = (): readonly unknown[] => list<Entry>().map(([, value]) => value);
  const keyed = { has: (key: unknown) => find(key) !== undefined, delete: (key: unknown) => write(others(key)), clear };
  const sorted = (): readonly Stamped[] => [...list<Stamped>()].sort((a, b) => a.timestamp - b.timestamp);
  const isIn = (from: Timestamp, to: Timestamp) => (one: Stamped) => one.timestamp >= from && one.timestamp < to;
  switch (kind) {
    case 'value':
      return { read: () => contents.get(id), write, clear };
    case 'bag':
      return { read: () => list(), add, isEmpty: () => list().length === 0, clear };
    case 'combining':
      // It is declared with its combiner.
      return { read: () => combined(combineFn as AnyCombineFn, list()), add, clear };
    case 'set':
      return { ...keyed, add: (value: unknown) => set(value, true), read: keys };
    case 'map':
      return { ...keyed, get: (key: unknown) => find(key)?.[1], set, keys, values, entries: list };
    case 'orderedList': {
      const readRange = (from: Timestamp, to: Timestamp) => sorted().filter(isIn(from, to));
      const clearRange = (from: Timestamp, to: Timestamp) => write(sorted().filter((one) => !isIn(from, to)(one)));
      return { add, read: sorted, readRange, clearRange, clear };
    }
    default:
      return kind satisfies never;
  }
}

/** The output of a combiner for some inputs. */
export const combined = (fn: AnyCombineFn, inputs: readonly unknown[]): unknown =>
  fn.extractOutput(inputs.reduce((accumulator, input) => fn.addInput(accumulator, input), fn.createAccumulator()));
