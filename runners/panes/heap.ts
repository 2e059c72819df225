/** Things in order of a number: the smallest first. */
export class Heap<T> {
  readonly #items: T[] = [];
  readonly #orderOf: (item: T) => number;

  constructor(orderOf: (item: T) => number) {
    this.#orderOf = orderOf;
  }

  peek(): T | undefined {
    return this.#items[0];
  }

  push(item: T): void {
    const items = this.#items;
    const order = this.#orderOf(item);
    let at = items.length;
    items.push(item);
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      const above = items[parent] as T; // parents of a place that is filled are filled
      if (this.#orderOf(above) <= order) break;
      items[at] = above;
      at = parent;
    }
    items[at] = item;
  }

  pop(): T | undefined {
    const items = this.#items;
    const first = items[0];
    const last = items.pop();
    if (last !== undefined && items.length > 0) this.#sink(last);
    return first;
  }

  /** Puts an item where it belongs, from the top down. */
  #sink(item: T): void {
    const items = this.#items;
    const order = this.#orderOf(item);
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= items.length) break;
      // Both places are below the length.
      if (child + 1 < items.length && this.#orderOf(items[child + 1] as T) < this.#orderOf(items[child] as T)) child++;
      const below = items[child] as T;
      if (this.#orderOf(below) >= order) break;
      items[at] = below;
      at = child;
    }
    items[at] = item;
  }
}
