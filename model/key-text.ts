/**
 * Keys are equal when their canonical text is equal; this file defines that text.
 *
 * Each kind of value starts with a letter of its own, and what follows says where it ends, so the text of a compound value
 * is the plain sequence of its parts and two different keys never share a text: `n1;` number, `i1;` bigint, `s2:ab` string
 * with its length, `t` `f` `z` `u` true, false, null, undefined, `d0;` Date, `b2:..;` bytes, `[..]` array, `{1:a1:b;..}` the
 * names of the fields, sorted, then their values, `M(..)` and `S(..)` Map and Set sorted by text. Strings stand in it as they
 * are, code unit by code unit, lone surrogates too. The text of a whole key that is no primitive has a NUL in front.
 */
import { messageOf } from './errors.ts';
import { describeKind, isIterableData, isPlainObject } from './plain-data.ts';

/** A value that cannot be a key. The engine turns it into an error that names the step. */
export class KeyError extends Error {
  override readonly name = 'KeyError';
  /** What is wrong with the part at `path`, e.g. `is a function`. */
  readonly reason: string;
  /** Where in the key, e.g. `.user.tags[2]`; empty for the key itself. */
  readonly path: string;

  constructor(reason: string, path = '', cause?: unknown) {
    super(`the key${path} ${reason}`, cause === undefined ? {} : { cause });
    this.reason = reason;
    this.path = path;
  }
}

/** Deeper nesting than this is taken for a cycle. */
const MAX_DEPTH = 100;
const MAX_PATH = 120;

/**
 * Writes a key as its canonical text: two keys are equal exactly when their texts are.
 *
 * The order of fields, of Map entries and of Set members does not count; a field whose value is undefined counts as
 * missing; `-0` is `0`, NaN equals NaN, invalid Dates equal each other; a Uint8Array equals a Buffer of the same bytes; an
 * instance of a class equals a plain object with the same fields (a coder may turn one into the other). Only own enumerable
 * fields with a string as name count.
 *
 * @throws KeyError for undefined, a function, symbol, promise, an instance without own fields (its contents are hidden), a
 * value that refers to itself, or one that throws when it is read, by a getter for example.
 * @example
 * import assert from 'node:assert/strict';
 * import { encodeKey } from 'viga';
 * assert.equal(encodeKey({ user: 'ana', day: 3 }), encodeKey({ day: 3, user: 'ana' }));
 * assert.notEqual(encodeKey([1]), encodeKey(['1']));
 */
export function encodeKey(value: unknown): string {
  if (value === undefined) throw new KeyError('is undefined');
  let text: string;
  try {
    text = encodePart(value, 0);
  } catch (error) {
    throw keyErrorOf(error);
  }
  return typeof value === 'object' && value !== null ? flatten(COMPOUND + text) : text;
}

/** The first character of the text of each key that is no primitive. */
export const COMPOUND = '\u0000';

/**
 * Makes a flat string of what V8 keeps as a tree of concatenated pieces: a Map compares flat strings in place and trees by a
 * call, twice as slowly. The text of a compound ends in a bracket or semicolon, so there is nothing to trim.
 */
const flatten = (text: string): string => text.trimEnd();

/** Writes one part of a key, `depth` levels down. */
export function encodePart(value: unknown, depth: number): string {
  switch (typeof value) {
    case 'string':
      return `s${value.length}:${value}`;
    case 'number':
      return `n${value};`; // -0 prints as 0.
    case 'bigint':
      return `i${value};`;
    case 'boolean':
      return value ? 't' : 'f';
    case 'undefined':
      return 'u';
    case 'object':
      return value === null ? 'z' : encodeObject(value, depth + 1);
    default:
      throw new KeyError(`is ${describeKind(value)}`);
  }
}

function encodeObject(value: object, depth: number): string {
  if (depth > MAX_DEPTH) throw new KeyError(`refers to itself, or is nested deeper than ${MAX_DEPTH} levels`);
  if (Array.isArray(value)) return encodeSequence(value, depth);
  if (isPlainObject(value)) return encodeFields(value, Object.keys(value), depth);
  if (value instanceof Date) return `d${value.getTime()};`;
  if (value instanceof Uint8Array) return encodeBytes('b', value);
  if (value instanceof Map) return encodeMap(value, depth);
  if (value instanceof Set) return encodeSet(value, depth);
  if (value instanceof ArrayBuffer) return encodeBytes('a', new Uint8Array(value));
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return encodeTypedArray(value, depth);
  if (isIterableData(value)) return encodeSequence([...value], depth);
  return encodeInstance(value, depth);
}

function encodeSequence(values: readonly unknown[], depth: number): string {
  let text = '[';
  for (let i = 0; i < values.length; i++) text += encodeAt(`[${i}]`, values[i], depth);
  return `${text}]`;
}

function encodeFields(value: object, names: string[], depth: number): string {
  let present = '{';
  let values = ';';
  for (const name of sortNames(names)) {
    const field = (value as Record<string, unknown>)[name]; // any object may be read by name
    if (field === undefined) continue;
    present += `${name.length}:${name}`;
    values += encodeAt(`.${name}`, field, depth);
  }
  return `${present}${values}}`;
}

/** Sorts names by code units; most objects with few fields come in order already. */
export function sortNames(names: string[]): string[] {
  for (let i = 1; i < names.length; i++) {
    // Both indices are below the length.
    if ((names[i - 1] as string) > (names[i] as string)) return names.sort();
  }
  return names;
}

function encodeBytes(kind: string, bytes: Uint8Array): string {
  let text = `${kind}${bytes.length}:`;
  for (let i = 0; i < bytes.length; i++) text += String.fromCharCode(bytes[i] as number);
  return `${text};`;
}

function encodeMap(map: ReadonlyMap<unknown, unknown>, depth: number): string {
  const entries: string[] = [];
  for (const [key, value] of map) {
    entries.push(encodeAt('.keys()', key, depth) + encodeAt('.values()', value, depth));
  }
  return `M(${entries.sort().join('')})`;
}

function encodeSet(set: ReadonlySet<unknown>, depth: number): string {
  const members: string[] = [];
  for (const member of set) members.push(encodeAt('.values()', member, depth));
  return `S(${members.sort().join('')})`;
}

function encodeTypedArray(view: ArrayBufferView, depth: number): string {
  const kind = Object.prototype.toString.call(view);
  // Every view but a DataView is iterable over its numbers or bigints.
  return `y${kind.length}:${kind}${encodeSequence([...(view as unknown as Iterable<unknown>)], depth)}`;
}

function encodeInstance(value: object, depth: number): string {
  const kind = describeKind(value);
  const names = Object.keys(value);
  if (kind === 'a promise') throw new KeyError(`is ${kind}`);
  // Errors and boxed strings have own fields that say nothing of their contents.
  if (names.length === 0 || value instanceof Error || value instanceof String) {
    throw new KeyError(`is ${kind}, whose contents are not in own fields`);
  }
  return encodeFields(value, names, depth);
}

function encodeAt(segment: string, value: unknown, depth: number): string {
  try {
    return encodePart(value, depth);
  } catch (error) {
    const { reason, path, cause } = keyErrorOf(error);
    throw new KeyError(reason, (segment + path).slice(0, MAX_PATH), cause);
  }
}

/** What user code inside of a key threw, a getter or a proxy say: such a key has no text either. */
const keyErrorOf = (error: unknown): KeyError =>
  error instanceof KeyError ? error : new KeyError(`could not be read: ${messageOf(error)}`, '', error);
