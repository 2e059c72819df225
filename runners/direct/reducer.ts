import { type CombineFn, ElementError } from '../../model/index.ts';
import { ownCopy } from '../execution/index.ts';

/**
 * What becomes of the values of a key: an accumulator of a combine function, or a list for a group by key.
 *
 * Tables know nothing but this. Failures of a combine function end the run, since a half-changed accumulator can't be
 * mended; they name the step.
 */
export interface Reducer {
  readonly name: string;
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
  return fn === undefined ? ownCopy(listReducer, codegen)() : ownCopy(combineReducer, codegen)(fn);
}

const listReducer = (): Reducer => ({
  name: 'list',
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

const combineReducer = (fn: CombineFn<unknown, unknown, unknown>): Reducer => ({
  name: fn.name,
  first: (value) => fn.addInput(fn.createAccumulator(), value),
  add: (cell, value) => fn.addInput(cell, value),
  merge: (a, b) => fn.mergeAccumulators([a, b]),
  compact: (cell) => (fn.compact === undefined ? cell : fn.compact(cell)),
  finish: (cell) => fn.extractOutput(cell),
  keepsValues: false,
});

/** What a combine function threw, as an error that names its step. */
export function combineError(step: string, error: unknown, value: unknown): Error {
  if (error instanceof ElementError) return error;
  const message = (error instanceof Error ? error.message : String(error)).replace(/\.$/, '');
  return new ElementError(
    step,
    value,
    `its combine function failed: ${message}. The accumulator may be half changed, so no element can be left out. Mend what it throws, or filter such elements before.`,
    { cause: error },
  );
}
