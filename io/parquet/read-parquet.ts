import { PipelineError } from '../../model/index.ts';
import type { Field, ParquetSchema, RowOf } from './column.ts';
import { fieldsOf, typeText } from './column.ts';
import type { ParquetLimits } from './decompress.ts';
import { DEFAULT_LIMITS } from './decompress.ts';
import { leafType } from './leaf-type.ts';
import type { Footer } from './metadata.ts';
import { readFooter } from './metadata.ts';
import type { ParquetPlace } from './parquet-error.ts';
import { corrupt, ParquetError } from './parquet-error.ts';
import type { ByteSource } from './ports.ts';
import type { Condition, Predicate } from './predicate.ts';
import { conditionOf } from './predicate.ts';
import type { ParquetRow } from './read-row-group.ts';
import { readRowGroup } from './read-row-group.ts';
import type { ReadNode } from './read-schema.ts';
import { columnNodes } from './read-schema.ts';
import type { ColumnStatistics } from './statistics.ts';
import { statisticsOf } from './statistics.ts';
import { toDates } from './timestamp-form.ts';

/** How a file is opened. */
export interface OpenParquetOptions {
  /** Names the file in errors. Default: 'parquet'. */
  readonly name?: string;
  readonly limits?: Partial<ParquetLimits>;
}

/** What is read of a file. */
export interface ReadRowsOptions<S extends ParquetSchema = ParquetSchema> {
  /** The columns to read, in this order; the others are not even fetched. Default: all. */
  readonly columns?: readonly string[];
  /**
   * The columns to read with the types they must have, instead of `columns`. The rows get their TypeScript type from it,
   * and a file that differs is an error before anything is read.
   */
  readonly schema?: S;
  /** Only rows that meet all of these. Row groups whose statistics exclude them are not fetched. */
  readonly where?: readonly Predicate[];
  /**
   * 'exact', the default, loses nothing: milliseconds as Date, micro- and nanoseconds as bigint. 'date' gives Dates for
   * all and cuts what is below a millisecond.
   */
  readonly timestamps?: 'exact' | 'date';
  /** At most this many rows at a time. Default: 1024. */
  readonly batchRows?: number;
}

/** A part of a file that can be read on its own. */
export interface RowGroupInfo {
  readonly index: number;
  /** The number of its first row in the file. */
  readonly firstRow: number;
  readonly rows: number;
  readonly compressedBytes: number;
  readonly uncompressedBytes: number;
}

type Rows<S extends ParquetSchema> = string extends keyof S ? ParquetRow : RowOf<S>;

/** An open Parquet file: its footer is known, its rows are read when asked for. */
export interface ParquetFile {
  readonly name: string;
  readonly rows: number;
  readonly schema: readonly Field[];
  readonly rowGroups: readonly RowGroupInfo[];
  /** The file's own key-value pairs. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly createdBy: string | undefined;
  /** What the file says of a column's values in a row group; undefined where it says nothing, or the column is nested. */
  statistics(rowGroup: number, column: string): ColumnStatistics | undefined;
  /** The row groups that may hold rows which meet all predicates. */
  matchingRowGroups(where: readonly Predicate[]): readonly RowGroupInfo[];
  /**
   * Reads a row group in batches; without any that match, none comes.
   *
   * In memory are the stored bytes of the columns asked for, a decoded page of each and one batch.
   *
   * @throws ParquetError with file, row group and column if it can't be read.
   */
  readRowGroup<S extends ParquetSchema = ParquetSchema>(
    index: number,
    options?: ReadRowsOptions<S>,
  ): AsyncGenerator<Rows<S>[], void, undefined>;
  /** Reads all row groups that may match, one after the other. */
  readRows<S extends ParquetSchema = ParquetSchema>(
    options?: ReadRowsOptions<S>,
  ): AsyncGenerator<Rows<S>[], void, undefined>;
}

