import { ByteReader, ByteWriter, CoderError } from '../../model/index.ts';
import type { Reducer } from '../shuffle/index.ts';
import type { CellCodec } from '../state/index.ts';

/**
 * Copies what a reducer keeps, so that a pane can be given out while the reducer goes on: a list, since functions behind it
 * may keep it; an accumulator, since its output may be a part of it. What has no bytes is shared.
 */
export function copyOf({ keepsValues }: Reducer, codec: CellCodec<unknown>): (held: unknown) => unknown {
  const writer = new ByteWriter();
  return (held) => {
    if (typeof held !== 'object' || held === null) return held;
    if (keepsValues) return [...(held as readonly unknown[])]; // what a reducer of lists keeps
    writer.reset();
    try {
      codec.encode(held, writer);
    } catch (error) {
      if (error instanceof CoderError) return held;
      throw error;
    }
    return codec.decode(new ByteReader(writer.toBytes()));
  };
}
