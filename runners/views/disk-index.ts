import { ByteReader, ByteWriter, type Coder, hashKey, learningCoder, tableKey } from '../../model/index.ts';
import type { BlockFile, BlockSequence, Pair } from '../shuffle/index.ts';
import type { DiskValues } from './disk-values.ts';

/** Pairs are sorted so many bytes at a time. */
const PART_BYTES = 1 << 20;
const MOST_PARTS = 1_024;
/** A look-up reads one block. */
const BLOCK_BYTES = 4 << 10;
/** So many values that were looked up are remembered. */
const REMEMBERED = 4_096;

/** What an index takes from its collection. */
export interface DiskIndexSpec {
  /** A new temporary file. */
  readonly file: () => BlockFile;
  readonly codegen: boolean;
}

interface Entry {
  readonly hash: number;
  readonly bytes: Uint8Array;
}

/**
 * Pairs on disk in the order of the hashes of their keys. In memory is only the first hash of each block, so a look-up reads
 * the block that its hash must be in, and the next one where equal hashes go on there.
 */
export class DiskIndex {
  /** How many keys there are. */
  size = 0;
  /** A key that comes more than once. */
  repeated: { readonly key: unknown } | undefined;
  readonly #coder: Coder<unknown>;
  readonly #sequence: BlockSequence;
  readonly #firstHashes: number[] = [];
  readonly #found = new Map<unknown, readonly unknown[]>();
  #remembered = 0;

  /** Of all pairs. What is needed to sort them is removed. */
  constructor(pairs: DiskValues, { file, codegen }: DiskIndexSpec) {
    this.#coder = learningCoder({ codegen });
    this.#sequence = file().sequence(BLOCK_BYTES);
    const unsorted = file();
    for (const part of this.#divided(pairs, unsorted)) this.#append(part);
    unsorted.remove();
  }

  /** The values of a key, in the order in which they came. */
  get(key: unknown): readonly unknown[] {
    const name = tableKey(key);
    const known = this.#found.get(name);
    if (known !== undefined) return known;
    const values: unknown[] = [];
    for (const reader of this.#entriesOf(hashKey(key) >>> 0)) {
      const pair = this.#pairOf(reader);
      if (tableKey(pair.key) === name) values.push(pair.value);
    }
    this.#remember(name, values);
    return values;
  }

  /** A reader that stands before each pair of a hash in turn; it must be read before the next is asked for. */
  *#entriesOf(hash: number): Iterable<ByteReader> {
    for (let block = this.#blockOf(hash); block < this.#firstHashes.length; block++) {
      const reader = this.#sequence.block(block);
      while (!reader.isAtEnd()) {
        const found = reader.readVarint();
        const length = reader.readVarint();
        if (found > hash) return;
        if (found < hash) reader.position += length;
        else yield reader;
      }
    }
  }

  /** The last block that begins before a hash: entries with the hash may begin in it. */
  #blockOf(hash: number): number {
    let from = 0;
    let to = this.#firstHashes.length - 1;
    while (from < to) {
      const middle = (from + to + 1) >>> 1;
      if ((this.#firstHashes[middle] as number) < hash)
        from = middle; // it is below the length
      else to = middle - 1;
    }
    return from;
  }

  // Its coder wrote pairs.
  #pairOf(reader: ByteReader): Pair {
    return this.#coder.decode(reader) as Pair;
  }

  #remember(name: unknown, values: readonly unknown[]): void {
    this.#remembered += 1 + values.length;
    if (this.#remembered > REMEMBERED) {
      this.#found.clear();
      this.#remembered = 0;
      return;
    }
    this.#found.set(name, values);
  }

  /** Pairs in parts by the highest bits of their hashes. */
  #divided(pairs: DiskValues, file: BlockFile): readonly BlockSequence[] {
    const count = Math.min(MOST_PARTS, Math.max(1, Math.ceil(pairs.bytes / PART_BYTES)));
    const parts = Array.from({ length: count }, () => file.sequence(BLOCK_BYTES));
    const row = new ByteWriter();
    for (const pair of pairs) {
      const hash = hashKey((pair as Pair).key) >>> 0; // by the types of asMap and asMultimap
      row.reset();
      this.#coder.encode(pair, row);
      const part = parts[Math.floor((hash / 2 ** 32) * count)] as BlockSequence; // a share of the count
      writeEntry({ hash, bytes: row.bytes.subarray(0, row.position) }, part);
    }
    return parts;
  }

  #append(part: BlockSequence): void {
    const entries: Entry[] = [];
    for (const reader of part.blocks()) {
      while (!reader.isAtEnd()) {
        entries.push({ hash: reader.readVarint(), bytes: reader.readRaw(reader.readVarint()) });
      }
    }
    entries.sort((a, b) => a.hash - b.hash);
    let from = 0;
    for (const [index, entry] of entries.entries()) {
      if (this.#sequence.fullBlocks === this.#firstHashes.length) this.#firstHashes.push(entry.hash);
      writeEntry(entry, this.#sequence);
      if (entries[index + 1]?.hash === entry.hash) continue;
      this.#count(entries, from, index + 1);
      from = index + 1;
    }
  }

  /** Counts the keys of entries with one hash: nearly always there is one such entry. */
  #count(entries: readonly Entry[], from: number, to: number): void {
    if (to - from === 1) {
      this.size += 1;
      return;
    }
    const keys = new Set<unknown>();
    for (const { bytes } of entries.slice(from, to)) {
      const { key } = this.#pairOf(new ByteReader(bytes));
      const name = tableKey(key);
      if (keys.has(name)) this.repeated ??= { key };
      keys.add(name);
    }
    this.size += keys.size;
  }
}

function writeEntry({ hash, bytes }: Entry, sequence: BlockSequence): void {
  const { writer } = sequence;
  writer.writeVarint(hash);
  writer.writeVarint(bytes.length);
  writer.writeRaw(bytes);
  sequence.wrote();
}
