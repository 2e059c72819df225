import {
  type AnyWindowFn,
  type BoundedWindow,
  type IntervalWindow,
  type PrimitiveKey,
  tableKey,
  type Timestamp,
} from '../../model/index.ts';
import type { Batch } from '../execution/index.ts';
import { combineTimestamps, groupBatch, OUTPUT_BATCH, type TableSpec } from './aligned-table.ts';
import type { AddToGroup, GroupTable, Row } from './group-table.ts';
import { SAMPLED_FOR, SizeSample } from './size-sample.ts';
import { inOrder, isSameWindow, mergesOf } from './window-merges.ts';

/** What is kept for one active window of a key. */
interface Active {
  window: BoundedWindow;
  value: unknown;
  timestamp: Timestamp;
}

interface KeyWindows {
  readonly key: unknown;
  /** Sorted by start where windows are intervals. */
  active: Active[];
}

/** What an active window of a key takes, its value not counted. */
const ACTIVE_BYTES = 160;

/**
 * Groups by key, then window, for windows that merge: `Map<key, active windows>`.
 *
 * A new window joins the active ones of its key at once, and what they held becomes one. Sessions are found by binary
 * search, any other merging function is asked with all active windows of the key.
 */
export class MergingTable implements GroupTable {
  readonly add: AddToGroup;
  readonly #spec: TableSpec;
  readonly #windowFn: AnyWindowFn;
  readonly #keys = new Map<PrimitiveKey, KeyWindows>();
  readonly #sample = new SizeSample();
  #size = 0;
  #values = 0;

  constructor(spec: TableSpec, windowFn: AnyWindowFn) {
    this.#spec = spec;
    this.#windowFn = windowFn;
    this.add = (key, value, timestamp, windows) => {
      try {
        for (const window of windows) {
          this.#put(key, { window, value: spec.reducer.first(value), timestamp });
        }
      } catch (error) {
        throw spec.failed(error, { key, value });
      }
      this.#values++;
      if (spec.reducer.keepsValues && this.#values % SAMPLED_FOR === 0) this.#sample.add(value);
      spec.onGrowth(this.#size);
    };
  }

  get size(): number {
    return this.#size;
  }

  get added(): number {
    return this.#values;
  }

  bytes(): number {
    return this.#size * (ACTIVE_BYTES + this.#sample.perGroup) + this.#sample.total;
  }

  addRow({ key, window, timestamp, isReduced, value }: Row): void {
    if (isReduced) this.#put(key, { window, value, timestamp });
    else this.add(key, value, timestamp, [window]);
  }

  drain(take: (row: Row) => void): void {
    for (const { key, active } of this.#keys.values()) {
      for (const { window, timestamp, value } of active) take({ key, window, timestamp, isReduced: true, value });
    }
    this.#keys.clear();
    this.#size = 0;
    this.#values = 0;
    this.#sample.clear();
  }

  *batches(): Iterable<Batch> {
    const { reducer, timestampCombiner, failed } = this.#spec;
    const outputs: GroupOutput[] = [];
    for (const { key, active } of this.#keys.values()) {
      for (const { window, value, timestamp } of active) {
        try {
          outputs.push({
            value: { key, value: reducer.finish(value) },
            window,
            timestamp:
              timestampCombiner === 'end-of-window' ? window.maxTimestamp : Math.min(timestamp, window.maxTimestamp),
          });
        } catch (error) {
          throw failed(error, { key, value });
        }
      }
      if (outputs.length >= OUTPUT_BATCH) yield groupColumns(outputs.splice(0));
    }
    if (outputs.length > 0) yield groupColumns(outputs);
  }

  #put(key: unknown, added: Active): void {
    const at = tableKey(key, this.#spec.keys.encode);
    let found = this.#keys.get(at);
    if (found === undefined) {
      found = { key, active: [] };
      this.#keys.set(at, found);
    }
    const before = found.active.length;
    if (this.#windowFn.spec.kind === 'sessions')
      this.#joinSession(found.active, added as Active & { window: IntervalWindow }); // what sessions have
    else this.#joinCustom(found, added);
    this.#size += found.active.length - before;
  }

  /** Sessions are half-open: two that only touch stay apart. */
  #joinSession(active: Active[], added: Active & { window: IntervalWindow }): void {
    // Sessions of this table are intervals, sorted and apart from each other.
    const windowAt = (i: number): IntervalWindow => (active[i] as Active).window as IntervalWindow;
    let from = 0;
    let to = active.length;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (windowAt(middle).end <= added.window.start) from = middle + 1;
      else to = middle;
    }
    let end = from;
    while (end < active.length && windowAt(end).start < added.window.end) end++;
    const joined = active.slice(from, end);
    if (joined.length === 0) {
      active.splice(from, 0, added);
      return;
    }
    const first = windowAt(from);
    const last = windowAt(end - 1);
    const start = Math.min(first.start, added.window.start);
    const stop = Math.max(last.end, added.window.end);
    const isSame = joined.length === 1 && start === first.start && stop === first.end;
    const window = isSame ? first : { kind: 'interval' as const, start, end: stop, maxTimestamp: stop - 1 };
    active.splice(from, joined.length, this.#merged([...joined, added], window));
  }

  #joinCustom(found: KeyWindows, added: Active): void {
    const same = found.active.findIndex(({ window }) => isSameWindow(window, added.window));
    if (same >= 0) {
      // findIndex found it.
      found.active[same] = this.#merged([found.active[same] as Active, added], added.window);
      return;
    }
    let active = [...found.active, added].sort((a, b) => inOrder(a.window, b.window));
    const windows = active.map(({ window }) => window);
    for (const { merged, result } of mergesOf(this.#windowFn, windows)) {
      const joined = active.filter(
        ({ window }) => isSameWindow(window, result) || merged.some((one) => isSameWindow(one, window)),
      );
      if (joined.length === 0) continue;
      active = [...active.filter((one) => !joined.includes(one)), this.#merged(joined, result)];
    }
    found.active = active;
  }

  #merged([first, ...others]: readonly Active[], window: BoundedWindow): Active {
    const { reducer, timestampCombiner } = this.#spec;
    let { value, timestamp } = first as Active; // callers pass at least one
    for (const other of others) {
      value = reducer.merge(value, other.value);
      timestamp = combineTimestamps(timestampCombiner, timestamp, other.timestamp);
    }
    if (!reducer.keepsValues) this.#sample.see(value);
    return { window, value, timestamp };
  }
}

/** A group as an output element. */
export interface GroupOutput {
  readonly value: unknown;
  readonly window: BoundedWindow;
  readonly timestamp: Timestamp;
}

/** Groups that each have a window of their own, as a batch. */
export function groupColumns(outputs: readonly GroupOutput[]): Batch {
  return {
    ...groupBatch(
      outputs.map(({ value }) => value),
      [],
      Float64Array.from(outputs, ({ timestamp }) => timestamp),
    ),
    windowsColumn: outputs.map(({ window }) => [window]),
  };
}
