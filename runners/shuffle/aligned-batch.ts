import { ownCopy } from '../execution/index.ts';
import type { AddParts, Groups } from './aligned-add.ts';
import type { AddBatch, AddToGroup, Pair } from './group-table.ts';

// Whole batches into an aligned table: first the slots of some pairs, then their values. A loop that only adds has many of
// the columns' cache misses on the way at a time; behind each look-up it would wait for them one by one. What is made here
// is compiled again for each step (ownCopy), so it uses nothing but its parameters. Guarded by the benchmark groupsum.

/** Pairs of a batch, from one index up to another, and their slots from 0 on. */
type ForPairs<T> = (groups: Groups, pairs: readonly Pair[], from: number, to: number, slots: Int32Array) => T;

/** Makes the function that takes a batch into an aligned table; `add` takes what is not all in one window. */
export const addBatchOf = (parts: AddParts, add: AddToGroup, codegen: boolean): AddBatch =>
  ownCopy(makeAddBatch, codegen)(
    parts,
    add,
    ownCopy(makeFindSlots, codegen)(parts),
    ownCopy(makeAddValues, codegen)(parts),
  );

/** Gives keys that are new the next slots; ends with the error of a key that can't group, its slot being -1. */
const makeFindSlots =
  ({ isPrimitive, encode, failed }: AddParts): ForPairs<Error | undefined> =>
  ({ bare, encoded, keys, values }, pairs, from, to, slots) => {
    let next = values.length;
    for (let i = from; i < to; i++) {
      const pair = pairs[i] as Pair; // the index is below the length
      const { key } = pair;
      let slot: number | undefined;
      try {
        if (typeof key === 'string' || typeof key === 'number' || isPrimitive(key)) {
          slot = bare.get(key);
          if (slot === undefined) bare.set(key, (slot = next++));
        } else {
          const text = encode(key);
          slot = encoded.get(text);
          if (slot === undefined) {
            encoded.set(text, (slot = next++));
            keys[slot] = key;
          }
        }
      } catch (error) {
        slots[i - from] = -1;
        return failed(error, pair);
      }
      slots[i - from] = slot;
    }
    return undefined;
  };

/** Adds values at their slots, up to a slot of -1. */
const makeAddValues = ({ reducer, failed }: AddParts): ForPairs<void> => {
  const { first, add: combine } = reducer;
  return ({ values }, pairs, from, to, slots) => {
    for (let i = from; i < to; i++) {
      const pair = pairs[i] as Pair; // the index is below the length
      const slot = slots[i - from] as number; // found before
      if (slot < 0) return;
      try {
        // New slots come in order.
        if (slot < values.length) values[slot] = combine(values[slot], pair.value);
        else values.push(first(pair.value));
      } catch (error) {
        throw failed(error, pair);
      }
    }
  };
};

const makeAddBatch = (
  { groupsOf, added, sample, timestampCombiner }: AddParts,
  add: AddToGroup,
  findSlots: ForPairs<Error | undefined>,
  addValues: ForPairs<void>,
): AddBatch => {
  const hasTimestamps = timestampCombiner !== 'end-of-window';
  const slots = new Int32Array(1024);
  let count = 0;
  const addPairs = (groups: Groups, pairs: readonly Pair[], from: number, to: number): void => {
    const { values } = groups;
    const before = values.length;
    const failure = findSlots(groups, pairs, from, to, slots);
    // The values before a key that can't group come first, as they would one by one: one of them may fail as well.
    addValues(groups, pairs, from, to, slots);
    if (failure !== undefined) throw failure;
    for (let i = from + 63 - (count & 63); i < to; i += 64) {
      sample(values[slots[i - from] as number], (pairs[i] as Pair).value); // both are below the length
    }
    count += to - from;
    // Last, since the table may be emptied then.
    if (values.length > before) added(values.length - before);
  };
  return ({ values, timestamp, timestamps, windows, windowsColumn }, from, to) => {
    // Elements of its input are pairs by the types of groupByKey and combinePerKey.
    const pairs = values as readonly Pair[];
    let i = from;
    // Asked for again each time: a table that was emptied in between may have forgotten them.
    for (; windowsColumn === null && !hasTimestamps && i < to; i += slots.length) {
      const groups = groupsOf(windows);
      if (groups === undefined) break;
      addPairs(groups, pairs, i, Math.min(to, i + slots.length));
    }
    for (; i < to; i++) {
      const { key, value } = pairs[i] as Pair; // the index is below the length
      add(key, value, timestamps?.[i] ?? timestamp, windowsColumn?.[i] ?? windows);
    }
  };
};
