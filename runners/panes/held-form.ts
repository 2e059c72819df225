import { ByteReader, ByteWriter, type Coder, CoderError, learningCoder, type StateSpace } from '../../model/index.ts';
import type { Reducer } from '../shuffle/index.ts';
import type { CellCodec } from '../state/index.ts';
import { StoredLists } from './stored-lists.ts';

/** How what a reducer keeps lies in cells. */
export interface HeldForm {
  /** Works on what lies in cells. */
  readonly reducer: Reducer;
  readonly codec: CellCodec<unknown>;
  /** The same of what a reducer keeps elsewhere. */
  readonly from: (kept: unknown) => unknown;
  /** The value of a pane. What is held may go on behind it, which must not change the value. */
  readonly valueOf: (held: unknown, goesOn: boolean) => unknown;
  /** It is not needed any more. */
  readonly drop: (held: unknown) => void;
  readonly save: () => void;
}

/** Lists that have a store lie in it, in pieces; all else lies in cells as it is. */
export function heldForm(
  reducer: Reducer,
  accumulatorCoder: Coder<unknown> | undefined,
  lists: StateSpace | undefined,
): HeldForm {
  if (reducer.keepsValues && lists !== undefined) return new StoredLists(reducer, lists);
  const coder = heldCoder(accumulatorCoder);
  const copy = copyOf(reducer, coder);
  return {
    reducer,
    codec: { encode: (held, writer) => coder.encode(reducer.compact(held), writer), decode: coder.decode },
    from: (kept) => kept,
    valueOf: (held, goesOn) => reducer.finish(goesOn ? copy(held) : held),
    drop: () => undefined,
    save: () => undefined,
  };
}

/** Accumulators by their coder, or as the plain data they are: in a form that another process can read. */
export const heldCoder = (accumulatorCoder: Coder<unknown> | undefined): Coder<unknown> =>
  accumulatorCoder ?? learningCoder({ codegen: false });

/** Copies a list, and an accumulator, whose output may be a part of it. What has no bytes is shared. */
function copyOf({ keepsValues }: Reducer, coder: Coder<unknown>): (held: unknown) => unknown {
  const writer = new ByteWriter();
  return (held) => {
    if (typeof held !== 'object' || held === null) return held;
    if (keepsValues) return [...(held as readonly unknown[])]; // what a reducer of lists keeps
    writer.reset();
    try {
      coder.encode(held, writer);
    } catch (error) {
      if (error instanceof CoderError) return held;
      throw error;
    }
    return coder.decode(new ByteReader(writer.toBytes()));
  };
}
