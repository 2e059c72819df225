// npm run -s bench -- restart KEYS: kills a job that keeps state for so many keys, starts it again, and prints how long it took
// from the start of the process to the first output of what came then.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { cacheFolder } from '../data.mjs';

/** Returns the status to exit with. */
export async function benchRestart({ size }) {
  const folder = cacheFolder('restart');
  rmSync(folder, { recursive: true, force: true });
  try {
    const [, signal] = await once(start(size, folder, 'fill'), 'exit');
    if (signal !== 'SIGKILL') throw new Error('the job ended by itself, before it was killed.');
    const stateMb = Math.round(sizeOf(folder) / 1e6);
    const started = performance.now();
    const again = start(size, folder, 'go-on');
    const [first] = await Promise.race([once(again, 'message'), once(again, 'exit').then(() => [])]);
    if (first === undefined) throw new Error('the job that was started again gave nothing.');
    const seconds = Number(((performance.now() - started) / 1e3).toFixed(3));
    console.log(JSON.stringify({ job: 'restart', size, stateMb, seconds, ...first }));
    return 0;
  } catch (error) {
    console.error(`restart: ${error.message}`);
    return 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function start(keys, folder, phase) {
  const script = path.join(import.meta.dirname, 'run.mjs');
  return fork(script, [String(keys), folder, phase], { execArgv: ['--disable-warning=ExperimentalWarning'] });
}

const sizeOf = (folder) => readdirSync(folder).reduce((sum, name) => sum + statSync(path.join(folder, name)).size, 0);
