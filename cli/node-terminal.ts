import { LiveBlock } from './live-block.ts';
import type { Terminal } from './terminal.ts';

const INTERRUPTS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** Where no stream is a terminal, lines that are made for reading still need a width. */
const DEFAULT_WIDTH = 100;
const DEFAULT_HEIGHT = 24;
/** How long open connections and timers may hold the process up, of a run that failed or has left calls behind. */
const GRACE_MS = 1_000;

/** The terminal of this process. */
export function nodeTerminal(): Terminal {
  const { stdout, stderr } = process;
  const block = new LiveBlock(stderr, [stdout]);
  let hasLeft = false;
  let results = (text: string): void => void stdout.write(text);
  survive(stdout, stderr);
  survive(stderr, undefined);
  return {
    env: process.env,
    directory: process.cwd(),
    isOutTerminal: stdout.isTTY === true,
    isErrTerminal: stderr.isTTY === true,
    size: () => ({
      width: stderr.columns || stdout.columns || Number(process.env['COLUMNS']) || DEFAULT_WIDTH,
      height: stderr.rows || stdout.rows || DEFAULT_HEIGHT,
    }),
    out: (text) => results(text),
    err: (text) => void stderr.write(text),
    draw: (lines) => block.draw(lines),
    keepOutForResults() {
      const original = stdout.write;
      const before = results;
      results = (text) => void original.call(stdout, text);
      stdout.write = stderr.write.bind<typeof original>(stderr);
      return () => {
        stdout.write = original;
        results = before;
      };
    },
    onInterrupt: (listener) => listen(INTERRUPTS, () => listener()),
    onStarved: (listener) => listen(['beforeExit'], () => listener()),
    onUncaught: (listener) => listen(['uncaughtException'], listener),
    leaveBehind() {
      hasLeft = true;
    },
    finish: (code) => finish(code, hasLeft),
    exit: (code) => process.exit(code),
  };
}

function finish(code: number, hasLeft: boolean): void {
  process.exitCode = code;
  if (code !== 0 || hasLeft) setTimeout(() => process.exit(code), GRACE_MS).unref();
}

function listen(events: readonly string[], listener: (what: unknown) => void): () => void {
  for (const event of events) process.on(event, listener);
  return () => {
    for (const event of events) process.off(event, listener);
  };
}

/** A reader that went away (`| head`) is no error; output that can't be written is one, but not one to end a run for. */
function survive(stream: NodeJS.WriteStream, teller: NodeJS.WriteStream | undefined): void {
  let hasFailed = false;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED' || hasFailed) return;
    hasFailed = true;
    teller?.write(`viga: the output could not be written: ${error.message}\n`);
    process.on('exit', () => {
      process.exitCode ||= 1;
    });
  });
}
