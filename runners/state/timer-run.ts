import { ByteReader, ByteWriter, MAX_TIMESTAMP, type StateSpace, type Timestamp } from '../../model/index.ts';
import type { FiringOrder, StoredTimer, TimerName, TimerTimes } from './held-timer.ts';
import type { NameFilter } from './name-filter.ts';
import { endOf, readTimestamp, writeTimestamp } from './row-keys.ts';
import { BlockWriter, TimerBlock } from './timer-block.ts';

/** What the keys of rows begin with: a run has one row that lists its blocks, and one for each block. */
export const RUN = 5;
const BLOCK = 6;

/** A block of a run, as the run's own row has it. */
interface BlockPlace {
  readonly number: number;
  readonly count: number;
  readonly minOutput: Timestamp;
  /** The earliest output timestamp of those that count, or an earlier one. */
  least: Timestamp;
}

/** A block whose timers come next, from one on, which may have been looked at. */
interface Front {
  readonly block: TimerBlock;
  at: number;
  first: FiringOrder | undefined;
}

/** What memory has of timers: those under the same names in runs count no more. */
export interface Above {
  has(name: TimerName): boolean;
  /** Told what such a timer was. */
  passed(name: TimerName, times: TimerTimes): void;
}

/** Timers in the order in which they fire, on disk. They are read from the front, block by block, each once. */
export class TimerRun {
  readonly #space: StateSpace;
  readonly #number: number;
  #blocks: BlockPlace[];
  /** The first block, once it was looked at, and which timer of it is next. */
  #front: Front | undefined;

  constructor(space: StateSpace, number: number, blocks: BlockPlace[]) {
    this.#space = space;
    this.#number = number;
    this.#blocks = blocks;
  }

