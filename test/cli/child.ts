import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

export const root = path.resolve(import.meta.dirname, '../..');

/** A process that was started. */
export interface Started {
  readonly child: ChildProcess;
  readonly written: { out: string; err: string };
  /** The exit code, or the signal that ended it, when all is written. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
}

/** Starts Node with these arguments. */
export function start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Started {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], {
    cwd: root,
    env: { ...process.env, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const written = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    written.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    written.err += text;
  });
  // Node types an event's arguments as any.
  const ended = once(child, 'close').then(
    ([code, signal]: (number | NodeJS.Signals | null)[]) => code ?? signal ?? null,
  );
  return { child, written, ended };
}

/** Runs Node with these arguments to its end. */
export async function run(...args: string[]) {
  const { written, ended } = start(args);
  return { code: await ended, ...written };
}

/** Waits until the child has written something, by default to its output. */
export const untilWritten = async (
  { child, written }: Started,
  text: string,
  stream: 'out' | 'err' = 'out',
): Promise<void> => {
  const source = stream === 'out' ? child.stdout : child.stderr;
  while (!written[stream].includes(text)) await once(source ?? child, 'data');
};
