import {
  type BoundedWindow,
  END_OF_GLOBAL_WINDOW,
  isPrimitiveKey,
  type PrimitiveKey,
  tableKey,
  type Timestamp,
  windowKey,
} from '../../model/index.ts';
import { ownCopy, singletonLists, type StepTime } from '../execution/index.ts';
import {
  type AddBatch,
  addBatchOf,
  type AddParts,
  type AddToGroup,
  groupError,
  makeAdd,
  SizeSample,
} from '../shuffle/index.ts';
import { Heap } from './heap.ts';
import { endOfWindow } from './pane-machine.ts';
import { type FiringSpec, type OpenWindow, SlotFiring } from './slot-firing.ts';
import type { SlotRows } from './slot-rows.ts';
import { makeWatch } from './slot-watch.ts';
import type { RunMerge } from './sorted-runs.ts';
import { NOTHING } from './window-panes.ts';

/** What a slot takes: its entry in a Map with its share of empty ones, and its places in the columns. */
const SLOT_BYTES = 72;

/** With fewer keys to give out than this, a row for each is as good as a sorted run. */
const LEAST_IN_RUN = 4_096;

/** What slots take from their step and its run. */
export interface SlotPanesSpec extends FiringSpec {
  readonly codegen: boolean;
  readonly time: StepTime;
  /** Takes an element of a window that is over. */
  readonly addLate: (key: unknown, value: unknown, timestamp: Timestamp, window: BoundedWindow) => void;
}

/**
 * The panes of windows that never merge, with the default trigger, until their windows are over: a slot per window and key,
 * as in a bounded grouping. No trigger is asked for an element, since none can fire before the end.
 *
 * Invariant: the groups of a window are emptied in place and never used again, since `add` holds on to them.
 */
export class SlotPanes {
  readonly addPair: AddToGroup;
  readonly addBatch: AddBatch;
  readonly #spec: SlotPanesSpec;
  readonly #windows = new Map<string, OpenWindow>();
  readonly #due = new Heap<OpenWindow>(({ window }) => endOfWindow(window));
  readonly #sample = new SizeSample();
  readonly #only = singletonLists();
  #size = 0;
  #firing: SlotFiring | undefined;

