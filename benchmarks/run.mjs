// node benchmarks/run.mjs JOB SIZE [FILE] [--memory-limit=BYTES] [--keys=N] [--state-dir=DIR]: the process that bench.mjs
// measures.
import { directRunner } from '../dist/runners/direct/index.js';
import { benchArguments } from './arguments.mjs';
import { cacheFolder } from './data.mjs';
import { jobs } from './jobs.mjs';
import { report } from './report.mjs';

const { job, size, file, keys, stateDirectory, memoryLimit } = benchArguments(process.argv.slice(2));
const runner = directRunner({
  ...(memoryLimit === undefined ? {} : { memoryLimit }),
  ...(stateDirectory === undefined ? {} : { stateDirectory }),
});
try {
  const asked = { job, size, ...(job === 'streamwindow' ? { keys: keys ?? 1_000 } : {}) };
  await report(asked, () => jobs[job]({ size, file, keys, runner, output: cacheFolder('output') }));
} catch (error) {
  console.error(`${job}: ${error.message}`);
  process.exitCode = 1;
}