/**
 * Opens a Parquet file: reads its footer with one small read, or two if it is larger than 32 KiB.
 *
 * Values come in the one form that {@link column} describes for each type. A null is always null, a missing struct too.
 * Column names are data: `__proto__` is one like any other.
 *
 * @throws ParquetError if it is no Parquet file, was cut, or has a footer that makes no sense.
 * @example
 * import { readFile } from 'node:fs/promises';
 * import { column, openParquet, writeParquet } from 'viga/io/parquet';
 *
 * const chunks: Uint8Array[] = [];
 * const schema = { id: column.int64(), city: column.string() };
 * const writer = await writeParquet({ write: (bytes) => void chunks.push(bytes) }, schema);
 * await writer.addAll([{ id: 1n, city: 'Quito' }, { id: 2n, city: 'Lima' }]);
 * await writer.close();
 *
 * const bytes = Buffer.concat(chunks);
 * const file = await openParquet({ byteLength: bytes.length, slice: (start, end) => bytes.subarray(start, end) });
 * for await (const rows of file.readRows({ schema, where: [{ column: 'city', op: '=', value: 'Lima' }] })) {
 *   console.log(rows[0]?.id); // 2n
 * }
 */
export async function openParquet(source: ByteSource, options: OpenParquetOptions = {}): Promise<ParquetFile> {
  const place = { file: options.name ?? 'parquet' };
  const footer = await readFooter(source, place);
  const nodes = nodesOf(footer, place);
  return new OpenFile({ source, place, footer, nodes, limits: { ...DEFAULT_LIMITS, ...options.limits } });
}

function nodesOf(footer: Footer, place: ParquetPlace): ReadNode[] {
  let nodes: ReadNode[];
  try {
    nodes = columnNodes(footer.elements, leafType);
  } catch (error) {
    throw corrupt(place, `the schema can't be read: ${error instanceof Error ? error.message : error}`, error);
  }
  const doubled = nodes.find((node, at) => nodes.findIndex((other) => other.name === node.name) !== at);
  if (doubled === undefined) return nodes;
  throw new ParquetError(
    'unsupported',
    { ...place, column: doubled.name },
    'two columns have this name. A row is an object and could hold only one of them. Rename one.',
  );
}

interface Parts {
  readonly source: ByteSource;
  readonly place: ParquetPlace;
  readonly footer: Footer;
  readonly nodes: readonly ReadNode[];
  readonly limits: ParquetLimits;
}

class OpenFile implements ParquetFile {
  readonly #parts: Parts;
  readonly rowGroups: readonly RowGroupInfo[];

  constructor(parts: Parts) {
    this.#parts = parts;
    this.rowGroups = rowGroupInfos(parts.footer);
  }

  get name(): string {
    return this.#parts.place.file;
  }

  get rows(): number {
    return this.#parts.footer.rows;
  }

  get schema(): readonly Field[] {
    return this.#parts.nodes;
  }

  get metadata(): Readonly<Record<string, string>> {
    return this.#parts.footer.metadata;
  }

  get createdBy(): string | undefined {
    return this.#parts.footer.createdBy;
  }

  statistics(rowGroup: number, column: string): ColumnStatistics | undefined {
    const node = this.#node(column);
    const chunk = node.kind === 'leaf' ? this.#group(rowGroup).chunks[node.firstLeaf] : undefined;
    return node.kind === 'leaf' && chunk !== undefined ? statisticsOf(chunk, node) : undefined;
  }

