import { ConnectorError, type PCollection, type PDone, type PTransform } from '../../model/index.ts';
import {
  type FileWriteOptions,
  type FormatWriter,
  type WriteFormat,
  type WriteFormatContext,
  writeFiles,
} from '../files/index.ts';
import { jsonText } from './json-text.ts';

/**
 * Writes each element as a line of JSON.
 *
 * A Date is written as its ISO text, a bigint as its digits (read back by `bigIntegers: 'bigint'` where a number could not
 * hold it), bytes as base64; fields that are undefined are left out. NaN, Infinity, Maps, functions and other values without
 * a form in JSON go to `deadLetters` or end the run: JSON.stringify would write null or {}.
 *
 * @example
 * import assert from 'node:assert/strict';
 * import { readFileSync } from 'node:fs';
 * import { create, Pipeline } from 'viga';
 * import { writeJsonLines } from 'viga/io/json';
 * import { directRunner } from 'viga/runners/direct';
 * const p = new Pipeline();
 * p.apply(create([{ id: 1n, at: new Date(0) }])).apply(writeJsonLines({ files: 'out/events.jsonl' }));
 * await p.run(directRunner());
 * assert.equal(readFileSync('out/events.jsonl', 'utf8'), '{"id":1,"at":"1970-01-01T00:00:00.000Z"}\n');
 */
export const writeJsonLines = <T>(options: FileWriteOptions<T>): PTransform<PCollection<T>, PDone> =>
  writeFiles(linesFormat, options);

const linesFormat: WriteFormat<unknown> = {
  name: 'WriteJsonLines',
  extension: '.jsonl',
  open: (out, context) => ({
    write(elements) {
      const texts = textsOf(elements, context);
      return texts.length === 0 ? undefined : out.write(Buffer.from(`${texts.join('\n')}\n`));
    },
    close: () => undefined,
  }),
};

/** What {@link writeJson} can be asked for. */
export interface JsonWriteOptions<T> extends FileWriteOptions<T> {
  /** An array of all elements of a file, or its only element as it is. Default 'array'. */
  readonly document?: 'array' | 'single';
}

/**
 * Writes elements as JSON documents: one array per file, or with `document: 'single'` the one element as it is. Values are
 * written as {@link writeJsonLines} does.
 *
 * @throws ConnectorError when it runs, with `document: 'single'`, if a file gets no element or a second one.
 */
export const writeJson = <T>({
  document = 'array',
  ...options
}: JsonWriteOptions<T>): PTransform<PCollection<T>, PDone> =>
  writeFiles(document === 'array' ? arrayFormat : singleFormat, options);

const arrayFormat: WriteFormat<unknown> = {
  name: 'WriteJson',
  extension: '.json',
  open(out, context) {
    let before = '[\n';
    return {
      write(elements) {
        const texts = textsOf(elements, context);
        if (texts.length === 0) return;
        const text = before + texts.join(',\n');
        before = ',\n';
        return out.write(Buffer.from(text));
      },
      close: () => out.write(Buffer.from(before === '[\n' ? '[]\n' : '\n]\n')),
    };
  },
};

const singleFormat: WriteFormat<unknown> = {
  name: 'WriteJson',
  extension: '.json',
  open: (out, context) => singleWriter(context, (text) => out.write(Buffer.from(text))),
};

function singleWriter(context: WriteFormatContext, out: (text: string) => void | Promise<void>): FormatWriter<unknown> {
  let count = 0;
  const wrong = (what: string): ConnectorError =>
    new ConnectorError(
      context.path,
      `${what} came for a file with document: 'single'. It holds exactly one. Combine the elements into one first, or write document: 'array'.`,
    );
  return {
    write(elements) {
      const texts = textsOf(elements, context);
      count += texts.length;
      if (count > 1) throw wrong('a second element');
      return texts.length === 0 ? undefined : out(`${texts[0]}\n`);
    },
    close() {
      if (count === 0) throw wrong('no element');
    },
  };
}

function textsOf(elements: readonly unknown[], { reject }: WriteFormatContext): readonly string[] {
  const texts: string[] = [];
  for (const element of elements) {
    try {
      texts.push(jsonText(element));
    } catch (error) {
      if (reject === undefined) throw error;
      reject(element, error as Error);
    }
  }
  return texts;
}
