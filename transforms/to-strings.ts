import { type KV, type PCollection, type PTransform, ptransform } from '../model/index.ts';

/**
 * Turns each element into text: texts as they are, dates in ISO form, other objects as JSON, the rest as `String` does.
 *
 * @example
 * import { create, Pipeline, toStrings } from 'viga';
 * import { directRunner } from 'viga/runners/direct';
 * import { assertThat } from 'viga/testing';
 * const p = new Pipeline();
 * assertThat(p.apply(create([1, 2n, { a: 1 }])).apply(toStrings())).containsInAnyOrder(['1', '2', '{"a":1}']);
 * await p.run(directRunner());
 */
export const toStrings = (): PTransform<PCollection<unknown>, PCollection<string>> =>
  ptransform('ToStrings', (input) => input.map(textOf, { name: 'Text' }));

/**
 * Turns each key-value pair into one text: key, delimiter, value, the parts as {@link toStrings} writes them.
 *
 * @example
 * import { create, kv, kvsToStrings, Pipeline } from 'viga';
 * import { directRunner } from 'viga/runners/direct';
 * import { assertThat } from 'viga/testing';
 * const p = new Pipeline();
 * assertThat(p.apply(create([kv('a', 1)])).apply(kvsToStrings(': '))).containsInAnyOrder(['a: 1']);
 * await p.run(directRunner());
 */
export const kvsToStrings = (delimiter = ','): PTransform<PCollection<KV<unknown, unknown>>, PCollection<string>> =>
  ptransform('KvsToStrings', (input) =>
    input.map((pair) => textOf(pair.key) + delimiter + textOf(pair.value), { name: 'Text' }),
  );

/**
 * Turns each iterable into one text: its items with the delimiter between them, as {@link toStrings} writes them.
 *
 * @example
 * import { create, iterablesToStrings, Pipeline } from 'viga';
 * import { directRunner } from 'viga/runners/direct';
 * import { assertThat } from 'viga/testing';
 * const p = new Pipeline();
 * assertThat(p.apply(create([[1, 2], []])).apply(iterablesToStrings('-'))).containsInAnyOrder(['1-2', '']);
 * await p.run(directRunner());
 */
export const iterablesToStrings = (delimiter = ','): PTransform<PCollection<Iterable<unknown>>, PCollection<string>> =>
  ptransform('IterablesToStrings', (input) =>
    input.map((items) => Array.from(items, textOf).join(delimiter), { name: 'Text' }),
  );

function textOf(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  if (typeof value !== 'object' || value === null) return String(value);
  return JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? String(part) : part));
}
