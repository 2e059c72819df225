import {
  constants,
  createBrotliCompress,
  createBrotliDecompress,
  createGunzip,
  createGzip,
  createZstdCompress,
  createZstdDecompress,
} from 'node:zlib';
import type { Transform } from 'node:stream';
import { ZstdFrames } from './zstd-frames.ts';

/** How the bytes of a file are packed. */
export type Compression = 'gzip' | 'zstd' | 'brotli' | 'none';

/** What node:zlib's streams have beyond a Transform: how many bytes went in. */
export type ZlibStream = Transform & { readonly bytesWritten: number };

/** One way to pack bytes. */
export interface Codec {
  readonly name: string;
  readonly extensions: readonly [string, ...string[]];
  /** Whether a file may hold several packed pieces one after another, as `cat a.gz b.gz` makes it. */
  readonly isConcatenable: boolean;
  /** Tells whether packed bytes end where a piece does, for the codec where node:zlib does not always tell. */
  readonly frames?: () => ZstdFrames;
  /** What packed bytes begin with, where that is one mark. */
  readonly mark: readonly number[];
  compress(): ZlibStream;
  decompress(chunkSize: number): ZlibStream;
}

const CODECS: Readonly<Record<Exclude<Compression, 'none'>, Codec>> = {
  gzip: {
    name: 'gzip',
    extensions: ['.gz', '.gzip'],
    // Node's gunzip takes one piece after another by itself.
    isConcatenable: false,
    mark: [0x1f, 0x8b],
    compress: () => createGzip(),
    decompress: (chunkSize) => createGunzip({ chunkSize }),
  },
  zstd: {
    name: 'zstd',
    extensions: ['.zst', '.zstd'],
    isConcatenable: true,
    frames: () => new ZstdFrames(),
    mark: [],
    // With a checksum: without one, zstd does not notice most damage.
    compress: () => createZstdCompress({ params: { [constants.ZSTD_c_checksumFlag]: 1 } }),
    decompress: (chunkSize) => createZstdDecompress({ chunkSize }),
  },
  brotli: {
    name: 'brotli',
    extensions: ['.br'],
    isConcatenable: false,
    mark: [],
    // Node's default quality 11 is made for web pages that are packed once: 50 times slower than 5, for a tenth of the size.
    compress: () => createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }),
    decompress: (chunkSize) => createBrotliDecompress({ chunkSize }),
  },
};

/** The codec of a file: the one asked for, or the one that its name tells; undefined for plain files. */
export function codecOf(path: string, compression: Compression | undefined): Codec | undefined {
  if (compression !== undefined) return compression === 'none' ? undefined : CODECS[compression];
  return Object.values(CODECS).find(({ extensions }) =>
    extensions.some((extension) => path.toLowerCase().endsWith(extension)),
  );
}
