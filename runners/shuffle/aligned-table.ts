import {
  type BoundedWindow,
  isPrimitiveKey,
  type KeyEncoder,
  ON_TIME_AND_ONLY,
  type PrimitiveKey,
  type Timestamp,
  type TimestampCombiner,
  windowKey,
} from '../../model/index.ts';
import { type Batch, ownCopy, singletonLists, type Windows } from '../execution/index.ts';
import { type AddParts, type Groups, makeAdd } from './aligned-add.ts';
import { addBatchOf } from './aligned-batch.ts';
import type { AddBatch, AddToGroup, GroupTable, Pair, Row } from './group-table.ts';
import type { Reducer } from './reducer.ts';
import { SAMPLED_FOR, SizeSample } from './size-sample.ts';

/** What a table needs to know of its step. */
export interface TableSpec {
  readonly step: string;
  readonly reducer: Reducer;
  readonly timestampCombiner: TimestampCombiner;
  readonly keys: KeyEncoder;
  readonly codegen: boolean;
  /** Told when the table has one more group, so that it can be emptied before it is too large. */
  readonly onGrowth: (size: number) => void;
  readonly failed: (error: unknown, pair: Pair) => Error;
}

/** Of how many lists of windows the groups are remembered by identity. */
const REMEMBERED = 10_000;
/** What a group takes: its entry in a Map with its share of empty ones, and its places in the columns. */
const GROUP_BYTES = 64;
/** What a window takes besides: its groups with two empty Maps. */
const WINDOW_BYTES = 512;
/** Windows whose groups `add` holds on to. */
const SEEN = 256;
/** Elements of one output batch. */
export const OUTPUT_BATCH = 1_024;

/**
 * Groups by window, then key, for windows that never merge: `Map<window, Map<key, slot>>` with a column of values.
 *
 * Invariant: the groups of a window that `add` holds on to stay the same objects while the table lives, emptied in place.
 */
export class AlignedTable implements GroupTable {
  readonly add: AddToGroup;
  readonly addBatch: AddBatch;
  readonly #spec: TableSpec;
  readonly #windows = new Map<string, Groups>();
  readonly #byList = new Map<Windows, Groups>();
  readonly #sample = new SizeSample();
  readonly #only = singletonLists();
  readonly #seenGroups: (Groups | undefined)[] = new Array<undefined>(SEEN).fill(undefined);
  #size = 0;
  #added = 0;

