import type { Coder } from './coder.ts';
import type { CombineFn } from './combine-fn.ts';
import type { Timestamp } from './time.ts';
import type { TimestampedValue } from './values.ts';

/** One value per key and window. */
export interface ValueState<T> {
  read(): T | undefined;
  write(value: T): void;
  clear(): void;
}

/** Many values per key and window, without order. */
export interface BagState<T> {
  read(): Iterable<T>;
  add(value: T): void;
  isEmpty(): boolean;
  clear(): void;
}

/** A combined value per key and window. */
export interface CombiningState<I, O> {
  read(): O;
  add(input: I): void;
  clear(): void;
}

/** A map per key and window. */
export interface MapState<K, V> {
  get(key: K): V | undefined;
  has(key: K): boolean;
  set(key: K, value: V): void;
  delete(key: K): void;
  keys(): Iterable<K>;
  values(): Iterable<V>;
  entries(): Iterable<readonly [K, V]>;
  clear(): void;
}

/** A set per key and window. */
export interface SetState<T> {
  has(value: T): boolean;
  add(value: T): void;
  delete(value: T): void;
  read(): Iterable<T>;
  clear(): void;
}

/** Values ordered by a timestamp, per key and window. */
export interface OrderedListState<T> {
  add(value: TimestampedValue<T>): void;
  read(): Iterable<TimestampedValue<T>>;
  /** The values with `from <= timestamp < to`. */
  readRange(from: Timestamp, to: Timestamp): Iterable<TimestampedValue<T>>;
  clearRange(from: Timestamp, to: Timestamp): void;
  clear(): void;
}

/** The kinds of state that a DoFn can declare. */
export type StateKind = 'value' | 'bag' | 'combining' | 'map' | 'set' | 'orderedList';

/** @internal */
export const STATE_KINDS: readonly StateKind[] = ['value', 'bag', 'combining', 'map', 'set', 'orderedList'];

/** What a DoFn declares for one state cell. `Cell` is the type of the handle that its functions get. */
export interface StateSpec<Cell> {
  readonly kind: StateKind;
  readonly coder?: Coder<unknown> | undefined;
  readonly keyCoder?: Coder<unknown> | undefined;
  // oxlint-disable-next-line typescript/no-explicit-any -- a spec of any combiner; the cell type keeps the real types.
  readonly combineFn?: CombineFn<any, any, any> | undefined;
  /** Carries the type of the handle; never present at run time. */
  readonly cell?: Cell;
}

/** The state cells that a DoFn declares, by name. */
// oxlint-disable-next-line typescript/no-explicit-any -- any handle type; Cells recovers each.
export type StateSpecs = Record<string, StateSpec<any>>;

/** The handles of declared state cells. */
export type Cells<S> = { readonly [N in keyof S]: S[N] extends StateSpec<infer C> ? C : never };

const erase = <T>(coder: Coder<T> | undefined): Coder<unknown> | undefined =>
  // A spec is read back with the coder it was made with, so the element type is safe to forget here.
  coder as Coder<unknown> | undefined;

/** Declares one value per key and window. */
export const valueState = <T>(coder?: Coder<T>): StateSpec<ValueState<T>> => ({ kind: 'value', coder: erase(coder) });

/** Declares a bag of values per key and window. */
export const bagState = <T>(coder?: Coder<T>): StateSpec<BagState<T>> => ({ kind: 'bag', coder: erase(coder) });

/** Declares a combined value per key and window. */
export const combiningState = <I, A, O>(combineFn: CombineFn<I, A, O>): StateSpec<CombiningState<I, O>> => ({
  kind: 'combining',
  combineFn,
});

/** Declares a map per key and window. */
export const mapState = <K, V>(keyCoder?: Coder<K>, coder?: Coder<V>): StateSpec<MapState<K, V>> => ({
  kind: 'map',
  keyCoder: erase(keyCoder),
  coder: erase(coder),
});

/** Declares a set per key and window. */
export const setState = <T>(coder?: Coder<T>): StateSpec<SetState<T>> => ({ kind: 'set', coder: erase(coder) });

/** Declares values ordered by timestamp per key and window. */
export const orderedListState = <T>(coder?: Coder<T>): StateSpec<OrderedListState<T>> => ({
  kind: 'orderedList',
  coder: erase(coder),
});
