import type { StateEntry } from '../../model/index.ts';

/** So many rows are read ahead by a scan. */
const READ_AHEAD = 8;

/** Rows ordered by the bytes of their keys, in memory: a plain sorted array. */
export class MemoryRows {
  /** Keys as strings of their bytes, which compare as the bytes do. */
  readonly #keys: string[];
  readonly #values: Map<string, Uint8Array>;

  constructor(from?: MemoryRows) {
    this.#keys = from === undefined ? [] : [...from.#keys];
    this.#values = new Map(from === undefined ? [] : from.#values);
  }

  get size(): number {
    return this.#keys.length;
  }

  get(key: Uint8Array): Uint8Array | undefined {
    const value = this.#values.get(textOf(key));
    return value && copyOf(value);
  }

  put(key: Uint8Array, value: Uint8Array): void {
    const text = textOf(key);
    if (!this.#values.has(text)) this.#keys.splice(this.#indexOf(text), 0, text);
    this.#values.set(text, copyOf(value));
  }

  delete(key: Uint8Array): void {
    const text = textOf(key);
    if (this.#values.delete(text)) this.#keys.splice(this.#indexOf(text), 1);
  }

  deleteRange(from: Uint8Array, to: Uint8Array | undefined): void {
    const start = this.#indexOf(textOf(from));
    const end = to === undefined ? this.#keys.length : this.#indexOf(textOf(to));
    for (const text of this.#keys.splice(start, Math.max(0, end - start))) this.#values.delete(text);
  }

  /** Reads some rows ahead, as a store on disk does: what is written meanwhile may not be seen. */
  *scan(from: Uint8Array, to: Uint8Array | undefined): Iterable<StateEntry> {
    const end = to === undefined ? undefined : textOf(to);
    for (let at = textOf(from); ; ) {
      const start = this.#indexOf(at);
      const keys = this.#keys.slice(start, start + READ_AHEAD).filter((key) => end === undefined || key < end);
      // Keys of the array have values.
      const entries = keys.map((key) => ({ key: bytesOf(key), value: copyOf(this.#values.get(key) as Uint8Array) }));
      yield* entries;
      if (keys.length < READ_AHEAD) return;
      at = `${keys.at(-1)}\0`;
    }
  }

  /** Where a key is, or would be. */
  #indexOf(text: string): number {
    let low = 0;
    let high = this.#keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#keys[middle] as string) < text)
        low = middle + 1; // within the array
      else high = middle;
    }
    return low;
  }
}

/** Not `slice`, which gives a view of a Buffer's memory. */
const copyOf = (bytes: Uint8Array): Uint8Array => new Uint8Array(bytes);

function textOf(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));
