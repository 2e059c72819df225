import type { FileMetaData, SchemaElement } from 'hyparquet';
import type { ColumnType } from './column.ts';
import { type Decode, decoderOf } from './decode-value.ts';
import { bare, checkGroups, plainLeaf, plainStatistics } from './plain-metadata.ts';
import { leafType } from './stored-type.ts';

// The columns of a file as rows see them, and its metadata in a form whose values hyparquet reads without loss.
//
// hyparquet makes numbers of decimals, plain objects of maps and cuts timestamps. It does so where annotations ask for it,
// so these are taken away and decode-value.ts gives values their form. Names are replaced by numbers: hyparquet builds
// objects and dotted paths of them, in which `__proto__`, dots and doubled names would go wrong.

/** A leaf of a column: where Parquet keeps values. */
export interface FileLeaf {
  /** The index of its chunk in each row group. */
  readonly index: number;
  readonly path: string;
  readonly element: SchemaElement;
  /** How many optional or repeated ancestors there are, itself included. */
  readonly maxDefinition: number;
  readonly maxRepetition: number;
}

/** A top-level column of a file. */
export interface FileColumn {
  readonly name: string;
  readonly type: ColumnType;
  /** Its name in the metadata that hyparquet sees. */
  readonly id: string;
  readonly leaves: readonly FileLeaf[];
  /** Gives a value of hyparquet its form. */
  readonly decode: Decode;
}

/** What a footer says, ready for reading. */
export interface FileSchema {
  readonly columns: readonly FileColumn[];
  readonly metadata: FileMetaData;
}

interface Node {
  readonly type: ColumnType;
  readonly decode: Decode;
}

const MAX_DEPTH = 100;

/** @throws RangeError where the footer contradicts itself. */
export function fileSchema(metadata: FileMetaData, fileSize: number): FileSchema {
  const schema = new SchemaReader(metadata).read();
  checkGroups(schema.metadata, fileSize);
  return schema;
}

class SchemaReader {
  readonly #metadata: FileMetaData;
  /** The elements as hyparquet will see them, by the same index. */
  readonly #plain: SchemaElement[] = [];
  readonly #leaves: FileLeaf[] = [];
  readonly #paths: string[][] = [];
  #at = 0;

  constructor(metadata: FileMetaData) {
    this.#metadata = metadata;
  }

  read(): FileSchema {
    const root = this.#next();
    this.#plain.push({ name: 'root', num_children: root.num_children ?? 0 });
    const columns: FileColumn[] = [];
    for (let child = 0; child < (root.num_children ?? 0); child++) {
      const firstLeaf = this.#leaves.length;
      const { name } = this.#peek();
      const id = this.#id();
      const { type, decode } = this.#node({ ids: [], names: [], definition: 0, repetition: 0 });
      columns.push({ name, type, id, decode, leaves: this.#leaves.slice(firstLeaf) });
    }
    if (this.#at !== this.#metadata.schema.length) throw new RangeError('the schema has elements outside its tree');
    return { columns, metadata: this.#plainMetadata() };
  }

  #peek(ahead = 0): SchemaElement {
    const element = this.#metadata.schema[this.#at + ahead];
    if (element === undefined) throw new RangeError('the schema ends within a group');
    return element;
  }

  #next(): SchemaElement {
    const element = this.#peek();
    this.#at++;
    return element;
  }

  #id(): string {
    return `c${this.#at}`;
  }

  /** A column or a part of one. A repeated one outside a list or map is a list that is always there. */
  #node(above: Above): Node {
    const id = this.#id();
    const element = this.#next();
    if (above.ids.length > MAX_DEPTH) throw new RangeError(`the schema is deeper than ${MAX_DEPTH}`);
    const isRepeated = element.repetition_type === 'REPEATED';
    const levels: Above = {
      ids: [...above.ids, id],
      names: [...above.names, element.name],
      definition: above.definition + (element.repetition_type === 'REQUIRED' ? 0 : 1),
      repetition: above.repetition + (isRepeated ? 1 : 0),
    };
    const node =
      element.type === undefined || element.num_children
        ? this.#group(element, id, levels)
        : this.#leaf(element, id, levels);
    if (!isRepeated) return node;
    return element.num_children ? listOf(node, false) : repeatedLeaf(node);
  }

