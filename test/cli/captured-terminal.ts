import path from 'node:path';
import type { Terminal } from '../../cli/terminal.ts';

/** A terminal that keeps what it is given. */
export interface CapturedTerminal extends Terminal {
  /** All that was written to the output, to the error stream. */
  readonly written: { out: string; err: string };
  /** Each block that was drawn; an empty one took the block away. */
  readonly blocks: (readonly string[])[];
  /** The codes given to `finish` and `exit`. */
  readonly codes: { finish: number[]; exit: number[] };
  /** Plays a signal; false where nobody listens for one. */
  interrupt(): boolean;
}

/** What can be chosen of it. */
export interface CapturedOptions {
  readonly env?: Record<string, string>;
  readonly isTerminal?: boolean;
  readonly width?: number;
}

export function capturedTerminal({ env = {}, isTerminal = false, width = 80 }: CapturedOptions = {}): CapturedTerminal {
  const written = { out: '', err: '' };
  const blocks: (readonly string[])[] = [];
  const codes = { finish: [] as number[], exit: [] as number[] };
  const interrupts = new Set<() => void>();
  const nothing = () => () => undefined;
  return {
    written,
    blocks,
    codes,
    env,
    directory: path.resolve(import.meta.dirname, '../..'),
    isOutTerminal: isTerminal,
    isErrTerminal: isTerminal,
    size: () => ({ width, height: 24 }),
    out(text) {
      written.out += text;
    },
    err(text) {
      written.err += text;
    },
    draw: (lines) => void blocks.push(lines),
    keepOutForResults: nothing,
    onInterrupt(listener) {
      interrupts.add(listener);
      return () => interrupts.delete(listener);
    },
    onStarved: nothing,
    onUncaught: nothing,
    leaveBehind: () => undefined,
    finish: (code) => void codes.finish.push(code),
    exit: (code) => void codes.exit.push(code),
    interrupt() {
      for (const listener of interrupts) listener();
      return interrupts.size > 0;
    },
  };
}
