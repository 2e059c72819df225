/** So many bits for each name: one in so many of other names is taken for one of them. */
const BITS = 16;

/** Says of hashes whether they may be of names that were added, in two bytes a name. */
export class NameFilter {
  readonly #words: Uint32Array;
  readonly #mask: number;

  constructor(names: number) {
    const bits = 2 ** Math.min(31, Math.max(10, Math.ceil(Math.log2(names * BITS))));
    this.#words = new Uint32Array(bits / 32);
    this.#mask = bits - 1;
  }

  add(hash: number): void {
    const bit = hash & this.#mask;
    this.#words[bit >>> 5] = (this.#words[bit >>> 5] as number) | (1 << (bit & 31)); // within the mask
  }

  mayHave(hash: number): boolean {
    const bit = hash & this.#mask;
    return ((this.#words[bit >>> 5] as number) & (1 << (bit & 31))) !== 0; // within the mask
  }
}
