import type { OffsetTracker } from '../../model/index.ts';
import type { InputFile } from '../files/index.ts';

// Files are cut into blocks of whole lines, and blocks are decoded at once and split by the engine's own `split`: 20 ns a
// line of 40 bytes, where decoding each line costs 70. A line that a program keeps keeps its whole block in memory, as V8
// shares the characters; so blocks are small. Measured with 16 to 256 KiB; below 32 nothing is gained, above memory goes.

/** Lines that follow each other, without the end of the last one. Valid until the next block is asked for. */
export interface LineBlock {
  readonly bytes: Buffer;
  /** Where the first line begins in the file. */
  readonly start: number;
  /** A line longer than allowed; `bytes` are its first ones. */
  readonly isTooLong: boolean;
  /** How many bytes of the file the block is, the end of its last line included. */
  readonly length: number;
}

const BLOCK = 32 * 1024;
const LINE_FEED = 10;

/**
 * The lines of a file that begin in the tracker's range, block by block. Each block is claimed by the start of its last
 * line; a block that was divided by a split meanwhile ends where the rest was given away.
 */
export async function* lineBlocks(
  file: InputFile,
  tracker: OffsetTracker,
  maxLineBytes: number,
): AsyncGenerator<LineBlock, void, undefined> {
  try {
    for await (const block of blocksFrom(file, tracker.currentRestriction().from, maxLineBytes)) {
      const mine = claimed(block, tracker);
      if (mine !== undefined) yield mine;
      if (mine !== block) return;
    }
  } finally {
    // Says that nothing of the range will be read any more, by whoever stopped.
    tracker.tryClaim(tracker.currentRestriction().to);
  }
}

async function* blocksFrom(
  file: InputFile,
  from: number,
  maxLineBytes: number,
): AsyncGenerator<LineBlock, void, undefined> {
  // A line that goes on over the border belongs to the range before, where it begins. Only if the byte before the border is
  // the end of a line does one begin at the border.
  const start = Math.max(0, from - 1);
  const cutter = new LineCutter(start, from > 0, maxLineBytes);
  for await (const chunk of file.chunks({ from: start })) {
    cutter.take(chunk);
    for (let block = cutter.next(); block !== undefined; block = cutter.next()) yield block;
  }
  const last = cutter.end();
  if (last !== undefined) yield last;
}

/** The part of a block that is ours, now claimed; undefined if none is. */
function claimed(block: LineBlock, tracker: OffsetTracker): LineBlock | undefined {
  let mine: LineBlock | undefined = block;
  for (;;) {
    const { to } = tracker.currentRestriction();
    mine = beginningBefore(mine, to);
    if (mine === undefined) return undefined;
    if (tracker.tryClaim(mine.start + mine.bytes.lastIndexOf(LINE_FEED) + 1)) return mine;
    // Refused though it begins before the end: the tracker gives no more of this range to anyone.
    if (tracker.currentRestriction().to >= to) return undefined;
  }
}

/** The lines of a block that begin before a position. */
function beginningBefore(block: LineBlock, position: number): LineBlock | undefined {
  if (block.start >= position) return undefined;
  // The next line begins behind a line feed, so one at the position before counts.
  const end = block.bytes.indexOf(LINE_FEED, position - 1 - block.start);
  return end === -1 ? block : { ...block, bytes: block.bytes.subarray(0, end), length: end + 1 };
}

/** Cuts chunks into blocks. The line that a chunk ends in is kept, copied, until its end comes. */
class LineCutter {
  readonly #maxLineBytes: number;
  #chunk: Buffer = Buffer.alloc(0);
  #at = 0;
  /** Where the chunk begins in the file. */
  #base: number;
  #kept: Buffer[] = [];
  #keptLength = 0;
  #keptStart = 0;
  /** In the rest of a line that is not wanted: the first of a range, or one that is too long. */
  #isSkipping: boolean;

  constructor(base: number, isSkipping: boolean, maxLineBytes: number) {
    this.#base = base;
    this.#isSkipping = isSkipping;
    this.#maxLineBytes = maxLineBytes;
  }

  take(chunk: Uint8Array): void {
    this.#base += this.#chunk.length;
    this.#chunk = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    this.#at = 0;
  }

  next(): LineBlock | undefined {
    if (this.#isSkipping && !this.#skip()) return undefined;
    if (this.#keptLength > 0) return this.#endKept();
    const start = this.#at;
    const reach = start + BLOCK;
    // The last line that ends in reach, or else the end of one that is longer than a block.
    let end = this.#chunk.length <= start ? -1 : this.#chunk.lastIndexOf(LINE_FEED, reach - 1);
    if (end < start) end = this.#chunk.indexOf(LINE_FEED, Math.min(reach, this.#chunk.length));
    if (end < start) return this.#keep();
    this.#at = end + 1;
    return this.#block(this.#chunk.subarray(start, end), this.#base + start);
  }

  /** The last line of the file, where it has no end. */
  end(): LineBlock | undefined {
    if (this.#keptLength === 0) return undefined;
    const bytes = Buffer.concat(this.#kept);
    return { bytes, start: this.#keptStart, isTooLong: false, length: bytes.length };
  }

  #block(bytes: Buffer, start: number): LineBlock {
    const isTooLong = bytes.length > this.#maxLineBytes && bytes.indexOf(LINE_FEED) === -1;
    return { bytes, start, isTooLong, length: bytes.length + 1 };
  }

  #keep(): LineBlock | undefined {
    const rest = this.#chunk.subarray(this.#at);
    if (rest.length === 0) return undefined;
    if (this.#keptLength === 0) this.#keptStart = this.#base + this.#at;
    this.#at = this.#chunk.length;
    this.#kept.push(Buffer.from(rest));
    this.#keptLength += rest.length;
    return this.#keptLength > this.#maxLineBytes ? this.#giveUpKept() : undefined;
  }

  #endKept(): LineBlock | undefined {
    const end = this.#chunk.indexOf(LINE_FEED, this.#at);
    if (end === -1) return this.#keep();
    const bytes = Buffer.concat([...this.#kept, this.#chunk.subarray(this.#at, end)]);
    this.#at = end + 1;
    this.#forgetKept();
    return this.#block(bytes, this.#keptStart);
  }

  #giveUpKept(): LineBlock {
    const bytes = this.#kept[0] ?? Buffer.alloc(0);
    this.#forgetKept();
    this.#isSkipping = true;
    return { bytes, start: this.#keptStart, isTooLong: true, length: bytes.length };
  }

  #forgetKept(): void {
    this.#kept = [];
    this.#keptLength = 0;
  }

  /** Goes behind the next line feed; false if the chunk has none. */
  #skip(): boolean {
    const end = this.#chunk.indexOf(LINE_FEED, this.#at);
    this.#at = end === -1 ? this.#chunk.length : end + 1;
    this.#isSkipping = end === -1;
    return !this.#isSkipping;
  }
}
