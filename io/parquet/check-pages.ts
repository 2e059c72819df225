import type { CompressionCodec, ParquetType } from 'hyparquet';
import type { PageHeader } from 'hyparquet/src/types.js';
import { DECOMPRESSORS } from './codecs.ts';
import { checkSnappy } from './check-snappy.ts';
import type { FileLeaf } from './file-schema.ts';
import { loadPackage } from './load-package.ts';

// hyparquet trusts the counts that a file claims: a single changed byte in a run of levels or of dictionary indexes sends it
// into a loop of up to 2^31 steps, or without an end, which nothing can interrupt (measured: one of 414 changes of single
// bytes). So before it decodes a column, the counts are checked here: of pages, of runs, and of what pages grow to.

/** The largest page, uncompressed. Writers make pages of 1 MiB, some of 20 thousand rows. */
const MAX_PAGE_BYTES = 256 * 1024 * 1024;
/** The most values in a page. */
const MAX_PAGE_VALUES = 16 * 1024 * 1024;
/** Up to this size a page may grow any number of times: equal values shrink to a few bytes. */
const ANY_RATIO_BYTES = 16 * 1024 * 1024;
/** Real data shrinks less than this; a decompression bomb shrinks more. */
const MAX_RATIO = 1000;

/** A page that must not be decoded; `at` is its place in the bytes of its chunk. */
export class PageError extends Error {
  readonly at: number;

  constructor(at: number, message: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.at = at;
  }
}

/** One column of a row group, as stored. */
export interface StoredChunk {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly leaf: FileLeaf;
  readonly codec: CompressionCodec;
  readonly values: number;
}

/** Loads what reads the headers of pages, and gives the check of a chunk; it throws {@link PageError}. */
export async function pageChecker(): Promise<(chunk: StoredChunk) => void> {
  const { parquetHeader } = await loadPackage('hyparquet', () => import('hyparquet/src/column.js'));
  const { decompressPage } = await loadPackage('hyparquet', () => import('hyparquet/src/datapage.js'));
  return (chunk) => {
    const reader = { view: new DataView(chunk.bytes.buffer, chunk.bytes.byteOffset, chunk.bytes.length), offset: 0 };
    let values = 0;
    while (reader.offset < chunk.bytes.length - 1) {
      const at = reader.offset;
      try {
        const header = parquetHeader(reader);
        const stored = checkSizes(header, chunk.bytes.length - reader.offset);
        const page = chunk.bytes.subarray(reader.offset, reader.offset + stored);
        values += checkPage(header, page, chunk, (bytes, size) => {
          if (chunk.codec === 'SNAPPY') checkSnappy(bytes, size);
          return decompressPage(bytes, size, chunk.codec, DECOMPRESSORS);
        });
        reader.offset += stored;
      } catch (error) {
        throw new PageError(at, error instanceof Error ? error.message : String(error), error);
      }
      if (values > chunk.values) break;
    }
    if (values !== chunk.values) {
      throw new PageError(reader.offset, `its pages hold ${values} values, but the footer tells of ${chunk.values}`);
    }
  };
}

function checkSizes(header: PageHeader, rest: number): number {
  const { compressed_page_size: stored, uncompressed_page_size: size } = header;
  // The types say that a header has both; one that is damaged may not.
  if (stored === undefined || size === undefined) throw new RangeError('what stands here is no page');
  if (!(stored >= 0 && stored <= rest)) throw new RangeError(`a page claims ${stored} bytes, but ${rest} are left`);
  const isBomb = size > ANY_RATIO_BYTES && size > stored * MAX_RATIO;
  if (!(size >= 0 && size <= MAX_PAGE_BYTES) || isBomb) {
    throw new RangeError(
      `a page of ${stored} bytes claims to become ${size}; at most ${MAX_PAGE_BYTES} bytes and ${MAX_RATIO} times its size are read`,
    );
  }
  return stored;
}

type Decompress = (bytes: Uint8Array, size: number) => Uint8Array;

