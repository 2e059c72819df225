import type { StateSpace, StateStore } from '../../model/index.ts';

/** A store that tells how much was written to it: what a run without a state directory has no room in memory for. */
export class CountedStore {
  readonly #store: StateStore;
  #bytes = 0;

  constructor(store: StateStore) {
    this.#store = store;
  }

  /** Bytes that were written so far. */
  get bytes(): number {
    return this.#bytes;
  }

  space(name: string): StateSpace {
    const space = this.#store.space(name);
    return {
      get: (key) => space.get(key),
      put: (key, value) => {
        this.#bytes += key.length + value.length;
        space.put(key, value);
      },
      delete: (key) => space.delete(key),
      scan: (from, to) => space.scan(from, to),
      deleteRange: (from, to) => space.deleteRange(from, to),
    };
  }

  close(): void {
    this.#store.close();
  }
}
