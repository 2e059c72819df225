import { ConnectorError, type OffsetRange, PipelineError, type SourceOutput } from '../../model/index.ts';
import { whyNoText } from '../compression/index.ts';
import type { InputFile, ReadFormat } from '../files/index.ts';
import { decodeText, markLength, type TextEncoding } from './encoding.ts';
import { type LineBlock, lineBlocks } from './line-blocks.ts';

/** How lines stand in files. */
export interface LineOptions {
  /** Default 'utf-8'; a byte order mark is left out. */
  readonly encoding?: TextEncoding;
  /** The longest line that is read, in bytes; a longer one is an error. Default 64 MiB. */
  readonly maxLineBytes?: number;
}

/** Lines of a file that are turned into elements together. */
export interface Lines {
  /** The path of the reading step. */
  readonly step: string;
  readonly lines: readonly string[];
  /** Where the line at an index stands: `PATH line N`, or `PATH byte N` where a reader began inside the file. */
  place(index: number): string;
}

/** The elements of some lines; `lineOf` tells their line where not each line gave one. */
export interface Converted<out T> {
  readonly values: readonly T[];
  readonly lineOf?: readonly number[] | undefined;
}

/** Turns lines into elements, and rejects those that can't be. */
export type ConvertLines<T> = (lines: Lines, output: SourceOutput<T>) => Converted<T>;

const DEFAULT_MAX_LINE_BYTES = 64 * 1024 * 1024;
/** Smaller parts of files are not worth an opened file each. */
const SMALLEST_SPLIT = 256 * 1024;

/**
 * A format with a record per line: text, JSON lines. Lines end in `\n` or `\r\n`, the last one also in nothing. Files that
 * are not compressed are split at any byte.
 *
 * @throws PipelineError if `maxLineBytes` is not a whole number of 1 or more.
 */
export function lineFormat<T>(name: string, options: LineOptions, convert: ConvertLines<T>): ReadFormat<T> {
  const { encoding = 'utf-8', maxLineBytes = DEFAULT_MAX_LINE_BYTES } = options;
  if (!Number.isSafeInteger(maxLineBytes) || maxLineBytes < 1) {
    throw new PipelineError(
      name,
      `maxLineBytes is ${maxLineBytes} but must be a whole number of 1 or more. Longer lines are refused. Pass e.g. 1_000_000, or leave it out.`,
    );
  }
  return {
    name,
    split: async ({ size = 0 }, desired) => evenRanges(size, Math.min(desired, Math.ceil(size / SMALLEST_SPLIT))),
    async read(file, tracker, output, { step }) {
      const { from } = tracker.currentRestriction();
      // Lines can be counted from the start of a file only.
      let lineNumber = from === 0 ? 1 : undefined;
      for await (const block of lineBlocks(file, tracker, maxLineBytes)) {
        const why = block.start === 0 ? whyNoText(block.bytes) : undefined;
        if (why !== undefined) {
          output.reject(file.path, new ConnectorError(file.path, why.message, why), `${file.path} byte 0`);
          break;
        }
        const place = placeOf(file, block, lineNumber);
        const lines = linesOf(block, encoding, maxLineBytes, (index, line, why) =>
          output.reject(line, unreadable(place(index), why, maxLineBytes), place(index)),
        );
        const { values, lineOf } = convert(
          { step, lines: lines.texts, place: (index) => place(lines.lineOf?.[index] ?? index) },
          output,
        );
        const lineIn = (index: number): number => {
          const line = lineOf?.[index] ?? index;
          return lines.lineOf?.[line] ?? line;
        };
        const wait = output.emit({ values, bytes: block.length, coordinate: (index) => place(lineIn(index)) });
        if (wait !== undefined) await wait;
        if (lineNumber !== undefined) lineNumber += lines.count;
      }
    },
  };
}

/** Divides a file into about `desired` ranges of equal size. */
function evenRanges(size: number, desired: number): readonly OffsetRange[] {
  const count = Math.max(1, desired);
  const border = (index: number): number => Math.floor((size * index) / count);
  return Array.from({ length: count }, (_, index) => ({ from: border(index), to: border(index + 1) }));
}

function placeOf(
  file: InputFile,
  { bytes, start }: LineBlock,
  lineNumber: number | undefined,
): (index: number) => string {
  return (index) => {
    if (lineNumber !== undefined) return `${file.path} line ${lineNumber + index}`;
    let at = 0;
    for (let line = 0; line < index; line += 1) at = bytes.indexOf(10, at) + 1;
    return `${file.path} byte ${start + at}`;
  };
}

interface DecodedLines {
  readonly texts: readonly string[];
  /** Which line of the block each text is, where some were refused. */
  readonly lineOf: readonly number[] | undefined;
  /** Lines in the block, refused ones too. */
  readonly count: number;
}

type Refuse = (index: number, line: string, why: Why) => void;

/** Why a line is refused. */
type Why = 'too-long' | 'not-utf-8';

function linesOf(block: LineBlock, encoding: TextEncoding, maxLineBytes: number, refuse: Refuse): DecodedLines {
  const bytes = block.start === 0 && encoding === 'utf-8' ? block.bytes.subarray(markLength(block.bytes)) : block.bytes;
  // The common case: all lines at once.
  const text = block.isTooLong || bytes.length > maxLineBytes ? undefined : decodeText(bytes, encoding);
  if (text === undefined) return linesOneByOne(bytes, encoding, block.isTooLong ? 0 : maxLineBytes, refuse);
  const texts = text.split('\n');
  if (text.includes('\r')) {
    for (let index = 0; index < texts.length; index += 1) texts[index] = withoutReturn(texts[index] as string);
  }
  return { texts, lineOf: undefined, count: texts.length };
}

const withoutReturn = (line: string): string => (line.endsWith('\r') ? line.slice(0, -1) : line);

/** The slow way, which says which line is at fault and keeps the others. */
function linesOneByOne(block: Buffer, encoding: TextEncoding, maxLineBytes: number, refuse: Refuse): DecodedLines {
  const texts: string[] = [];
  const lineOf: number[] = [];
  let count = 0;
  for (let start = 0; start <= block.length; count += 1) {
    const feed = block.indexOf(10, start);
    const end = feed === -1 ? block.length : feed;
    const bytes = block.subarray(start, end);
    start = end + 1;
    const text = bytes.length > maxLineBytes ? undefined : decodeText(bytes, encoding);
    if (text !== undefined) {
      texts.push(withoutReturn(text));
      lineOf.push(count);
    } else {
      refuse(count, shown(bytes), bytes.length > maxLineBytes ? 'too-long' : 'not-utf-8');
    }
  }
  return { texts, lineOf, count };
}

const unreadable = (place: string, why: Why, maxLineBytes: number): ConnectorError =>
  why === 'too-long'
    ? new ConnectorError(
        place,
        `this line is longer than ${maxLineBytes} bytes. It would fill memory. Check that the file has line ends.`,
        { hint: 'A program that reads such lines passes a greater maxLineBytes.' },
      )
    : new ConnectorError(
        place,
        "this line is not UTF-8. Its characters can't be told. Convert the file, e.g. with iconv -f LATIN1 -t UTF-8 OLD > NEW.",
        { hint: "A program that reads such files passes encoding: 'latin1'." },
      );

/** What is shown of a line that has no text. */
const shown = (bytes: Buffer): string => bytes.toString('latin1', 0, 200);
