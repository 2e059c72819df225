import { ByteReader, ByteWriter, type Coder, hashKey, type Scratch, type ScratchFile } from '../../model/index.ts';

/** Elements for one file. */
export interface NamedRows {
  readonly name: string;
  readonly rows: readonly unknown[];
}

const BUCKETS = 16;
/** How many bits of a hash choose a bucket, and how often there are other ones. */
const BITS = 4;
const LEVELS = 32 / BITS;
const BLOCK = 64 * 1024;

/**
 * Elements whose files are not open, set aside on disk by the hash of their file's name: all elements of a file are in one
 * bucket, in their order. What is read from a bucket can be set aside again, one level deeper, where other bits count.
 */
export class SpilledRows {
  readonly level: number;
  readonly #scratch: Scratch;
  readonly #coder: Coder<unknown>;
  readonly #buckets: (Bucket | undefined)[] = new Array<undefined>(BUCKETS).fill(undefined);

  constructor(scratch: Scratch, coder: Coder<unknown>, level: number) {
    this.#scratch = scratch;
    this.#coder = coder;
    this.level = level;
  }

  /** @throws CoderError for an element that has no bytes; none of `rows` is taken then. */
  add({ name, rows }: NamedRows): void {
    const index = (hashKey(name) >>> ((this.level % LEVELS) * BITS)) % BUCKETS;
    const bucket = this.#buckets[index] ?? new Bucket(this.#scratch.file());
    this.#buckets[index] = bucket;
    bucket.add((writer) => {
      writer.writeString(name);
      writer.writeVarint(rows.length);
      for (const row of rows) this.#coder.encode(row, writer);
    });
  }

  /** Each bucket in turn; its space is given back behind it. */
  *buckets(): Generator<Iterable<NamedRows>, void, undefined> {
    for (const [index, bucket] of this.#buckets.entries()) {
      if (bucket === undefined) continue;
      yield this.#rowsOf(bucket);
      bucket.remove();
      this.#buckets[index] = undefined;
    }
  }

  *#rowsOf(bucket: Bucket): Generator<NamedRows, void, undefined> {
    for (const reader of bucket.blocks()) {
      while (!reader.isAtEnd()) {
        const name = reader.readString();
        const rows = Array.from({ length: reader.readVarint() }, () => this.#coder.decode(reader));
        yield { name, rows };
      }
    }
  }
}

/** A temporary file of blocks, the last of which is in memory. */
class Bucket {
  readonly #file: ScratchFile;
  readonly #lengths: number[] = [];
  readonly #writer = new ByteWriter(BLOCK + 4096);

  constructor(file: ScratchFile) {
    this.#file = file;
  }

  add(write: (writer: ByteWriter) => void): void {
    const writer = this.#writer;
    const start = writer.position;
    try {
      write(writer);
    } catch (error) {
      writer.position = start;
      throw error;
    }
    if (writer.position < BLOCK) return;
    this.#file.append(writer.bytes, writer.position);
    this.#lengths.push(writer.position);
    writer.reset();
  }

  *blocks(): Generator<ByteReader, void, undefined> {
    let position = 0;
    for (const length of this.#lengths) {
      const bytes = new Uint8Array(length);
      const count = this.#file.read(bytes, length, position);
      // Cut by somebody else: the reader says how many bytes are missing.
      yield new ByteReader(bytes, 0, count);
      position += length;
    }
    yield new ByteReader(this.#writer.bytes, 0, this.#writer.position);
  }

  remove(): void {
    this.#file.remove();
  }
}
