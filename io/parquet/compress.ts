import { gzipSync, zstdCompressSync } from 'node:zlib';

/** How the pages of a file are compressed. */
export type ParquetCompression = 'zstd' | 'snappy' | 'gzip' | 'none';

/** The name of a codec in the format. */
export const CODECS = { zstd: 'ZSTD', snappy: 'SNAPPY', gzip: 'GZIP', none: 'UNCOMPRESSED' } as const;

/** Compressors in the form that hyparquet-writer takes; snappy it has itself. */
export const COMPRESSORS: {
  readonly ZSTD: (page: Uint8Array) => Uint8Array;
  readonly GZIP: (page: Uint8Array) => Uint8Array;
} = {
  ZSTD: (page) => zstdCompressSync(page),
  GZIP: (page) => gzipSync(page),
};
