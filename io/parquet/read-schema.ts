import type { ColumnType } from './column.ts';
import type { FooterElement } from './metadata.ts';

// A tree of the columns as rows see them, with the levels that Parquet stores instead of nesting (Dremel): a value's
// definition level counts how many optional or repeated ancestors are there, its repetition level says which repeated
// ancestor it continues.

interface NodeBase {
  readonly name: string;
  readonly type: ColumnType;
  /** From this definition level on, the value is not null. */
  readonly presentFrom: number;
  /** The leaf columns below: indexes into the chunks of a row group. */
  readonly firstLeaf: number;
  readonly lastLeaf: number;
}
export interface LeafNode extends NodeBase {
  readonly kind: 'leaf';
  readonly element: FooterElement;
  readonly maxDefinition: number;
  readonly maxRepetition: number;
  readonly path: string;
}
export interface StructNode extends NodeBase {
  readonly kind: 'struct';
  readonly children: readonly ReadNode[];
}
export interface ListNode extends NodeBase {
  readonly kind: 'list';
  /** The repetition level of an item that continues this list; an item is there from `presentFrom + 1`. */
  readonly repetition: number;
  readonly item: ReadNode;
}
export interface MapNode extends NodeBase {
  readonly kind: 'map';
  readonly repetition: number;
  readonly key: ReadNode;
  readonly value: ReadNode;
}
export type ReadNode = LeafNode | StructNode | ListNode | MapNode;

const CONVERTED = { map: 1, mapKeyValue: 2, list: 3 } as const;
const LOGICAL = { map: 2, list: 3 } as const;
const MAX_DEPTH = 100;

interface Levels {
  readonly definition: number;
  readonly repetition: number;
  readonly depth: number;
  readonly path: string;
}

/**
 * The top-level columns of a file. Reads the lists and maps of all writers since 2013 (parquet-format, LogicalTypes.md,
 * "Backward-compatibility rules").
 *
 * @throws RangeError where the schema contradicts itself.
 */
export function columnNodes(
  elements: readonly FooterElement[],
  leafType: (element: FooterElement) => ColumnType,
): ReadNode[] {
  return new SchemaReader(elements, leafType).columns();
}

class SchemaReader {
  readonly #elements: readonly FooterElement[];
  readonly #leafType: (element: FooterElement) => ColumnType;
  #at = 0;
  #leaf = 0;

  constructor(elements: readonly FooterElement[], leafType: (element: FooterElement) => ColumnType) {
    this.#elements = elements;
    this.#leafType = leafType;
  }

  columns(): ReadNode[] {
    const root = this.#next();
    const nodes = this.#children(root, { definition: 0, repetition: 0, depth: 0, path: '' });
    if (this.#at !== this.#elements.length) throw new RangeError('the schema has elements outside its tree');
    return nodes;
  }

  #next(): FooterElement {
    const element = this.#elements[this.#at++];
    if (element === undefined) throw new RangeError('the schema ends within a group');
    return element;
  }

