import { ByteWriter } from '../../model/index.ts';

/** Contents take about so many times their encoded form. */
const GROWTH = 3;
/** Entries that are looked at before the mean moves slowly. */
const MOST_WEIGHT = 256;

/** One in so many contents is looked at before it is written. */
const SAMPLED = 64;

/** What things take in memory besides their contents, in bytes; measured on Node 24. */
export interface HeldCosts {
  /** An entry: its object, its place in a Map, a short key. */
  readonly entry: number;
  /** What there is once for all entries of a key and window. */
  readonly group?: number;
}

/** What writes contents, or tells how many bytes they have. */
interface Measured<T> {
  encode(content: T, writer: ByteWriter): void;
  readonly bytesOf?: ((content: T) => number) | undefined;
}

/** How many bytes a content has. Nothing is written: to look at it must not change it. */
export function encodedBytes<T>(codec: Measured<T>, content: T): number {
  if (codec.bytesOf !== undefined) return codec.bytesOf(content);
  const writer = new ByteWriter(256);
  codec.encode(content, writer);
  return writer.position;
}

/** An estimate of what entries take in memory, from the encoded sizes of those that were written, and of some others. */
export class HeldSizes {
  /** How many entries are held. */
  count = 0;
  /** For how many keys and windows. */
  groups = 0;
  readonly #costs: Required<HeldCosts>;
  #mean = 0;
  #seen = 0;
  #passed = 0;

  constructor({ entry, group = 0 }: HeldCosts) {
    this.#costs = { entry, group };
  }

  /** Takes note of the encoded form of one entry. */
  see(bytes: number): void {
    this.#seen = Math.min(this.#seen + 1, MOST_WEIGHT);
    this.#mean += (bytes - this.#mean) / this.#seen;
  }

  /** Looks at some of the contents that pass, since a run without cuts may never write any. */
  sample<T>(content: T, codec: Measured<T>): void {
    this.#passed += 1;
    if (this.#passed % SAMPLED !== 1) return;
    try {
      this.see(encodedBytes(codec, content));
    } catch {
      // What has no bytes is told of when it is to be written, if it ever is.
    }
  }

  bytes(): number {
    return this.count * (this.#costs.entry + GROWTH * this.#mean) + this.groups * this.#costs.group;
  }

  /** Nothing is held any more. */
  clear(): void {
    this.count = 0;
    this.groups = 0;
  }
}

/** Less than this is not worth going to disk for. */
export const LEAST_TO_SPILL = 1 << 20;
