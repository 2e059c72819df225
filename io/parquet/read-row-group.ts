import { setMember, valueReader } from './assemble.ts';
import type { Field } from './column.ts';
import type { Decompress, ParquetLimits } from './decompress.ts';
import { decompressorOf } from './decompress.ts';
import { deltaDecodersFor } from './delta.ts';
import { LeafCursor } from './leaf-cursor.ts';
import { leafDecoder } from './leaf-values.ts';
import type { FooterChunk, FooterRowGroup } from './metadata.ts';
import { readBytes } from './metadata.ts';
import type { ParquetPlace } from './parquet-error.ts';
import { corrupt } from './parquet-error.ts';
import type { ByteSource } from './ports.ts';
import type { Condition } from './predicate.ts';
import type { LeafNode, ReadNode } from './read-schema.ts';

/** What is read of a row group. */
export interface RowGroupTask {
  readonly source: ByteSource;
  readonly place: ParquetPlace;
  readonly rowGroup: FooterRowGroup;
  /** The columns that conditions or rows need, each once. */
  readonly nodes: readonly ReadNode[];
  /** The columns of the rows, in their order. */
  readonly columns: readonly Field[];
  readonly conditions: readonly Condition[];
  readonly limits: ParquetLimits;
  readonly batchRows: number;
  /** Applied to the values of a column after the conditions saw them. */
  readonly finish: ReadonlyMap<string, (value: unknown) => unknown>;
}

/** A row as it comes from a file. */
export type ParquetRow = Record<string, unknown>;

/**
 * Reads the rows of a row group in batches.
 *
 * In memory are the stored bytes of the columns, one decoded page for each of them and one batch of rows.
 */
export async function* readRowGroup(task: RowGroupTask): AsyncGenerator<ParquetRow[], void, undefined> {
  const cursors = await openCursors(task);
  const readers = task.nodes.map((node) => columnReader(node, cursors));
  const names = task.nodes.map((node) => node.name);
  for (let done = 0; done < task.rowGroup.rows; done += task.batchRows) {
    const count = Math.min(task.batchRows, task.rowGroup.rows - done);
    const values = new Map(readers.map((read, at) => [names[at] ?? '', read(count)]));
    const rows = rowsOf(values, count, task);
    if (rows.length > 0) yield rows;
  }
  for (const cursor of cursors) {
    if (cursor?.hasEntry()) throw corrupt(task.place, 'a column has more values than the row group has rows');
  }
}

type ReadColumn = (count: number) => unknown[];

function columnReader(node: ReadNode, cursors: readonly (LeafCursor | undefined)[]): ReadColumn {
  const leaf = cursors[node.firstLeaf];
  if (node.kind === 'leaf' && leaf !== undefined) {
    return (count) => {
      const values = new Array<unknown>(count);
      leaf.fill(values);
      return values;
    };
  }
  // The cursors of the node's own leaves were opened; valueReader asks for no others.
  const read = valueReader(node, cursors as readonly LeafCursor[]);
  return (count) => {
    const values = new Array<unknown>(count);
    for (let row = 0; row < count; row++) values[row] = read();
    return values;
  };
}

/** Turns columns into rows, for those rows that match. */
function rowsOf(values: ReadonlyMap<string, unknown[]>, count: number, task: RowGroupTask): ParquetRow[] {
  const kept = matchingRows(values, count, task.conditions);
  const columns = task.columns.map(({ name }) => {
    const finish = task.finish.get(name);
    const all = values.get(name) ?? [];
    return { name, values: finish === undefined ? all : all.map(finish) };
  });
  const rows = new Array<ParquetRow>(kept?.length ?? count);
  for (let at = 0; at < rows.length; at++) {
    const from = kept === undefined ? at : (kept[at] ?? 0);
    const row: ParquetRow = {};
    for (const column of columns) setMember(row, column.name, column.values[from]);
    rows[at] = row;
  }
  return rows;
}

function matchingRows(
  values: ReadonlyMap<string, unknown[]>,
  count: number,
  conditions: readonly Condition[],
): number[] | undefined {
  if (conditions.length === 0) return undefined;
  const tests = conditions.map(({ column, matches }) => ({ values: values.get(column) ?? [], matches }));
  const kept: number[] = [];
  for (let row = 0; row < count; row++) {
    if (tests.every((test) => test.matches(test.values[row]))) kept.push(row);
  }
  return kept;
}