  constructor(spec: SlotPanesSpec) {
    this.#spec = spec;
    const parts: AddParts = {
      reducer: spec.form.reducer,
      timestampCombiner: 'end-of-window',
      isPrimitive: isPrimitiveKey,
      encode: (key) => spec.keys.encode(key),
      groupsOf: (windows) => (windows.length === 1 ? this.#open(windows[0] as BoundedWindow).groups : undefined),
      addToEach: (key, value, timestamp, windows) => {
        for (const window of windows) add(key, value, timestamp, this.#only(window));
      },
      seen: [],
      seenGroups: [],
      added: (count) => {
        this.#size += count;
      },
      sample: (held, added) => this.#measure(held, added),
      failed: (error, pair) => groupError(spec.step, error, pair),
    };
    const add = ownCopy(makeAdd, spec.codegen)(parts);
    const addAll = addBatchOf(parts, add, spec.codegen);
    const addEach: AddToGroup = (key, value, timestamp, windows) => {
      for (const window of windows) {
        if (spec.time.inputWatermark > endOfWindow(window) && !this.#isStillToFire(window)) {
          spec.addLate(key, value, timestamp, window);
        } else add(key, value, timestamp, this.#only(window));
      }
    };
    const watch = ownCopy(makeWatch, spec.codegen)(spec.time, add, addAll, addEach, END_OF_GLOBAL_WINDOW);
    this.addPair = watch.addPair;
    this.addBatch = watch.addBatch;
    for (const window of spec.rows?.windows() ?? [])
      Object.assign(this.#open(window), { isWhole: false, hasRows: true });
  }

  /**
   * Whether a window that is over has not begun to give out what it has: what comes to it now is in time for its pane. With a
   * pane of its own it would come before that one.
   */
  #isStillToFire(window: BoundedWindow): boolean {
    return this.#windows.has(windowKey(window)) && !this.#spec.isExpired(window);
  }

  /** The end of the first window that is not given out; undefined if there is none. */
  nextEvent(): Timestamp | undefined {
    const first = this.#firing?.open ?? this.#due.peek();
    return first && endOfWindow(first.window);
  }

  /** Gives out what the first window has, key by key; gives back what is left of the budget. */
  fireNext(budget: number): number {
    const firing = this.#firing ?? this.#startFiring();
    for (let left = budget; left > 0; left--) {
      if (firing.next()) continue;
      this.#forget(firing.open);
      this.#firing = undefined;
      return left;
    }
    return 0;
  }

  bytes(): number {
    return this.#size * (SLOT_BYTES + this.#sample.perGroup) + this.#sample.total;
  }

  /** Slots are not taken away while they are given out. */
  get canSpill(): boolean {
    return this.#spec.rows !== undefined && this.#firing?.isFromSlots !== true;
  }

  /** Writes what has changed. */
  save(): void {
    const { rows, form } = this.#spec;
    if (rows === undefined) return;
    this.#saveFiring(rows);
    let hasWritten = false;
    for (const open of this.#all()) {
      // No more is added to it, and it is read next: there is no need to find a key of it.
      if (this.#isOver(open) && open.groups.values.length >= LEAST_IN_RUN) this.#writeAll(open, rows);
      else hasWritten = this.#saveWindow(open, rows) || hasWritten;
    }
    if (hasWritten && form.isAppended) rows.endPiece();
  }

  #isOver({ window }: OpenWindow): boolean {
    return this.#spec.time.inputWatermark > endOfWindow(window);
  }

  /** Writes all slots, and forgets them. */
  spill(): void {
    const { rows } = this.#spec;
    if (rows === undefined || !this.canSpill) return;
    for (const open of this.#windows.values()) this.#writeAll(open, rows);
    rows.endRun();
    this.#sample.clear();
  }

  /**
   * What a window has still to give out goes to disk as a whole, where it is read from then on: each save that follows writes
   * where that is, however much is left.
   */
  #saveFiring(rows: SlotRows): void {
    const firing = this.#firing;
    if (firing?.isFromSlots !== true || firing.left < LEAST_IN_RUN) {
      firing?.save();
      return;
    }
    this.#writeAll(firing.open, rows);
    this.#firing = new SlotFiring(this.#spec, firing.open, rows.merge(firing.open.window));
  }

  *#all(): Iterable<OpenWindow> {
    if (this.#firing !== undefined) yield this.#firing.open;
    yield* this.#windows.values();
  }

  #saveWindow(open: OpenWindow, rows: SlotRows): boolean {
    const { form, keys } = this.#spec;
    const { groups, saved, window } = open;
    let hasWritten = false;
    const put = (row: PrimitiveKey, key: unknown, slot: number): void => {
      const change = form.takeChange(groups.values, saved, slot);
      if (change === NOTHING) return;
      rows.put(window, row, key, change);
      hasWritten = true;
    };
    for (const [key, slot] of groups.bare) put(tableKey(key, keys.encode), key, slot);
    for (const [text, slot] of groups.encoded) put(text, groups.keys[slot], slot);
    if (hasWritten) open.hasRows = true;
    return hasWritten;
  }

  /** Writes all slots of a window as sorted runs, and forgets them. */
  #writeAll(open: OpenWindow, rows: SlotRows): void {
    const { form, keys, reducer } = this.#spec;
    const { groups } = open;
    const { bare, encoded, values } = groups;
    if (values.length === 0) return;
    const writer = rows.replace(open.window);
    const heldIn = (slot: number): unknown => reducer.compact(form.heldOf(values[slot]));
    for (const [key, slot] of bare) writer.add(tableKey(key, keys.encode), key, heldIn(slot));
    for (const [text, slot] of encoded) writer.add(text, groups.keys[slot], heldIn(slot));
    writer.finish();
    open.hasRows = true;
    open.isWhole = false;
    this.#forget(open);
  }

  #open(window: BoundedWindow): OpenWindow {
    const name = windowKey(window);
    const found = this.#windows.get(name);
    if (found !== undefined) return found;
    const open: OpenWindow = {
      window,
      windows: this.#only(window),
      groups: { window, bare: new Map(), encoded: new Map(), keys: [], values: [], timestamps: [] },
      saved: [],
      isWhole: true,
      hasRows: false,
    };
    this.#windows.set(name, open);
    this.#due.push(open);
    return open;
  }

  /** Looks at one element in 64: lists grow with each, accumulators are judged by those that are seen. */
  #measure(held: unknown, added: unknown): void {
    if (this.#spec.form.reducer.keepsValues) this.#sample.add(added);
    else this.#sample.see(held);
  }

  #startFiring(): SlotFiring {
    const open = this.#due.pop();
    if (open === undefined) throw new Error('This is a bug in Viga: no window is open.');
    this.#windows.delete(windowKey(open.window));
    const { rows } = this.#spec;
    let merge: RunMerge | undefined;
    if (rows !== undefined && !open.isWhole) {
      this.#writeAll(open, rows);
      merge = rows.merge(open.window);
    }
    this.#firing = new SlotFiring(this.#spec, open, merge);
    return this.#firing;
  }

  /** Empties the slots of a window in place: `add` may still hold its groups. */
  #forget({ groups, saved }: OpenWindow): void {
    const size = groups.values.length;
    this.#sample.total *= this.#size > size ? 1 - size / this.#size : 0;
    this.#size -= size;
    groups.bare.clear();
    groups.encoded.clear();
    groups.keys.length = groups.values.length = saved.length = 0;
  }
}
