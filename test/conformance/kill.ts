import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, watch } from 'node:fs';
import path from 'node:path';
import { type CaseOptions, KILL_ME } from './item.ts';

/** How the run of a case in a process of its own went. */
export interface RunReport {
  /** How many assertions ran. */
  readonly assertions: number;
}

/**
 * Runs a case in a process of its own, kills that when it asks for it, and runs the case again in a second process that goes
 * on with the state of the first.
 *
 * @throws Error if the first process came to its end, or the second one failed.
 */
export async function runKilledOnce(options: CaseOptions): Promise<RunReport> {
  mkdirSync(options.scratch, { recursive: true });
  const first = start(options);
  const watcher = watch(options.scratch, (_, name) => {
    if (name === KILL_ME) first.child.kill('SIGKILL');
  });
  try {
    const { signal, text } = await first.end;
    if (signal !== 'SIGKILL') throw new Error(`the first run ended before it could be killed: ${text}`);
  } finally {
    watcher.close();
  }
  const { code, text } = await start(options).end;
  if (code !== 0) throw new Error(`the second run failed: ${text}`);
  return JSON.parse(text) as RunReport; // printed by run-durably.ts
}

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** All that it wrote. */
  readonly text: string;
}

function start(options: CaseOptions): { readonly child: ChildProcess; readonly end: Promise<Ended> } {
  const program = path.join(import.meta.dirname, 'run-durably.ts');
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const parts: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => parts.push(part));
  const end = once(child, 'close').then(([code, signal]) => ({ code, signal, text: Buffer.concat(parts).toString() }));
  return { child, end };
}