/** Returns how many values of the column the page holds. */
function checkPage(header: PageHeader, stored: Uint8Array, chunk: StoredChunk, decompress: Decompress): number {
  switch (header.type) {
    case 'DICTIONARY_PAGE': {
      const count = checkCount(header.dictionary_page_header?.num_values);
      if (count > header.uncompressed_page_size) throw new RangeError(`a dictionary claims ${count} values`);
      decompress(stored, header.uncompressed_page_size);
      return 0;
    }
    case 'DATA_PAGE':
      return checkFirstVersion(header, chunk, decompress(stored, header.uncompressed_page_size));
    case 'DATA_PAGE_V2':
      return checkSecondVersion(header, stored, chunk, decompress);
    default:
      throw new RangeError(`a page has the type ${header.type}, which is not read`);
  }
}

/** Levels and values are compressed together; levels have their length before them. */
function checkFirstVersion({ data_page_header: page }: PageHeader, { leaf }: StoredChunk, body: Uint8Array): number {
  const count = checkCount(page?.num_values);
  const { maxDefinition, maxRepetition, element } = leaf;
  const runs = new Runs(body);
  if (maxRepetition > 0) runs.checkLevels(maxRepetition, count);
  const values = maxDefinition > 0 ? runs.checkLevels(maxDefinition, count) : count;
  // hyparquet reads no runs where indexes have no bits.
  checkValues(runs, { encoding: page?.encoding, count: values, type: element.type, hasEmptyRuns: false });
  return count;
}

function checkSecondVersion(
  header: PageHeader,
  stored: Uint8Array,
  { leaf }: StoredChunk,
  decompress: Decompress,
): number {
  const page = header.data_page_header_v2;
  const count = checkCount(page?.num_values);
  const { repetition_levels_byte_length: repetition = -1, definition_levels_byte_length: definition = -1 } = page ?? {};
  const levels = repetition + definition;
  if (!(repetition >= 0 && definition >= 0 && levels <= stored.length)) {
    throw new RangeError(`a page of ${stored.length} bytes claims ${levels} bytes of levels`);
  }
  const { maxDefinition, maxRepetition, element } = leaf;
  let values = count;
  if (maxRepetition > 0) new Runs(stored.subarray(0, repetition)).check(bitWidth(maxRepetition), count);
  if (maxDefinition > 0) {
    values = new Runs(stored.subarray(repetition, levels)).check(bitWidth(maxDefinition), count, maxDefinition);
  }
  if (page?.num_nulls !== count - values) {
    throw new RangeError(`a page claims ${page?.num_nulls} nulls, but has ${count - values}`);
  }
  const body = stored.subarray(levels);
  const raw = page.is_compressed === false ? body : decompress(body, header.uncompressed_page_size - levels);
  checkValues(new Runs(raw), { encoding: page.encoding, count: values, type: element.type, hasEmptyRuns: true });
  return count;
}

interface Values {
  readonly encoding: string | undefined;
  readonly count: number;
  readonly type: ParquetType | undefined;
  readonly hasEmptyRuns: boolean;
}

function checkValues(runs: Runs, { encoding, count, type, hasEmptyRuns }: Values): void {
  const isBoolean = type === 'BOOLEAN';
  if (encoding === 'RLE' && isBoolean) {
    if (count > 0) runs.checkLevels(1, count);
  } else if ((encoding === 'PLAIN_DICTIONARY' || encoding === 'RLE_DICTIONARY') && !isBoolean) {
    if (count > 0) runs.checkIndexes(count, hasEmptyRuns);
  } else if (encoding?.startsWith('DELTA_')) {
    if (count > 0) runs.checkDelta(type === 'INT32');
  } else if (encoding !== 'PLAIN' && encoding !== 'BYTE_STREAM_SPLIT') {
    throw new RangeError(`a page has the encoding ${encoding} for ${type}, which is not read`);
  }
}

function checkCount(count = -1): number {
  if (count >= 0 && count <= MAX_PAGE_VALUES) return count;
  throw new RangeError(`a page claims ${count} values; at most ${MAX_PAGE_VALUES} are read`);
}

const bitWidth = (max: number): number => 32 - Math.clz32(max);

