import { type MemoryGauge, OptionsError, showValue } from '../../model/index.ts';

/** Something that holds elements in memory and can put them on disk. */
export interface Spillable {
  bytes(): number;
  readonly canSpill: boolean;
  /** Whether it is looked up at any time, and so much slower on disk: then all else goes there first. */
  readonly isLast?: boolean;
  /** What consists of parts calls `between` after each that went to disk: what it was in is garbage then. */
  spill(between?: () => void): void;
}

/** The limit, if none is given: a share of what the machine has. */
const DEFAULT_SHARE = 0.6;
/** What all that can be put on disk may take by its own estimate: a share of the limit, and of the room there is. */
const HELD_SHARE = 0.35;
const HELD_SHARE_OF_ROOM = 0.4;
/** The share of that which may stay in memory where going to disk makes things much slower. */
const LAST_SHARE = 0.75;
/** What is kept free, whatever the estimates say: a share of the limit, and of the room there is. */
const FREE_SHARE = 0.3;
const FREE_SHARE_OF_ROOM = 0.4;
/** The same, where garbage is collected. */
const COLLECT_SHARE = 0.2;
const COLLECT_SHARE_OF_ROOM = 0.25;
/** The room is at least this share of the limit, however large the process was before the run. */
const LEAST_ROOM = 0.15;
/** Less than this share of what may be held is not worth going to disk for. */
const LEAST_HELD = 0.4;
/** So much in the heap that is not held, more than after the last collection, is worth another one; a share of the room. */
const GARBAGE_SHARE = 0.2;
const LEAST_GARBAGE = 8 << 20;
/** So many times that in pages that the heap keeps empty: the young generation may keep most of a small limit. */
const SPARE = 2;
/** A partition on disk may have this share: in memory it becomes several times as large. */
const PARTITION_SHARE = 1 / 48;
const LEAST_PARTITION = 1 << 20;
/** V8's heap is kept this far from its end. */
const HEAP_SHARE = 0.6;

/**
 * Keeps the process within its memory limit: when the tables and buffers of a run hold too much, by their own estimate or
 * because the process has grown, the largest go to disk.
 *
 * The limit speaks of the whole process. Node ends a process whose heap is full, whatever memory the machine has left, so
 * the heap's own limit counts as well.
 */
export class MemoryWatch {
  readonly limit: number;
  /** Whether something is being put on disk. */
  isSpilling = false;
  readonly #gauge: MemoryGauge;
  readonly #spillables: Spillable[] = [];
  /** What is left of the limit beside the process as it is before the run: its program, which nothing makes smaller. */
  readonly #room: number;
  readonly #mostHeld: number;
  /** Sizes of the process: where it gives memory back, and where garbage is collected. */
  readonly #most: number;
  readonly #mostWithGarbage: number;
  /** What else the heap had than what is held by estimate, when garbage was last collected. */
  #restAfter = 0;

  /** @throws OptionsError for a limit that is no number of bytes. */
  constructor(gauge: MemoryGauge, limit: number | undefined) {
    if (limit !== undefined && !(typeof limit === 'number' && limit > 0)) {
      throw new OptionsError(
        undefined,
        `memoryLimit is ${showValue(limit)}. Without a limit in bytes nothing goes to disk in time. Pass a number, e.g. 512 * 2 ** 20.`,
      );
    }
    this.#gauge = gauge;
    gauge.watch?.(() => this.#held());
    this.limit = Math.min(limit ?? gauge.total() * DEFAULT_SHARE, gauge.heapLimit() * HEAP_SHARE);
    this.#room = Math.max(this.limit - gauge.rss(), this.limit * LEAST_ROOM);
    const shareOf = (ofLimit: number, ofRoom: number): number => Math.min(this.limit * ofLimit, this.#room * ofRoom);
    this.#mostHeld = shareOf(HELD_SHARE, HELD_SHARE_OF_ROOM);
    this.#most = this.limit - shareOf(FREE_SHARE, FREE_SHARE_OF_ROOM);
    this.#mostWithGarbage = this.limit - shareOf(COLLECT_SHARE, COLLECT_SHARE_OF_ROOM);
  }

  /** How many bytes of rows may be grouped in memory at a time. */
  get partitionBytes(): number {
    return Math.max(LEAST_PARTITION, this.limit * PARTITION_SHARE);
  }

  /** How much of what goes to disk last may be in memory. */
  get mostLast(): number {
    return this.#mostHeld * LAST_SHARE;
  }

  /** Whether there is room for so much more of what goes to disk last. */
  hasRoomForLast(bytes: number): boolean {
    return this.#held(isLast) + bytes <= this.mostLast;
  }

  add(spillable: Spillable): void {
    this.#spillables.push(spillable);
  }

  /** Puts on disk what is too much by the estimates; quick enough to be asked for after each batch. */
  readonly checkHeld = (): void => {
    if (this.#held() <= this.#mostHeld) return;
    this.#shrink();
    this.#collect(this.#gauge.rss());
  };

  /** The same where the process as a whole has grown too large. */
  readonly checkProcess = (): void => {
    const rss = this.#gauge.rss();
    if (rss <= this.#most) return;
    if (this.#held() >= this.#mostHeld * LEAST_HELD) this.#shrink();
    // What is no garbage is held, though the estimates do not say so.
    if (this.#collect(rss) && this.#gauge.rss() > this.#most) this.#shrink(this.#mostHeld / 2);
  };

  /**
   * Collects garbage where the process has grown too large, and puts nothing on disk: for work that goes on for long between
   * two batches, and makes little that lasts. It may be called at any time, within functions of the pipeline as well.
   */
  readonly checkGarbage = (): void => {
    this.#collect(this.#gauge.rss());
  };

  /**
   * What was put on disk is garbage then, and V8 would let its heap grow by that much before it looks: so it is told to,
   * unless there can't be enough of it since the last time, and the heap keeps few pages empty. Returns whether it was.
   */
  #collect(rss: number): boolean {
    if (rss <= this.#mostWithGarbage) return false;
    const held = this.#held();
    const rest = this.#gauge.heapUsed() - held;
    const least = Math.max(LEAST_GARBAGE, this.#room * GARBAGE_SHARE);
    if (rest - this.#restAfter < least && this.#gauge.heapSpare() < SPARE * least) return false;
    this.#gauge.collect();
    this.#restAfter = this.#gauge.heapUsed() - held;
    return true;
  }

  /** There is no need to ask whether there is garbage. */
  readonly #betweenParts = (): void => {
    if (this.#gauge.rss() > this.#mostWithGarbage) this.#gauge.collect();
  };

  #held(counts: (spillable: Spillable) => boolean = () => true): number {
    let held = 0;
    for (const spillable of this.#spillables) if (counts(spillable)) held += spillable.bytes();
    return held;
  }

  #shrink(mostLast: number = this.mostLast): void {
    const largestFirst = this.#spillables.filter(({ canSpill }) => canSpill).sort((a, b) => b.bytes() - a.bytes());
    this.isSpilling = true;
    try {
      for (const spillable of largestFirst.filter((one) => !isLast(one))) {
        spillable.spill(this.#betweenParts);
        if (this.#held() <= this.#mostHeld / 2) return;
      }
      for (const spillable of largestFirst.filter(isLast)) {
        if (this.#held() <= mostLast) return;
        spillable.spill(this.#betweenParts);
      }
    } finally {
      this.isSpilling = false;
    }
  }
}

const isLast = (spillable: Spillable): boolean => spillable.isLast === true;
