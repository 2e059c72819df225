// npm run -s bench -- nexmark EVENTS [--query=N] [--mode=batch|streaming] [--generators=N] [--state-dir=DIR]: the queries of
// Nexmark, each mode of each in a process of its own, a line of JSON for each. With --state-dir streaming runs are durable,
// each in a new directory in there.
//
// Fails where a query gives something else than its model does, so both modes give the same.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { asFlags } from '../arguments.mjs';
import { configurationOf, MODES, modelTotal, queries } from './setup.mjs';

/** Whether arguments ask for these queries. @throws Error if they do so wrongly. */
export function isNexmark({ job, query, mode, generators, file, keys }) {
  if (job !== 'nexmark') {
    if ([query, mode, generators].every((one) => one === undefined)) return false;
    throw new Error('--query, --mode and --generators are for nexmark.');
  }
  if (file !== undefined || keys !== undefined) {
    throw new Error('nexmark takes neither FILE nor --keys: it makes its events.');
  }
  if (query !== undefined && queries[query] === undefined) {
    throw new Error(`--query is ${query}, and there is none. Pass 0 to ${queries.length - 1}.`);
  }
  if (mode !== undefined && !MODES.includes(mode)) {
    throw new Error(`--mode is ${mode}, and there is none. Pass ${MODES.join(' or ')}.`);
  }
  if (generators !== undefined && !(Number.isSafeInteger(generators) && generators >= 1)) {
    throw new Error(`--generators is ${generators} but must be a whole number of 1 or more.`);
  }
  return true;
}

/** Runs what is asked for; returns the status to exit with. */
export function benchNexmark(asked) {
  const { generators = 1, size, query, mode } = asked;
  const configuration = configurationOf({ size, generators });
  let wrong = 0;
  for (const one of query === undefined ? queries : [queries[query]]) {
    const lines = (mode === undefined ? MODES : [mode]).map((each) =>
      measured({ ...asked, query: one.number, mode: each }),
    );
    const expected = modelTotal(one, configuration);
    for (const line of lines) {
      if (line?.out === expected.out && line?.check === expected.check) continue;
      wrong++;
      console.error(`query ${one.number}: its model gives ${JSON.stringify(expected)}`);
    }
  }
  return wrong === 0 ? 0 : 1;
}

function measured(asked) {
  const script = path.join(import.meta.dirname, 'run.mjs');
  const args = ['--disable-warning=ExperimentalWarning', script, 'nexmark', String(asked.size), ...asFlags(asked)];
  const { status, stdout } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  process.stdout.write(stdout);
  return status === 0 ? JSON.parse(stdout) : undefined;
}
