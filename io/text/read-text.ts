import type { EventTimeOptions, PBegin, PCollection, PTransform } from '../../model/index.ts';
import { type FileReadOptions, type FilesSpec, readAllFiles, readFiles, type ReadFormat } from '../files/index.ts';
import { lineFormat, type LineOptions } from './line-format.ts';

const textFormat = (options: LineOptions): ReadFormat<string> =>
  lineFormat('ReadText', options, ({ lines }) => ({ values: lines }));

/**
 * Reads the lines of text files, without their ends.
 *
 * Lines end in `\n` or `\r\n`; the last one needs no end. Compressed files are unpacked by their name (`.gz`, `.zst`, `.br`).
 * A line that is not of the encoding, or too long, goes to `deadLetters` or ends the run. Timestamps are the lowest.
 *
 * @throws ConnectorError when it runs: no file matches, one may not be read, or is damaged.
 * @example
 * import assert from 'node:assert/strict';
 * import { writeFileSync } from 'node:fs';
 * import { readText } from 'viga/io/text';
 * import { assertThat, testPipeline } from 'viga/testing';
 * writeFileSync('greetings.txt', 'hello\nworld\n');
 * await testPipeline((p) => {
 *   assertThat(p.apply(readText({ files: 'greet*.txt' }))).containsInAnyOrder(['hello', 'world']);
 * });
 */
export const readText = (
  spec: FilesSpec & LineOptions & EventTimeOptions<string>,
): PTransform<PBegin, PCollection<string>> => readFiles(textFormat(spec), spec);

/** Reads the lines of the files that elements name, by path or pattern, as {@link readText} does. */
export const readAllText = (
  options: FileReadOptions & LineOptions & EventTimeOptions<string> = {},
): PTransform<PCollection<string>, PCollection<string>> => readAllFiles(textFormat(options), options);
