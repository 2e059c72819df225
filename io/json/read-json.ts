import { isUtf8 } from 'node:buffer';
import {
  ConnectorError,
  type EventTimeOptions,
  type InferOutput,
  type PBegin,
  type PCollection,
  type PTransform,
  PipelineError,
  type SourceBatch,
  type SourceOutput,
  type StandardSchemaV1,
} from '../../model/index.ts';
import { type FileReadOptions, type FilesSpec, readAllFiles, readFiles, type ReadFormat } from '../files/index.ts';
import { type JsonOptions, type ParsedElement, parseElement } from './element.ts';
import { type JsonPiece, jsonValues } from './json-values.ts';

/** How JSON documents are read; they are UTF-8. */
export interface JsonDocumentOptions<T = unknown> extends JsonOptions<T> {
  /** The longest value that is read: an element of the document's array, or a document that is none. Default 256 MiB. */
  readonly maxValueBytes?: number;
}

const DEFAULT_MAX_VALUE_BYTES = 256 * 1024 * 1024;

/** How much of a value that is no element is kept to show it. */
const SHOWN = 1000;

/** Elements are handed over together. */
const BATCH = 1000;

/**
 * Reads JSON documents, one per file: the elements of one that is an array, any other as it is.
 *
 * An array may be larger than memory. Elements that are not JSON or do not fit the `schema` go to `deadLetters`, or end the
 * run with file and byte. For a document per line use `readJsonLines`.
 *
 * @example
 * import { writeFileSync } from 'node:fs';
 * import { readJson } from 'viga/io/json';
 * import { assertThat, testPipeline } from 'viga/testing';
 * writeFileSync('numbers.json', '[1, 2,\n 3]');
 * await testPipeline((p) => {
 *   assertThat(p.apply(readJson({ files: 'numbers.json' }))).containsInAnyOrder([1, 2, 3]);
 * });
 */
export function readJson<S extends StandardSchemaV1>(
  spec: FilesSpec & Omit<JsonDocumentOptions, 'schema'> & EventTimeOptions<InferOutput<S>> & { readonly schema: S },
): PTransform<PBegin, PCollection<InferOutput<S>>>;
export function readJson(
  spec: FilesSpec & JsonDocumentOptions & EventTimeOptions<unknown> & { readonly schema?: never },
): PTransform<PBegin, PCollection<unknown>>;
export function readJson(
  spec: FilesSpec & JsonDocumentOptions & EventTimeOptions<unknown>,
): PTransform<PBegin, PCollection<unknown>> {
  return readFiles(jsonFormat(spec), spec);
}

/** Reads the documents of the files that elements name, by path or pattern, as {@link readJson} does. */
export function readAllJson<S extends StandardSchemaV1>(
  options: FileReadOptions &
    Omit<JsonDocumentOptions, 'schema'> &
    EventTimeOptions<InferOutput<S>> & { readonly schema: S },
): PTransform<PCollection<string>, PCollection<InferOutput<S>>>;
export function readAllJson(
  options?: FileReadOptions & JsonDocumentOptions & EventTimeOptions<unknown> & { readonly schema?: never },
): PTransform<PCollection<string>, PCollection<unknown>>;
export function readAllJson(
  options: FileReadOptions & JsonDocumentOptions & EventTimeOptions<unknown> = {},
): PTransform<PCollection<string>, PCollection<unknown>> {
  return readAllFiles(jsonFormat(options), options);
}

function jsonFormat<T>(options: JsonDocumentOptions<T>): ReadFormat<T> {
  const { maxValueBytes = DEFAULT_MAX_VALUE_BYTES } = options;
  if (!Number.isSafeInteger(maxValueBytes) || maxValueBytes < 1) {
    throw new PipelineError(
      'ReadJson',
      `maxValueBytes is ${maxValueBytes} but must be a whole number of 1 or more. Longer values are refused. Leave it out for 256 MiB.`,
    );
  }
  return {
    name: 'ReadJson',
    async read(file, tracker, output, { step }) {
      for await (const pieces of jsonValues(file, maxValueBytes)) {
        for (let from = 0; from < pieces.length; from += BATCH) {
          const batch = pieces.slice(from, from + BATCH);
          if (!tracker.tryClaim(batch.at(-1)?.start ?? 0)) return;
          const wait = output.emit(elementsOf(batch, file.path, { ...options, step }, output));
          if (wait !== undefined) await wait;
        }
      }
      tracker.tryClaim(tracker.currentRestriction().to);
    },
  };
}

function elementsOf<T>(
  pieces: readonly JsonPiece[],
  path: string,
  options: JsonOptions<T> & { readonly step: string },
  output: Pick<SourceOutput<T>, 'reject'>,
): SourceBatch<T> {
  const values: T[] = [];
  const starts: number[] = [];
  let bytes = 0;
  for (const piece of pieces) {
    const place = `${path} byte ${piece.start}`;
    const parsed = parsePiece(piece, place, options);
    bytes += piece.bytes.length;
    if ('error' in parsed) {
      output.reject(piece.bytes.toString('utf8', 0, SHOWN), parsed.error, place);
    } else {
      values.push(parsed.value);
      starts.push(piece.start);
    }
  }
  return { values, bytes, coordinate: (index) => `${path} byte ${starts[index]}` };
}

function parsePiece<T>(
  { bytes }: JsonPiece,
  place: string,
  options: JsonOptions<T> & { readonly step: string },
): ParsedElement<T> {
  if (isUtf8(bytes)) return parseElement(bytes.toString('utf8'), 'value', () => place, options);
  const message = 'this value is not UTF-8. JSON is. Convert the file, e.g. with iconv -f LATIN1 -t UTF-8 OLD > NEW.';
  return { error: new ConnectorError(place, message) };
}
