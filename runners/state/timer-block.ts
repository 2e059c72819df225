import { ByteReader, ByteWriter, MAX_TIMESTAMP, type Timestamp } from '../../model/index.ts';
import { hashOf, readName, readTimer, type StoredTimer, type TimerName, writeTimer } from './held-timer.ts';
import { writeUint32 } from './row-keys.ts';

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
  readonly #row = new ByteWriter(2 * FULL);
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

  /** Adds timers of another block. */
  copy(block: TimerBlock, from: number, to: number): void {
    const { position } = this.#timers;
    this.#timers.writeRaw(block.bytesOf(from, to));
    const end = this.#timers.position;
    const shift = position - block.startOf(from);
    for (let at = from; at < to; at++) {
      this.#timers.position = block.endOf(at) + shift;
      this.#took(block.hashAt(at), block.outputAt(at));
    }
    this.#timers.position = end;
  }

  /** What was added since the last time; good until more is. */
  take(): Uint8Array {
    const row = this.#row;
    row.reset();
    writeUint32(this.count, row);
    for (const number of this.#head) writeUint32(number, row);
    row.writeRaw(this.#timers.bytes.subarray(0, this.#timers.position));
    this.#timers.reset();
    this.#head.length = 0;
    this.minOutput = MAX_TIMESTAMP;
    return row.bytes.subarray(0, row.position);
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
    return this.#readerAt(this.startOf(at)).readFloat64();
  }

  outputAt(at: number): Timestamp {
    return this.#readerAt(this.startOf(at) + TIMES / 2).readFloat64();
  }

  nameAt(at: number): TimerName {
    return readName(this.#readerAt(this.startOf(at) + TIMES));
  }

  timerAt(at: number): StoredTimer {
    return readTimer(this.#readerAt(this.startOf(at)));
  }

  bytesOf(from: number, to: number): Uint8Array {
    return this.#bytes.subarray(this.startOf(from), this.startOf(to));
  }

  startOf(at: number): number {
    return at === 0 ? this.#start : this.endOf(at - 1);
  }

  endOf(at: number): number {
    return this.#start + this.#view.getUint32(WORD * (2 + 2 * at));
  }

  /**
   * Gives its memory back at once; it can't be used any more. Thousands of blocks are read at a time when memory is short,
   * and a collector that counts objects takes no notice of them.
   */
  release(): void {
    const { buffer, byteLength } = this.#bytes;
    if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
  }

  #readerAt(position: number): ByteReader {
    this.#reader.position = position;
    return this.#reader;
  }
}
