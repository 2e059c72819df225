import { type DiskFile, CancelledError, ConnectorError, type SourceContext } from '../../model/index.ts';
import {
  codecOf,
  type Codec,
  type Compression,
  DamagedFileError,
  inflate,
  type InflateLimits,
} from '../compression/index.ts';
import { locate, type MatchedFile, onDisk } from '../file-systems/index.ts';
import type { InputFile } from './format.ts';

/** How files are opened. */
export interface OpenOptions extends InflateLimits {
  /** Default: told by the file's name, `.gz`, `.zst`, `.br`. */
  readonly compression?: Compression;
}

/** An {@link InputFile} that must be closed. */
export interface OpenedFile extends InputFile {
  close(): Promise<void>;
}

const PIECE = 256 * 1024;
/** Packed bytes are read in smaller pieces: they grow. */
const PACKED_PIECE = 64 * 1024;

/**
 * Opens a file for a format.
 *
 * @throws ConnectorError if it is not there any more, may not be read, or has become shorter since it was found.
 */
export async function openInput(
  matched: MatchedFile,
  options: OpenOptions,
  context: Pick<SourceContext, 'host' | 'signal'>,
): Promise<OpenedFile> {
  const { fileSystem, path } = locate(matched.path, context.host);
  const found = await onDisk(path, 'read', fileSystem.stat(path));
  const size = found?.size ?? 0;
  if (found === undefined || size < matched.size) {
    const now = found === undefined ? 'is gone' : `has ${size}`;
    throw new DamagedFileError(
      path,
      `the file had ${matched.size} bytes when the run began and ${now} now. Records would be missing. Do not change files while they are read; run again.`,
    );
  }
  const disk = await onDisk(path, 'read', fileSystem.open(path, 'read'));
  const raw: RawFile = { path, disk, size, signal: context.signal };
  const codec = codecOf(path, options.compression);
  const form = codec === undefined ? plainFile(raw) : packedFile(raw, codec, options);
  return { path, relativePath: matched.relativePath, ...form, close: () => disk.close() };
}

interface RawFile {
  readonly path: string;
  readonly disk: DiskFile;
  readonly size: number;
  readonly signal: AbortSignal;
}

type Form = Pick<InputFile, 'size' | 'isRandomAccess' | 'read' | 'chunks'>;

const plainFile = (raw: RawFile): Form => ({
  size: raw.size,
  isRandomAccess: true,
  read: (into, offset, length, position) => onDisk(raw.path, 'read', raw.disk.read(into, offset, length, position)),
  chunks: ({ from = 0, pieceSize = PIECE } = {}) => pieces(raw, from, pieceSize),
});

const packedFile = (raw: RawFile, codec: Codec, limits: InflateLimits): Form => ({
  size: undefined,
  isRandomAccess: false,
  async read() {
    throw new ConnectorError(
      raw.path,
      `a file packed with ${codec.name} can't be read at any place. It is unpacked from front to back. Unpack it first, or use a format that is read so.`,
    );
  },
  async *chunks({ from = 0, pieceSize = PIECE } = {}) {
    const packed = pieces(raw, 0, PACKED_PIECE);
    let skip = from;
    for await (const piece of inflate({ path: raw.path, codec, pieceSize, packed }, limits)) {
      if (piece.length > skip) yield skip === 0 ? piece : piece.subarray(skip);
      skip = Math.max(0, skip - piece.length);
    }
  },
});

/** The bytes of a file in pieces. While one is used the next is read, so there are two buffers. */
async function* pieces(raw: RawFile, from: number, pieceSize: number): AsyncGenerator<Uint8Array, void, undefined> {
  const { path, disk, size } = raw;
  const length = Math.min(pieceSize, size - from);
  if (length <= 0) return;
  let filling = Buffer.allocUnsafeSlow(length);
  let other = size - from > length ? Buffer.allocUnsafeSlow(length) : filling;
  let position = from;
  let pending = onDisk(path, 'read', disk.read(filling, 0, length, position));
  try {
    while (position < size) {
      const count = await pending;
      if (raw.signal.aborted) throw new CancelledError(`${path}: reading was cancelled`);
      if (count === 0) throw shortened(path, position, size);
      const full = filling;
      position += count;
      [filling, other] = [other, filling];
      if (position < size) pending = onDisk(path, 'read', disk.read(filling, 0, length, position));
      yield full.subarray(0, count);
    }
  } finally {
    // Whoever stops early closes the file, which must not happen under a read.
    await pending.catch(() => undefined);
  }
}

const shortened = (path: string, position: number, size: number): DamagedFileError =>
  new DamagedFileError(
    path,
    `the file ended at byte ${position}, though it had ${size} bytes. Records would be missing. Do not change files while they are read; run again.`,
  );
