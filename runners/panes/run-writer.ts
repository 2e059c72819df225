import { type BoundedWindow, ByteWriter, type PrimitiveKey, type StateSpace } from '../../model/index.ts';
import { type CellCodec, writeKey, writeKeyValue, writeWindow, writeWindowValue } from '../state/index.ts';
import { compareBytes } from './compare-bytes.ts';
import { writeUint32 } from './uint32.ts';

/** So many bytes of entries are sorted at a time: more of them become runs of their own. */
const RUN_BYTES = 2 << 20;
/** So many bytes of entries make a row. */
const BLOCK_BYTES = 16 << 10;

/** What a run is written with. */
export interface RunWriterSpec {
  readonly space: StateSpace;
  readonly window: BoundedWindow;
  readonly held: CellCodec<unknown>;
  /** Gives each run its number. */
  readonly number: () => number;
}

/**
 * Writes what keys have in a window as sorted runs: entries in the order of the bytes of their keys, some hundreds to a row.
 *
 * A row's key is the window, the number of the run, and the key of its first entry. One row for many entries costs a tenth of
 * a row for each, and runs are only ever read from their beginning.
 */
export class RunWriter {
  readonly #spec: RunWriterSpec;
  readonly #entries = new ByteWriter(1 << 16);
  readonly #rowKey = new ByteWriter(256);
  readonly #row = new ByteWriter(2 * BLOCK_BYTES);
  #starts: number[] = [];
  #keyEnds: number[] = [];

  constructor(spec: RunWriterSpec) {
    this.#spec = spec;
  }

  /** Takes what a key has. */
  add(form: PrimitiveKey, key: unknown, held: unknown): void {
    const entries = this.#entries;
    this.#starts.push(entries.position);
    writeKey(form, entries);
    this.#keyEnds.push(entries.position);
    writeKeyValue(form, key, entries);
    this.#spec.held.encode(held, entries);
    if (entries.position >= RUN_BYTES) this.finish();
  }

  /** Writes what was taken since the last run. */
  finish(): void {
    const count = this.#starts.length;
    if (count === 0) return;
    this.#starts.push(this.#entries.position);
    const number = this.#spec.number();
    const row = this.#row;
    let first = -1;
    for (const at of this.#order(count)) {
      if (first < 0) {
        first = at;
        row.reset();
        writeWindowValue(this.#spec.window, row);
      }
      row.writeRaw(this.#entries.bytes.subarray(this.#starts[at], this.#starts[at + 1]));
      if (row.position < BLOCK_BYTES) continue;
      this.#put(number, first);
      first = -1;
    }
    if (first >= 0) this.#put(number, first);
    this.#entries.reset();
    this.#starts = [];
    this.#keyEnds = [];
  }

  /** The entries in the order of their keys. */
  #order(count: number): Uint32Array {
    const starts = this.#starts;
    const ends = this.#keyEnds;
    const { bytes } = this.#entries;
    const order = new Uint32Array(count);
    for (let i = 0; i < count; i++) order[i] = i;
    // Both are as long as the order.
    return order.sort((a, b) =>
      compareBytes(bytes, starts[a] as number, ends[a] as number, bytes, starts[b] as number, ends[b] as number),
    );
  }

  #put(number: number, first: number): void {
    const key = this.#rowKey;
    key.reset();
    writeWindow(this.#spec.window, key);
    writeUint32(number, key);
    key.writeRaw(this.#entries.bytes.subarray(this.#starts[first], this.#keyEnds[first]));
    this.#spec.space.put(key.bytes.subarray(0, key.position), this.#row.bytes.subarray(0, this.#row.position));
  }
}
