// node benchmarks/loop.mjs JOB SIZE FILE: one job by hand, one line of JSON. compare.mjs sets it beside Viga.
import { loops } from './loops.mjs';
import { cacheFolder } from './data.mjs';
import { report } from './report.mjs';

const [job, size, file] = process.argv.slice(2);
await report(job, Number(size), () => loops[job]({ size: Number(size), file, output: cacheFolder('loop-output') }));
