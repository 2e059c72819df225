import type { ChunkContext, Page, PageHeader } from './page.ts';
import { checkCrc, decodeDataPage, decodeDataPageV2, decodeDictionary, pageHeader } from './page.ts';
import { corrupt, ParquetError } from './parquet-error.ts';
import type { Values } from './plain.ts';
import { ThriftReader } from './thrift.ts';

const NO_PAGE: Page = { count: 0, definition: undefined, repetition: undefined, values: [] };

/**
 * Goes through the values of one leaf column in one row group, with one decoded page in memory.
 *
 * Its entries are values and nulls with their levels. Errors of the bytes come as ParquetError with the column.
 */
export class LeafCursor {
  readonly #bytes: Uint8Array;
  readonly #context: ChunkContext;
  /** Entries that no page has given yet. */
  #left: number;
  #offset = 0;
  #dictionary: Values | undefined;
  #page = NO_PAGE;
  #at = 0;
  #valueAt = 0;

  constructor(bytes: Uint8Array, entries: number, context: ChunkContext) {
    this.#bytes = bytes;
    this.#context = context;
    this.#left = entries;
  }

  /** Whether there is one more entry; decodes the next page where this one is used up. */
  hasEntry(): boolean {
    while (this.#at >= this.#page.count) {
      if (this.#left === 0) return false;
      this.#nextPage();
    }
    return true;
  }

  /** The definition level of the current entry; the column must have one. */
  definition(): number {
    if (!this.hasEntry()) this.#tooFew();
    return this.#page.definition?.[this.#at] ?? this.#context.maxDefinition;
  }

  /** The repetition level of the current entry; 0 at the end, where the next row would start. */
  repetition(): number {
    return this.hasEntry() ? (this.#page.repetition?.[this.#at] ?? 0) : 0;
  }

  /** Takes the current entry: its value, or null where its definition level says so. */
  take(): unknown {
    const isPresent = this.definition() === this.#context.maxDefinition;
    this.#at++;
    return isPresent ? this.#page.values[this.#valueAt++] : null;
  }

  /** Fills `output` with the next entries of a column without nesting. Guarded by the benchmark of covid.ts. */
  fill(output: unknown[]): void {
    let done = 0;
    while (done < output.length) {
      if (!this.hasEntry()) this.#tooFew();
      const { definition, values, count } = this.#page;
      const end = Math.min(output.length, done + count - this.#at);
      if (definition === undefined) {
        this.#at += end - done;
        while (done < end) output[done++] = values[this.#valueAt++];
        continue;
      }
      const max = this.#context.maxDefinition;
      while (done < end) output[done++] = definition[this.#at++] === max ? values[this.#valueAt++] : null;
    }
  }

  #tooFew(): never {
    throw corrupt(this.#context.place, 'the column has fewer values than the row group has rows');
  }

  #nextPage(): void {
    try {
      const reader = new ThriftReader(this.#bytes, this.#offset);
      const header = pageHeader(reader.struct(), this.#context);
      const end = reader.offset + header.compressed;
      if (end > this.#bytes.length) throw new RangeError(`a page of ${header.compressed} bytes goes past the end`);
      const stored = this.#bytes.subarray(reader.offset, end);
      checkCrc(stored, header);
      this.#offset = end;
      this.#read(stored, header);
    } catch (error) {
      if (error instanceof ParquetError) throw error;
      // The decoders throw RangeError for bytes that make no sense; hyparquet throws plain errors.
      throw corrupt(
        this.#context.place,
        `a page can't be read: ${error instanceof Error ? error.message : error}`,
        error,
      );
    }
  }

  #read(stored: Uint8Array, header: PageHeader): void {
    if (header.kind === 'other') return;
    if (header.kind === 'dictionary') {
      if (this.#dictionary !== undefined) throw new RangeError('the column has two dictionaries');
      this.#dictionary = decodeDictionary(stored, header, this.#context);
      return;
    }
    const decode = header.kind === 'data' ? decodeDataPage : decodeDataPageV2;
    const page = decode(stored, header, { context: this.#context, dictionary: this.#dictionary });
    if (page.count > this.#left)
      throw new RangeError(`the pages have more values than the ${this.#left} that are left`);
    this.#left -= page.count;
    this.#page = page;
    this.#at = 0;
    this.#valueAt = 0;
  }
}