function leavesOf(node: ReadNode): LeafNode[] {
  switch (node.kind) {
    case 'leaf':
      return [node];
    case 'struct':
      return node.children.flatMap(leavesOf);
    case 'list':
      return leavesOf(node.item);
    case 'map':
      return [...leavesOf(node.key), ...leavesOf(node.value)];
    default:
      return node satisfies never;
  }
}

/** The cursors by leaf number; leaves that are not read have none. */
async function openCursors({
  source,
  place,
  rowGroup,
  nodes,
  limits,
}: RowGroupTask): Promise<(LeafCursor | undefined)[]> {
  const leaves = nodes.flatMap(leavesOf);
  const chunks = leaves.map((leaf) => chunkOf(leaf, { rowGroup, source, place }));
  const bytes = await readChunks(chunks, source, place);
  const delta = await deltaDecodersFor(chunks.flatMap((chunk) => chunk.encodings));
  const decompressors = new Map<number, Decompress>();
  const cursors: (LeafCursor | undefined)[] = [];
  for (const [at, leaf] of leaves.entries()) {
    const chunk = chunks[at] as FooterChunk; // one chunk for each leaf
    const leafPlace = { ...place, column: leaf.path };
    const decompress = decompressors.get(chunk.codec) ?? (await decompressorOf(chunk.codec, leafPlace));
    decompressors.set(chunk.codec, decompress);
    const context = {
      decoder: leafDecoder(leaf),
      maxDefinition: leaf.maxDefinition,
      maxRepetition: leaf.maxRepetition,
      decompress,
      delta,
      limits,
      place: leafPlace,
    };
    cursors[leaf.firstLeaf] = new LeafCursor(bytes[at] ?? new Uint8Array(), chunk.values, context);
  }
  return cursors;
}

function chunkOf(
  leaf: LeafNode,
  { rowGroup, source, place }: Pick<RowGroupTask, 'rowGroup' | 'source' | 'place'>,
): FooterChunk {
  const here = { ...place, column: leaf.path };
  const chunk = rowGroup.chunks[leaf.firstLeaf];
  if (chunk === undefined) throw corrupt(here, 'the row group lacks this column');
  if (chunk.path.join('.') !== leaf.path)
    throw corrupt(here, `the row group has the column ${chunk.path.join('.')} in its place`);
  if (chunk.physical !== leaf.element.physical) throw corrupt(here, 'the row group has another type than the schema');
  if (chunk.start < 4 || chunk.start + chunk.compressedBytes > source.byteLength - 8) {
    throw corrupt(
      here,
      `its ${chunk.compressedBytes} bytes from ${chunk.start} lie outside the file of ${source.byteLength} bytes`,
    );
  }
  if (leaf.maxRepetition === 0 && chunk.values !== rowGroup.rows) {
    throw corrupt(here, `it has ${chunk.values} values in a row group of ${rowGroup.rows} rows`);
  }
  return chunk;
}

/** Columns this close together are read as one: a request costs more than the bytes between. */
const GAP_BYTES = 64 * 1024;

async function readChunks(
  chunks: readonly FooterChunk[],
  source: ByteSource,
  place: ParquetPlace,
): Promise<Uint8Array[]> {
  const order = chunks.map((chunk, at) => ({ at, start: chunk.start, end: chunk.start + chunk.compressedBytes }));
  order.sort((left, right) => left.start - right.start);
  const bytes: Uint8Array[] = [];
  for (let first = 0; first < order.length; ) {
    const start = order[first]?.start ?? 0;
    let end = start;
    let next = first;
    for (
      let range = order[next];
      range !== undefined && (next === first || range.start <= end + GAP_BYTES);
      range = order[++next]
    ) {
      end = Math.max(end, range.end);
    }
    const merged = await readBytes(source, [start, end], place);
    for (const range of order.slice(first, next))
      bytes[range.at] = merged.subarray(range.start - start, range.end - start);
    first = next;
  }
  return bytes;
}
