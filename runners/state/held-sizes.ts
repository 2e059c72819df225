/** What an entry takes in memory besides its contents: an object, its place in a Map, its key. */
const ENTRY_BYTES = 160;
/** Contents take about so many times their encoded form. */
const GROWTH = 3;
/** Entries that are looked at before the mean moves slowly. */
const MOST_WEIGHT = 256;

/** An estimate of what entries take in memory, from the encoded sizes of some of them. */
export class HeldSizes {
  /** How many entries are held. */
  count = 0;
  #mean = 0;
  #seen = 0;

  /** Takes note of the encoded form of one entry. */
  see(bytes: number): void {
    this.#seen = Math.min(this.#seen + 1, MOST_WEIGHT);
    this.#mean += (bytes - this.#mean) / this.#seen;
  }

  /** Whether an entry that was just made should be encoded only to see its size: few, since most are seen when saved. */
  get wantsToSee(): boolean {
    return (this.count & 63) === 0;
  }

  bytes(): number {
    return this.count * (ENTRY_BYTES + GROWTH * this.#mean);
  }
}

/** Less than this is not worth going to disk for. */
export const LEAST_TO_SPILL = 1 << 20;