  /** Writes timers that come in order. */
  static write(space: StateSpace, number: number, timers: Iterable<StoredTimer>): TimerRun {
    const blocks: BlockPlace[] = [];
    const run = new TimerRun(space, number, blocks);
    const writer = new BlockWriter();
    try {
      for (const timer of timers) {
        writer.add(timer);
        if (writer.isFull) blocks.push(run.#put(blocks.length, writer));
      }
    } catch (error) {
      // A timer that has no bytes: what there is of the run is of no use.
      space.deleteRange(keyOf(BLOCK, number), endOf(keyOf(BLOCK, number)));
      throw error;
    }
    if (writer.count > 0) blocks.push(run.#put(blocks.length, writer));
    run.#writeBlocks();
    return run;
  }

  /** Finds a run that an earlier process has left. */
  static read(space: StateSpace, key: Uint8Array, value: Uint8Array): TimerRun {
    const number = numberIn(key, 1);
    const reader = new ByteReader(value);
    const blocks: BlockPlace[] = [];
    while (!reader.isAtEnd()) {
      const place = { number: reader.readVarint(), count: reader.readVarint(), minOutput: readTimestamp(reader) };
      blocks.push({ ...place, least: place.minOutput });
    }
    // Those in front may have been taken since.
    const prefix = keyOf(BLOCK, number);
    for (const row of space.scan(prefix, endOf(prefix))) {
      const first = numberIn(row.key, 5);
      return new TimerRun(
        space,
        number,
        blocks.filter((block) => block.number >= first),
      );
    }
    return new TimerRun(space, number, []);
  }

  get number(): number {
    return this.#number;
  }

  get isEmpty(): boolean {
    return this.#blocks.length === 0;
  }

  get count(): number {
    return this.#blocks.reduce((sum, { count }) => sum + count, 0);
  }

  /** The first timer that counts. */
  first(above: Above): FiringOrder | undefined {
    for (;;) {
      const front = this.#look();
      if (front === undefined) return undefined;
      const { block } = front;
      front.first ??= { timestamp: block.timestampAt(front.at), ...block.nameAt(front.at) };
      if (!above.has(front.first)) return front.first;
      above.passed(front.first, { timestamp: front.first.timestamp, outputTimestamp: block.outputAt(front.at) });
      front.first = undefined;
      front.at++;
      if (front.at === block.count) this.#drop();
    }
  }

  /** Takes the timers of the first block that count. */
  take(above: Above): readonly StoredTimer[] {
    const front = this.#look();
    if (front === undefined) return [];
    const timers: StoredTimer[] = [];
    for (; front.at < front.block.count; front.at++) {
      const timer = front.block.timerAt(front.at);
      if (above.has(timer)) above.passed(timer, timer);
      else timers.push(timer);
    }
    this.#drop();
    return timers;
  }

  /** The earliest output timestamp that its blocks may have. */
  least(): Timestamp {
    let least = MAX_TIMESTAMP;
    for (const block of this.#blocks) if (block.least < least) least = block.least;
    return least;
  }

  /** The timer with that output timestamp, if it counts; else the run knows a later one then. */
  holder(above: Above): TimerName | undefined {
    const wanted = this.least();
    const place = this.#blocks.find(({ least }) => least === wanted);
    const isFront = place === this.#blocks[0];
    const front = isFront ? this.#look() : undefined;
    const block = front?.block ?? (place && this.#read(place));
    if (place === undefined || block === undefined) return undefined;
    let least = MAX_TIMESTAMP;
    for (let at = front?.at ?? 0; at < block.count; at++) {
      const output = block.outputAt(at);
      if (output >= least) continue;
      const name = block.nameAt(at);
      if (above.has(name)) continue;
      if (output === wanted) return name;
      least = output;
    }
    place.least = least;
    return undefined;
  }

  /** What was above may not be any more: all that was passed over is looked at again. */
  lookAgain(): void {
    for (const block of this.#blocks) block.least = block.minOutput;
  }

  /** Removes timers that memory has under the same names; what is left of small blocks goes together. */
  remove(names: NameFilter, above: Pick<Above, 'has'>): void {
    this.#front = undefined;
    const kept: BlockPlace[] = [];
    const writer = new BlockWriter();
    let hasChanged = false;
    for (const place of this.#blocks) {
      const block = this.#read(place);
      const goes = goingFrom(block, names, above);
      if (goes.length === 0 && writer.count === 0) {
        kept.push({ ...place, least: place.minOutput });
        block.release();
        continue;
      }
      hasChanged = true;
      let from = 0;
      for (const at of goes) {
        writer.copy(block, from, at);
        from = at + 1;
      }
      writer.copy(block, from, block.count);
      block.release();
      if (writer.count > 0 && (!writer.isSmall || place === this.#blocks.at(-1))) {
        kept.push(this.#put(place.number, writer));
      } else this.#space.delete(this.#keyOf(place.number));
    }
    this.#blocks = kept;
    if (hasChanged) this.#writeBlocks();
  }

  #look(): Front | undefined {
    const [place] = this.#blocks;
    if (this.#front === undefined && place !== undefined) {
      this.#front = { block: this.#read(place), at: 0, first: undefined };
    }
    return this.#front;
  }

  /** The first block is done with. */
  #drop(): void {
    const place = this.#blocks.shift();
    this.#front?.block.release();
    this.#front = undefined;
    if (place !== undefined) this.#space.delete(this.#keyOf(place.number));
    if (this.isEmpty) this.#space.delete(keyOf(RUN, this.#number));
  }

  #put(number: number, writer: BlockWriter): BlockPlace {
    const { count, minOutput } = writer;
    this.#space.put(this.#keyOf(number), writer.take());
    return { number, count, minOutput, least: minOutput };
  }

  #read({ number }: BlockPlace): TimerBlock {
    const value = this.#space.get(this.#keyOf(number));
    if (value === undefined) throw new Error('This is a bug in Viga: a block of timers is gone. Please report it.');
    return new TimerBlock(value);
  }

  #writeBlocks(): void {
    const key = keyOf(RUN, this.#number);
    if (this.isEmpty) {
      this.#space.delete(key);
      return;
    }
    const writer = new ByteWriter(16 * this.#blocks.length);
    for (const { number, count, minOutput } of this.#blocks) {
      writer.writeVarint(number);
      writer.writeVarint(count);
      writeTimestamp(minOutput, writer);
    }
    this.#space.put(key, writer.bytes.subarray(0, writer.position));
  }

  #keyOf(block: number): Uint8Array {
    return keyOf(BLOCK, this.#number, block);
  }
}

/** Which timers of a block memory has others for. */
function goingFrom(block: TimerBlock, names: NameFilter, above: Pick<Above, 'has'>): readonly number[] {
  const goes: number[] = [];
  for (let at = 0; at < block.count; at++) {
    if (names.mayHave(block.hashAt(at)) && above.has(block.nameAt(at))) goes.push(at);
  }
  return goes;
}

/** A letter, then numbers in four bytes each, which are ordered like them. */
export function keyOf(letter: number, ...numbers: readonly number[]): Uint8Array {
  const key = new Uint8Array(1 + 4 * numbers.length);
  key[0] = letter;
  const view = new DataView(key.buffer);
  numbers.forEach((number, index) => view.setUint32(1 + 4 * index, number));
  return key;
}

/** Reads a number of such a key. */
export const numberIn = (key: Uint8Array, at: number): number => new DataView(key.buffer, key.byteOffset).getUint32(at);
