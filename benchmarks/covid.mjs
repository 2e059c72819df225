// node benchmarks/covid.mjs covid SIZE FILE: the whole of pipelines/covid.ts, from its sources, as its command line runs it.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { runIfMain } from 'viga/cli';
import covid from '../pipelines/covid.ts';
import { cacheFolder } from './data.mjs';
import { report } from './report.mjs';

const [, size, file] = process.argv.slice(2);
const output = cacheFolder('covid');
process.argv = [...process.argv.slice(0, 2), `--input=${file}`, `--output=${output}`, '--quiet'];

await report({ job: 'covid', size: Number(size) }, async () => {
  await runIfMain({ main: true, filename: path.resolve('pipelines/covid.ts') }, covid);
  const { files, cases } = JSON.parse(readFileSync(path.join(output, 'quality.json'), 'utf8'));
  return { out: cases, check: files[0].rows };
});
