// npm run -s bench:compare [JOB...] [--smoke]: Viga and the hand-written loop, turn about, three times each. With --smoke
// small inputs, once: whether the jobs run and their results are right.
//
// CPU seconds of the whole process are compared, medians of three, as they stay steady on a busy machine. The bar is what
// must hold, the goal what we are after; docs/performance.md keeps the table of the last landing.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { ensureBuilt } from '../scripts/build.mjs';
import { inputOf } from './data.mjs';

const isSmoke = process.argv.includes('--smoke');
const TURNS = isSmoke ? 1 : 3;
const JOBS = {
  import: { size: 1, bar: 2, goal: 1.25 },
  wordcount: { size: 50, bar: 1.5, goal: 1.0 },
  groupsum: { size: 5_000_000, bar: 1.5, goal: 1.2 },
  groupsumCsv: { size: 5_000_000, bar: 1.8, goal: 1.3 },
  groupbykey: { size: 5_000_000, bar: 1.8, goal: 1.0 },
  chain: { size: 5_000_000, bar: 3, goal: 1.5 },
  window: { size: 1_000_000, bar: 2, goal: 1.3 },
  cogroup: { size: 1_000_000, bar: 1.5, goal: 1.1 },
  // Unlike the loop's, its events may be late.
  streamwindow: { size: 5_000_000, bar: 3, goal: 1 },
  'covid-lite': { size: 240_000, bar: 1.5, goal: 1.0 },
  // All of it, with nine tables, a model and a report, beside the loop that does what covid-lite does.
  covid: { size: 240_000, bar: 4, goal: 4, script: 'covid.mjs', loop: 'covid-lite' },
};

const asked = process.argv.slice(2).filter((argument) => argument !== '--smoke');
const unknown = asked.find((job) => !Object.hasOwn(JOBS, job));
if (unknown !== undefined) {
  console.error(
    `bench:compare: there is no job "${unknown}". Pass none for all, or some of: ${Object.keys(JOBS).join(', ')}.`,
  );
  process.exit(2);
}

ensureBuilt();
if (!isSmoke) console.log('job          CPU s of Viga   of the loop   ratio   bar   goal   peak MB of Viga / loop');
let broken = 0;
for (const job of asked.length > 0 ? asked : Object.keys(JOBS)) {
  try {
    console.log(await compared(job));
  } catch (error) {
    console.error(`${job}: ${error.message}`);
    broken++;
  }
}
process.exit(broken > 0 ? 1 : 0);

/** One line about a job, or an error where it fails or has other results than the loop. */
async function compared(job) {
  const { bar, goal, script = 'run.mjs', loop: loopJob = job } = JOBS[job];
  const size = isSmoke ? Math.ceil(JOBS[job].size / 100) : JOBS[job].size;
  const file = await inputOf(job, size);
  const runs = { viga: [], loop: [] };
  for (let turn = 0; turn < TURNS; turn++) {
    runs.viga.push(measured(script, job, size, file));
    runs.loop.push(measured('loop.mjs', loopJob, size, file));
  }
  const [viga, loop] = [medianOf(runs.viga), medianOf(runs.loop)];
  // The whole pipeline has other results than the loop beside it; that it took every row can be compared.
  if ((loopJob === job && viga.out !== loop.out) || viga.check !== loop.check) {
    throw new Error(`${viga.out} results that add up to ${viga.check}, but ${loop.out} and ${loop.check} by hand.`);
  }
  if (isSmoke) return `${job}: ${viga.out} results, ${viga.check}`;
  const ratio = viga.cpuSeconds / loop.cpuSeconds;
  return [
    job.padEnd(12),
    viga.cpuSeconds.toFixed(2).padStart(13),
    loop.cpuSeconds.toFixed(2).padStart(13),
    `${ratio.toFixed(2)}${ratio > bar ? '!' : ' '}`.padStart(8),
    String(bar).padStart(4),
    String(goal).padStart(6),
    `${viga.peakRssMb} / ${loop.peakRssMb}`.padStart(12),
  ].join(' ');
}

function medianOf(runs) {
  return runs.sort((a, b) => a.cpuSeconds - b.cpuSeconds)[TURNS >> 1];
}

function measured(script, job, size, file = '') {
  const args = [
    '--disable-warning=ExperimentalWarning',
    path.join(import.meta.dirname, script),
    job,
    String(size),
    file,
  ];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status === 0) return JSON.parse(stdout);
  throw new Error(`${script} failed.\n${stderr}`);
}
