import type { LeafCursor } from './leaf-cursor.ts';
import type { ListNode, MapNode, ReadNode, StructNode } from './read-schema.ts';

/** Reads the next value of a column, and moves all its leaves behind it. */
export type ReadValue = () => unknown;

/**
 * The reader of a column's values from its leaves (Dremel: "Interactive Analysis of Web-Scale Datasets", record assembly).
 *
 * Each node asks its first leaf how deep the current entry is defined. Where the node itself is missing, all leaves below
 * hold one entry that says so. A list goes on while the next entry's repetition level is its own.
 */
export function valueReader(node: ReadNode, cursors: readonly LeafCursor[]): ReadValue {
  switch (node.kind) {
    case 'leaf': {
      const cursor = cursorAt(cursors, node.firstLeaf);
      return () => cursor.take();
    }
    case 'struct':
      return structReader(node, cursors);
    case 'list':
    case 'map':
      return listReader(node, cursors);
    default:
      return node satisfies never;
  }
}

function cursorAt(cursors: readonly LeafCursor[], leaf: number): LeafCursor {
  const cursor = cursors[leaf];
  if (cursor === undefined) throw new RangeError(`the column has no leaf ${leaf}`);
  return cursor;
}

function structReader(node: StructNode, cursors: readonly LeafCursor[]): ReadValue {
  const first = cursorAt(cursors, node.firstLeaf);
  const skip = skipper(node, cursors);
  const members = node.children.map((child) => ({ name: child.name, read: valueReader(child, cursors) }));
  return () => {
    if (node.type.nullable && first.definition() < node.presentFrom) return skip();
    const value: Record<string, unknown> = {};
    for (const { name, read } of members) setMember(value, name, read());
    return value;
  };
}

function listReader(node: ListNode | MapNode, cursors: readonly LeafCursor[]): ReadValue {
  const first = cursorAt(cursors, node.firstLeaf);
  const skip = skipper(node, cursors);
  const readItem = node.kind === 'list' ? valueReader(node.item, cursors) : entryReader(node, cursors);
  const { presentFrom, repetition } = node;
  return () => {
    const definition = first.definition();
    if (definition < presentFrom) return skip();
    if (definition === presentFrom) {
      skip();
      return [];
    }
    const items = [];
    do items.push(readItem());
    while (first.repetition() === repetition);
    return items;
  };
}

function entryReader(node: MapNode, cursors: readonly LeafCursor[]): ReadValue {
  const readKey = valueReader(node.key, cursors);
  const readValue = valueReader(node.value, cursors);
  return () => ({ key: readKey(), value: readValue() });
}

function skipper({ firstLeaf, lastLeaf }: ReadNode, cursors: readonly LeafCursor[]): () => null {
  const below = cursors.slice(firstLeaf, lastLeaf + 1);
  return () => {
    for (const cursor of below) cursor.take();
    return null;
  };
}

/** Sets a member whose name comes from a file: `__proto__` is a name like any other. */
export function setMember(object: Record<string, unknown>, name: string, value: unknown): void {
  if (name !== '__proto__') object[name] = value;
  else Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
}