  #peek(ahead = 0): FooterElement {
    const element = this.#elements[this.#at + ahead];
    if (element === undefined) throw new RangeError('the schema ends within a group');
    return element;
  }

  #children(element: FooterElement, levels: Levels): ReadNode[] {
    const nodes: ReadNode[] = [];
    for (let child = 0; child < element.children; child++) nodes.push(this.#node(levels));
    return nodes;
  }

  #node(above: Levels): ReadNode {
    const element = this.#next();
    if (above.depth > MAX_DEPTH) throw new RangeError(`the schema is deeper than ${MAX_DEPTH}`);
    const path = above.path === '' ? element.name : `${above.path}.${element.name}`;
    const within = { ...above, depth: above.depth + 1, path };
    if (element.repetition !== 'repeated') {
      const isNullable = element.repetition === 'optional';
      return this.#value(element, isNullable, { ...within, definition: above.definition + (isNullable ? 1 : 0) });
    }
    // A repeated field outside a list or map is a list that is always there.
    const firstLeaf = this.#leaf;
    const levels = { ...within, definition: above.definition + 1, repetition: above.repetition + 1 };
    const item = this.#value(element, false, levels);
    return this.#list(element.name, false, { item, firstLeaf, levels: above });
  }

  /** A node without its repetition: a leaf, list, map or struct. `levels` are those of the value itself. */
  #value(element: FooterElement, isNullable: boolean, levels: Levels): ReadNode {
    if (element.physical !== undefined && element.children === 0) return this.#leafNode(element, isNullable, levels);
    if (element.children === 0) throw new RangeError(`the column ${levels.path} has neither a type nor parts`);
    const converted = element.repetition === 'repeated' ? undefined : element.converted;
    const logical = element.repetition === 'repeated' ? undefined : element.logical?.id;
    const isGroupOfOne = element.children === 1 && this.#peek().repetition === 'repeated';
    if (isGroupOfOne && (converted === CONVERTED.list || logical === LOGICAL.list)) {
      return this.#listNode(element.name, isNullable, levels);
    }
    const isMap = converted === CONVERTED.map || converted === CONVERTED.mapKeyValue || logical === LOGICAL.map;
    if (isGroupOfOne && isMap && this.#peek().children === 2 && this.#peek(1).repetition === 'required') {
      return this.#mapNode(element.name, isNullable, levels);
    }
    const firstLeaf = this.#leaf;
    const children = this.#children(element, levels);
    const fields = children.map(({ name, type }) => ({ name, type }));
    const type: ColumnType = { kind: 'struct', fields, nullable: isNullable };
    return {
      kind: 'struct',
      name: element.name,
      type,
      presentFrom: levels.definition,
      firstLeaf,
      lastLeaf: this.#leaf - 1,
      children,
    };
  }

  #leafNode(element: FooterElement, isNullable: boolean, levels: Levels): LeafNode {
    const leaf = this.#leaf++;
    return {
      kind: 'leaf',
      name: element.name,
      type: { ...this.#leafType(element), nullable: isNullable },
      presentFrom: levels.definition,
      firstLeaf: leaf,
      lastLeaf: leaf,
      element,
      maxDefinition: levels.definition,
      maxRepetition: levels.repetition,
      path: levels.path,
    };
  }

  #listNode(name: string, isNullable: boolean, levels: Levels): ReadNode {
    const firstLeaf = this.#leaf;
    const repeated = this.#next();
    const inside = {
      ...levels,
      definition: levels.definition + 1,
      repetition: levels.repetition + 1,
      path: `${levels.path}.${repeated.name}`,
    };
    // Two-level lists of old writers: the repeated field is the item itself, unless it is a group that wraps one field.
    const isWrapper = repeated.children === 1 && repeated.name !== 'array' && repeated.name !== `${name}_tuple`;
    const item = isWrapper ? this.#node(inside) : this.#value(repeated, false, inside);
    return this.#list(name, isNullable, { item, firstLeaf, levels });
  }

  #list(name: string, isNullable: boolean, parts: { item: ReadNode; firstLeaf: number; levels: Levels }): ListNode {
    const { item, firstLeaf, levels } = parts;
    return {
      kind: 'list',
      name,
      type: { kind: 'list', element: item.type, nullable: isNullable },
      presentFrom: levels.definition,
      firstLeaf,
      lastLeaf: this.#leaf - 1,
      repetition: levels.repetition + 1,
      item,
    };
  }

  #mapNode(name: string, isNullable: boolean, levels: Levels): MapNode {
    const firstLeaf = this.#leaf;
    const entry = this.#next();
    const inside = {
      ...levels,
      definition: levels.definition + 1,
      repetition: levels.repetition + 1,
      path: `${levels.path}.${entry.name}`,
    };
    const key = this.#node(inside);
    const value = this.#node(inside);
    return {
      kind: 'map',
      name,
      type: { kind: 'map', key: key.type, value: value.type, nullable: isNullable },
      presentFrom: levels.definition,
      firstLeaf,
      lastLeaf: this.#leaf - 1,
      repetition: levels.repetition + 1,
      key,
      value,
    };
  }
}
