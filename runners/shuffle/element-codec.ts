import {
  type ByteReader,
  type ByteWriter,
  type Coder,
  learningCoder,
  NO_FIRING,
  ON_TIME_AND_ONLY,
  type PaneInfo,
  type Timestamp,
} from '../../model/index.ts';
import { GLOBAL_ONLY, type Windows } from '../execution/index.ts';
import { WindowCodec } from './row-codec.ts';

/** The two panes that nearly all elements have are written as their number here, any other as what it is. */
const COMMON_PANES: readonly PaneInfo[] = [NO_FIRING, ON_TIME_AND_ONLY];

/** An element with all that the model knows of it. */
export interface Element {
  readonly value: unknown;
  readonly timestamp: Timestamp;
  readonly windows: Windows;
  readonly pane: PaneInfo;
}

/** Elements as bytes. Only the codec that wrote them can read them, as its coders learn. */
export class ElementCodec {
  readonly #values: Coder<unknown>;
  readonly #panes: Coder<unknown>;
  readonly #windows: WindowCodec;

  constructor(codegen: boolean) {
    this.#values = learningCoder({ codegen });
    this.#panes = learningCoder({ codegen });
    this.#windows = new WindowCodec(codegen);
  }

  /** @throws CoderError for a value that has no bytes; the writer is then where it was. */
  encode({ value, timestamp, windows, pane }: Element, writer: ByteWriter): void {
    const start = writer.position;
    try {
      this.#values.encode(value, writer);
    } catch (error) {
      writer.position = start;
      throw error;
    }
    writer.writeFloat64(timestamp);
    writer.writeVarint(windows.length);
    for (const window of windows) {
      const form = WindowCodec.formOf(window);
      writer.writeByte(form);
      this.#windows.encode(form, window, writer);
    }
    const common = COMMON_PANES.indexOf(pane);
    writer.writeByte(common < 0 ? COMMON_PANES.length : common);
    if (common < 0) this.#panes.encode(pane, writer);
  }

  decode(reader: ByteReader): Element {
    const value = this.#values.decode(reader);
    const timestamp = reader.readFloat64();
    const count = reader.readVarint();
    const read = Array.from({ length: count }, () => this.#windows.decode(reader.readByte(), reader));
    const windows = count === 1 && read[0] === GLOBAL_ONLY[0] ? GLOBAL_ONLY : read;
    // It was a pane when it was written.
    const pane = COMMON_PANES[reader.readByte()] ?? (this.#panes.decode(reader) as PaneInfo);
    return { value, timestamp, windows, pane };
  }
}
