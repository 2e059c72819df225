/**
 * A key encoder that learns. From the shape of the first objects (names, kind of each value) it generates a function that
 * concatenates the canonical text in one expression, behind a guard that compares the shape; an object of another shape
 * goes on to the next function, at most {@link MAX_SHAPES} of them, and in the end to the walk of encodeKey. The text never
 * depends on which of them wrote it.
 */
import { compileFunction } from './compile-function.ts';
import { encodeKey, encodePart, sortNames } from './key.ts';
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
 * Its texts are those of `encodeKey`, and it throws the same errors. Costs about 200 ns for a key of two fields, including
 * the look-up in a Map, against 500 for the walk.
 */
export function keyEncoder({ codegen = true }: KeyEncoderOptions = {}): KeyEncoder {
  return codegen ? learningEncoder(MAX_SHAPES, 0) : { encode: encodeKey };
}

function learningEncoder(shapesLeft: number, nested: number): KeyEncoder {
  const encoder: KeyEncoder = {
    encode(value) {
      const text = encodeKey(value);
      const parts = partsOf(value, nested);
      if (parts === undefined) return text;
      encoder.encode = compileShape(value as object, parts, learningOrWalking(shapesLeft - 1, nested)) ?? encodeKey;
      return text;
    },
  };
  return encoder;
}

const learningOrWalking = (shapesLeft: number, nested: number): KeyEncoder =>
  shapesLeft > 0 ? learningEncoder(shapesLeft, nested) : { encode: encodeKey };

/** One value inside a key: the text before it, the check that it is of the learned kind, and its text. */
interface Part {
  readonly name: string;
  /** An expression over `v0`, `v1`, ... that is true while the kind is as learned. */
  readonly guard: (variable: string) => string;
  readonly text: (variable: string, before: string, bound: Bound) => string;
}

/** What the generated text refers to, by name. */
type Bound = Map<string, unknown>;

function partsOf(value: unknown, nested: number): Part[] | undefined {
  if (typeof value !== 'object' || value === null || nested > MAX_NESTED) return undefined;
  if (Array.isArray(value)) {
    return value.length > MAX_FIELDS ? undefined : value.map((item, i) => partOf(String(i), item, nested));
  }
  if (!isPlainObject(value) || Object.getPrototypeOf(value) !== Object.prototype) return undefined;
  const names = sortNames(Object.keys(value));
  // A name that Object.prototype has as well would be found on every object.
  if (names.length > MAX_FIELDS || names.some((name) => name in Object.prototype)) return undefined;
  return names.map((name) => partOf(name, (value as Record<string, unknown>)[name], nested)); // a plain object
}

function partOf(name: string, value: unknown, nested: number): Part {
  const kind = typeof value;
  if (kind === 'string') {
    return { name, guard: (v) => `typeof ${v} === 'string'`, text: stringText };
  }
  if (kind === 'number' || kind === 'bigint') {
    const letter = kind === 'number' ? 'n' : 'i';
    return {
      name,
      guard: (v) => `typeof ${v} === '${kind}'`,
      text: (v, before) => `${JSON.stringify(before + letter)} + ${v} + ';'`,
    };
  }
  if (value === null) return { name, guard: (v) => `${v} === null`, text: (_, before) => JSON.stringify(before + 'z') };
  if (kind === 'object' && partsOf(value, nested + 1) !== undefined) {
    const encoder = learningEncoder(MAX_SHAPES, nested + 1);
    return { name, guard: isObject, text: (v, before, bound) => nestedText(v, before, bound, encoder) };
  }
  return { name, guard: () => 'true', text: (v, before) => `${JSON.stringify(before)} + encodePart(${v}, 1)` };
}

const isObject = (variable: string): string => `typeof ${variable} === 'object' && ${variable} !== null`;

function stringText(variable: string, before: string, bound: Bound): string {
  const table = `ready${bound.size}`;
  bound.set(
    table,
    Array.from({ length: READY_LENGTHS }, (_, length) => `${before}s${length}:`),
  );
  const longer = `${JSON.stringify(`${before}s`)} + ${variable}.length + ':'`;
  return `(${variable}.length < ${READY_LENGTHS} ? ${table}[${variable}.length] : ${longer}) + ${variable}`;
}

function nestedText(variable: string, before: string, bound: Bound, encoder: KeyEncoder): string {
  const name = `nested${bound.size}`;
  bound.set(name, encoder);
  return `${JSON.stringify(before)} + ${name}.encode(${variable})`;
}

function compileShape(example: object, parts: readonly Part[], next: KeyEncoder): KeyEncoder['encode'] | undefined {
  const isArray = Array.isArray(example);
  const bound: Bound = new Map<string, unknown>([
    ['encodeKey', encodeKey],
    ['encodePart', encodePart],
    ['next', next],
    ['objectPrototype', Object.prototype],
  ]);
  const texts: string[] = [];
  for (const [i, { name, text }] of parts.entries()) {
    texts.push(text(`v${i}`, isArray ? '' : `${name.length}:${name}`, bound));
  }
  const locals = parts.map(({ name }, i) => `v${i} = value[${isArray ? name : JSON.stringify(name)}]`);
  const kinds = parts.map(({ guard }, i) => `${guard(`v${i}`)} && v${i} !== undefined`);
  const body = `return function encode(value) {
    ${isArray ? arrayGuard(parts.length) : objectGuard(parts)}
    ${locals.length > 0 ? `const ${locals.join(', ')};` : ''}
    if (!(${kinds.join(' && ') || 'true'})) return next.encode(value);
    try {
      return ${[isArray ? "'['" : "'{'", ...texts, isArray ? "']'" : "'}'"].join(' + ')};
    } catch (error) {
      return encodeKey(value); // throws with the whole path
    }
  }`;
  const make = compileFunction([...bound.keys()], body);
  // The text above returns a function from a value to its text.
  return make?.(...bound.values()) as KeyEncoder['encode'] | undefined;
}

const arrayGuard = (length: number): string =>
  `if (!Array.isArray(value) || value.length !== ${length}) return next.encode(value);`;

/** The object must have exactly these names, in any order. */
function objectGuard(parts: readonly Part[]): string {
  const foreign = parts.map(({ name }) => `name !== ${JSON.stringify(name)}`).join(' && ') || 'true';
  return `if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== objectPrototype) return next.encode(value);
    let count = 0;
    for (const name in value) {
      if (${foreign}) return next.encode(value);
      count += 1;
    }
    if (count !== ${parts.length}) return next.encode(value);`;
}
