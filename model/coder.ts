import type { ByteReader, ByteWriter } from './coders/index.ts';

/**
 * Turns values into bytes and back.
 *
 * Elements are encoded only where they leave memory: a shuffle that spills, a checkpoint, the edge of a process. Laws, for
 * every value the coder takes: what `decode` gives back equals what was encoded, and reads exactly the bytes that `encode`
 * wrote, so that values can follow one another without a mark between them; a coder that `isDeterministic` writes equal
 * bytes for equal values. `encode` throws a CoderError for a value it cannot give back. Both functions are sync.
 *
 * @example
 * import assert from 'node:assert/strict';
 * import { type Coder, fromBytes, toBytes } from 'viga';
 * const celsius: Coder<{ readonly degrees: number }> = {
 *   name: 'celsius',
 *   isDeterministic: true,
 *   encode: (value, writer) => writer.writeFloat64(value.degrees),
 *   decode: (reader) => ({ degrees: reader.readFloat64() }),
 * };
 * assert.deepEqual(fromBytes(celsius, toBytes(celsius, { degrees: 21.5 })), { degrees: 21.5 });
 */
export interface Coder<T> {
  /** Names the coder in messages, e.g. `string` or `iterable(int)`. */
  readonly name: string;
  /** Whether equal values have equal bytes, as the coder of a key must. */
  readonly isDeterministic: boolean;
  readonly encode: (value: T, writer: ByteWriter) => void;
  readonly decode: (reader: ByteReader) => T;
  /** What a built-in coder is made of, for `compileCoder`. A coder of your own leaves it out. */
  readonly parts?: CoderParts | undefined;
}

/** The make-up of a built-in coder: enough to print it as one generated function. */
export type CoderParts =
  | {
      readonly kind: 'leaf';
      /** A boolean expression that is true of each value the coder takes. */
      readonly accepts: (value: string) => string;
      /** A statement that writes the value to `writer`. */
      readonly write: (value: string) => string;
      /** An expression that reads a value from `reader`. */
      readonly read: string;
    }
  | { readonly kind: 'row'; readonly fields: Readonly<Record<string, Coder<unknown>>> }
  | { readonly kind: 'sequence'; readonly element: Coder<unknown>; readonly arraysOnly: boolean }
  /** A byte that says whether the value follows; without it, it is `empty`. */
  | { readonly kind: 'perhaps'; readonly inner: Coder<unknown>; readonly empty: null | undefined };
