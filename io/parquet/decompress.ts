import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { loadPackage } from './load-package.ts';
import type { ParquetPlace } from './parquet-error.ts';
import { corrupt, ParquetError } from './parquet-error.ts';

/** How much a file may ask for. Beyond it is an error, raised before the memory is taken. */
export interface ParquetLimits {
  /** The largest page, uncompressed. Default: 128 MiB. */
  readonly pageBytes: number;
  /** The most values in a page. Default: 4,194,304. */
  readonly pageValues: number;
}

export const DEFAULT_LIMITS: ParquetLimits = { pageBytes: 128 * 1024 * 1024, pageValues: 4 * 1024 * 1024 };

/** Up to this size any ratio is taken: a page of equal values shrinks to a few bytes. */
const ANY_RATIO_BYTES = 16 * 1024 * 1024;
/** Real data shrinks less than this; a bomb shrinks more. */
const MAX_RATIO = 1000;

/** The codecs of the format, by their number. */
const CODECS = ['UNCOMPRESSED', 'SNAPPY', 'GZIP', 'LZO', 'BROTLI', 'LZ4', 'ZSTD', 'LZ4_RAW'] as const;
export type Codec = (typeof CODECS)[number];
/** Gives exactly `size` bytes, or throws. */
export type Decompress = (bytes: Uint8Array, size: number) => Uint8Array;

/** The decompressor for a codec's number. Loads hyparquet for snappy. */
export async function decompressorOf(codec: number, place: ParquetPlace): Promise<Decompress> {
  const name = CODECS[codec];
  switch (name) {
    case 'UNCOMPRESSED':
      return (bytes) => bytes;
    case 'SNAPPY': {
      const { snappyUncompress } = await loadPackage('hyparquet', () => import('hyparquet'));
      return (bytes, size) => {
        const output = new Uint8Array(size);
        snappyUncompress(bytes, output);
        return output;
      };
    }
    // One byte more than promised is allowed, so that a page that is too long is told from one that fits.
    case 'GZIP':
      return (bytes, size) => gunzipSync(bytes, { maxOutputLength: size + 1 });
    case 'BROTLI':
      return (bytes, size) => brotliDecompressSync(bytes, { maxOutputLength: size + 1 });
    case 'ZSTD':
      return (bytes, size) => zstdDecompressSync(bytes, { maxOutputLength: size + 1 });
    case 'LZO':
    case 'LZ4':
    case 'LZ4_RAW':
    case undefined:
      throw new ParquetError(
        'unsupported',
        place,
        `the codec is ${name ?? `number ${codec}`}. Viga reads uncompressed, snappy, gzip, brotli and zstd. Write the file with one of these.`,
      );
    default:
      return name satisfies never;
  }
}

/** Refuses a page whose header claims too much, before anything is allocated for it. */
export function checkPageSize(
  size: number,
  compressed: number,
  { limits, place }: { limits: ParquetLimits; place: ParquetPlace },
): void {
  const isBomb = size > ANY_RATIO_BYTES && size > compressed * MAX_RATIO;
  if (size <= limits.pageBytes && !isBomb) return;
  const why = isBomb ? `${compressed} bytes that claim to become ${size}` : `${size} bytes`;
  throw new ParquetError(
    'too-large',
    place,
    `a page has ${why}, but at most ${limits.pageBytes} bytes and ${MAX_RATIO} times its stored size are read. It could exhaust the memory. If the file is sound, write it with smaller pages or raise limits.pageBytes.`,
  );
}

/** Decompresses a page to the size that its header claims. */
export function decompressPage(
  bytes: Uint8Array,
  size: number,
  { decompress, place }: { decompress: Decompress; place: ParquetPlace },
): Uint8Array {
  if (size === 0 && bytes.length === 0) return bytes;
  let page: Uint8Array;
  try {
    page = decompress(bytes, size);
  } catch (error) {
    throw corrupt(place, `a page of ${bytes.length} bytes can't be decompressed to the ${size} it claims`, error);
  }
  if (page.length !== size) throw corrupt(place, `a page has ${page.length} bytes but claims ${size}`);
  return page;
}
