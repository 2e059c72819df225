// npm run -s many-keys -- --keys N --memory-limit SIZE [--kind combine|group|hot|hot-session|sessions|state|timers] [--state-dir D]: gives
// a streaming job more keys than fit into its memory, each twice in one window, and looks whether each comes out once, with
// what it should, and how large the process became. `hot` and `hot-session` are bounded jobs in which one key has half of all
// values, in the global window or in one session.
//
// Prints one line of JSON. Exits with 1 if the result is wrong, or the process was larger than 1.2 times the limit.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Kind, ManyKeys } from './many-keys.worker.ts';

const KINDS: readonly Kind[] = ['combine', 'group', 'hot', 'hot-session', 'sessions', 'state', 'timers'];
const MOST_RATIO = 1.2;
const USAGE = `Usage: npm run -s many-keys -- --keys NUMBER --memory-limit SIZE, e.g. 512MB, [--kind ${KINDS.join('|')}] [--state-dir DIRECTORY]`;

/** Ends the process if the arguments are not as the usage says. */
function jobOf(args: readonly string[]): ManyKeys {
  try {
    const text = { type: 'string' } as const;
    const options = { keys: text, 'memory-limit': text, kind: text, 'state-dir': text };
    const { values } = parseArgs({ args: [...args], options });
    const keys = Number(values.keys);
    const kind = KINDS.find((known) => known === (values.kind ?? 'combine'));
    const [, megabytes] = /^(\d+)MB$/.exec(values['memory-limit'] ?? '') ?? [];
    if (kind !== undefined && megabytes !== undefined && Number.isSafeInteger(keys) && keys > 0) {
      return { kind, keys, memoryLimit: Number(megabytes) * 2 ** 20, stateDirectory: values['state-dir'] };
    }
  } catch {
    // An option that is not known: told below.
  }
  console.error(USAGE);
  process.exit(2);
}

/** Runs a job in a process of its own, and gives what that printed. */
function run(job: ManyKeys): Promise<string> {
  const worker = fileURLToPath(new URL('many-keys.worker.ts', import.meta.url));
  const child = spawn(process.execPath, [worker, JSON.stringify(job)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) resolve(printed);
      else reject(new Error(`many-keys: the job ended with ${signal ?? code}. Its own message is above.`));
    });
  });
}

const round = (value: number, digits: number): number => Number(value.toFixed(digits));

const job = jobOf(process.argv.slice(2));
// What the worker prints.
const { count, wrong, seconds, cpuSeconds, peakRssBytes } = JSON.parse(await run(job)) as Record<string, number> & {
  readonly count: number;
};
const limitMb = job.memoryLimit / 2 ** 20;
const peakRssMb = round((peakRssBytes ?? Number.NaN) / 2 ** 20, 1);
const ratio = round(peakRssMb / limitMb, 3);
const ok = count === job.keys && wrong === 0;
const { kind, keys } = job;
const times = { cpuSeconds: round(cpuSeconds ?? Number.NaN, 1), seconds: round(seconds ?? Number.NaN, 1) };
console.log(JSON.stringify({ kind, keys, limitMb, peakRssMb, ratio, ...times, ok }));
process.exit(ok && ratio <= MOST_RATIO ? 0 : 1);
