import { MAX_TIMESTAMP, type StateSpace, type Timestamp } from '../../model/index.ts';
import { Heap } from './heap.ts';
import { HoldRows } from './hold-rows.ts';

/** What a timestamp takes in memory: its object, and its places in a Map, a Set and the order; measured on Node 24. */
const OWED_BYTES = 170;
/** Less than this is not worth going to disk for. */
const LEAST_BYTES = 1 << 20;

/** A timestamp, and how often it is owed. */
interface Owed {
  readonly timestamp: Timestamp;
  /** Beside what its row says, where rows count. */
  count: number;
  isInOrder: boolean;
  /** Whether it may have a row that does not count. */
  isStored: boolean;
}

/**
 * The timestamps that are owed: how often each, and the earliest. What was saved in the space is taken up.
 *
 * There may be as many as keys: sessions end each at a time of its own. All are in memory, and rows are copies of them for
 * the next start; or, once memory was given back, rows count, and memory has what has changed since. Rows that are owed no
 * more go as time passes them; when none is left all are in memory again.
 */
export class Holds {
  readonly #rows: HoldRows | undefined;
  #doRowsCount: boolean;
  readonly #owed = new Map<Timestamp, Owed>();
  /** Those with a count above 0, and some that had one. */
  #order = orderOfTime();
  /** Since the last save, where rows do not count. */
  readonly #changed = new Set<Owed>();

  constructor(space: StateSpace | undefined) {
    this.#rows = space === undefined ? undefined : new HoldRows(space);
    this.#doRowsCount = this.#rows?.isEmpty === false;
  }

  add(timestamp: Timestamp): void {
    const owed = this.#change(timestamp, 1);
    if (owed.isInOrder || owed.count <= 0) return;
    owed.isInOrder = true;
    this.#order.push(owed);
  }

  remove(timestamp: Timestamp): void {
    this.#change(timestamp, -1);
  }

  /** {@link MAX_TIMESTAMP} if nothing is owed. */
  earliest(): Timestamp {
    const stored = this.#earliestStored();
    return Math.min(this.#earliestHeld(), stored);
  }

  /** Writes what has changed. */
  save(): void {
    if (this.#rows === undefined) return;
    if (this.#doRowsCount) {
      this.#giveBack(this.#rows);
      return;
    }
    for (const owed of this.#changed) {
      this.#rows.set(owed.timestamp, owed.count);
      owed.isStored = owed.count > 0;
    }
    this.#changed.clear();
  }

  /** About how much memory it takes. */
  bytes(): number {
    return this.#owed.size * OWED_BYTES;
  }

  get canSpill(): boolean {
    return this.#rows !== undefined && this.bytes() >= LEAST_BYTES;
  }

  /** Writes what has changed, and gives the memory back. */
  spill(): void {
    if (this.#rows === undefined) return;
    this.save();
    if (!this.#doRowsCount) this.#forget(this.#rows);
    this.#doRowsCount = true;
  }

  #earliestHeld(): Timestamp {
    for (;;) {
      const first = this.#order.peek();
      if (first === undefined) return MAX_TIMESTAMP;
      if (first.count > 0) return first.timestamp;
      this.#order.pop();
      first.isInOrder = false;
      if (first.count === 0) this.#drop(first);
    }
  }

  #earliestStored(): Timestamp {
    if (this.#rows === undefined || !this.#doRowsCount) return MAX_TIMESTAMP;
    const first = this.#rows.first(
      (timestamp) => this.#owed.get(timestamp)?.count ?? 0,
      (timestamp) => {
        const owed = this.#owed.get(timestamp);
        if (owed === undefined) return;
        owed.count = 0;
        this.#drop(owed);
      },
    );
    if (first !== undefined) return first;
    this.#doRowsCount = false;
    for (const owed of this.#owed.values()) this.#changed.add(owed);
    return MAX_TIMESTAMP;
  }

  /** It is owed no more, and nothing is to be known of it but that a row has to go. */
  #drop(owed: Owed): void {
    if (this.#owed.get(owed.timestamp) === owed) this.#owed.delete(owed.timestamp);
    if (!owed.isStored) this.#changed.delete(owed);
  }

  #change(timestamp: Timestamp, by: number): Owed {
    let owed = this.#owed.get(timestamp);
    if (owed === undefined) {
      owed = { timestamp, count: 0, isInOrder: false, isStored: false };
      this.#owed.set(timestamp, owed);
    }
    owed.count += by;
    if (this.#rows !== undefined && !this.#doRowsCount) this.#changed.add(owed);
    return owed;
  }

  /** Adds what memory has to rows that count. */
  #giveBack(rows: HoldRows): void {
    const inOrder = [...this.#owed.values()].sort((a, b) => a.timestamp - b.timestamp);
    for (const { timestamp, count } of inOrder) if (count !== 0) rows.add(timestamp, count);
    this.#forget(rows);
  }

  #forget(rows: HoldRows): void {
    this.#owed.clear();
    this.#order = orderOfTime();
    rows.rewind();
  }
}

const orderOfTime = (): Heap<Owed> => new Heap(({ timestamp }) => timestamp);
