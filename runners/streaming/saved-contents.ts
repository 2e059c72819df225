import {
  type BoundedWindow,
  ByteWriter,
  CoderError,
  ElementError,
  fromBytes,
  type StateSpace,
  structuralCoder,
  toBytes,
  windowKey,
} from '../../model/index.ts';
import { endOf } from '../state/index.ts';
import type { SideContent } from '../views/index.ts';

/** So many elements are a row. */
const ROW = 256;

/** Elements of a window as a row has them. */
interface Piece {
  readonly window: BoundedWindow;
  readonly values: readonly unknown[];
}

/** How much of a window is in rows. */
interface Progress {
  elements: number;
  rows: number;
}

/** The elements of a side input in the job's store. A window only grows until others take its place: what is new is appended. */
export class SavedContents {
  readonly #step: string;
  readonly #space: StateSpace | undefined;
  readonly #progress = new Map<string, Progress>();
  readonly #key = new ByteWriter(64);

  constructor(step: string, space: StateSpace | undefined) {
    this.#step = step;
    this.#space = space;
  }

  /** All that was saved; to be read once. */
  *restore(): Iterable<Piece> {
    for (const { value } of this.#space?.scan() ?? []) {
      const piece = fromBytes(structuralCoder, value) as Piece; // `save` wrote it
      const progress = this.#progressOf(piece.window);
      progress.rows += 1;
      progress.elements += piece.values.length;
      yield piece;
    }
  }

  save(content: SideContent): void {
    const { window, length } = content;
    const progress = this.#progressOf(window);
    if (progress.elements === length) return;
    let values: unknown[] = [];
    for (const value of content.from(progress.elements)) {
      values.push(value);
      if (values.length === ROW) this.#append({ window, values: values.splice(0) }, progress);
    }
    if (values.length > 0) this.#append({ window, values }, progress);
  }

  /** What a window had counts no more. */
  delete(window: BoundedWindow): void {
    if (!this.#progress.delete(windowKey(window))) return;
    const from = this.#keyOf(window);
    this.#space?.deleteRange(from, endOf(from));
  }

  #append(piece: Piece, progress: Progress): void {
    this.#space?.put(this.#keyOf(piece.window, progress.rows), this.#bytesOf(piece));
    progress.rows += 1;
    progress.elements += piece.values.length;
  }

  #bytesOf(piece: Piece): Uint8Array {
    try {
      return toBytes(structuralCoder, piece);
    } catch (error) {
      if (!(error instanceof CoderError)) throw error;
      throw new ElementError(
        this.#step,
        undefined,
        `an element of a side input can't be saved: ${error.message.replace(/\.$/, '')}. It has to outlive the process. Use plain data as elements of side inputs.`,
        { cause: error },
      );
    }
  }

  #progressOf(window: BoundedWindow): Progress {
    const name = windowKey(window);
    let progress = this.#progress.get(name);
    if (progress === undefined) {
      progress = { elements: 0, rows: 0 };
      this.#progress.set(name, progress);
    }
    return progress;
  }

  /** That of a row, or what those of all rows of a window begin with. Rows are in the order in which they were written. */
  #keyOf(window: BoundedWindow, row?: number): Uint8Array {
    const key = this.#key;
    key.reset();
    key.writeString(windowKey(window));
    if (row !== undefined) for (const shift of [24, 16, 8, 0]) key.writeByte(row >>> shift);
    return key.toBytes();
  }
}
