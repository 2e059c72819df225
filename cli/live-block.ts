import { stripVTControlCharacters } from 'node:util';
import { displayWidth } from './print/index.ts';

const TO_LINE_END = '\u001b[K';
const TO_SCREEN_END = '\u001b[J';
const up = (rows: number): string => (rows === 0 ? '' : `\u001b[${rows}A`);

/** A stream as far as a block needs it. */
export type BlockStream = Pick<NodeJS.WriteStream, 'write' | 'isTTY' | 'columns'>;

/**
 * Lines that stay below everything else that is written to a terminal, redrawn in place.
 *
 * While they are there, what others write (a user's console.log) takes them away first, and they come back with the next
 * draw once that text has ended its line. All escape codes that move the cursor are in this file.
 */
export class LiveBlock {
  readonly #screen: BlockStream;
  readonly #streams: readonly BlockStream[];
  #lines: readonly string[] = [];
  #isAtLineStart = true;
  #release: (() => void) | undefined;

  /** @param screen Where it is drawn. @param others Streams that may be the same terminal. */
  constructor(screen: BlockStream, others: readonly BlockStream[]) {
    this.#screen = screen;
    this.#streams = [screen, ...others].filter((stream) => stream.isTTY);
  }

  draw(lines: readonly string[]): void {
    if (lines.length === 0) return this.#remove();
    this.#release ??= this.#watch();
    if (!this.#isAtLineStart) return;
    // Cleared first: after a line as wide as the screen the code would take that line's last character.
    const text = lines.map((line) => `${TO_LINE_END}${line}\n`).join('');
    this.#raw(`${this.#toTop()}${text}${TO_SCREEN_END}`);
    this.#lines = lines;
  }

  #remove(): void {
    this.#erase();
    this.#release?.();
    this.#release = undefined;
  }

  #erase(): void {
    if (this.#lines.length > 0) this.#raw(`${this.#toTop()}${TO_SCREEN_END}`);
    this.#lines = [];
  }

  /** Back to the first line. A terminal that became narrower has broken the lines that were drawn. */
  #toTop(): string {
    const columns = this.#screen.columns || Number.POSITIVE_INFINITY;
    const rowsOf = (line: string): number =>
      Math.max(1, Math.ceil(displayWidth(stripVTControlCharacters(line)) / columns));
    return `\r${up(this.#lines.reduce((rows, line) => rows + rowsOf(line), 0))}`;
  }

  #raw: (text: string) => void = (text) => void this.#screen.write(text);

  #watch(): () => void {
    const undo = this.#streams.map((stream) => {
      const original = stream.write;
      const watched = (...args: Parameters<typeof original>): boolean => {
        this.#erase();
        const [chunk] = args;
        const last = typeof chunk === 'string' ? chunk.at(-1) : chunk.at(-1) === 10 ? '\n' : '';
        if (chunk.length > 0) this.#isAtLineStart = last === '\n';
        return original.apply(stream, args);
      };
      if (stream === this.#screen) this.#raw = (text) => void original.call(stream, text);
      // write has overloads; what comes is passed on as it is.
      stream.write = watched as typeof original;
      return () => {
        stream.write = original;
      };
    });
    return () => {
      for (const back of undo) back();
    };
  }
}
