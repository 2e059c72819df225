import {
  type ByteReader,
  type ByteWriter,
  type Coder,
  CoderError,
  compileCoder,
  learningCoder,
  type StateSpace,
  type StateSpec,
  type StateSpecs,
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

export const hasClock = ({ clocks }: Kept, { family, tag }: TimerName): boolean =>
  clocks.some((one) => one.family === family && one.tag === tag);

/** Reads what it wrote at any time: values carry their kinds with them, unless they have a coder. */
const PLAIN = learningCoder({ codegen: false });

/** A declared cell, for what is said of it. */
export interface CellPlace {
  readonly step: string;
  readonly name: string;
  readonly codegen: boolean;
}

/** The coder that was declared for a cell, or one for any plain data. What it refuses is told with the names of step and cell. */
export function coderOf(
  { step, name, codegen }: CellPlace,
  declared: Coder<unknown> | undefined,
): Pick<Coder<unknown>, 'encode' | 'decode'> {
  const coder = declared === undefined ? PLAIN : compileCoder(declared, { codegen });
  return {
    encode(value, writer) {
      try {
        coder.encode(value, writer);
      } catch (error) {
        if (!(error instanceof CoderError)) throw error;
        const reason = error.message.replace(/\.$/, '');
        throw new CoderError(
          step,
          `what the state '${name}' holds can't be saved: ${reason}. It has to outlive memory. Keep plain data in it, or declare it with a coder.`,
          { cause: error },
        );
      }
    },
    decode: (reader) => coder.decode(reader),
  };
}

/** Where the values of a declared cell are, if it is a collection. */
export function collectionOf(
  { kind, coder }: StateSpec<unknown>,
  place: CellPlace,
  space: (name: string) => StateSpace | undefined,
): Collection | undefined {
  if (kind === 'value' || kind === 'combining') return undefined;
  const spec = { space: space(`state/${place.name}`), codec: coderOf(place, coder), codegen: place.codegen };
  if (kind === 'bag') return new ListCells(spec);
  if (kind === 'map') return new MapCells(spec);
  return kind === 'set' ? new MapCells({ ...spec, codec: NOTHING }) : new SortedCells(spec);
}

/** The members of a set are the keys of its entries. */
const NOTHING: CellCodec<unknown> = { encode: () => undefined, decode: () => null };

/**
 * Writes what a step keeps for a key in a window: cells by name, since a later program may declare more of them, in another
 * order.
 */
export class KeptCodec implements CellCodec<Kept> {
  readonly #step: string;
  readonly #names: readonly string[];
  readonly #coders: readonly Pick<Coder<unknown>, 'encode' | 'decode'>[];

  constructor(specs: StateSpecs, { step, codegen }: Omit<CellPlace, 'name'>) {
    this.#step = step;
    this.#names = Object.keys(specs);
    this.#coders = Object.entries(specs).map(([name, { kind, coder, combineFn }]) => {
      const place = { step, name, codegen };
      if (kind === 'value') return coderOf(place, coder);
      return kind === 'combining' ? coderOf(place, combineFn?.accumulatorCoder) : COUNT;
    });
  }

  encode({ cells, clocks }: Kept, writer: ByteWriter): void {
    let held = 0;
    for (let i = 0; i < cells.length; i++) if (cells[i] !== undefined) held++;
    writer.writeVarint(held);
    for (let i = 0; i < cells.length; i++) {
      const content = cells[i];
      if (content === undefined) continue;
      writer.writeString(this.#names[i] ?? '');
      this.#coders[i]?.encode(content, writer);
    }
    writer.writeVarint(clocks.length);
    for (const { family, tag } of clocks) {
      writer.writeString(family);
      writer.writeString(tag);
    }
  }

  decode(reader: ByteReader): Kept {
    const { cells } = newKept(this.#names.length);
    for (let held = reader.readVarint(); held > 0; held--) {
      const name = reader.readString();
      const index = this.#names.indexOf(name);
      const coder = this.#coders[index];
      if (coder === undefined) {
        throw new CoderError(
          this.#step,
          `the state '${name}' is kept, and the step no longer declares it. It can't be read. Declare it again, or drop the state of the step.`,
        );
      }
      cells[index] = coder.decode(reader);
    }
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
