import type { AsyncBuffer, FileMetaData } from 'hyparquet';
import type { InputFile } from '../files/index.ts';
import { DECOMPRESSORS } from './codecs.ts';
import { dataParsers } from './decode-value.ts';
import type { FileColumn } from './file-schema.ts';
import { damaged, reason } from './footer.ts';
import { loadPackage } from './load-package.ts';

/** A row group of a file, and what is read of it. */
export interface RowGroupPart {
  readonly file: InputFile;
  /** With the names that hyparquet sees. */
  readonly metadata: FileMetaData;
  readonly index: number;
  readonly columns: readonly FileColumn[];
}

/** Gives the values of some rows of a row group: a list for each column, in their order. */
export type DecodeRows = (from: number, count: number) => Promise<readonly (readonly unknown[])[]>;

/** Has the columns of a row group decoded by hyparquet, from bytes that are in memory and were checked. */
export async function columnDecoder(part: RowGroupPart, buffer: AsyncBuffer): Promise<DecodeRows> {
  const { parquetRead } = await loadPackage('hyparquet', () => import('hyparquet'));
  const fixed = {
    file: buffer,
    metadata: { ...part.metadata, row_groups: part.metadata.row_groups.slice(part.index, part.index + 1) },
    compressors: DECOMPRESSORS,
    parsers: dataParsers(),
    utf8: false,
  };
  const read = async (columns: readonly FileColumn[], from: number, count: number): Promise<readonly unknown[][]> => {
    const fills = new Map(columns.map((column) => [column.id, new ColumnFill(column, from, count)]));
    await parquetRead({
      ...fixed,
      columns: [...fills.keys()],
      rowStart: from,
      rowEnd: from + count,
      onChunk: ({ columnName, columnData, rowStart }) => fills.get(columnName)?.add(columnData, rowStart),
    });
    return [...fills.values()].map((fill) => fill.finish());
  };
  return async (from, count) => {
    try {
      return await read(part.columns, from, count);
    } catch (error) {
      throw await located(part, { error, retry: (column) => read([column], from, count) });
    }
  };
}

/** The values of one column for some rows, as they come in pages that may reach beyond. */
class ColumnFill {
  readonly #column: FileColumn;
  readonly #from: number;
  readonly #values: unknown[];
  #done = 0;
  #failure: unknown;

  constructor(column: FileColumn, from: number, count: number) {
    this.#column = column;
    this.#from = from;
    this.#values = new Array<unknown>(count);
  }

  /** Never throws: whoever calls back from hyparquet would not hear of it. */
  add(page: ArrayLike<unknown>, firstRow: number): void {
    const { decode } = this.#column;
    const shift = firstRow - this.#from;
    const first = Math.max(0, -shift);
    const last = Math.min(page.length, this.#values.length - shift);
    try {
      for (let at = first; at < last; at++) this.#values[at + shift] = decode(page[at]);
      this.#done += Math.max(0, last - first);
    } catch (error) {
      this.#failure ??= error;
    }
  }

  finish(): unknown[] {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#done === this.#values.length) return this.#values;
    throw new RangeError(`it has values for ${this.#done} of ${this.#values.length} rows`);
  }
}

interface Failure {
  readonly error: unknown;
  readonly retry: (column: FileColumn) => Promise<unknown>;
}

/** Finds the column at fault by reading each alone: hyparquet does not tell. */
async function located({ file, metadata, index, columns }: RowGroupPart, { error, retry }: Failure): Promise<unknown> {
  for (const column of columns) {
    try {
      await retry(column);
    } catch (cause) {
      const meta = metadata.row_groups[index]?.columns[column.leaves[0]?.index ?? 0]?.meta_data;
      const start = Number(meta?.dictionary_page_offset || meta?.data_page_offset);
      const what = `row group ${index}, column ${column.name}: the values can't be decoded: ${reason(cause)}`;
      return damaged(file.path, start, what, cause);
    }
  }
  return error;
}
