import { type CombineFn, ElementError, messageOf } from '../../model/index.ts';
import { isThenable, ownCopy } from '../execution/index.ts';

/**
 * What becomes of the values of a key: an accumulator of a combine function, or a list for a group by key.
 *
 * Tables know nothing but this. Failures of a combine function end the run, since a half-changed accumulator can't be
 * mended; they name the step.
 */
export interface Reducer {
  readonly name: string;
  /** A new cell that holds nothing. */
  readonly empty: () => unknown;
  /** A new cell that holds one value. */
  readonly first: (value: unknown) => unknown;
  /** The cell after one more value; may change the cell it is given. */
  readonly add: (cell: unknown, value: unknown) => unknown;
  /** Two cells as one; may change the first. */
  readonly merge: (a: unknown, b: unknown) => unknown;
  /** The cell as small as it can be, before it is stored; may change the cell. */
  readonly compact: (cell: unknown) => unknown;
  /** The cell as the value of the group. */
  readonly finish: (cell: unknown) => unknown;
  /** Whether cells grow with every value. */
  readonly keepsValues: boolean;
}

/** Lists of values, or accumulators of a combine function; each step gets functions of its own for V8 to learn from. */
export function reducerOf(fn: CombineFn<unknown, unknown, unknown> | undefined, codegen: boolean): Reducer {
  return fn === undefined ? ownCopy(listReducer, codegen)() : ownCopy(combineReducer, codegen)(fn, promised);
}

const listReducer = (): Reducer => ({
  name: 'list',
  empty: () => [],
  first: (value) => [value],
  add(cell, value) {
    // Cells of this reducer are made by `first` alone.
    (cell as unknown[]).push(value);
    return cell;
  },
  merge(a, b) {
    const all = a as unknown[];
    for (const value of b as unknown[]) all.push(value);
    return all;
  },
  compact: (cell) => cell,
  finish: (cell) => cell,
  keepsValues: true,
});

/** What the last function gives is looked at once for each key; an async function before it makes the accumulator a promise. */
const combineReducer = (fn: CombineFn<unknown, unknown, unknown>, refuse: (value: unknown) => void): Reducer => ({
  name: fn.name,
  empty: () => fn.createAccumulator(),
  first(value) {
    const accumulator = fn.createAccumulator();
    if (typeof accumulator === 'object') refuse(accumulator);
    return fn.addInput(accumulator, value);
  },
  add: (cell, value) => fn.addInput(cell, value),
  merge: (a, b) => fn.mergeAccumulators([a, b]),
  compact: (cell) => (fn.compact === undefined ? cell : fn.compact(cell)),
  finish(cell) {
    if (typeof cell === 'object') refuse(cell);
    const output = fn.extractOutput(cell);
    if (typeof output === 'object') refuse(output);
    return output;
  },
  keepsValues: false,
});

/** A function of a grouping gave what it may not; the message says all, but which step it is. */
export class GroupingMisuse extends TypeError {}

function promised(value: unknown): void {
  if (!isThenable(value)) return;
  throw new GroupingMisuse(
    'its combine function gave a promise. Values are combined at once. Make all of its functions sync, and call what is async in a map(...) before or after.',
  );
}

/** What a combine function threw, as an error that names its step. */
export function combineError(step: string, error: unknown, value: unknown): Error {
  if (error instanceof ElementError) return error;
  if (error instanceof GroupingMisuse) return new ElementError(step, value, error.message, { cause: error.cause });
  const message = messageOf(error).replace(/\.$/, '');
  return new ElementError(
    step,
    value,
    `its combine function failed: ${message}. The accumulator may be half changed, so no element can be left out. Mend what it throws, or filter such elements before.`,
    { cause: error },
  );
}