  #leaf(element: SchemaElement, id: string, { ids, names, definition, repetition }: Above): Node {
    const type = leafType(element);
    this.#plain.push({ ...plainLeaf(element, type), name: id });
    this.#paths.push([...ids]);
    this.#leaves.push({
      index: this.#leaves.length,
      path: names.join('.'),
      element,
      maxDefinition: definition,
      maxRepetition: repetition,
    });
    return { type, decode: decoderOf(type) };
  }

  #group(element: SchemaElement, id: string, levels: Above): Node {
    const count = element.num_children ?? 0;
    if (count < 1) throw new RangeError(`the column ${levels.names.join('.')} has neither a type nor parts`);
    const plain: SchemaElement = { ...bare(element), name: id, num_children: count };
    this.#plain.push(plain);
    const nullable = element.repetition_type === 'OPTIONAL';
    const annotation = element.logical_type?.type ?? element.converted_type;
    const inner = count === 1 && this.#peek().repetition_type === 'REPEATED' ? this.#peek() : undefined;
    // A list that is itself repeated is only known from old writers, who put no group around its elements.
    const isList = annotation === 'LIST' && (element.repetition_type !== 'REPEATED' || inner?.num_children !== 1);
    if (inner !== undefined && isList) return this.#list(plain, inner, { nullable, levels });
    const isMap = annotation === 'MAP' || annotation === 'MAP_KEY_VALUE';
    if (inner?.num_children === 2 && isMap && this.#peek(1).repetition_type === 'REQUIRED') {
      const innerId = this.#id();
      const { type, decode } = this.#node(levels);
      return mapOf({ type, decode }, innerId, nullable);
    }
    const parts: (Node & { readonly id: string; readonly name: string })[] = [];
    for (let child = 0; child < count; child++) {
      const part = { id: this.#id(), name: this.#peek().name };
      parts.push({ ...part, ...this.#node(levels) });
    }
    const type: ColumnType = { kind: 'struct', fields: parts.map(({ name, type }) => ({ name, type })), nullable };
    return { type, decode: decoderOf(type, { parts }) };
  }

  /** The repeated group is the list's own, or, in files of old writers, its element (parquet-format, LogicalTypes.md). */
  #list(plain: SchemaElement, inner: SchemaElement, { nullable, levels }: { nullable: boolean; levels: Above }): Node {
    const innerId = this.#id();
    const isWrapper = inner.num_children === 1 && inner.name !== 'array' && !inner.name.endsWith('_tuple');
    if (!isWrapper) {
      const { type, decode } = this.#node(levels);
      return {
        type: { ...type, nullable },
        decode: (raw) => (raw == null ? none(nullable) : decode(member(raw, innerId))),
      };
    }
    plain.converted_type = 'LIST';
    this.#next();
    this.#plain.push({ ...bare(inner), name: innerId, num_children: 1 });
    const inside: Above = {
      ids: [...levels.ids, innerId],
      names: [...levels.names, inner.name],
      definition: levels.definition + 1,
      repetition: levels.repetition + 1,
    };
    return listOf(this.#node(inside), nullable);
  }

  #plainMetadata(): FileMetaData {
    const row_groups = this.#metadata.row_groups.map((group, index) => ({
      ...group,
      columns: this.#leaves.map((leaf, at) => {
        const chunk = group.columns[at];
        const own = chunk?.meta_data;
        if (chunk === undefined || own === undefined || chunk.file_path) {
          throw new RangeError(`row group ${index} lacks the column ${leaf.path}, or keeps it elsewhere or encrypted`);
        }
        const path = own.path_in_schema.join('.');
        if (path !== leaf.path) throw new RangeError(`row group ${index} has ${path} in the place of ${leaf.path}`);
        const { statistics: _replaced, ...rest } = own;
        const statistics = plainStatistics(own.statistics, leaf.element);
        const meta_data = { ...rest, path_in_schema: this.#paths[at] ?? [], ...(statistics && { statistics }) };
        return { ...chunk, meta_data };
      }),
    }));
    return { ...this.#metadata, schema: this.#plain, row_groups };
  }
}

interface Above {
  readonly ids: readonly string[];
  readonly names: readonly string[];
  readonly definition: number;
  readonly repetition: number;
}

const member = (raw: unknown, id: string): unknown => (raw as Record<string, unknown>)[id]; // hyparquet's object of a group

function none(nullable: boolean): null {
  if (!nullable) throw new RangeError('a value is missing where none may be');
  return null;
}

function listOf({ type, decode }: Node, nullable: boolean): Node {
  const list: ColumnType = { kind: 'list', element: type, nullable };
  return { type: list, decode: decoderOf(list, { element: decode }) };
}

/** hyparquet gives an empty list of bare values as null, or as a list of one null. */
function repeatedLeaf({ type, decode }: Node): Node {
  const present = (raw: unknown): readonly unknown[] => (Array.isArray(raw) ? raw.filter((item) => item !== null) : []);
  return { type: { kind: 'list', element: type, nullable: false }, decode: (raw) => present(raw).map(decode) };
}

/** A map is read as a struct with one repeated member, so that keys of any type and doubled keys stay. */
function mapOf({ type, decode }: Node, innerId: string, nullable: boolean): Node {
  const entry = type.kind === 'list' && type.element.kind === 'struct' ? type.element.fields : [];
  const [key, value] = entry;
  if (key === undefined || value === undefined) throw new RangeError('a map has no key or no value');
  const map: ColumnType = { kind: 'map', key: key.type, value: value.type, nullable };
  const named = (item: Record<string, unknown>): unknown => ({ key: item[key.name], value: item[value.name] });
  return {
    type: map,
    // The decoder of a list of structs gives an array of objects.
    decode: (raw) =>
      raw == null ? none(nullable) : (decode(member(raw, innerId)) as Record<string, unknown>[]).map(named),
  };
}
