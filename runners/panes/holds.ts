import { ByteReader, ByteWriter, MAX_TIMESTAMP, type StateSpace, type Timestamp } from '../../model/index.ts';
import { Heap } from './heap.ts';

/** The timestamps that are owed: how often each, and the earliest. What was saved in the space is taken up. */
export class Holds {
  readonly #space: StateSpace | undefined;
  /** With a count of 0 it is owed no more, but still in the order. */
  readonly #counts = new Map<Timestamp, number>();
  readonly #order = new Heap<Timestamp>((timestamp) => timestamp);
  readonly #changed = new Set<Timestamp>();

  constructor(space: StateSpace | undefined) {
    this.#space = space;
    for (const { key, value } of space?.scan() ?? []) {
      const timestamp = new ByteReader(key).readFloat64();
      this.#counts.set(timestamp, new ByteReader(value).readVarint());
      this.#order.push(timestamp);
    }
  }

  add(timestamp: Timestamp): void {
    const count = this.#counts.get(timestamp);
    if (count === undefined) this.#order.push(timestamp);
    this.#set(timestamp, (count ?? 0) + 1);
  }

  remove(timestamp: Timestamp): void {
    this.#set(timestamp, (this.#counts.get(timestamp) ?? 0) - 1);
  }

  /** {@link MAX_TIMESTAMP} if nothing is owed. */
  earliest(): Timestamp {
    for (;;) {
      const first = this.#order.peek();
      if (first === undefined) return MAX_TIMESTAMP;
      if (this.#counts.get(first) !== 0) return first;
      this.#order.pop();
      this.#counts.delete(first);
    }
  }

  /** Writes what has changed. */
  save(): void {
    const key = new ByteWriter(8);
    const value = new ByteWriter(8);
    for (const timestamp of this.#changed) {
      key.reset();
      key.writeFloat64(timestamp);
      value.reset();
      const count = this.#counts.get(timestamp) ?? 0;
      if (count === 0) this.#space?.delete(key.toBytes());
      else {
        value.writeVarint(count);
        this.#space?.put(key.toBytes(), value.toBytes());
      }
    }
    this.#changed.clear();
  }

  #set(timestamp: Timestamp, count: number): void {
    this.#counts.set(timestamp, count);
    if (this.#space !== undefined) this.#changed.add(timestamp);
  }
}
