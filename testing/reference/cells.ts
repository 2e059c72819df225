// State cells in the plainest form: what the cells of a key hold lies in a Map, by name.
import { type CombineFn, encodeKey, type StateSpec, type TimestampedValue, type Timestamp } from '../../model/index.ts';

type Entry = readonly [key: unknown, value: unknown];
type Stamped = TimestampedValue<unknown>;

/** The handle of a cell, made from its declaration. */
export function cellOf({ kind, combineFn }: StateSpec<unknown>, contents: Map<string, unknown>, name: string): unknown {
  const write = (content: unknown): void => void contents.set(name, content);
  const clear = (): void => void contents.delete(name);
  // A cell is only read by handles of its own kind, so it holds what they wrote.
  const list = <T>(): readonly T[] => (contents.get(name) ?? []) as readonly T[];
  const add = (value: unknown): void => write([...list(), value]);
  if (kind === 'value') return { read: () => contents.get(name), write, clear };
  if (kind === 'bag') return { read: () => list(), add, isEmpty: () => list().length === 0, clear };
  // It is declared with its combiner.
  if (kind === 'combining') return { read: () => combined(combineFn as AnyCombineFn, list()), add, clear };
  if (kind === 'orderedList') {
    const read = (): readonly Stamped[] => [...list<Stamped>()].sort((a, b) => a.timestamp - b.timestamp);
    const isIn = (from: Timestamp, to: Timestamp) => (one: Stamped) => one.timestamp >= from && one.timestamp < to;
    const readRange = (from: Timestamp, to: Timestamp) => read().filter(isIn(from, to));
    const clearRange = (from: Timestamp, to: Timestamp) => write(read().filter((one) => !isIn(from, to)(one)));
    return { add, read, readRange, clearRange, clear };
  }
  const isOf = (key: unknown) => (entry: Entry) => encodeKey([entry[0]]) === encodeKey([key]);
  const others = (key: unknown) => list<Entry>().filter((entry) => !isOf(key)(entry));
  const set = (key: unknown, value: unknown): void => write([...others(key), [key, value]]);
  const keys = (): readonly unknown[] => list<Entry>().map(([key]) => key);
  const handle = {
    has: (key: unknown) => list<Entry>().some(isOf(key)),
    delete: (key: unknown) => write(others(key)),
    clear,
  };
  if (kind === 'set') return { ...handle, add: (value: unknown) => set(value, true), read: keys };
  const values = (): readonly unknown[] => list<Entry>().map(([, value]) => value);
  return { ...handle, get: (key: unknown) => list<Entry>().find(isOf(key))?.[1], set, keys, values, entries: list };
}

type AnyCombineFn = CombineFn<unknown, unknown, unknown>;

/** The output of a combiner for some inputs. */
export const combined = (fn: AnyCombineFn, inputs: readonly unknown[]): unknown =>
  fn.extractOutput(inputs.reduce((accumulator, input) => fn.addInput(accumulator, input), fn.createAccumulator()));
