/**
 * A key encoder that learns. From the shape of the first objects (names, kind of each value) it generates a function that
 * concatenates the canonical text in one expression, behind a guard that compares the shape; an object of another shape
 * goes on to the next function, at most {@link MAX_SHAPES} of them, and in the end to the walk of encodeKey. The text never
 * depends on which of them wrote it.
 */
import { compileFunction } from './compile-function.ts';
import { COMPOUND, encodeKey, encodePart, sortNames } from './key-text.ts';
import { isPlainObject } from './plain-data.ts';

/** Encodes the keys of one step. Call `encode` on the object each time: it is replaced as shapes are learned. */
export interface KeyEncoder {
  encode: (value: unknown) => string;
}

/** How keys are encoded. */
export interface KeyEncoderOptions {
  /** Whether functions may be generated; without it every key is walked. Default true. */
  readonly codegen?: boolean | undefined;
}

const MAX_SHAPES = 4;
const MAX_FIELDS = 16;
const MAX_NESTED = 3;
/** Lengths of strings for which the text before them is ready-made. */
const READY_LENGTHS = 48;

/**
 * Makes an encoder of canonical key texts for one step, as fast as a function written for the shape of its keys.
 *
 * Its texts are those of `encodeKey`, and it throws the same errors. A key of two fields costs about 100 ns, 250 by the walk.
 */
export function keyEncoder({ codegen = true }: KeyEncoderOptions = {}): KeyEncoder {
  return codegen ? learningEncoder({ shapesLeft: MAX_SHAPES, nested: 0 }) : { encode: encodeKey };
}

/** Where an encoder stands: how many shapes may still be learned there, and how deep in the key its values are. */
interface Place {
  readonly shapesLeft: number;
  readonly nested: number;
}

/** The walk that every generated function at this place must equal. */
const walkAt = ({ nested }: Place): KeyEncoder['encode'] =>
  nested === 0 ? encodeKey : (value) => encodePart(value, nested);

function learningEncoder(place: Place): KeyEncoder {
  const walk = walkAt(place);
  if (place.shapesLeft === 0) return { encode: walk };
  const encoder: KeyEncoder = {
    encode(value) {
      const text = walk(value); // first, so that nothing is learned from a value that is refused
      const parts = partsOf(value, place.nested);
      if (parts !== undefined) encoder.encode = compileShape(Array.isArray(value), parts, place) ?? walk;
      return text;
    },
  };
  return encoder;
}

/** What is known of one value inside a key. */
interface Part {
  readonly name: string;
  readonly kind: 'string' | 'number' | 'bigint' | 'null' | 'compound' | 'other';
}

function partsOf(value: unknown, nested: number): Part[] | undefined {
  if (typeof value !== 'object' || value === null || nested > MAX_NESTED) return undefined;
  if (Array.isArray(value)) {
    return value.length > MAX_FIELDS ? undefined : Array.from(value, (item, i) => partOf(String(i), item, nested));
  }
  if (Object.getPrototypeOf(value) !== Object.prototype) return undefined;
  const names = sortNames(Object.keys(value));
  // A name that Object.prototype has as well would be found on every object.
  if (names.length > MAX_FIELDS || names.some((name) => name in Object.prototype)) return undefined;
  return names.map((name) => partOf(name, (value as Record<string, unknown>)[name], nested)); // a plain object
}

function partOf(name: string, value: unknown, nested: number): Part {
  const kind = typeof value;
  if (kind === 'string' || kind === 'number' || kind === 'bigint') return { name, kind };
  if (typeof value !== 'object') return { name, kind: 'other' };
  if (value === null) return { name, kind: 'null' };
  const learns = nested < MAX_NESTED && (Array.isArray(value) || isPlainObject(value));
  return { name, kind: learns ? 'compound' : 'other' };
}

function guardOf({ kind }: Part, local: string): string {
  switch (kind) {
    case 'null':
      return `${local} === null`;
    case 'compound':
      return `typeof ${local} === 'object' && ${local} !== null`;
    case 'other':
      return `${local} !== undefined`;
    default:
      return `typeof ${local} === '${kind}'`;
  }
}

