import { type BoundedWindow, windowKey } from '../../model/index.ts';

/** Windows in the order in which they expire, each once. There may be many: each session of each key is one. */
export class WindowQueue {
  readonly #names = new Set<string>();
  /** A binary heap: none comes after those at twice its place plus one and two. */
  readonly #heap: BoundedWindow[] = [];
  #last: BoundedWindow | undefined;

  /** Takes a window in, unless it is there. */
  add(window: BoundedWindow): void {
    if (window === this.#last) return;
    this.#last = window;
    const name = windowKey(window);
    if (this.#names.has(name)) return;
    this.#names.add(name);
    this.#rise(window);
  }

  first(): BoundedWindow | undefined {
    return this.#heap[0];
  }

  /** Takes the first window out. */
  shift(): void {
    const [first] = this.#heap;
    const last = this.#heap.pop();
    if (first === undefined || last === undefined) return;
    this.#names.delete(windowKey(first));
    this.#last = undefined;
    if (this.#heap.length > 0) this.#sink(last);
  }

  #rise(window: BoundedWindow): void {
    let at = this.#heap.push(window) - 1;
    while (at > 0) {
      const above = (at - 1) >>> 1;
      const other = this.#heap[above] as BoundedWindow; // below the length
      if (other.maxTimestamp <= window.maxTimestamp) break;
      this.#heap[at] = other;
      at = above;
    }
    this.#heap[at] = window;
  }

  #sink(window: BoundedWindow): void {
    let at = 0;
    for (;;) {
      const left = this.#heap[2 * at + 1];
      const right = this.#heap[2 * at + 2];
      const isRight = right !== undefined && left !== undefined && right.maxTimestamp < left.maxTimestamp;
      const below = isRight ? right : left;
      if (below === undefined || below.maxTimestamp >= window.maxTimestamp) break;
      this.#heap[at] = below;
      at = 2 * at + (isRight ? 2 : 1);
    }
    this.#heap[at] = window;
  }
}
