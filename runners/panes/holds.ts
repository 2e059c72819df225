import { MAX_TIMESTAMP, type Timestamp } from '../../model/index.ts';
import { Heap } from './heap.ts';

/** The timestamps that are owed: how often each, and the earliest. */
export class Holds {
  readonly #counts = new Map<Timestamp, number>();
  /** Each timestamp with a count, and some that had one: those go when they come up. */
  readonly #order = new Heap<Timestamp>((timestamp) => timestamp);

  add(timestamp: Timestamp): void {
    const count = this.#counts.get(timestamp);
    if (count === undefined) this.#order.push(timestamp);
    this.#counts.set(timestamp, (count ?? 0) + 1);
  }

  remove(timestamp: Timestamp): void {
    const count = this.#counts.get(timestamp) ?? 0;
    if (count > 1) this.#counts.set(timestamp, count - 1);
    else this.#counts.delete(timestamp);
  }

  /** {@link MAX_TIMESTAMP} if nothing is owed. */
  earliest(): Timestamp {
    for (;;) {
      const first = this.#order.peek();
      if (first === undefined) return MAX_TIMESTAMP;
      if (this.#counts.has(first)) return first;
      this.#order.pop();
    }
  }
}