  constructor(spec: TableSpec) {
    this.#spec = spec;
    const parts: AddParts = {
      reducer: spec.reducer,
      timestampCombiner: spec.timestampCombiner,
      isPrimitive: isPrimitiveKey,
      encode: (key) => spec.keys.encode(key),
      groupsOf: (windows) => this.#groupsOf(windows),
      addToEach: (key, value, timestamp, windows) => {
        for (const window of windows) this.add(key, value, timestamp, this.#only(window));
      },
      seen: new Array<undefined>(SEEN).fill(undefined),
      seenGroups: this.#seenGroups,
      added: (count) => {
        this.#size += count;
        spec.onGrowth(this.#size);
      },
      sample: (held, added) => this.#measure(held, added),
      failed: spec.failed,
    };
    this.add = ownCopy(makeAdd, spec.codegen)(parts);
    this.addBatch = addBatchOf(parts, this.add, spec.codegen);
  }

  get size(): number {
    return this.#size;
  }

  get added(): number {
    return this.#added;
  }

  bytes(): number {
    return this.#windows.size * WINDOW_BYTES + this.#size * (GROUP_BYTES + this.#sample.perGroup) + this.#sample.total;
  }

  addRow({ key, window, timestamp, isReduced, value }: Row): void {
    if (!isReduced) {
      this.add(key, value, timestamp, this.#only(window));
      return;
    }
    const { reducer, timestampCombiner, keys } = this.#spec;
    const groups = this.#groups(window);
    const { bare, encoded, values, timestamps } = groups;
    const text = isPrimitiveKey(key) ? undefined : keys.encode(key);
    // A key without a text is one, as below.
    const slot = text === undefined ? bare.get(key as PrimitiveKey) : encoded.get(text);
    if (slot === undefined) {
      if (text === undefined) bare.set(key as PrimitiveKey, values.length);
      else {
        encoded.set(text, values.length);
        groups.keys[values.length] = key;
      }
      if (timestampCombiner !== 'end-of-window') timestamps.push(timestamp);
      values.push(value);
      this.#size++;
      return;
    }
    values[slot] = reducer.merge(values[slot], value);
    if (timestampCombiner === 'end-of-window') return;
    timestamps[slot] = combineTimestamps(timestampCombiner, timestamps[slot] ?? timestamp, timestamp);
  }

  drain(take: (row: Row) => void): void {
    for (const groups of this.#windows.values()) {
      const { window, values, timestamps, bare, encoded, keys } = groups;
      for (const [key, slot] of entriesOf(groups)) {
        take({ key, window, timestamp: timestamps[slot] ?? 0, isReduced: true, value: values[slot] });
      }
      bare.clear();
      encoded.clear();
      keys.length = values.length = timestamps.length = 0;
    }
    this.#forgetWindows();
    this.#size = 0;
    this.#added = 0;
    this.#sample.clear();
  }

  /** There may be very many, each seen for a short time: without their groups they would fill the memory all the same. */
  #forgetWindows(): void {
    this.#windows.clear();
    this.#byList.clear();
    for (const groups of this.#seenGroups) {
      if (groups !== undefined) this.#windows.set(windowKey(groups.window), groups);
    }
  }

  *batches(): Iterable<Batch> {
    const windows = [...this.#windows.values()].sort((a, b) => a.window.maxTimestamp - b.window.maxTimestamp);
    for (const groups of windows) {
      let chunk: [unknown, number][] = [];
      for (const entry of entriesOf(groups)) {
        chunk.push(entry);
        if (chunk.length < OUTPUT_BATCH) continue;
        yield this.#batch(groups, chunk);
        chunk = [];
      }
      if (chunk.length > 0) yield this.#batch(groups, chunk);
    }
  }

  #batch({ window, values, timestamps }: Groups, entries: readonly [unknown, number][]): Batch {
    const { reducer, timestampCombiner, failed } = this.#spec;
    const outputs = entries.map(([key, slot]) => {
      try {
        return { key, value: reducer.finish(values[slot]) };
      } catch (error) {
        throw failed(error, { key, value: values[slot] });
      }
    });
    const hasOwn = timestampCombiner !== 'end-of-window';
    return groupBatch(
      outputs,
      [window],
      hasOwn ? Float64Array.from(entries, ([, slot]) => Math.min(timestamps[slot] ?? 0, window.maxTimestamp)) : null,
    );
  }

  /** Looks at one element in 64: lists grow with each, accumulators are judged by those that are seen. */
  #measure(held: unknown, added: unknown): void {
    this.#added += SAMPLED_FOR;
    if (this.#spec.reducer.keepsValues) this.#sample.add(added);
    else this.#sample.see(held);
  }

  #groupsOf(windows: Windows): Groups | undefined {
    const known = this.#byList.get(windows);
    if (known !== undefined) return known;
    const [window] = windows;
    if (window === undefined || windows.length !== 1) return undefined;
    if (this.#byList.size >= REMEMBERED) this.#byList.clear();
    const groups = this.#groups(window);
    this.#byList.set(windows, groups);
    return groups;
  }

  #groups(window: BoundedWindow): Groups {
    const name = windowKey(window);
    let groups = this.#windows.get(name);
    if (groups === undefined) {
      groups = { window, bare: new Map(), encoded: new Map(), keys: [], values: [], timestamps: [] };
      this.#windows.set(name, groups);
    }
    return groups;
  }
}

function* entriesOf({ bare, encoded, keys }: Groups): Iterable<[unknown, number]> {
  yield* bare;
  for (const slot of encoded.values()) yield [keys[slot], slot];
}

/** The timestamp of a group of two. */
export function combineTimestamps(combiner: TimestampCombiner, a: Timestamp, b: Timestamp): Timestamp {
  return combiner === 'earliest' ? Math.min(a, b) : Math.max(a, b);
}

/** Output elements of one window: they have its end as timestamp where they have none of their own. */
export const groupBatch = (values: readonly unknown[], windows: Windows, timestamps: Float64Array | null): Batch => ({
  values,
  length: values.length,
  timestamp: windows[0]?.maxTimestamp ?? 0,
  timestamps,
  windows,
  windowsColumn: null,
  pane: ON_TIME_AND_ONLY,
  panes: null,
  coordinate: null,
});
