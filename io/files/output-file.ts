import { createHash } from 'node:crypto';
import type { DiskFile } from '../../model/index.ts';
import type { Codec, ZlibStream } from '../compression/index.ts';
import { type FileSystem, onDisk } from '../file-systems/index.ts';
import type { OutputFile } from './format.ts';

/** What is known of a file that was written. */
export interface WrittenFile {
  readonly size: number;
  readonly sha256: string;
}

/** A file that is written from front to back. */
export interface StagedFile extends OutputFile {
  /** Writes what is left and closes; nothing is written after it. */
  finish(): Promise<WrittenFile>;
  /** Closes; what was written is of no use. */
  abandon(): Promise<void>;
}

const BUFFER = 64 * 1024;

/** Creates a file that must not be there yet; packed by `codec` where there is one. `wrote` is told of bytes on the disk. */
export async function createStaged(
  fileSystem: FileSystem,
  path: string,
  codec: Codec | undefined,
  wrote?: (bytes: number) => void,
): Promise<StagedFile> {
  const disk = await onDisk(path, 'write', fileSystem.open(path, 'create-new'));
  const raw = new HashedFile(path, disk, wrote);
  return new BufferedFile(codec === undefined ? raw : new PackingFile(raw, codec.compress()));
}

interface ByteChain {
  write(bytes: Uint8Array): Promise<void>;
  finish(): Promise<WrittenFile>;
  abandon(): Promise<void>;
}

/** Gathers small writes. Returns without a promise while there is room, as most writes find it. */
class BufferedFile implements StagedFile {
  readonly #next: ByteChain;
  #buffer: Uint8Array | undefined;
  #used = 0;

  constructor(next: ByteChain) {
    this.#next = next;
  }

  write(bytes: Uint8Array): void | Promise<void> {
    if (this.#used + bytes.length > BUFFER) return this.#writeThrough(bytes);
    this.#add(bytes);
  }

  #add(bytes: Uint8Array): void {
    this.#buffer ??= Buffer.allocUnsafeSlow(BUFFER);
    this.#buffer.set(bytes, this.#used);
    this.#used += bytes.length;
  }

  async #writeThrough(bytes: Uint8Array): Promise<void> {
    await this.#flush();
    if (bytes.length > BUFFER) await this.#next.write(bytes);
    else this.#add(bytes);
  }

  async #flush(): Promise<void> {
    if (this.#used > 0 && this.#buffer !== undefined) await this.#next.write(this.#buffer.subarray(0, this.#used));
    this.#used = 0;
  }

  async finish(): Promise<WrittenFile> {
    await this.#flush();
    this.#buffer = undefined;
    return this.#next.finish();
  }

  abandon(): Promise<void> {
    return this.#next.abandon();
  }
}

/** Packs bytes on their way. Pieces are written as they come out, so what is held is what the codec holds. */
class PackingFile implements ByteChain {
  readonly #next: HashedFile;
  readonly #stream: ZlibStream;
  #pieces: Uint8Array[] = [];

  constructor(next: HashedFile, stream: ZlibStream) {
    this.#next = next;
    this.#stream = stream;
    stream.on('data', (piece: Uint8Array) => this.#pieces.push(piece));
    // Errors come to the callback of the write that met them.
    stream.on('error', () => undefined);
  }

  async write(bytes: Uint8Array): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#stream.write(bytes, (error) => (error ? reject(error) : resolve()));
    });
    await this.#writePieces();
  }

  async #writePieces(): Promise<void> {
    const pieces = this.#pieces;
    this.#pieces = [];
    for (const piece of pieces) await this.#next.write(piece);
  }

  async finish(): Promise<WrittenFile> {
    await new Promise<void>((resolve, reject) => {
      this.#stream.once('end', resolve).once('error', reject).end();
    });
    await this.#writePieces();
    return this.#next.finish();
  }

  async abandon(): Promise<void> {
    this.#stream.destroy();
    await this.#next.abandon();
  }
}

/** The file itself; its checksum is made of what goes by. */
class HashedFile implements ByteChain {
  readonly #path: string;
  readonly #disk: DiskFile;
  readonly #hash = createHash('sha256');
  readonly #wrote: ((bytes: number) => void) | undefined;
  #size = 0;

  constructor(path: string, disk: DiskFile, wrote: ((bytes: number) => void) | undefined) {
    this.#path = path;
    this.#disk = disk;
    this.#wrote = wrote;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#hash.update(bytes);
    await onDisk(this.#path, 'write', this.#disk.write(bytes, this.#size));
    this.#size += bytes.length;
    this.#wrote?.(bytes.length);
  }

  async finish(): Promise<WrittenFile> {
    await onDisk(this.#path, 'write', this.#disk.sync());
    await onDisk(this.#path, 'write', this.#disk.close());
    return { size: this.#size, sha256: this.#hash.digest('hex') };
  }

  async abandon(): Promise<void> {
    // It may be closed already, or its disk be gone: there is nothing left to lose.
    await this.#disk.close().catch(() => undefined);
  }
}
