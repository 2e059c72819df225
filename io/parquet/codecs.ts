import { brotliDecompressSync, gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { CompressionCodec, Compressors as Decompressors } from 'hyparquet';
import type { Compressors } from 'hyparquet-writer/src/types.js';

/** The names of what is written, in the format's own words. */
export const CODEC_NAMES = {
  zstd: 'ZSTD',
  snappy: 'SNAPPY',
  gzip: 'GZIP',
  none: 'UNCOMPRESSED',
} as const satisfies Record<string, CompressionCodec>;

/** Compressors in the form that hyparquet-writer takes; snappy it has itself. */
export const COMPRESSORS: Compressors = {
  ZSTD: (page) => zstdCompressSync(page),
  GZIP: (page) => gzipSync(page),
};

/**
 * Decompressors in the form that hyparquet takes; snappy it has itself, and it checks the length of what comes out.
 *
 * One byte more than the page claims is allowed, so that a page that is too long is told from one that fits, and no page
 * takes more memory than was checked before.
 */
export const DECOMPRESSORS: Decompressors = {
  GZIP: (page, size) => gunzipSync(page, { maxOutputLength: size + 1 }),
  BROTLI: (page, size) => brotliDecompressSync(page, { maxOutputLength: size + 1 }),
  ZSTD: (page, size) => zstdDecompressSync(page, { maxOutputLength: size + 1 }),
};

/** Whether pages of this codec can be read. */
export const isReadable = (codec: CompressionCodec): boolean =>
  codec === 'UNCOMPRESSED' || codec === 'SNAPPY' || codec in DECOMPRESSORS;
