import {
  type BoundedWindow,
  type KeyEncoder,
  ON_TIME_AND_ONLY,
  type PaneInfo,
  type PrimitiveKey,
  tableKey,
} from '../../model/index.ts';
import type { Windows } from '../execution/index.ts';
import { combineError, type Groups, type Reducer } from '../shuffle/index.ts';
import type { SlotForm } from './slot-form.ts';
import type { SlotRows } from './slot-rows.ts';
import type { RunMerge } from './sorted-runs.ts';

const FIRST_OF_SEVERAL: PaneInfo = { ...ON_TIME_AND_ONLY, isLast: false };

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

/** What giving out takes from the step and its run. */
export interface FiringSpec {
  readonly step: string;
  /** Of the step; slots hold what it keeps in their form. */
  readonly reducer: Reducer;
  readonly form: SlotForm;
  readonly rows: SlotRows | undefined;
  readonly keys: KeyEncoder;
  /** Takes what a key has when its window is over, and the pane that it comes in. */
  readonly give: (key: unknown, held: unknown, open: OpenWindow, pane: PaneInfo) => void;
  readonly isExpired: (window: BoundedWindow) => boolean;
}

/** A window that is over gives out what it has, key by key: from its slots, or from its rows where all of it is there. */
export class SlotFiring {
  readonly open: OpenWindow;
  readonly #spec: FiringSpec;
  readonly #outputs: Iterator<void>;
  readonly #merge: RunMerge | undefined;
  /** Keys that were given out of slots since the last save, where they have rows. */
  #gone: PrimitiveKey[] = [];

  /** With `merge` nothing is in slots. */
  constructor(spec: FiringSpec, open: OpenWindow, merge: RunMerge | undefined) {
    this.open = open;
    this.#spec = spec;
    this.#merge = merge;
    this.#outputs = merge === undefined ? this.#fromSlots() : this.#fromRows(merge);
  }

  /** Whether slots are being given out, which must not be taken away meanwhile. */
  get isFromSlots(): boolean {
    return this.#merge === undefined;
  }

  /** How many keys in slots were not given out. */
  get left(): number {
    return this.open.groups.bare.size + this.open.groups.encoded.size;
  }

  /** Gives out what the next key has; false if that was all. */
  next(): boolean {
    return this.#outputs.next().done !== true;
  }

  /** Deletes what was given out from the store. */
  save(): void {
    this.#merge?.trim();
    for (const key of this.#gone) this.#spec.rows?.deleteKey(this.open.window, key);
    this.#gone = [];
  }

  /** As it came. */
  *#fromSlots(): Generator<void> {
    const { form, keys } = this.#spec;
    const { groups } = this.open;
    const { bare, encoded, values } = groups;
    for (const [key, slot] of bare) {
      bare.delete(key);
      this.#give(key, form.heldOf(values[slot]));
      if (this.open.hasRows) this.#gone.push(tableKey(key, keys.encode));
      yield;
    }
    for (const [text, slot] of encoded) {
      encoded.delete(text);
      this.#give(groups.keys[slot], form.heldOf(values[slot]));
      if (this.open.hasRows) this.#gone.push(text);
      yield;
    }
    if (this.open.hasRows) this.#spec.rows?.deleteWindow(this.open.window);
  }

  /** In the order in which it lies there. */
  *#fromRows(merge: RunMerge): Generator<void> {
    for (let group = merge.next(); group !== undefined; group = merge.next()) {
      this.#give(
        group.key,
        group.parts.reduce((a, b) => this.#joined(a, b)),
      );
      yield;
    }
    this.#spec.rows?.deleteWindow(this.open.window);
  }

  #give(key: unknown, held: unknown): void {
    const { give, isExpired } = this.#spec;
    give(key, held, this.open, isExpired(this.open.window) ? ON_TIME_AND_ONLY : FIRST_OF_SEVERAL);
  }

  #joined(a: unknown, b: unknown): unknown {
    const { step, reducer } = this.#spec;
    try {
      return reducer.merge(a, b);
    } catch (error) {
      throw combineError(step, error, b);
    }
  }
}