  matchingRowGroups(where: readonly Predicate[]): readonly RowGroupInfo[] {
    const conditions = where.map((predicate) => this.#condition(predicate));
    return this.rowGroups.filter((group) => !this.#isExcluded(group.index, conditions));
  }

  async *readRowGroup<S extends ParquetSchema = ParquetSchema>(
    index: number,
    options: ReadRowsOptions<S> = {},
  ): AsyncGenerator<Rows<S>[], void, undefined> {
    const { source, place, limits } = this.#parts;
    const rowGroup = this.#group(index);
    const columns = this.#columns(options);
    const conditions = (options.where ?? []).map((predicate) => this.#condition(predicate));
    if (this.#isExcluded(index, conditions)) return;
    const wanted = new Set([...columns.map(({ name }) => name), ...conditions.map(({ column }) => column)]);
    const finish = new Map<string, (value: unknown) => unknown>();
    for (const { name, type } of options.timestamps === 'date' ? columns : []) {
      const convert = toDates(type);
      if (convert !== undefined) finish.set(name, convert);
    }
    const rows = readRowGroup({
      source,
      place: { ...place, rowGroup: index },
      rowGroup,
      nodes: this.#parts.nodes.filter((node) => wanted.has(node.name)),
      columns,
      conditions,
      limits,
      batchRows: batchRowsOf(options),
      finish,
    });
    // #columns has checked that the columns have the types of S, where there is one.
    yield* rows as AsyncGenerator<Rows<S>[], void, undefined>;
  }

  async *readRows<S extends ParquetSchema = ParquetSchema>(
    options: ReadRowsOptions<S> = {},
  ): AsyncGenerator<Rows<S>[], void, undefined> {
    for (const { index } of this.matchingRowGroups(options.where ?? [])) yield* this.readRowGroup(index, options);
    // A file without a row group is checked too.
    this.#columns(options);
  }

  #group(index: number): Footer['rowGroups'][number] {
    const group = this.#parts.footer.rowGroups[index];
    if (group !== undefined) return group;
    throw new RangeError(
      `${this.name}: row group ${index} was asked for, but the file has ${this.rowGroups.length}. Take an index from rowGroups.`,
    );
  }

  #node(column: string): ReadNode {
    const node = this.#parts.nodes.find(({ name }) => name === column);
    if (node !== undefined) return node;
    const names = this.#parts.nodes.map(({ name }) => name).join(', ');
    throw new ParquetError(
      'no-column',
      { ...this.#parts.place, column },
      `the file has no such column. It has: ${names}. Correct the name, or leave it out.`,
    );
  }

  #condition(predicate: Predicate): Condition & { readonly leaf: number | undefined } {
    const node = this.#node(predicate.column);
    const leaf = node.kind === 'leaf' ? node : undefined;
    return { ...conditionOf(predicate, node.type, leaf), leaf: leaf?.firstLeaf };
  }

  #isExcluded(rowGroup: number, conditions: readonly (Condition & { readonly leaf: number | undefined })[]): boolean {
    const { chunks } = this.#group(rowGroup);
    return conditions.some(({ leaf, excludes }) => {
      const chunk = leaf === undefined ? undefined : chunks[leaf];
      return chunk !== undefined && excludes(chunk);
    });
  }

  #columns<S extends ParquetSchema>({ columns, schema }: ReadRowsOptions<S>): readonly Field[] {
    if (columns !== undefined && schema !== undefined) {
      throw new PipelineError(
        undefined,
        'readRows: both columns and schema are given. Each names the columns to read. Leave one out.',
      );
    }
    if (schema === undefined)
      return columns === undefined ? this.#parts.nodes : [...new Set(columns)].map((name) => this.#node(name));
    const expected = fieldsOf(schema);
    for (const { name, type } of expected) {
      const own = typeText(this.#node(name).type);
      if (own === typeText(type) || own === typeText({ ...type, nullable: false })) continue;
      throw new ParquetError(
        'wrong-type',
        { ...this.#parts.place, column: name },
        `the file has ${own}, but the schema wants ${typeText(type)}. Values would come in another form than the program expects. Change the schema to what the file has, or write the file anew.`,
      );
    }
    return expected;
  }
}

function batchRowsOf({ batchRows = 1024 }: { readonly batchRows?: number }): number {
  if (Number.isInteger(batchRows) && batchRows > 0) return batchRows;
  throw new PipelineError(undefined, `readRows: batchRows is ${batchRows} but must be a whole number from 1.`);
}

function rowGroupInfos(footer: Footer): RowGroupInfo[] {
  let firstRow = 0;
  return footer.rowGroups.map(({ rows, chunks }, index) => {
    let compressedBytes = 0;
    let uncompressedBytes = 0;
    for (const chunk of chunks) {
      compressedBytes += chunk.compressedBytes;
      uncompressedBytes += chunk.uncompressedBytes;
    }
    firstRow += rows;
    return { index, firstRow: firstRow - rows, rows, compressedBytes, uncompressedBytes };
  });
}
