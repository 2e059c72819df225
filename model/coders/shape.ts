import type { Coder } from '../coder.ts';
import { list, nullable, optional, row } from './composite-coders.ts';
import { bigint, boolean, date, exactNumber, string } from './leaf-coders.ts';

/** What is known of the values at one place, as learned from examples. */
export type Shape =
  | { readonly kind: 'leaf'; readonly coder: Coder<unknown> }
  | { readonly kind: 'row'; readonly fields: ReadonlyMap<string, Shape> }
  | { readonly kind: 'list'; readonly element: Shape }
  | { readonly kind: 'perhaps'; readonly inner: Shape; readonly empty: null | undefined }
  /** No value was seen. */
  | { readonly kind: 'none' }
  /** Values that have no shape in common, or none that code is printed for. */
  | { readonly kind: 'mixed' };

const NONE: Shape = { kind: 'none' };
const MIXED: Shape = { kind: 'mixed' };
const MAX_DEPTH = 5;
const MAX_FIELDS = 100;
/** Of a longer array only these first elements are looked at. */
const MAX_LOOKED_AT = 16;

// A coder is invariant in its type; each of these only ever gets values of its kind.
const leaf = (coder: unknown): Shape => ({ kind: 'leaf', coder: coder as Coder<unknown> });
const STRING = leaf(string);
const NUMBER = leaf(exactNumber);
const BOOLEAN = leaf(boolean);
const BIGINT = leaf(bigint);
const DATE = leaf(date);

/** The shape of one value. */
export function shapeOf(value: unknown, depth = 0): Shape {
  switch (typeof value) {
    case 'string':
      return STRING;
    case 'number':
      return NUMBER;
    case 'boolean':
      return BOOLEAN;
    case 'bigint':
      return BIGINT;
    case 'undefined':
      return { kind: 'perhaps', inner: NONE, empty: undefined };
    case 'object':
      return value === null ? { kind: 'perhaps', inner: NONE, empty: null } : shapeOfObject(value, depth);
    default:
      return MIXED;
  }
}

function shapeOfObject(value: object, depth: number): Shape {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Date.prototype) return DATE;
  if (depth === MAX_DEPTH) return MIXED;
  if (prototype === Array.prototype && Array.isArray(value)) {
    const elements = value.slice(0, MAX_LOOKED_AT).map((element) => shapeOf(element, depth + 1));
    return { kind: 'list', element: elements.reduce(mergeShapes, NONE) };
  }
  const names = Object.keys(value);
  if (prototype !== Object.prototype || names.length > MAX_FIELDS) return MIXED;
  // A plain object may be read by name.
  const fieldOf = (name: string): Shape => shapeOf((value as Record<string, unknown>)[name], depth + 1);
  return { kind: 'row', fields: new Map(names.map((name) => [name, fieldOf(name)])) };
}

/** The narrowest shape that has the values of both. */
export function mergeShapes(a: Shape, b: Shape): Shape {
  if (a.kind === 'none') return b;
  if (b.kind === 'none') return a;
  if (a.kind === 'perhaps') return mergePerhaps(a, b);
  if (b.kind === 'perhaps') return mergePerhaps(b, a);
  if (a.kind === 'leaf' && b.kind === 'leaf' && a.coder === b.coder) return a;
  if (a.kind === 'list' && b.kind === 'list') return { kind: 'list', element: mergeShapes(a.element, b.element) };
  if (a.kind === 'row' && b.kind === 'row' && haveSameNames(a.fields, b.fields)) {
    const merged = [...a.fields].map(
      ([name, shape]) => [name, mergeShapes(shape, b.fields.get(name) ?? NONE)] as const,
    );
    return { kind: 'row', fields: new Map(merged) };
  }
  return MIXED;
}

function mergePerhaps(a: Shape & { readonly kind: 'perhaps' }, b: Shape): Shape {
  if (b.kind !== 'perhaps') return { ...a, inner: mergeShapes(a.inner, b) };
  return a.empty === b.empty ? { ...a, inner: mergeShapes(a.inner, b.inner) } : MIXED;
}

function haveSameNames(a: ReadonlyMap<string, Shape>, b: ReadonlyMap<string, Shape>): boolean {
  const names = [...b.keys()];
  return a.size === b.size && [...a.keys()].every((name, i) => name === names[i]);
}

/** A coder for the values of a shape; `unknownPart` makes the coder of each part whose shape is not known. */
export function coderOfShape(shape: Shape, unknownPart: () => Coder<unknown>): Coder<unknown> {
  switch (shape.kind) {
    case 'leaf':
      return shape.coder;
    case 'row': {
      const coders = [...shape.fields].map(([name, field]) => [name, coderOfShape(field, unknownPart)] as const);
      return row(Object.fromEntries(coders)) as Coder<unknown>; // gets only values with this shape, see leaf
    }
    case 'list':
      return list(coderOfShape(shape.element, unknownPart)) as Coder<unknown>; // the same
    case 'perhaps':
      return (shape.empty === null ? nullable : optional)(coderOfShape(shape.inner, unknownPart));
    case 'none':
    case 'mixed':
      return unknownPart();
    default:
      return shape satisfies never;
  }
}
