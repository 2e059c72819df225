import { ByteReader, ByteWriter, type StateSpace } from '../../model/index.ts';
import { type HeldTimer, readTimer, type StoredTimer, writeTimer } from './held-timer.ts';
import { keyOf, numberIn } from './timer-run.ts';

/** What the keys of its rows begin with. */
const LOG = 7;
/** So many bytes of changes make a row. */
const FULL = 16 << 10;
/** So many changes more than there are timers do not matter. */
const LEAST = 16_384;

/** What a change says: a timer is set; it is cleared, and what runs have of it counts no more; nothing is known of it. */
const CHANGE = { set: 0, cleared: 1, gone: 2 } as const;

/** A change of what memory has. */
export interface LoggedChange {
  readonly timer: StoredTimer;
  readonly what: keyof typeof CHANGE;
}

const WHAT = ['set', 'cleared', 'gone'] as const;

/** Says what timers memory has: change by change, in the order in which they were saved. */
export class TimerLog {
  readonly #space: StateSpace;
  readonly #writer = new ByteWriter(2 * FULL);
  #changes = 0;
  #rows = 0;

  constructor(space: StateSpace) {
    this.#space = space;
  }

  /** All changes that an earlier process has left. */
  *read(): Iterable<LoggedChange> {
    for (const { key, value } of this.#space.scan(Uint8Array.of(LOG), Uint8Array.of(LOG + 1))) {
      this.#rows = numberIn(key, 1) + 1;
      const reader = new ByteReader(value);
      while (!reader.isAtEnd()) {
        const what = WHAT[reader.readByte()] ?? 'gone';
        this.#changes++;
        yield { timer: readTimer(reader), what };
      }
    }
  }

  /** Whether it is so much longer than what it says that it should be written anew. */
  isLongFor(timers: number): boolean {
    return this.#changes > 2 * timers + LEAST || (timers === 0 && this.#changes > 0);
  }

  write(gone: Iterable<HeldTimer>, timers: Iterable<HeldTimer>): void {
    const writer = this.#writer;
    writer.reset();
    for (const timer of gone) this.#add(CHANGE.gone, timer);
    for (const timer of timers) this.#add(timer.isSet ? CHANGE.set : CHANGE.cleared, timer);
    if (writer.position > 0) this.#put();
  }

  clear(): void {
    if (this.#rows > 0) this.#space.deleteRange(Uint8Array.of(LOG), Uint8Array.of(LOG + 1));
    this.#changes = 0;
    this.#rows = 0;
  }

  #add(what: number, timer: StoredTimer): void {
    this.#writer.writeByte(what);
    writeTimer(timer, this.#writer);
    this.#changes++;
    if (this.#writer.position >= FULL) this.#put();
  }

  #put(): void {
    this.#space.put(keyOf(LOG, this.#rows), this.#writer.bytes.subarray(0, this.#writer.position));
    this.#rows++;
    this.#writer.reset();
  }
}
