// npm run -s bench -- JOB SIZE [FILE] [--memory-limit=BYTES] [--keys=N] [--state-dir=DIR]: one job on the built package, one
// line of JSON.
//
// SIZE is megabytes of text for wordcount, events for nexmark (nexmark/bench.mjs), records for the others. Without FILE the input is generated, once.
// The job runs in a process of its own, so that neither the build nor the generator counts.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { ensureBuilt } from '../scripts/build.mjs';
import { asFlags, benchArguments, USAGE } from './arguments.mjs';
import { inputOf } from './data.mjs';
import { loops } from './loops.mjs';
import { benchNexmark, isNexmark } from './nexmark/bench.mjs';

const asked = argumentsOrUsage();
const { job, size, file } = asked;
if (job === 'nexmark') process.exit(benchNexmark(asked));

try {
  ensureBuilt();
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
// npm runs scripts in the package's folder; a path is meant from where the user is.
const input = file === undefined ? await inputOf(job, size) : path.resolve(process.env.INIT_CWD ?? '.', file);
const script = path.join(import.meta.dirname, 'run.mjs');
const args = ['--disable-warning=ExperimentalWarning', script, job, String(size), input ?? '', ...asFlags(asked)];
process.exit(spawnSync(process.execPath, args, { stdio: 'inherit' }).status ?? 1);

function argumentsOrUsage() {
  let problem = `JOB is one of ${Object.keys(loops).join(', ')}, nexmark.`;
  try {
    const parsed = benchArguments(process.argv.slice(2));
    const isKnown = isNexmark(parsed) || Object.hasOwn(loops, parsed.job ?? '');
    if (isKnown && Number.isSafeInteger(parsed.size) && parsed.size >= 1) return parsed;
  } catch (error) {
    problem = error.message;
  }
  console.error(`Usage: npm run -s bench -- ${USAGE}\n${problem}`);
  process.exit(2);
}
