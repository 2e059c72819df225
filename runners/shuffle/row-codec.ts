import {
  type BoundedWindow,
  type ByteReader,
  type ByteWriter,
  type Coder,
  GLOBAL_WINDOW,
  interval,
  isIntervalWindow,
  learningCoder,
  type Timestamp,
} from '../../model/index.ts';
import type { Row } from './group-table.ts';

/** The lowest bits of the byte in front of a row. */
const REDUCED = 1;
const TIMESTAMP = 2;
const WINDOW_FORM = 4;
/** How a window is written: not at all, by its ends, or as the plain data that it is. */
const GLOBAL = 0;
const INTERVAL = 1;
const OTHER = 2;

/** Writes windows; equal ones that follow each other come back as one object. */
export class WindowCodec {
  readonly #other: Coder<unknown>;
  #last: BoundedWindow = GLOBAL_WINDOW;

  constructor(codegen: boolean) {
    this.#other = learningCoder({ codegen });
  }

  static formOf(window: BoundedWindow): number {
    if (window === GLOBAL_WINDOW) return GLOBAL;
    return isIntervalWindow(window) && window.maxTimestamp === window.end - 1 ? INTERVAL : OTHER;
  }

  encode(form: number, window: BoundedWindow, writer: ByteWriter): void {
    if (form === GLOBAL) return;
    if (form === INTERVAL && isIntervalWindow(window)) {
      writer.writeFloat64(window.start);
      writer.writeFloat64(window.end);
    } else this.#other.encode(window, writer);
  }

  decode(form: number, reader: ByteReader): BoundedWindow {
    if (form === GLOBAL) return GLOBAL_WINDOW;
    // It was a window when it was written.
    if (form !== INTERVAL) return this.#other.decode(reader) as BoundedWindow;
    const start = reader.readFloat64();
    const end = reader.readFloat64();
    const last = this.#last;
    if (isIntervalWindow(last) && last.start === start && last.end === end) return last;
    this.#last = interval(start, end);
    return this.#last;
  }
}

/** What rows of a step are written by. */
export interface RowCodecOptions {
  readonly codegen: boolean;
  readonly hasTimestamps: boolean;
  readonly accumulatorCoder: Coder<unknown> | undefined;
}

/**
 * Rows of a group table as bytes: a byte that says what follows, the window, the timestamp where it counts, key, value.
 *
 * Only the codec that wrote rows can read them, as its coders learn.
 */
export class RowCodec {
  readonly #windows: WindowCodec;
  readonly #keys: Coder<unknown>;
  readonly #values: Coder<unknown>;
  readonly #reduced: Coder<unknown>;
  readonly #hasTimestamps: boolean;

  constructor({ codegen, hasTimestamps, accumulatorCoder }: RowCodecOptions) {
    this.#windows = new WindowCodec(codegen);
    this.#keys = learningCoder({ codegen });
    this.#values = learningCoder({ codegen });
    this.#reduced = accumulatorCoder ?? learningCoder({ codegen });
    this.#hasTimestamps = hasTimestamps;
  }

  /** @throws CoderError for what has no bytes; the writer is then where it was. */
  encode({ key, window, timestamp, isReduced, value }: Row, writer: ByteWriter): void {
    const start = writer.position;
    try {
      const form = WindowCodec.formOf(window);
      const flags = (isReduced ? REDUCED : 0) | (this.#hasTimestamps ? TIMESTAMP : 0) | (form * WINDOW_FORM);
      writer.writeByte(flags);
      this.#windows.encode(form, window, writer);
      if (this.#hasTimestamps) writer.writeFloat64(timestamp);
      this.#keys.encode(key, writer);
      (isReduced ? this.#reduced : this.#values).encode(value, writer);
    } catch (error) {
      writer.position = start;
      throw error;
    }
  }

  decode(reader: ByteReader): Row {
    const flags = reader.readByte();
    const window = this.#windows.decode(Math.floor(flags / WINDOW_FORM), reader);
    const timestamp: Timestamp = (flags & TIMESTAMP) === 0 ? window.maxTimestamp : reader.readFloat64();
    const key = this.#keys.decode(reader);
    const isReduced = (flags & REDUCED) !== 0;
    return { key, window, timestamp, isReduced, value: (isReduced ? this.#reduced : this.#values).decode(reader) };
  }
}
