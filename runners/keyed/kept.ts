import type { ByteReader, ByteWriter, PaneInfo, StateSpec, Timestamp } from '../../model/index.ts';
import { learningCoder } from '../../model/index.ts';
import type { CellCodec } from '../state/index.ts';
import { type CellKind, cellKind } from './cell-kinds.ts';

/** An element that waits until none with an earlier timestamp can come. */
export interface Waiting {
  readonly value: unknown;
  readonly timestamp: Timestamp;
  readonly pane: PaneInfo;
}

/** Which timer of its key and window. */
export interface TimerName {
  readonly family: string;
  readonly tag: string;
}

/** What a step keeps for one key in one window. */
export interface Kept {
  /** What each cell holds, in the order in which they are declared; undefined where one is empty. */
  readonly cells: unknown[];
  /** In order of time. */
  waiting: Waiting[];
  /** Timers in processing time that are set: they go with the window. */
  clocks: TimerName[];
}

export const newKept = (cells: number): Kept => ({
  cells: new Array<unknown>(cells).fill(undefined),
  waiting: [],
  clocks: [],
});

export const isEmpty = ({ cells, waiting, clocks }: Kept): boolean =>
  waiting.length === 0 && clocks.length === 0 && cells.every((content) => content === undefined);

/** Reads what it wrote at any time: values carry their kinds with them, unless they have a coder. */
const PLAIN = learningCoder({ codegen: false });

/** The bits of a mark say which cells hold something; this one that timers or elements follow. */
const HAS_MORE = 1;

/** Writes what a step keeps. */
export class KeptCodec implements CellCodec<Kept> {
  readonly #kinds: readonly CellKind[];

  constructor(specs: readonly StateSpec<unknown>[], codegen: boolean) {
    this.#kinds = specs.map((spec) => cellKind(spec, codegen));
  }

  encode({ cells, waiting, clocks }: Kept, writer: ByteWriter): void {
    const hasMore = waiting.length > 0 || clocks.length > 0;
    writer.writeByte(hasMore ? HAS_MORE : 0);
    this.#kinds.forEach((kind, i) => {
      const content = cells[i];
      writer.writeByte(content === undefined ? 0 : 1);
      if (content !== undefined) kind.encode(content, writer);
    });
    if (hasMore) PLAIN.encode([waiting, clocks], writer);
  }

  decode(reader: ByteReader): Kept {
    const hasMore = reader.readByte() === HAS_MORE;
    const cells = this.#kinds.map((kind) => (reader.readByte() === 0 ? undefined : kind.decode(reader)));
    // It was this when it was written.
    const [waiting, clocks] = hasMore ? (PLAIN.decode(reader) as [Waiting[], TimerName[]]) : [[], []];
    return { cells, waiting, clocks };
  }
}
