import { ByteReader, ByteWriter, MAX_TIMESTAMP, type Timestamp } from '../../model/index.ts';
import { hashOf, readName, readTimer, type StoredTimer, type TimerName, writeTimer } from './held-timer.ts';
import { readTimestamp } from './row-keys.ts';

/**
 * Some hundreds of timers in one row: how many, then for each the hash of its name and where it ends, then the timers
 * themselves. By the hashes a block is searched for names without being read.
 */
const WORD = 4;
const TIMES = 16;
/** So many bytes of timers make a block. */
const FULL = 16 << 10;

/** Writes blocks. */
export class BlockWriter {
  readonly #timers = new ByteWriter(2 * FULL);
  readonly #head: number[] = [];
  /** The earliest output timestamp. */
  minOutput: Timestamp = MAX_TIMESTAMP;

  get count(): number {
    return this.#head.length / 2;
  }

  get isFull(): boolean {
    return this.#timers.position >= FULL;
  }

  /** Whether it is not worth a row while others follow. */
  get isSmall(): boolean {
    return this.#timers.position < FULL / 4;
  }

  add(timer: StoredTimer): void {
    writeTimer(timer, this.#timers);
    this.#took(hashOf(timer), timer.outputTimestamp);
  }

  /** Adds a timer of another block. */
  copy(block: TimerBlock, at: number): void {
    this.#timers.writeRaw(block.bytesAt(at));
    this.#took(block.hashAt(at), block.outputAt(at));
  }

  /** What was added since the last time. */
  take(): Uint8Array {
    const start = WORD * (1 + this.#head.length);
    const bytes = new Uint8Array(start + this.#timers.position);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, this.count);
    this.#head.forEach((number, index) => view.setUint32(WORD * (1 + index), number));
    bytes.set(this.#timers.bytes.subarray(0, this.#timers.position), start);
    this.reset();
    return bytes;
  }

  reset(): void {
    this.#timers.reset();
    this.#head.length = 0;
    this.minOutput = MAX_TIMESTAMP;
  }

  #took(hash: number, output: Timestamp): void {
    this.#head.push(hash, this.#timers.position);
    if (output < this.minOutput) this.minOutput = output;
  }
}

/** A block that was read. */
export class TimerBlock {
  readonly count: number;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #reader: ByteReader;
  /** Where its timers begin. */
  readonly #start: number;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#reader = new ByteReader(bytes);
    this.count = this.#view.getUint32(0);
    this.#start = WORD * (1 + 2 * this.count);
  }

  hashAt(at: number): number {
    return this.#view.getUint32(WORD * (1 + 2 * at));
  }

  timestampAt(at: number): Timestamp {
    return readTimestamp(this.#readerAt(this.#startOf(at)));
  }

  outputAt(at: number): Timestamp {
    return readTimestamp(this.#readerAt(this.#startOf(at) + TIMES / 2));
  }

  nameAt(at: number): TimerName {
    return readName(this.#readerAt(this.#startOf(at) + TIMES));
  }

  timerAt(at: number): StoredTimer {
    return readTimer(this.#readerAt(this.#startOf(at)));
  }

  bytesAt(at: number): Uint8Array {
    return this.#bytes.subarray(this.#startOf(at), this.#endOf(at));
  }

  #startOf(at: number): number {
    return at === 0 ? this.#start : this.#endOf(at - 1);
  }

  #endOf(at: number): number {
    return this.#start + this.#view.getUint32(WORD * (2 + 2 * at));
  }

  #readerAt(position: number): ByteReader {
    this.#reader.position = position;
    return this.#reader;
  }
}
