// npm run -s bench -- JOB SIZE [FILE] [--memory-limit=BYTES]: one job on the built package, one line of JSON.
//
// SIZE is megabytes of text for wordcount, records for the others. Without FILE the input is generated, once.
// The job runs in a process of its own, so that neither the build nor the generator counts.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { ensureBuilt } from '../scripts/build.mjs';
import { inputOf } from './data.mjs';
import { loops } from './loops.mjs';

const flags = process.argv.slice(2).filter((argument) => argument.startsWith('--'));
const [job, sizeText, file] = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const size = Number(sizeText);

if (!Object.hasOwn(loops, job ?? '') || !Number.isSafeInteger(size) || size < 1) {
  console.error(
    `Usage: npm run -s bench -- JOB SIZE [FILE] [--memory-limit=BYTES]\nJOB is one of ${Object.keys(loops).join(', ')}.`,
  );
  process.exit(2);
}

try {
  ensureBuilt();
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
// npm runs scripts in the package's folder; a path is meant from where the user is.
const input = file === undefined ? await inputOf(job, size) : path.resolve(process.env.INIT_CWD ?? '.', file);
const script = path.join(import.meta.dirname, 'run.mjs');
const args = ['--disable-warning=ExperimentalWarning', script, job, String(size), input ?? '', ...flags];
process.exit(spawnSync(process.execPath, args, { stdio: 'inherit' }).status ?? 1);
