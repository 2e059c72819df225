/** So many bits for each name, two of them set: one in seventy other names is taken for one of them. */
const BITS = 16;

/** Says of hashes whether they may be of names that were added, in two bytes a name (a Bloom filter). */
export class NameFilter {
  readonly #words: Uint32Array;
  readonly #mask: number;

  constructor(names: number) {
    const bits = 2 ** Math.min(31, Math.max(10, Math.ceil(Math.log2(names * BITS))));
    this.#words = new Uint32Array(bits / 32);
    this.#mask = bits - 1;
  }

  add(hash: number): void {
    this.#add(hash & this.#mask);
    this.#add(secondOf(hash) & this.#mask);
  }

  mayHave(hash: number): boolean {
    return this.#has(hash & this.#mask) && this.#has(secondOf(hash) & this.#mask);
  }

  #add(bit: number): void {
    this.#words[bit >>> 5] = (this.#words[bit >>> 5] as number) | (1 << (bit & 31)); // within the mask
  }

  #has(bit: number): boolean {
    return ((this.#words[bit >>> 5] as number) & (1 << (bit & 31))) !== 0; // within the mask
  }
}

/** Another hash, from all bits of the first one. */
const secondOf = (hash: number): number => {
  const mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return mixed ^ (mixed >>> 13);
};
