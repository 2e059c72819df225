// node benchmarks/run.mjs JOB SIZE FILE [--memory-limit=BYTES]: the process that bench.mjs measures.
import { directRunner } from '../dist/runners/direct/index.js';
import { cacheFolder } from './data.mjs';
import { jobs } from './jobs.mjs';
import { report } from './report.mjs';

const [job, size, file, ...flags] = process.argv.slice(2);
const limit = flags.map((flag) => /^--memory-limit=(\d+)(MB)?$/.exec(flag)).find((match) => match !== null);
const memoryLimit = limit === undefined ? undefined : Number(limit[1]) * (limit[2] === undefined ? 1 : 1e6);
const runner = directRunner(memoryLimit === undefined ? {} : { memoryLimit });
try {
  await report(job, Number(size), () => jobs[job]({ size: Number(size), file, runner, output: cacheFolder('output') }));
} catch (error) {
  console.error(`${job}: ${error.message}`);
  process.exitCode = 1;
}
