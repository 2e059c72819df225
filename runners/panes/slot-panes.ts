import {
  type BoundedWindow,
  END_OF_GLOBAL_WINDOW,
  isPrimitiveKey,
  type KeyEncoder,
  ON_TIME_AND_ONLY,
  type PaneInfo,
  type PrimitiveKey,
  tableKey,
  type Timestamp,
  windowKey,
} from '../../model/index.ts';
import { ownCopy, singletonLists, type StepTime, type Windows } from '../execution/index.ts';
import {
  type AddBatch,
  addBatchOf,
  type AddParts,
  type AddToGroup,
  combineError,
  type Groups,
  groupError,
  makeAdd,
  type Reducer,
  SizeSample,
} from '../shuffle/index.ts';
import { Heap } from './heap.ts';
import { endOfWindow } from './pane-machine.ts';
import type { SlotForm } from './slot-form.ts';
import type { SlotRows } from './slot-rows.ts';
import { makeWatch } from './slot-watch.ts';
import type { RunMerge } from './sorted-runs.ts';
import { NOTHING } from './window-panes.ts';

/** What a slot takes: its entry in a Map with its share of empty ones, and its places in the columns. */
const SLOT_BYTES = 72;
const FIRST_OF_SEVERAL: PaneInfo = { ...ON_TIME_AND_ONLY, isLast: false };

/** What slots take from their step and its run. */
export interface SlotPanesSpec {
  readonly step: string;
  /** Of the step; slots hold what it keeps in their form. */
  readonly reducer: Reducer;
  readonly form: SlotForm;
  readonly rows: SlotRows | undefined;
  readonly keys: KeyEncoder;
  readonly codegen: boolean;
  readonly time: StepTime;
  /** Takes an element of a window that is over. */
  readonly addLate: (key: unknown, value: unknown, timestamp: Timestamp, window: BoundedWindow) => void;
  /** Takes what a key has when its window is over, and the pane that it comes in. */
  readonly give: (key: unknown, held: unknown, open: OpenWindow, pane: PaneInfo) => void;
  readonly isExpired: (window: BoundedWindow) => boolean;
}

/** A window that is not over and has elements, or one that is giving them out. */
export interface OpenWindow {
  readonly window: BoundedWindow;
  readonly windows: Windows;
  readonly groups: Groups;
  /** What was saved of a slot, as its form needs it. */
  readonly saved: unknown[];
  /** Whether all that its keys have is in slots. */
  isWhole: boolean;
  hasRows: boolean;
}

/** A window that gives out what it has, key by key. */
interface Firing {
  readonly open: OpenWindow;
  readonly outputs: Iterator<void>;
  /** What it has on disk; undefined if all of it is in slots. */
  readonly merge: RunMerge | undefined;
  /** Keys that were given out of slots since the last save, where they have rows. */
  gone: PrimitiveKey[];
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
  #firing: Firing | undefined;

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
    const { outputs } = this.#firing ?? this.#startFiring();
    for (let left = budget; left > 0; left--) {
      if (!outputs.next().done) continue;
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
    return this.#spec.rows !== undefined && (this.#firing === undefined || this.#firing.merge !== undefined);
  }

  /** Writes what has changed. */
  save(): void {
    const { rows, form } = this.#spec;
    if (rows === undefined) return;
    if (this.#firing !== undefined) {
      this.#firing.merge?.trim();
      for (const key of this.#firing.gone) rows.deleteKey(this.#firing.open.window, key);
      this.#firing.gone = [];
    }
    let hasWritten = false;
    for (const open of this.#all()) hasWritten = this.#saveWindow(open, rows) || hasWritten;
    if (hasWritten && form.isAppended) rows.endPiece();
  }

  /** Writes all slots, and forgets them. */
  spill(): void {
    const { rows } = this.#spec;
    if (rows === undefined || !this.canSpill) return;
    for (const open of this.#windows.values()) this.#writeAll(open, rows);
    rows.endRun();
    this.#sample.clear();
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

  #startFiring(): Firing {
    const open = this.#due.pop();
    if (open === undefined) throw new Error('This is a bug in Viga: no window is open.');
    this.#windows.delete(windowKey(open.window));
    const { rows } = this.#spec;
    if (rows === undefined || open.isWhole) {
      this.#firing = { open, outputs: this.#outputsOf(open), merge: undefined, gone: [] };
    } else {
      this.#writeAll(open, rows);
      const merge = rows.merge(open.window);
      this.#firing = { open, outputs: this.#mergedOutputsOf(open, merge), merge, gone: [] };
    }
    return this.#firing;
  }

  /** What is in slots, as it came. */
  *#outputsOf(open: OpenWindow): Generator<void> {
    const { rows, form, keys } = this.#spec;
    const { groups, window } = open;
    const { bare, encoded, values } = groups;
    for (const [key, slot] of bare) {
      bare.delete(key);
      this.#give(open, key, form.heldOf(values[slot]));
      if (open.hasRows) this.#firing?.gone.push(tableKey(key, keys.encode));
      yield;
    }
    for (const [text, slot] of encoded) {
      encoded.delete(text);
      this.#give(open, groups.keys[slot], form.heldOf(values[slot]));
      if (open.hasRows) this.#firing?.gone.push(text);
      yield;
    }
    if (open.hasRows) rows?.deleteWindow(window);
    this.#forget(open);
  }

  /** What is on disk, in the order in which it lies there. */
  *#mergedOutputsOf(open: OpenWindow, merge: RunMerge): Generator<void> {
    for (let group = merge.next(); group !== undefined; group = merge.next()) {
      this.#give(
        open,
        group.key,
        group.parts.reduce((a, b) => this.#merge(a, b)),
      );
      yield;
    }
    this.#spec.rows?.deleteWindow(open.window);
  }

  #give(open: OpenWindow, key: unknown, held: unknown): void {
    const pane = this.#spec.isExpired(open.window) ? ON_TIME_AND_ONLY : FIRST_OF_SEVERAL;
    this.#spec.give(key, held, open, pane);
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

  #merge(a: unknown, b: unknown): unknown {
    const { step, reducer } = this.#spec;
    try {
      return reducer.merge(a, b);
    } catch (error) {
      throw combineError(step, error, b);
    }
  }
}