/** Goes through runs of the "RLE / bit-packing hybrid" (parquet-format, Encodings.md) without decoding more than it must. */
class Runs {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Levels with their length before them; returns how many are the highest. */
  checkLevels(max: number, count: number): number {
    const length = this.#length();
    const end = this.#at + length;
    const present = this.check(bitWidth(max), count, max);
    if (this.#at > end) throw new RangeError('the levels of a page are longer than they claim');
    this.#at = end;
    return present;
  }

  checkIndexes(count: number, hasEmptyRuns: boolean): void {
    const width = this.#byte();
    if (width > 32) throw new RangeError(`a page has dictionary indexes of ${width} bits`);
    if (width > 0 || hasEmptyRuns) this.check(width, count);
  }

  /**
   * Checks how delta-encoded numbers begin. DuckDB writes the first of unsigned 32-bit numbers in more bits than their type
   * has, and hyparquet would cut them.
   */
  checkDelta(isInt32: boolean): void {
    const block = this.#varint();
    const miniblocks = this.#varint();
    if (block > MAX_DELTA_BLOCK || miniblocks < 1 || miniblocks > block) {
      throw new RangeError(`a page claims blocks of ${block} numbers in ${miniblocks} parts`);
    }
    this.#varint(); // the count of values, again
    if (isInt32 && this.#varint() >= 2 ** 32) {
      throw new RangeError('a page begins with a number of more than 32 bits in a column of 32, which is not read');
    }
  }

  /** Checks runs of `count` values; returns how many of them are `wanted`. */
  check(width: number, count: number, wanted = -1): number {
    let seen = 0;
    let found = 0;
    while (seen < count) {
      const header = this.#varint();
      const room = count - seen;
      if (header % 2 === 0) {
        const length = Math.floor(header / 2);
        if (length === 0 || length > room) throw new RangeError(`a run claims ${length} values, but ${room} are left`);
        if (this.#number((width + 7) >> 3) === wanted) found += length;
        seen += length;
        continue;
      }
      const groups = Math.floor(header / 2);
      // Writers fill up the last group, and the last run of a page may be cut behind its last value.
      const length = Math.min(groups * 8, room);
      if (groups === 0 || this.#at + Math.ceil((length * width) / 8) > this.#bytes.length) {
        throw new RangeError(`a run claims ${groups * 8} values of ${width} bits, but the page ends before`);
      }
      if (groups * 8 - length >= 8 * MAX_SPARE_GROUPS)
        throw new RangeError(`a run claims ${groups * 8} values, but ${room} are left`);
      if (wanted >= 0) found += this.#countPacked(width, length, wanted);
      this.#at += groups * width;
      seen += length;
    }
    return found;
  }

  #countPacked(width: number, length: number, wanted: number): number {
    let found = 0;
    let bit = this.#at * 8;
    for (let item = 0; item < length; item++) {
      let value = 0;
      for (let at = 0; at < width; at++, bit++) value |= (((this.#bytes[bit >> 3] ?? 0) >> (bit & 7)) & 1) << at;
      if (value === wanted) found++;
    }
    return found;
  }

  #byte(): number {
    const byte = this.#bytes[this.#at++];
    if (byte === undefined) throw new RangeError('a page ends within a run');
    return byte;
  }

  #number(bytes: number): number {
    let value = 0;
    for (let at = 0; at < bytes; at++) value += this.#byte() * 2 ** (8 * at);
    return value;
  }

  #length(): number {
    const length = this.#number(4);
    if (length > this.#bytes.length - this.#at) throw new RangeError(`a page claims ${length} bytes of levels`);
    return length;
  }

  #varint(): number {
    let value = 0;
    for (let shift = 0; shift < 5; shift++) {
      const byte = this.#byte();
      value += (byte & 0x7f) * 2 ** (7 * shift);
      if (byte < 0x80) return value;
    }
    throw new RangeError('a run has a header of more than 32 bits');
  }
}

/** The most numbers in a block of delta-encoded ones; writers use 128 to 2048. */
const MAX_DELTA_BLOCK = 65_536;
/** Some writers end a page with a run of full size, whatever is left. */
const MAX_SPARE_GROUPS = 64;
