import type {
  EventTimeOptions,
  InferOutput,
  PBegin,
  PCollection,
  PTransform,
  StandardSchemaV1,
} from '../../model/index.ts';
import { type FileReadOptions, type FilesSpec, readAllFiles, readFiles, type ReadFormat } from '../files/index.ts';
import { type Converted, lineFormat, type LineOptions } from '../text/index.ts';
import { type JsonOptions, parseElement } from './element.ts';

/** How JSON lines are read; they are UTF-8. */
export type JsonLinesOptions<T = unknown> = JsonOptions<T> & Omit<LineOptions, 'encoding'>;

/**
 * Reads files with a JSON value per line. Empty lines are passed over.
 *
 * With a `schema` elements have its output type; what does not fit goes to `deadLetters`, or ends the run with file and line.
 * Integers beyond 2^53 - 1 are an error unless `bigIntegers` says otherwise: numbers would change their last digits.
 *
 * @example
 * import { writeFileSync } from 'node:fs';
 * import { readJsonLines } from 'viga/io/json';
 * import { assertThat, testPipeline } from 'viga/testing';
 * import { z } from 'zod';
 * writeFileSync('orders.jsonl', '{"id":"a","amount":2}\n{"id":"b","amount":3}\n');
 * const Order = z.object({ id: z.string(), amount: z.number() });
 * await testPipeline((p) => {
 *   const orders = p.apply(readJsonLines({ files: 'orders.jsonl', schema: Order }));
 *   assertThat(orders.map(({ amount }) => amount)).containsInAnyOrder([2, 3]);
 * });
 */
export function readJsonLines<S extends StandardSchemaV1>(
  spec: FilesSpec & Omit<JsonLinesOptions, 'schema'> & EventTimeOptions<InferOutput<S>> & { readonly schema: S },
): PTransform<PBegin, PCollection<InferOutput<S>>>;
export function readJsonLines(
  spec: FilesSpec & JsonLinesOptions & EventTimeOptions<unknown> & { readonly schema?: never },
): PTransform<PBegin, PCollection<unknown>>;
export function readJsonLines(
  spec: FilesSpec & JsonLinesOptions & EventTimeOptions<unknown>,
): PTransform<PBegin, PCollection<unknown>> {
  return readFiles(jsonLinesFormat(spec), spec);
}

/** Reads the files that elements name, by path or pattern, as {@link readJsonLines} does. */
export function readAllJsonLines<S extends StandardSchemaV1>(
  options: FileReadOptions &
    Omit<JsonLinesOptions, 'schema'> &
    EventTimeOptions<InferOutput<S>> & { readonly schema: S },
): PTransform<PCollection<string>, PCollection<InferOutput<S>>>;
export function readAllJsonLines(
  options?: FileReadOptions & JsonLinesOptions & EventTimeOptions<unknown> & { readonly schema?: never },
): PTransform<PCollection<string>, PCollection<unknown>>;
export function readAllJsonLines(
  options: FileReadOptions & JsonLinesOptions & EventTimeOptions<unknown> = {},
): PTransform<PCollection<string>, PCollection<unknown>> {
  return readAllFiles(jsonLinesFormat(options), options);
}

function jsonLinesFormat<T>(options: JsonLinesOptions<T>): ReadFormat<T> {
  return lineFormat('ReadJsonLines', options, ({ lines, place, step }, output): Converted<T> => {
    const checked = { ...options, step };
    const values: T[] = [];
    const lineOf: number[] = [];
    for (let index = 0; index < lines.length; index += 1) {
      const line = lines[index] as string;
      if (line.trim() === '') continue;
      const parsed = parseElement(line, 'line', () => place(index), checked);
      if ('error' in parsed) {
        output.reject(line, parsed.error, place(index));
        continue;
      }
      values.push(parsed.value);
      lineOf.push(index);
    }
    return { values, lineOf: values.length === lines.length ? undefined : lineOf };
  });
}