/** Values that generated text refers to, by name. */
type Bound = Map<string, unknown>;

function compileShape(isArray: boolean, parts: readonly Part[], place: Place): KeyEncoder['encode'] | undefined {
  const bound: Bound = new Map<string, unknown>([
    ['walk', walkAt(place)],
    ['encodePart', encodePart],
    ['next', learningEncoder({ ...place, shapesLeft: place.shapesLeft - 1 })],
    ['objectPrototype', Object.prototype],
  ]);
  const text = textOf(isArray, parts, place, bound);
  const locals = parts.map(({ name }, i) => `const v${i} = value[${isArray ? name : JSON.stringify(name)}];`);
  const kinds = parts.map((part, i) => guardOf(part, `v${i}`)).join(' && ') || 'true';
  const body = `return function encode(value) {
    try {
      ${isArray ? arrayGuard(parts) : objectGuard(parts)}
      ${locals.join('\n')}
      if (!(${kinds})) return next.encode(value);
      return ${text};
    } catch {
      return walk(value); // throws again, with the whole path
    }
  }`;
  const make = compileFunction([...bound.keys()], body);
  // The text above returns a function from a value to its text.
  return make?.(...bound.values()) as KeyEncoder['encode'] | undefined;
}

const arrayGuard = (parts: readonly Part[]): string =>
  `if (!Array.isArray(value) || value.length !== ${parts.length}) return next.encode(value);`;

/** The object must have exactly these names, in any order. */
function objectGuard(parts: readonly Part[]): string {
  const foreign = parts.map(({ name }) => `name !== ${JSON.stringify(name)}`).join(' && ') || 'true';
  return `if (typeof value !== 'object' || value === null) return next.encode(value);
    if (Object.getPrototypeOf(value) !== objectPrototype) return next.encode(value);
    let count = 0;
    for (const name in value) {
      if (${foreign}) return next.encode(value);
      count += 1;
    }
    if (count !== ${parts.length}) return next.encode(value);`;
}

/** Prints the expression of the text; neighboring constants become one. */
function textOf(isArray: boolean, parts: readonly Part[], place: Place, bound: Bound): string {
  const names = parts.map(({ name }) => `${name.length}:${name}`).join('');
  const pieces: string[] = [];
  let before = (place.nested === 0 ? COMPOUND : '') + (isArray ? '[' : `{${names};`);
  for (const [i, { kind }] of parts.entries()) {
    const local = `v${i}`;
    if (kind === 'null') {
      before += 'z';
    } else if (kind === 'number' || kind === 'bigint') {
      pieces.push(JSON.stringify(before + (kind === 'number' ? 'n' : 'i')), local);
      before = ';';
    } else {
      pieces.push(...piecesOf(kind, local, before, { place, bound }));
      before = '';
    }
  }
  pieces.push(JSON.stringify(before + (isArray ? ']' : '}')));
  // Flattens, as encodeKey does and for its reason; the text ends in a bracket, so nothing is cut.
  return place.nested === 0 ? `(${pieces.join(' + ')}).trimEnd()` : pieces.join(' + ');
}

function piecesOf(
  kind: 'string' | 'compound' | 'other',
  local: string,
  before: string,
  { place, bound }: { readonly place: Place; readonly bound: Bound },
): string[] {
  const name = `bound${bound.size}`;
  if (kind === 'string') {
    const ready = Array.from({ length: READY_LENGTHS }, (_, length) => `${before}s${length}:`);
    bound.set(name, ready);
    const longer = `${JSON.stringify(`${before}s`)} + ${local}.length + ':'`;
    return [`(${local}.length < ${READY_LENGTHS} ? ${name}[${local}.length] : ${longer})`, local];
  }
  if (kind === 'other') return [JSON.stringify(before), `encodePart(${local}, ${place.nested + 1})`];
  bound.set(name, learningEncoder({ shapesLeft: MAX_SHAPES, nested: place.nested + 1 }));
  return [JSON.stringify(before), `${name}.encode(${local})`];
}
