import { CoderError, type PaneInfo, type Timestamp } from '../../model/index.ts';
import { type Batch, BatchBuilder, type Edge, type Windows } from '../execution/index.ts';
import type { BlockSequence } from './block-file.ts';
import { ElementCodec } from './element-codec.ts';
import type { Spillable } from './memory-watch.ts';
import { heapBytes } from './size-sample.ts';
import type { Spill } from './spill.ts';

const BATCH = 1_024;
/** What an element takes in a batch besides its value, columns included. */
const ELEMENT_BYTES = 24;
const LEAST_BYTES = 1 << 20;

/** Keeps the elements that reach it, in order, for a stage that starts later: in memory, and on disk once it is asked to. */
export class ElementStore implements Edge, Spillable {
  readonly name: string;
  readonly isFull = false;
  readonly #spillTo: Spill;
  readonly #codec: ElementCodec;
  readonly #builder = new BatchBuilder();
  readonly #batches: Batch[] = [];
  /** Elements that have no bytes. They come first when elements are handed over: a store has no order to keep. */
  readonly #kept: Batch[] = [];
  #disk: BlockSequence | undefined;
  #bytes = 0;
  #isRead = false;

  constructor(name: string, spill: Spill, codegen: boolean) {
    this.name = name;
    this.#spillTo = spill;
    this.#codec = new ElementCodec(codegen);
  }

  add(value: unknown, timestamp: Timestamp, windows: Windows, pane: PaneInfo): void {
    this.#builder.add(value, timestamp, windows, pane);
    if (this.#builder.length >= BATCH) this.flush(true);
  }

  flush(all: boolean): void {
    if (!all || this.#builder.length === 0) return;
    const batch = this.#builder.take();
    if (this.#disk !== undefined) {
      this.#write(batch, this.#disk);
      return;
    }
    this.#batches.push(batch);
    this.#bytes += batch.length * (ELEMENT_BYTES + heapBytes(batch.values[0], 32));
  }

  bytes(): number {
    return this.#bytes;
  }

  get canSpill(): boolean {
    return !this.#isRead && this.#bytes >= LEAST_BYTES;
  }

  spill(): void {
    this.#disk ??= this.#spillTo.file().sequence();
    for (let batch = this.#batches.shift(); batch !== undefined; batch = this.#batches.shift()) {
      this.#write(batch, this.#disk);
    }
    this.#bytes = 0;
  }

  /** All elements; those in memory are gone from the store as they are handed over. */
  *batches(): Iterable<Batch> {
    this.#isRead = true;
    this.flush(true);
    for (const batches of [this.#kept, this.#batches]) {
      for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) yield batch;
    }
    for (const reader of this.#disk?.blocks() ?? []) {
      const builder = new BatchBuilder();
      while (!reader.isAtEnd()) {
        const { value, timestamp, windows, pane } = this.#codec.decode(reader);
        builder.add(value, timestamp, windows, pane);
      }
      yield builder.take();
    }
  }

  #write(batch: Batch, disk: BlockSequence): void {
    for (let i = 0; i < batch.length; i++) {
      const element = {
        value: batch.values[i],
        timestamp: batch.timestamps?.[i] ?? batch.timestamp,
        windows: batch.windowsColumn?.[i] ?? batch.windows,
        pane: batch.panes?.[i] ?? batch.pane,
      };
      try {
        this.#codec.encode(element, disk.writer);
      } catch (error) {
        if (!(error instanceof CoderError)) throw error;
        this.#spillTo.warn(error.message);
        const kept = new BatchBuilder();
        kept.add(element.value, element.timestamp, element.windows, element.pane);
        this.#kept.push(kept.take());
        continue;
      }
      disk.wrote();
    }
  }
}
