import type { Coder } from '../coder.ts';
import { isPlainObject } from '../plain-data.ts';
import type { KV } from '../values.ts';
import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import { refused } from './leaf-coders.ts';
import { RefusedValue, within } from './refused-value.ts';

/** What `inner` takes, or null. */
export const nullable = <T>(inner: Coder<T>): Coder<T | null> => perhaps<T, null>('nullable', inner, null);

/** What `inner` takes, or undefined; in a row, a missing field comes back as one that is undefined. */
export const optional = <T>(inner: Coder<T>): Coder<T | undefined> =>
  perhaps<T, undefined>('optional', inner, undefined);

function perhaps<T, E extends null | undefined>(kind: string, inner: Coder<T>, empty: E): Coder<T | E> {
  return {
    name: `${kind}(${inner.name})`,
    isDeterministic: inner.isDeterministic,
    encode(value, writer) {
      writer.writeByte(value === empty ? 0 : 1);
      if (value !== empty) inner.encode(value as T, writer); // it is not the empty one
    },
    decode: (reader) => (reader.readByte() === 0 ? empty : inner.decode(reader)),
    // A coder is invariant in its type; generated code passes it only what it decoded or what encode was called with.
    parts: { kind: 'perhaps', inner: inner as Coder<unknown>, empty },
  };
}

/** Elements in order; whatever iterable was encoded, an array comes back. */
export function iterable<T>(element: Coder<T>): Coder<Iterable<T>> {
  const encodeAll = sequenceEncoder(element);
  return {
    name: `iterable(${element.name})`,
    isDeterministic: element.isDeterministic,
    encode(value, writer) {
      const isIterable = typeof value === 'object' && value !== null && Symbol.iterator in value;
      if (!isIterable) throw refused('iterable', 'an iterable object', value);
      encodeAll(Array.isArray(value) ? value : [...value], writer);
    },
    decode: sequenceDecoder(element),
    parts: { kind: 'sequence', element: element as Coder<unknown>, arraysOnly: false }, // see perhaps
  };
}

/** An array. */
export function list<T>(element: Coder<T>): Coder<readonly T[]> {
  const encodeAll = sequenceEncoder(element);
  return {
    name: `list(${element.name})`,
    isDeterministic: element.isDeterministic,
    encode(value, writer) {
      if (!Array.isArray(value)) throw refused('list', 'an array', value);
      encodeAll(value, writer);
    },
    decode: sequenceDecoder(element),
    parts: { kind: 'sequence', element: element as Coder<unknown>, arraysOnly: true }, // see perhaps
  };
}

function sequenceEncoder<T>(element: Coder<T>) {
  return (values: readonly T[], writer: ByteWriter): void => {
    writer.writeVarint(values.length);
    let at = 0;
    try {
      // The index is below the length.
      for (; at < values.length; at++) element.encode(values[at] as T, writer);
    } catch (error) {
      throw within(`[${at}]`, error);
    }
  };
}

function sequenceDecoder<T>(element: Coder<T>) {
  return (reader: ByteReader): T[] => {
    const count = reader.readVarint();
    const values: T[] = [];
    for (let i = 0; i < count; i++) values.push(element.decode(reader));
    return values;
  };
}

/** A key with a value. */
export const kvCoder = <K, V>(key: Coder<K>, value: Coder<V>): Coder<KV<K, V>> => ({
  ...row({ key, value }),
  name: `kv(${key.name}, ${value.name})`,
});

/** The values that a record of coders takes. */
export type RowOf<F> = { readonly [N in keyof F]: F[N] extends Coder<infer T> ? T : never };

/**
 * A plain object with exactly these fields, in any order; it comes back with the fields in the order given here.
 *
 * @example
 * import assert from 'node:assert/strict';
 * import { fromBytes, list, number, row, string, toBytes } from 'viga';
 * const order = row({ id: string, amount: number, tags: list(string) });
 * const bytes = toBytes(order, { id: 'a1', amount: 9.5, tags: ['new'] });
 * assert.deepEqual(fromBytes(order, bytes), { id: 'a1', amount: 9.5, tags: ['new'] });
 */
// oxlint-disable-next-line typescript/no-explicit-any -- a coder is invariant, so no other constraint takes coders of all types
export function row<const F extends Readonly<Record<string, Coder<any>>>>(fields: F): Coder<RowOf<F>> {
  const coders = new Map<string, Coder<unknown>>(Object.entries(fields));
  const inside = [...coders].map(([name, coder]) => `${name}: ${coder.name}`).join(', ');
  return {
    name: `row(${inside})`,
    isDeterministic: [...coders.values()].every((coder) => coder.isDeterministic),
    encode: (value, writer) => encodeRow(coders, value, writer),
    // The record has a value of each field's type.
    decode: (reader) => decodeRow(coders, reader) as RowOf<F>,
    parts: { kind: 'row', fields },
  };
}

function encodeRow(coders: ReadonlyMap<string, Coder<unknown>>, value: object, writer: ByteWriter): void {
  if (typeof value !== 'object' || value === null || !isPlainObject(value))
    throw refused('row', 'a plain object', value);
  for (const name in value) {
    if (!coders.has(name))
      throw within(`.${name}`, new RefusedValue('row', 'is a field that the coder does not have', LOST));
  }
  let at = '';
  try {
    for (const [name, coder] of coders) {
      at = name;
      // Only an own field counts: `constructor` and its like are found on every object.
      coder.encode(Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined, writer);
    }
  } catch (error) {
    throw within(`.${at}`, error);
  }
}

const LOST = 'It would be lost. Add it to the row, or drop it from the value first.';

function decodeRow(coders: ReadonlyMap<string, Coder<unknown>>, reader: ByteReader): object {
  const value = {};
  for (const [name, coder] of coders) setField(value, name, coder.decode(reader));
  return value;
}

/** Gives an object a field of its own under any name: assigning to `__proto__` would change its prototype instead. */
export function setField(target: object, name: string, value: unknown): void {
  if (name === '__proto__') {
    Object.defineProperty(target, name, { value, writable: true, enumerable: true, configurable: true });
  } else {
    (target as Record<string, unknown>)[name] = value; // any object may be written by name
  }
}
