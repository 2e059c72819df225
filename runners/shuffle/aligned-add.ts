import type { BoundedWindow, PrimitiveKey, Timestamp, TimestampCombiner } from '../../model/index.ts';
import type { Windows } from '../execution/index.ts';
import type { AddToGroup, Pair } from './group-table.ts';
import type { Reducer } from './reducer.ts';

/**
 * The groups of one window: a slot number per key, and columns by slot.
 *
 * Columns, since a slot is a machine word in place of an object: numbers stay unboxed and neighbors, and summing 100,000
 * keys takes 160 ns an element in place of 260 with an object per key. Two Maps, so that a text which stands for an object
 * is never taken for a string, and strings need no look at their first character, which would flatten each new one.
 */
export interface Groups {
  readonly window: BoundedWindow;
  readonly bare: Map<PrimitiveKey, number>;
  readonly encoded: Map<string, number>;
  /** The keys of `encoded`, by slot. */
  readonly keys: unknown[];
  readonly values: unknown[];
  /** Only where a group's timestamp is not the end of its window. */
  readonly timestamps: Timestamp[];
}

/** What an `add` is made of. */
export interface AddParts {
  readonly reducer: Reducer;
  readonly timestampCombiner: TimestampCombiner;
  readonly isPrimitive: (key: unknown) => key is PrimitiveKey;
  readonly encode: (key: unknown) => string;
  /** Undefined for an element in several windows. */
  readonly groupsOf: (windows: Windows) => Groups | undefined;
  readonly addToEach: AddToGroup;
  /** The lists of windows that were seen last, and their groups: no others are held on to from one call to the next. */
  readonly seen: (Windows | undefined)[];
  readonly seenGroups: (Groups | undefined)[];
  /** There are so many new groups. */
  readonly added: (count: number) => void;
  /** One element in 64: what its group holds now, and the value that was added. */
  readonly sample: (held: unknown, added: unknown) => void;
  readonly failed: (error: unknown, pair: Pair) => Error;
}

/**
 * Makes the function that takes an element into an aligned table.
 *
 * Compiled again for each step (ownCopy), so it uses nothing but its parameter. Guarded by the benchmarks groupsum, window.
 */
export const makeAdd = (parts: AddParts): AddToGroup => {
  const { reducer, isPrimitive, encode, groupsOf, addToEach, seen, seenGroups, added, sample, failed } = parts;
  const isEarliest = parts.timestampCombiner === 'earliest';
  const hasTimestamps = parts.timestampCombiner !== 'end-of-window';
  let lastWindows: Windows | undefined;
  // Set before the first use: no list of windows is undefined.
  let groups = undefined as unknown as Groups;
  let bare = undefined as unknown as Groups['bare'];
  let values: unknown[] = [];
  let count = 0;
  const addTimestamp = (slot: number, timestamp: Timestamp): void => {
    const before = groups.timestamps[slot];
    const isBeyond = before === undefined || (isEarliest ? timestamp < before : timestamp > before);
    if (isBeyond) groups.timestamps[slot] = timestamp;
  };
  const slotOf = (key: unknown): number | undefined =>
    isPrimitive(key) ? bare.get(key) : groups.encoded.get(encode(key));
  const setSlot = (key: unknown, slot: number): void => {
    if (isPrimitive(key)) bare.set(key, slot);
    else {
      groups.encoded.set(encode(key), slot);
      groups.keys[slot] = key;
    }
  };
  return (key, value, timestamp, windows) => {
    if (windows !== lastWindows) {
      const [window] = windows;
      // Windows have places by their ends, each for the one that was there last: a Map of lists takes 40 ns.
      const place = window === undefined ? 0 : (window.maxTimestamp / 1000) & 255;
      if (seen[place] !== windows) {
        const found = groupsOf(windows);
        if (found === undefined) return addToEach(key, value, timestamp, windows);
        seen[place] = windows;
        seenGroups[place] = found;
      }
      groups = seenGroups[place] as Groups; // set together with the list
      bare = groups.bare;
      values = groups.values;
      lastWindows = windows;
    }
    let isNew = false;
    let slot: number | undefined;
    try {
      slot = typeof key === 'string' || typeof key === 'number' ? bare.get(key) : slotOf(key);
      if (slot !== undefined) values[slot] = reducer.add(values[slot], value);
      else {
        slot = values.length;
        values.push(reducer.first(value));
        setSlot(key, slot);
        isNew = true;
      }
      if (hasTimestamps) addTimestamp(slot, timestamp);
    } catch (error) {
      throw failed(error, { key, value });
    }
    // Outside the try: a disk that is full while the table is emptied is no failure of this element.
    if (isNew) added(1);
    if ((++count & 63) === 0) sample(slot === undefined ? undefined : values[slot], value);
  };
};
