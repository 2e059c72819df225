import { ownCopy } from '../execution/index.ts';
import type { Reducer } from '../shuffle/index.ts';
import { NOTHING } from './window-panes.ts';

/**
 * What lies in a slot, so that a save finds what has changed since the last one without any work per element.
 *
 * A number or text is compared with what was saved. What a reducer changes in place lies in a box that the reducer of the
 * slots marks; of a list only what was added is written.
 */
export interface SlotForm {
  /** Works on what lies in slots. */
  readonly reducer: Reducer;
  /** What the reducer of the step keeps. */
  readonly heldOf: (cell: unknown) => unknown;
  /** What is to be written of a slot, {@link NOTHING} if that is nothing; it counts as saved then. */
  readonly takeChange: (cells: readonly unknown[], saved: unknown[], slot: number) => unknown;
  /** Whether a save writes what was added; otherwise it writes the whole in place of what was there. */
  readonly isAppended: boolean;
}

/** Slots without a store: nothing is saved. */
export const plainForm = (reducer: Reducer): SlotForm => ({
  reducer,
  heldOf: (cell) => cell,
  takeChange: () => NOTHING,
  isAppended: false,
});

/** The form for a store that suits what the reducer keeps. */
export function savedForm(reducer: Reducer, codegen: boolean): SlotForm {
  if (reducer.keepsValues) return listForm(reducer);
  return keepsObjects(reducer) ? boxedForm(reducer, codegen) : valueForm(reducer);
}

function keepsObjects(reducer: Reducer): boolean {
  try {
    return typeof reducer.empty() === 'object';
  } catch {
    // It fails again at the first element, where it is told of.
    return true;
  }
}

/** An accumulator that became an object after all may have been changed in place. */
const valueForm = (reducer: Reducer): SlotForm => ({
  ...plainForm(reducer),
  takeChange(cells, saved, slot) {
    const cell = cells[slot];
    const isSaved = slot < saved.length && Object.is(cell, saved[slot]) && typeof cell !== 'object';
    if (isSaved) return NOTHING;
    saved[slot] = cell;
    return cell;
  },
});

interface Box {
  held: unknown;
  isChanged: boolean;
}

const boxReducer = ({ name, empty, first, add, merge, finish }: Reducer): Reducer => ({
  name,
  empty: () => ({ held: empty(), isChanged: true }),
  first: (value) => ({ held: first(value), isChanged: true }),
  add(cell, value) {
    const box = cell as Box; // what lies in slots of this form
    box.held = add(box.held, value);
    box.isChanged = true;
    return box;
  },
  merge(a, b) {
    const box = a as Box; // cells of this form, as below
    box.held = merge(box.held, (b as Box).held);
    box.isChanged = true;
    return box;
  },
  compact: (cell) => cell, // takeChange does it
  finish: (cell) => finish((cell as Box).held),
  keepsValues: false,
});

const boxedForm = (reducer: Reducer, codegen: boolean): SlotForm => ({
  reducer: ownCopy(boxReducer, codegen)(reducer),
  heldOf: (cell) => (cell as Box).held, // a cell of this form, as below
  takeChange(cells, _saved, slot) {
    const box = cells[slot] as Box;
    if (!box.isChanged) return NOTHING;
    box.isChanged = false;
    box.held = reducer.compact(box.held);
    return box.held;
  },
  isAppended: false,
});

/** The reducer of lists as it is; how long a list was is kept beside it. */
const listForm = (reducer: Reducer): SlotForm => ({
  ...plainForm(reducer),
  takeChange(cells, saved, slot) {
    // Cells of this form are lists, and what was saved is how long one was.
    const list = cells[slot] as readonly unknown[];
    const before = (saved[slot] as number | undefined) ?? 0;
    if (list.length === before) return NOTHING;
    saved[slot] = list.length;
    return before === 0 ? list : list.slice(before);
  },
  isAppended: true,
});
