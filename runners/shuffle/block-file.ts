import { ByteReader, ByteWriter, type ScratchFile } from '../../model/index.ts';

const BLOCK_BYTES = 32 * 1024;
/** Half a megabyte of blocks becomes a few megabytes of values. */
const BLOCKS_A_LOOK = 16;

/** Where a block lies in the file. */
interface Block {
  readonly position: number;
  readonly length: number;
}

/**
 * Many sequences of records in one temporary file: each collects a block in memory, and full blocks follow one another.
 *
 * One file, since a sequence of its own would be a file descriptor, and hundreds are in use at once. A record lies within
 * a block. Space is given back with the file, not before.
 */
export class BlockFile {
  readonly #file: ScratchFile;
  readonly #onRead: () => void;

  /** `onRead` is called before a block is read, now and then: those who read whole sequences make garbage of them. */
  constructor(file: ScratchFile, onRead: () => void) {
    this.#file = file;
    this.#onRead = onRead;
  }

  get size(): number {
    return this.#file.size;
  }

  /** Small blocks are for what is read here and there. */
  sequence(blockBytes: number = BLOCK_BYTES): BlockSequence {
    return new BlockSequence(this.#file, this.#onRead, blockBytes);
  }

  remove(): void {
    this.#file.remove();
  }
}

/** One sequence of records. It is written, then read, as often as asked for. */
export class BlockSequence {
  /** Where records are encoded to; call {@link wrote} after each. */
  readonly writer: ByteWriter;
  count = 0;
  readonly #file: ScratchFile;
  readonly #onRead: () => void;
  readonly #blockBytes: number;
  readonly #blocks: Block[] = [];
  #flushed = 0;

  constructor(file: ScratchFile, onRead: () => void, blockBytes: number) {
    this.#file = file;
    this.#onRead = onRead;
    this.#blockBytes = blockBytes;
    this.writer = new ByteWriter(blockBytes + 1024);
  }

  get bytes(): number {
    return this.#flushed + this.writer.position;
  }

  /** How many blocks are full. The one after them is being written, and can be read as well. */
  get fullBlocks(): number {
    return this.#blocks.length;
  }

  /** A record has been written. */
  wrote(): void {
    this.count++;
    if (this.writer.position >= this.#blockBytes) this.#flush();
  }

  #flush(): void {
    const { bytes, position: length } = this.writer;
    this.#blocks.push({ position: this.#file.size, length });
    this.#file.append(bytes, length);
    this.#flushed += length;
    this.writer.reset();
  }

  /** A reader of each block in turn, from one on; what it reads must be taken before the next is asked for. */
  *blocks(from: number = 0): Iterable<ByteReader> {
    let buffer = new Uint8Array(0);
    for (let index = from; index < this.#blocks.length; index++) {
      const block = this.#blocks[index] as Block; // the index is below the length
      if (index % BLOCKS_A_LOOK === 0) this.#onRead();
      if (buffer.length < block.length) buffer = new Uint8Array(block.length);
      yield this.#read(block, buffer);
    }
    if (this.writer.position > 0) yield new ByteReader(this.writer.bytes, 0, this.writer.position);
  }

  /** A reader of one block. */
  block(index: number): ByteReader {
    const block = this.#blocks[index];
    if (block === undefined) return new ByteReader(this.writer.bytes, 0, this.writer.position);
    return this.#read(block, new Uint8Array(block.length));
  }

  #read({ position, length }: Block, buffer: Uint8Array): ByteReader {
    const read = this.#file.read(buffer, length, position);
    if (read < length) {
      throw new Error(
        `the temporary file ends after ${position + read} bytes, and a block of ${length} begins at ${position}. Something removed or cut it while the run was on. Run again, with TMPDIR in a place that nothing cleans up.`,
      );
    }
    return new ByteReader(buffer, 0, length);
  }
}
