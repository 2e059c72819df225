import type { Codec, ZlibStream } from './compression.ts';
import { DamagedFileError, damagedAt } from './damaged-file.ts';
import type { ZstdFrames } from './zstd-frames.ts';

/** How much packed bytes may grow before a file counts as an attack on memory, disk and time. */
export interface InflateLimits {
  /** Bytes out for each byte in. Text seldom reaches 50. Default 500. */
  readonly maxExpansion?: number;
}

/** Files may expand as they like up to here. */
const HARMLESS = 64 * 1024 * 1024;
const DEFAULT_EXPANSION = 500;

/** What is unpacked, and how it is called in errors. */
export interface PackedFile {
  readonly path: string;
  readonly codec: Codec;
  readonly pieceSize: number;
  /** The packed bytes; each piece is valid until the next is asked for. */
  readonly packed: AsyncIterable<Uint8Array>;
}

/**
 * Unpacks a file from front to back in bounded memory. All pieces of a concatenated file are read; anything behind the
 * last one that is not a piece is damage, but for the zeros that tools for tapes and blocks append to gzip.
 *
 * node:zlib alone ends without a word after the first zstd frame, and where bytes follow that are not packed. So one chunk
 * is fed at a time, and what the stream did not take of it is looked at.
 *
 * @throws DamagedFileError that names file and byte.
 */
export async function* inflate(
  file: PackedFile,
  limits: InflateLimits = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const maxExpansion = limits.maxExpansion ?? DEFAULT_EXPANSION;
  const frames = file.codec.frames?.();
  const input = watched(file.packed, frames);
  let start = 0;
  let inflated = 0;
  try {
    const first = await input.next();
    let rest = first.done === true ? undefined : first.value;
    const { mark } = file.codec;
    const hasMark = mark.length > 0 && mark.every((byte, at) => (rest?.[at] ?? byte) === byte);
    do {
      const stream = file.codec.decompress(file.pieceSize);
      const fed = feed(stream, input, rest);
      // Its error shows when it is awaited; a stream that fails first must not leave it unhandled.
      fed.catch(() => undefined);
      try {
        for await (const piece of stream as AsyncIterable<Uint8Array>) {
          inflated += piece.length;
          refuseBomb(file.path, inflated, start + stream.bytesWritten, maxExpansion);
          yield piece;
        }
      } catch (cause) {
        if (cause instanceof DamagedFileError) throw cause;
        throw damaged(file, start + stream.bytesWritten, inflated === 0 && !hasMark, cause);
      } finally {
        stream.destroy();
      }
      rest = await fed;
      start += stream.bytesWritten;
      if (rest !== undefined && !file.codec.isConcatenable) {
        await refuseWhatFollows(file, input, rest, start);
        return;
      }
    } while (rest !== undefined);
    if (frames?.isBetweenFrames === false || start === 0) throw endsTooEarly(file, start);
  } finally {
    await input.return?.();
  }
}

/** Feeds a stream until the input or the packed piece ends; returns what it did not take. */
async function feed(
  stream: ZlibStream,
  input: AsyncIterator<Uint8Array>,
  rest: Uint8Array | undefined,
): Promise<Uint8Array | undefined> {
  for (let chunk = rest; ; chunk = undefined) {
    try {
      if (chunk === undefined) {
        const next = await input.next();
        if (next.done === true) {
          stream.end();
          return undefined;
        }
        chunk = next.value;
      }
    } catch (error) {
      stream.destroy(error as Error);
      throw error;
    }
    const before = stream.bytesWritten;
    await written(stream, chunk);
    const taken = stream.bytesWritten - before;
    if (taken < chunk.length) return chunk.subarray(taken);
  }
}

/** Resolves when a chunk is used up, or when the stream ended before: it does not call back then. */
const written = (stream: ZlibStream, chunk: Uint8Array): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      stream.off('end', done).off('close', done);
      resolve();
    };
    stream.once('end', done).once('close', done);
    stream.write(chunk, done);
  });

function refuseBomb(path: string, inflated: number, packed: number, maxExpansion: number): void {
  if (inflated <= HARMLESS || inflated <= packed * maxExpansion) return;
  throw new DamagedFileError(
    path,
    `${packed} packed bytes gave ${inflated} bytes, more than ${maxExpansion} times as many. Such files are made to fill memory and disks. If this one is meant, unpack it first.`,
    { hint: 'A program that reads such files passes a greater maxExpansion.' },
  );
}

/** The packed bytes, seen by who follows their frames. */
async function* watched(
  packed: AsyncIterable<Uint8Array>,
  frames: ZstdFrames | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of packed) {
    frames?.take(chunk);
    yield chunk;
  }
}

const endsTooEarly = ({ path, codec }: Pick<PackedFile, 'path' | 'codec'>, byte: number, cause?: unknown): Error =>
  damagedAt(
    path,
    byte,
    `the ${codec.name} data end too early: the file is cut off. Its last records are missing. Copy the file again, or have it written again.`,
    cause === undefined ? {} : { cause },
  );

/** What node:zlib says of bytes that never were of a codec; brotli has no mark of its own to tell by. */
const FOREIGN = /incorrect header check|unknown compression method|Unknown frame descriptor|^Decompression failed/;

function damaged({ path, codec }: PackedFile, byte: number, mayBeForeign: boolean, cause: unknown): Error {
  const { code = '', message } = cause as NodeJS.ErrnoException;
  // Reading the packed bytes failed, which has been said already.
  if (code === '') return cause as Error;
  if (code === 'Z_BUF_ERROR') return endsTooEarly({ path, codec }, byte, cause);
  if (mayBeForeign && FOREIGN.test(message)) {
    return damagedAt(
      path,
      byte,
      `this is not ${codec.name} (${message}). It can't be unpacked. Give its name the ending of what it is, or have it written again.`,
      { cause, hint: "A program passes compression: 'none' if such files are not packed, or the one they have." },
    );
  }
  return damagedAt(
    path,
    byte,
    `the ${codec.name} data are damaged, here or further on (${message}). What follows can't be read. Copy the file again, or have it written again.`,
    { cause },
  );
}

async function refuseWhatFollows(
  { path, codec }: PackedFile,
  input: AsyncIterator<Uint8Array>,
  rest: Uint8Array,
  start: number,
): Promise<void> {
  let position = start;
  for (let chunk: Uint8Array | undefined = rest; chunk !== undefined; ) {
    const other = chunk.findIndex((byte) => byte !== 0);
    if (other !== -1 || codec.name !== 'gzip') {
      throw damagedAt(
        path,
        position + Math.max(0, other),
        `bytes follow the end of the ${codec.name} data that do not belong to it. They may be records that would be missing. Copy the file again, or cut them off.`,
      );
    }
    position += chunk.length;
    const next: IteratorResult<Uint8Array> = await input.next();
    chunk = next.done === true ? undefined : next.value;
  }
}
