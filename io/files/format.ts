import type { OffsetRange, OffsetTracker, SourceContext, SourceOutput } from '../../model/index.ts';

// What a file format (text, CSV, JSON, Parquet) is to the code that finds, opens, decompresses and publishes files. A
// format knows nothing of paths, globs, compression or object stores; what moves bytes knows nothing of records.

/** One file that is being read. Bytes are the file's own, or, where it is compressed, what it holds. */
export interface InputFile {
  /** As the user would write it; for messages and coordinates. */
  readonly path: string;
  /** The path below the fixed part of the pattern that found it, `/` between its parts; carries partition values. */
  readonly relativePath: string;
  /** Bytes in the file; undefined where it is compressed and the length of what it holds is not known. */
  readonly size: number | undefined;
  /** Whether `read` may be called with any position; false for compressed files, which are read from front to back. */
  readonly isRandomAccess: boolean;
  /** Reads up to `length` bytes from `position` into `into` at `offset`; returns how many there were, 0 at the end. */
  read(into: Uint8Array, offset: number, length: number, position: number): Promise<number>;
  /**
   * The bytes from `from` on, in pieces of about `pieceSize` (default 256 KiB); each is valid until the next is asked for.
   *
   * @throws ConnectorError that names file and byte for a truncated or damaged compressed file.
   */
  chunks(options?: { readonly from?: number; readonly pieceSize?: number }): AsyncIterable<Uint8Array>;
}

/** How records stand in a file, for reading. `readFiles` drives it. */
export interface ReadFormat<out T> {
  readonly name: string;
  /** Which records of a file are read, as plain data. Default: all. */
  readonly filter?: unknown;
  /**
   * The parts of an uncompressed file that can be read on their own, as byte ranges that cover it in order. Default: one.
   * A format that has it reads any range, as a split while reading may fall on any byte.
   */
  split?(file: InputFile, desired: number, context: SourceContext): Promise<readonly OffsetRange[]>;
  /**
   * Emits the records that begin in the tracker's range. Before each batch it claims the position of the batch's last
   * record with `tracker.tryClaim` and stops when that is refused; at the end it claims the end of its range.
   *
   * Records that can't be elements go to `output.reject(record, error, coordinate)`, which throws where no dead letters
   * were asked for. Coordinates are `PATH line N` or `PATH byte N`.
   */
  read(file: InputFile, tracker: OffsetTracker, output: SourceOutput<T>, context: SourceContext): Promise<void>;
}

/** Takes the bytes of one file that is being written; wait for the promise, where there is one, before the next. */
export interface OutputFile {
  write(bytes: Uint8Array): void | Promise<void>;
}

/** Writes the records of one file. */
export interface FormatWriter<in T> {
  write(values: readonly T[]): void | Promise<void>;
  /** Writes what ends the file. Nothing is written after it. */
  close(): void | Promise<void>;
}

/** What a format knows of the file that it writes. */
export interface WriteFormatContext {
  readonly path: string;
  readonly step: string;
  /** Hands back an element that can't be written, of which nothing was; it throws where no dead letters were asked for. */
  readonly reject?: (element: unknown, error: Error) => void;
}

/** How records stand in a file, for writing. `writeFiles` drives it. */
export interface WriteFormat<in T> {
  readonly name: string;
  /** What names of such files end in, e.g. `.csv`. */
  readonly extension: string;
  /** Begins a file. The bytes passed to `out` may be reused by the writer once `write` has returned or its promise settled. */
  open(out: OutputFile, context: WriteFormatContext): FormatWriter<T>;
}
