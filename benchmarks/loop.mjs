// node benchmarks/loop.mjs JOB SIZE FILE: one job by hand, one line of JSON. compare.mjs sets it beside Viga.
import { benchArguments } from './arguments.mjs';
import { loops } from './loops.mjs';
import { cacheFolder } from './data.mjs';
import { report } from './report.mjs';

const { job, size, file, keys } = benchArguments(process.argv.slice(2));
await report({ job, size }, () => loops[job]({ size, file, keys, output: cacheFolder('loop-output') }));
