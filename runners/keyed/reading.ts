import type { CellAccess } from './state-handles.ts';

/** What is read is copied; more than this is read bit by bit. */
const MOST_COPIED = 10_000;

/** Who goes through what was read. */
interface Walk<T> {
  from: Iterator<T>;
}

/**
 * Many values that are read bit by bit, for as long as the call goes on. What is about to be cleared is copied before, so
 * that it may be cleared first and then looked at, as few values may be.
 */
class Reading<T> implements Iterable<T> {
  readonly #values: Iterable<T>;
  readonly #access: CellAccess;
  readonly #call: number;
  readonly #walks = new Set<Walk<T>>();
  #copy: readonly T[] | undefined;

  constructor(values: Iterable<T>, access: CellAccess) {
    this.#values = values;
    this.#access = access;
    this.#call = access.call;
  }

  *[Symbol.iterator](): Generator<T> {
    const walk: Walk<T> = { from: (this.#copy ?? this.#values)[Symbol.iterator]() };
    this.#walks.add(walk);
    try {
      for (;;) {
        // Another call may have changed what is there.
        if (this.#copy === undefined) this.#access.assertOn(this.#call);
        const next = walk.from.next();
        if (next.done) return;
        yield next.value;
      }
    } finally {
      this.#walks.delete(walk);
      walk.from.return?.();
    }
  }

  /** Copies what is there, and what those who go through it have not seen. */
  keep(): void {
    if (this.#copy !== undefined) return;
    for (const walk of this.#walks) {
      const { from } = walk;
      walk.from = [...{ [Symbol.iterator]: () => from }][Symbol.iterator]();
    }
    this.#copy = [...this.#values];
  }
}

/** What the present call has read of a cell that holds many values. */
export class Readings {
  readonly #access: CellAccess;
  #call = -1;
  #open: Reading<unknown>[] = [];

  constructor(access: CellAccess) {
    this.#access = access;
  }

  /** Values that nothing will change any more: a copy of few, of many one that is made when it has to be. */
  of<T>(values: Iterable<T>, count: number): Iterable<T> {
    if (count <= MOST_COPIED) return [...values];
    if (this.#call !== this.#access.call) this.#open = [];
    this.#call = this.#access.call;
    const reading = new Reading(values, this.#access);
    this.#open.push(reading);
    return reading;
  }

  /** Before values go. */
  keep(): void {
    if (this.#call === this.#access.call) for (const reading of this.#open) reading.keep();
    this.#open = [];
  }
}
