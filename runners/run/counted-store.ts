import type { StateSpace, StateStore } from '../../model/index.ts';

/** A store that tells how much was written to it since memory had no room. */
export class CountedStore {
  readonly #store: StateStore;
  readonly #isCounted: () => boolean;
  #bytes = 0;

  /** `isCounted` is asked of each write; a store without a state directory is written to for nothing else. */
  constructor(store: StateStore, isCounted: () => boolean = () => true) {
    this.#store = store;
    this.#isCounted = isCounted;
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
        if (this.#isCounted()) this.#bytes += key.length + value.length;
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
