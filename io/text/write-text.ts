import type { PCollection, PDone, PTransform } from '../../model/index.ts';
import { type FileWriteOptions, type WriteFormat, writeFiles } from '../files/index.ts';

/** What {@link writeText} can be asked for. */
export interface TextWriteOptions extends FileWriteOptions<string> {
  /** What ends each line, the last one too. Default '\n'. */
  readonly lineEnd?: '\n' | '\r\n';
}

/**
 * Writes each element as a line of UTF-8 text.
 *
 * Files are published together when the run has succeeded, as `writeFiles` says. An element with a line break in it would be
 * read back as several, so it goes to `deadLetters` or ends the run.
 *
 * @example
 * import assert from 'node:assert/strict';
 * import { readFileSync } from 'node:fs';
 * import { create, Pipeline } from 'viga';
 * import { writeText } from 'viga/io/text';
 * import { directRunner } from 'viga/runners/direct';
 * const p = new Pipeline();
 * p.apply(create(['hello', 'world'])).apply(writeText({ files: 'out/greetings.txt' }));
 * await p.run(directRunner());
 * assert.equal(readFileSync('out/greetings.txt', 'utf8'), 'hello\nworld\n');
 */
export const writeText = ({ lineEnd = '\n', ...options }: TextWriteOptions): PTransform<PCollection<string>, PDone> =>
  writeFiles(textWriteFormat(lineEnd), options);

const textWriteFormat = (lineEnd: string): WriteFormat<string> => ({
  name: 'WriteText',
  extension: '.txt',
  open(out, { reject = rethrow }) {
    return {
      write(elements) {
        const lines = elements.filter((element) => isWritable(element, reject));
        return lines.length === 0 ? undefined : out.write(Buffer.from(lines.join(lineEnd) + lineEnd));
      },
      close: () => undefined,
    };
  },
});

const rethrow = (_element: unknown, error: Error): void => {
  throw error;
};

function isWritable(line: string, reject: (element: unknown, error: Error) => void): boolean {
  const fault = faultOf(line);
  if (fault !== undefined) reject(line, new TypeError(fault));
  return fault === undefined;
}

function faultOf(line: string): string | undefined {
  if (typeof line !== 'string') {
    return `a line is a string, and this is ${typeof line}. It has no text of its own. Make it a string with map first.`;
  }
  if (line.includes('\n') || line.endsWith('\r')) {
    return 'this element has a line break in it. It would be read back as several lines, or without its end. Replace the breaks, or write JSON lines.';
  }
  if (!line.isWellFormed()) {
    return 'this element has half of a surrogate pair. It has no form in UTF-8 and would be read back as another character. Repair it with toWellFormed().';
  }
  return undefined;
}
