import type { Failure, Place } from './failure.ts';
import type { Paint } from './paint.ts';
import type { Told } from './told.ts';
import { displayWidth, fit } from './width.ts';

/** How a failure is printed. */
export interface FailureStyle {
  readonly paint: Paint;
  /** Infinity where lines may have any length: a log is searched, not read. */
  readonly width: number;
  /** Shortens the path of a file for the reader, to one that the terminal makes a link of. */
  readonly shortPath: (file: string) => string;
}

const LABEL = 9;
/** A user's message may be a whole page, a difference between two objects say. */
const MOST_MESSAGE_LINES = 12;
/** A line of generated code may be a whole file. */
const LONGEST_SOURCE = 160;

/** Tells a failure in the order in which a reader asks: what failed, why, on which data, where, what to do. */
export function failureLines(failure: Failure, { paint, width, shortPath }: FailureStyle): string[] {
  const labeled = (label: string, text: string | undefined): string[] =>
    text === undefined ? [] : hanging(paint.dim(label.padEnd(LABEL)), text, width);
  const at = (place: Place): string => `${shortPath(place.file)}:${place.line}:${place.column}`;
  const { error, coordinate, window, attempts, madeAt } = failure;
  const from = [coordinate, window && `window ${window}`].filter((part) => part !== undefined && part !== '');
  const title = failure.title + (attempts !== undefined && attempts > 1 ? ` (after ${attempts} attempts)` : '');
  return [
    ...wrap(title, width - 2).map((line, n) =>
      n === 0 ? `${paint.red('✖')} ${paint.bold(line)}` : `  ${paint.bold(line)}`,
    ),
    ...(error === undefined ? [] : messageLines(error, width)),
    ...(failure.at === undefined ? [] : [atLine(at(failure.at), failure.at.source, paint, width)]),
    ...failure.causes.flatMap((cause) => labeled('cause', oneLineOf(cause))),
    ...labeled('element', failure.element),
    ...labeled('from', from.length === 0 ? undefined : from.join('   ')),
    ...labeled('option', failure.option),
    ...labeled('why', failure.why),
    ...labeled('fix', failure.fix),
    ...(failure.details ?? []),
    ...(madeAt === undefined || isSamePlace(madeAt, failure.at) ? [] : labeled('step', `made at ${at(madeAt)}`)),
    ...(failure.stack === undefined ? [] : failure.stack.split('\n').map((line) => paint.dim(`  ${line}`))),
  ];
}

const isSamePlace = (a: Place, b: Place | undefined): boolean => a.file === b?.file && a.line === b.line;

const oneLineOf = ({ name, message }: Told): string => `${name}: ${message.replace(/\s*\n\s*/g, ' ')}`;

function messageLines({ name, message }: Told, width: number): string[] {
  const lines = `${name}: ${message}`.split('\n');
  const kept = lines.slice(0, MOST_MESSAGE_LINES).flatMap((line) => wrap(line, width - 2));
  return [...kept, ...(lines.length > MOST_MESSAGE_LINES ? ['…'] : [])].map((line) => `  ${line}`.trimEnd());
}

function atLine(place: string, source: string | undefined, paint: Paint, width: number): string {
  const line = `    at ${place}`;
  const room = Math.min(LONGEST_SOURCE, width - line.length - 3);
  return source === undefined || room < 10 ? line : `${line}   ${paint.dim(fit(source, room))}`;
}

function hanging(label: string, text: string, width: number): string[] {
  return wrap(text, width - 2 - LABEL).map((line, n) => `  ${n === 0 ? label : ' '.repeat(LABEL)}${line}`);
}

/** Breaks text between words; a word that is longer than a line is left whole, so that it can be copied. */
export function wrap(text: string, width: number): string[] {
  if (displayWidth(text) <= width) return [text];
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && displayWidth(line) + 1 + displayWidth(word) > Math.max(20, width)) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
