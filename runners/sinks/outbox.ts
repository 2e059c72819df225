import { fromBytes, type StateSpace, structuralCoder, toBytes } from '../../model/index.ts';

/**
 * What a sink still has to get, epoch by epoch. With a space entries lie there, part of the epoch's own transaction; without
 * one in memory.
 *
 * An entry's key is its epoch and its number in it, both as 8 bytes, so that they lie in order.
 */
export class Outbox {
  readonly #space: StateSpace | undefined;
  readonly #epochs = new Map<number, { count: number; bytes: number; readonly inMemory: unknown[] }>();
  readonly #delivered: number[] = [];
  bytes = 0;

  constructor(space: StateSpace | undefined) {
    this.#space = space;
  }

  get isEmpty(): boolean {
    return this.#epochs.size === 0;
  }

  /** Finds what an earlier run left. */
  restore(): void {
    for (const { key, value } of this.#space?.scan() ?? []) {
      const epoch = this.#epoch(epochIn(key));
      epoch.count++;
      epoch.bytes += value.length;
      this.bytes += value.length;
    }
  }

  add(at: number, entry: unknown): void {
    const epoch = this.#epoch(at);
    const number = epoch.count++;
    if (this.#space === undefined) {
      epoch.inMemory.push(entry);
      return;
    }
    const bytes = toBytes(structuralCoder, entry);
    epoch.bytes += bytes.length;
    this.bytes += bytes.length;
    this.#space.put(keyOf(at, number), bytes);
  }

  /** The first epoch that has something and is not delivered. */
  get next(): number | undefined {
    return this.#epochs.size === 0 ? undefined : Math.min(...this.#epochs.keys());
  }

  /** What an epoch has, in order; may be read again. */
  *entries(at: number): Iterable<unknown> {
    for (const [, entry] of this.numbered(at)) yield entry;
  }

  /** The same, each with its number. */
  *numbered(at: number): Iterable<readonly [number, unknown]> {
    if (this.#space === undefined) {
      yield* this.#epoch(at).inMemory.entries();
      return;
    }
    for (const { key, value } of this.#space.scan(keyOf(at, 0), keyOf(at + 1, 0))) {
      yield [numberIn(key), fromBytes(structuralCoder, value)];
    }
  }

  /** Changes an entry that waits in a space. */
  replace(at: number, number: number, change: (entry: unknown) => unknown): void {
    const key = keyOf(at, number);
    const before = this.#space?.get(key);
    if (before === undefined) throw new Error(`This is a bug in Viga: epoch ${at} has no entry ${number}.`);
    const bytes = toBytes(structuralCoder, change(fromBytes(structuralCoder, before)));
    this.#epoch(at).bytes += bytes.length - before.length;
    this.bytes += bytes.length - before.length;
    this.#space?.put(key, bytes);
  }

  /** The sink has an epoch for certain. Its entries are removed at the next cut. */
  delivered(at: number): void {
    this.bytes -= this.#epochs.get(at)?.bytes ?? 0;
    this.#epochs.delete(at);
    this.#delivered.push(at);
  }

  /** Removes what the sink has; returns the last epoch of that, if there is any. */
  forgetDelivered(): number | undefined {
    const delivered = this.#delivered.splice(0);
    for (const at of delivered) this.#space?.deleteRange(keyOf(at, 0), keyOf(at + 1, 0));
    return delivered.at(-1);
  }

  #epoch(at: number) {
    let epoch = this.#epochs.get(at);
    if (epoch === undefined) {
      epoch = { count: 0, bytes: 0, inMemory: [] };
      this.#epochs.set(at, epoch);
    }
    return epoch;
  }
}

function keyOf(epoch: number, number: number): Uint8Array {
  const key = Buffer.alloc(16);
  key.writeBigUInt64BE(BigInt(epoch), 0);
  key.writeBigUInt64BE(BigInt(number), 8);
  return key;
}

const epochIn = (key: Uint8Array): number => Number(Buffer.from(key).readBigUInt64BE(0));

const numberIn = (key: Uint8Array): number => Number(Buffer.from(key).readBigUInt64BE(8));
