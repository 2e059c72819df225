import { ByteReader, ByteWriter, type Coder } from '../model/index.ts';
import { isEqual, show, textOf } from './compare.ts';
import { type LawOptions, type Samples, Trial } from './law.ts';

/** What {@link assertCoderLaws} needs to know. */
export interface CoderLaws<T> extends LawOptions {
  /** Values that the coder takes; odd ones are worth most. */
  readonly values: Samples<T>;
  /** When two values are the same. Default: by content, as keys are compared. */
  readonly equals?: (a: T, b: T) => boolean;
}

/**
 * Checks a coder: what is decoded equals what was encoded, values can follow one another without a mark between them, and
 * a coder that says it is deterministic gives equal values equal bytes.
 *
 * @throws LawError for the first law that does not hold, with the value.
 * @example
 * import type { Coder } from 'viga';
 * import { assertCoderLaws } from 'viga/testing';
 * const celsius: Coder<number> = {
 *   name: 'celsius',
 *   isDeterministic: true,
 *   encode: (value, writer) => writer.writeFloat64(value),
 *   decode: (reader) => reader.readFloat64(),
 * };
 * assertCoderLaws(celsius, { values: [0, -273.15, Number.NaN, Number.POSITIVE_INFINITY] });
 */
export function assertCoderLaws<T>(coder: Coder<T>, options: CoderLaws<T>): void {
  const trial = new Trial(`the coder ${coder.name}`, options);
  const { equals = isEqual } = options;
  const values = trial.all(options.values);
  for (const value of values) roundTrip(trial, coder, value, equals);
  for (let run = 0; run < trial.runs; run++) followEachOther(trial, coder, trial.some(values), equals);
  if (coder.isDeterministic) equalBytes(trial, coder, values);
}

function bytesOf<T>(coder: Coder<T>, values: readonly T[]): Uint8Array {
  const writer = new ByteWriter();
  for (const value of values) coder.encode(value, writer);
  return writer.bytes.slice(0, writer.position);
}

function roundTrip<T>(trial: Trial, coder: Coder<T>, value: T, equals: (a: T, b: T) => boolean): void {
  const before = textOf(value);
  const bytes = bytesOf(coder, [value]);
  const decoded = coder.decode(new ByteReader(bytes));
  trial.require(
    equals(decoded, value),
    'what is decoded equals what was encoded',
    () => `${show(value)} came back as ${show(decoded)}`,
    'An element would change where it leaves memory. Write all of the value.',
  );
  trial.require(
    before === textOf(value),
    'encoding leaves the value as it was',
    () => `${show(value)} was changed`,
    'Other steps still hold the element. Copy what you change.',
  );
}

function followEachOther<T>(
  trial: Trial,
  coder: Coder<T>,
  values: readonly T[],
  equals: (a: T, b: T) => boolean,
): void {
  const reader = new ByteReader(bytesOf(coder, values));
  const decoded = values.map(() => coder.decode(reader));
  const wrong = decoded.findIndex((value, i) => !equals(value, values[i] as T)); // as long as `values`
  trial.require(
    wrong < 0,
    'values can follow one another',
    () => `number ${wrong} of ${show(values)} came back as ${show(decoded[wrong])}`,
    'The bytes of a value must say where they end. Write a length, or a mark, first.',
  );
  trial.require(
    reader.isAtEnd(),
    'decoding reads all that encoding wrote',
    () => `${reader.end - reader.position} bytes of ${show(values)} were left`,
    'What follows would be read from the wrong place. Read each part that was written.',
  );
}

function equalBytes<T>(trial: Trial, coder: Coder<T>, values: readonly T[]): void {
  const seen = new Map<string, { readonly value: T; readonly bytes: string }>();
  for (const value of values.flatMap((one) => [one, reordered(one)])) {
    const text = textOf(value);
    if (text === undefined) continue;
    const bytes = Buffer.from(bytesOf(coder, [value])).toString('hex');
    const other = seen.get(text);
    trial.require(
      other === undefined || other.bytes === bytes,
      'a deterministic coder gives equal values equal bytes',
      () => `${show(value)} and ${show(other?.value)} have different bytes`,
      'Keys are grouped by their bytes. Write fields and entries in one order, or set isDeterministic to false.',
    );
    seen.set(text, { value, bytes });
  }
}

/** An equal value whose fields and entries stand in the opposite order. */
function reordered<T>(value: T): T;
function reordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((part) => reordered(part));
  if (value instanceof Map) return new Map([...value].reverse());
  if (value instanceof Set) return new Set([...value].reverse());
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  const entries = Object.entries(value).reverse();
  return Object.fromEntries(entries.map(([name, part]) => [name, reordered(part)]));
}
