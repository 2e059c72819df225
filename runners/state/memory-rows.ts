import type { StateEntry } from '../../model/index.ts';

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

  /** It may be changed meanwhile: each step looks for the next key there is. */
  *scan(from: Uint8Array, to: Uint8Array | undefined): Iterable<StateEntry> {
    const end = to === undefined ? undefined : textOf(to);
    for (let at = textOf(from); ; ) {
      const text = this.#keys[this.#indexOf(at)];
      if (text === undefined || (end !== undefined && text >= end)) return;
      // A key of the array has a value.
      yield { key: bytesOf(text), value: copyOf(this.#values.get(text) as Uint8Array) };
      at = `${text}\0`;
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
