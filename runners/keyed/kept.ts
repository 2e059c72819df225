import {
  type ByteReader,
  type ByteWriter,
  type Coder,
  compileCoder,
  learningCoder,
  type StateSpace,
  type StateSpec,
} from '../../model/index.ts';
import { type CellCodec, ListCells, MapCells, SortedCells } from '../state/index.ts';

/** Which timer of its key and window. */
export interface TimerName {
  readonly family: string;
  readonly tag: string;
}

/** What a step keeps for one key in one window, but for the values of collections. */
export interface Kept {
  /**
   * What each cell holds, in the order in which they are declared: a value, an accumulator, how many values are in a
   * collection; undefined where one is empty.
   */
  readonly cells: unknown[];
  /** Timers in processing time that are set: they go with the window. */
  clocks: readonly TimerName[];
}

/** The values of a bag, a map, a set or an ordered list, for all keys and windows. */
export type Collection = ListCells<unknown> | MapCells<unknown> | SortedCells<unknown>;

export const newKept = (cells: number): Kept => ({ cells: new Array<unknown>(cells).fill(undefined), clocks: [] });

export const isEmpty = ({ cells, clocks }: Kept): boolean =>
  clocks.length === 0 && cells.every((content) => content === undefined);

/** Reads what it wrote at any time: values carry their kinds with them, unless they have a coder. */
const PLAIN = learningCoder({ codegen: false });

/** The coder that was declared, or one for any plain data. */
export const coderOf = (coder: Coder<unknown> | undefined, codegen: boolean): Coder<unknown> =>
  coder === undefined ? PLAIN : compileCoder(coder, { codegen });

/** Where the values of a declared cell are, if it is a collection. */
export function collectionOf(
  { kind, coder }: StateSpec<unknown>,
  { space, codegen }: { readonly space: StateSpace | undefined; readonly codegen: boolean },
): Collection | undefined {
  const spec = { space, codec: coderOf(coder, codegen), codegen };
  if (kind === 'bag') return new ListCells(spec);
  if (kind === 'map') return new MapCells(spec);
  if (kind === 'set') return new MapCells({ ...spec, codec: NOTHING });
  return kind === 'orderedList' ? new SortedCells(spec) : undefined;
}

/** The members of a set are the keys of its entries. */
const NOTHING: CellCodec<unknown> = { encode: () => undefined, decode: () => null };

/** Writes what a step keeps for a key in a window. */
export class KeptCodec implements CellCodec<Kept> {
  readonly #coders: readonly Pick<Coder<unknown>, 'encode' | 'decode'>[];

  constructor(specs: readonly StateSpec<unknown>[], codegen: boolean) {
    this.#coders = specs.map(({ kind, coder, combineFn }) => {
      if (kind === 'value') return coderOf(coder, codegen);
      return kind === 'combining' ? coderOf(combineFn?.accumulatorCoder, codegen) : COUNT;
    });
  }

  encode({ cells, clocks }: Kept, writer: ByteWriter): void {
    for (let i = 0; i < cells.length; i++) {
      const content = cells[i];
      writer.writeByte(content === undefined ? 0 : 1);
      if (content !== undefined) this.#coders[i]?.encode(content, writer);
    }
    writer.writeVarint(clocks.length);
    for (const { family, tag } of clocks) {
      writer.writeString(family);
      writer.writeString(tag);
    }
  }

  decode(reader: ByteReader): Kept {
    const cells = this.#coders.map((coder) => (reader.readByte() === 0 ? undefined : coder.decode(reader)));
    const clocks = Array.from({ length: reader.readVarint() }, () => ({
      family: reader.readString(),
      tag: reader.readString(),
    }));
    return { cells, clocks };
  }
}

/** How many values a collection holds. */
const COUNT = {
  encode: (count: unknown, writer: ByteWriter): void => writer.writeVarint(Number(count)),
  decode: (reader: ByteReader): number => reader.readVarint(),
};
