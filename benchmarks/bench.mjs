// npm run -s bench -- JOB SIZE [FILE] [--memory-limit=BYTES] [--keys=N] [--state-dir=DIR]: one job on the built package, one
// line of JSON.
//
// SIZE is megabytes of text for wordcount, events for nexmark (nexmark/bench.mjs), keys for restart (restart/bench.mjs), records
// for the others. Without FILE the input is generated, once.
// The job runs in a process of its own, so that neither the build nor the generator counts.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { ensureBuilt } from '../scripts/build.mjs';
import { asFlags, benchArguments, USAGE } from './arguments.mjs';
import { inputOf } from './data.mjs';
import { loops } from './loops.mjs';
import { benchNexmark, isNexmark } from './nexmark/bench.mjs';
import { benchRestart } from './restart/bench.mjs';

const asked = argumentsOrUsage();
const { job, size, file } = asked;
if (job === 'nexmark') process.exit(benchNexmark(asked));

try {
  ensureBuilt();
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
if (job === 'restart') process.exit(await benchRestart(asked));
const input = file ?? (await inputOf(job, size));
const script = path.join(import.meta.dirname, 'run.mjs');
const args = ['--disable-warning=ExperimentalWarning', script, job, String(size), input ?? '', ...asFlags(asked)];
process.exit(spawnSync(process.execPath, args, { stdio: 'inherit' }).status ?? 1);

function argumentsOrUsage() {
  let problem = `JOB is one of ${Object.keys(loops).join(', ')}, nexmark, restart.`;
  try {
    const given = benchArguments(process.argv.slice(2));
    const parsed = { ...given, file: placeOf(given.file), stateDirectory: placeOf(given.stateDirectory) };
    if (!isNexmark(parsed)) refuseOfLoops(parsed);
    const isKnown = ['nexmark', 'restart'].includes(parsed.job) || Object.hasOwn(loops, parsed.job ?? '');
    if (isKnown && Number.isSafeInteger(parsed.size) && parsed.size >= 1) return parsed;
  } catch (error) {
    problem = error.message;
  }
  console.error(`Usage: npm run -s bench -- ${USAGE}\n${problem}`);
  process.exit(2);
}

/** npm runs scripts in the package's folder; a path is meant from where the user is. */
function placeOf(given) {
  return given === undefined ? undefined : path.resolve(process.env.INIT_CWD ?? '.', given);
}

/** @throws Error for what would be measured wrongly, or not at all. */
function refuseOfLoops({ job, keys, stateDirectory }) {
  if (job === 'streamwindow') {
    if (keys !== undefined && !(Number.isSafeInteger(keys) && keys >= 1)) {
      throw new Error(`--keys is ${keys} but must be a whole number of 1 or more.`);
    }
    // A run that is over has nothing left to do, and one that was cut off has less.
    if (stateDirectory !== undefined && existsSync(stateDirectory) && readdirSync(stateDirectory).length > 0) {
      throw new Error(`--state-dir is ${stateDirectory}, where a run was before. Name one that is empty or not there.`);
    }
  } else if (keys !== undefined || stateDirectory !== undefined) {
    throw new Error(`--keys and --state-dir are for streamwindow, and the latter for nexmark.`);
  }
}
