import type { AsyncBuffer, RowGroup } from 'hyparquet';
import type { InputFile } from '../files/index.ts';
import { type PageError, pageChecker, type StoredChunk } from './check-pages.ts';
import { isReadable } from './codecs.ts';
import { columnDecoder, type RowGroupPart } from './decode-columns.ts';
import { damaged, readBytes, reason } from './footer.ts';

/** The values of some consecutive rows: a list for each column, in their order. */
export interface Slice {
  readonly rows: number;
  readonly values: readonly (readonly unknown[])[];
}

/** About what the values of a slice may take in memory, and what one takes beside its stored bytes. */
const SLICE_BYTES = 64 * 1024 * 1024;
const VALUE_BYTES = 16;
/** Pages that lie in two slices are decoded twice, so slices are not small. */
const LEAST_ROWS = 1024;

/**
 * Reads a row group slice by slice: one, as long as its values are not large.
 *
 * In memory are the stored bytes of the columns and the values of one slice.
 *
 * @throws ConnectorError with file, byte, row group and column for what is damaged.
 */
export async function* readRowGroup(
  part: RowGroupPart,
  sliceBytes: number = SLICE_BYTES,
): AsyncGenerator<Slice, void, undefined> {
  const group = part.metadata.row_groups[part.index] as RowGroup; // the index is one of them
  const rows = Number(group.num_rows);
  const chunks = part.columns.flatMap((column) => column.leaves.map((leaf) => chunkOf(part, group, leaf.index)));
  const bytes = await fetchChunks(chunks, part.file);
  await checkChunks(part, chunks, bytes);
  const memory = chunks.reduce((sum, chunk) => sum + chunk.memory, 0);
  const size = Math.max(LEAST_ROWS, Math.ceil(rows / Math.ceil(Math.max(1, memory) / sliceBytes)));
  const decode = await columnDecoder(part, storedBuffer(part.file, chunks, bytes));
  for (let from = 0; from < rows; from += size) {
    const count = Math.min(size, rows - from);
    yield { rows: count, values: await decode(from, count) };
  }
}

interface Chunk {
  readonly index: number;
  readonly start: number;
  readonly end: number;
  /** About what its values take. */
  readonly memory: number;
}

function chunkOf({ file, columns, index }: RowGroupPart, group: RowGroup, at: number): Chunk {
  const leaf = columns.flatMap((column) => column.leaves).find((one) => one.index === at);
  const meta = group.columns[at]?.meta_data;
  const fail = (message: string, byte = 0): never => {
    throw damaged(
      file.path,
      Number.isSafeInteger(byte) ? byte : 0,
      `row group ${index}, column ${leaf?.path}: ${message}`,
    );
  };
  if (leaf === undefined || meta === undefined) return fail('it is not there');
  if (meta.type !== leaf.element.type) return fail(`it is ${meta.type} here, but ${leaf.element.type} in the schema`);
  if (!isReadable(meta.codec)) {
    return fail(
      `its codec is ${meta.codec}; snappy, gzip, brotli, zstd and none are read. Write the file with one of these`,
    );
  }
  const start = Number(meta.dictionary_page_offset || meta.data_page_offset);
  const size = Number(meta.total_compressed_size);
  if (!Number.isSafeInteger(start + size) || !(start >= 4 && size >= 0 && start + size <= (file.size ?? 0) - 8)) {
    return fail(`its ${size} bytes from ${start} lie outside the file of ${file.size} bytes`, start);
  }
  if (leaf.maxRepetition === 0 && meta.num_values !== group.num_rows) {
    return fail(`it has ${meta.num_values} values, but the row group ${group.num_rows} rows`, start);
  }
  const memory = Number(meta.total_uncompressed_size) + Number(meta.num_values) * VALUE_BYTES;
  return { index: at, start, end: start + size, memory };
}

/** Columns this close together are read as one: a request costs more than the bytes between. */
const GAP_BYTES = 64 * 1024;

/** The bytes of chunks, by their place in the list. */
async function fetchChunks(chunks: readonly Chunk[], file: InputFile): Promise<readonly Uint8Array<ArrayBuffer>[]> {
  const order = [...chunks.entries()].sort(([, left], [, right]) => left.start - right.start);
  const bytes: Uint8Array<ArrayBuffer>[] = [];
  for (let first = 0; first < order.length; ) {
    const start = order[first]?.[1].start ?? 0;
    let end = start;
    let next = first;
    for (
      let one = order[next];
      one !== undefined && (next === first || one[1].start <= end + GAP_BYTES);
      one = order[++next]
    ) {
      end = Math.max(end, one[1].end);
    }
    const run = await readBytes(file, start, end);
    for (const [at, chunk] of order.slice(first, next))
      bytes[at] = run.subarray(chunk.start - start, chunk.end - start);
    first = next;
  }
  return bytes;
}

async function checkChunks(
  { file, columns, metadata, index }: RowGroupPart,
  chunks: readonly Chunk[],
  bytes: readonly Uint8Array<ArrayBuffer>[],
): Promise<void> {
  const check = await pageChecker();
  const leaves = columns.flatMap((column) => column.leaves);
  for (const [at, chunk] of chunks.entries()) {
    const meta = metadata.row_groups[index]?.columns[chunk.index]?.meta_data;
    const leaf = leaves[at];
    const stored = bytes[at];
    if (meta === undefined || leaf === undefined || stored === undefined) continue;
    try {
      check({ bytes: stored, leaf, codec: meta.codec, values: Number(meta.num_values) } satisfies StoredChunk);
    } catch (error) {
      // The checker throws nothing else.
      const { at: offset } = error as PageError;
      const what = `row group ${index}, column ${leaf.path}: ${reason(error)}`;
      throw damaged(file.path, chunk.start + offset, what, error);
    }
  }
}

/** What hyparquet reads from: bytes that are in memory already. It asks for whole chunks and for runs of them. */
function storedBuffer(
  file: InputFile,
  chunks: readonly Chunk[],
  bytes: readonly Uint8Array<ArrayBuffer>[],
): AsyncBuffer {
  return {
    byteLength: file.size ?? 0,
    slice(start, end = file.size ?? 0) {
      const at = chunks.findIndex((chunk) => chunk.start <= start && start < chunk.end);
      const chunk = chunks[at];
      const stored = bytes[at];
      if (chunk === undefined || stored === undefined) return new ArrayBuffer(0);
      // The chunks of a run lie in one buffer.
      const from = stored.byteOffset + start - chunk.start;
      return stored.buffer.slice(from, from + end - start);
    },
  };
}
