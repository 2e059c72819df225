// node benchmarks/nexmark/run.mjs nexmark EVENTS --query=N --mode=MODE [--generators=N] [--memory-limit=BYTES] [--state-dir=DIR]:
// one query once, one line of JSON.
//
// Counted is what the run costs, in all threads of the process: making the events too, but not loading the modules, which
// takes longer than a small run.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { Pipeline, write } from 'viga';
import { directRunner } from 'viga/runners/direct';
import { benchArguments } from '../arguments.mjs';
import { cacheFolder } from '../data.mjs';
import { configurationOf, contextOf, queries } from './setup.mjs';
import { readEvents } from './source.ts';
import { Tally } from './tally.ts';

const asked = benchArguments(process.argv.slice(2));
const { mode, memoryLimit } = asked;
const query = queries[asked.query];
const configuration = configurationOf(asked);
const folder = cacheFolder(`nexmark-${query.number}-${mode}`);
rmSync(folder, { recursive: true, force: true });

const tally = new Tally(query);
const pipeline = new Pipeline();
const events = pipeline.apply(readEvents(configuration, { isBounded: mode === 'batch' }));
query.expand(events, contextOf(configuration, folder)).apply(write(tally.sink(), { name: 'Tally' }));

let stateDirectory;
if (mode === 'streaming' && asked.stateDirectory !== undefined) {
  mkdirSync(asked.stateDirectory, { recursive: true });
  stateDirectory = mkdtempSync(path.join(asked.stateDirectory, `query-${query.number}-`));
}
const runner = directRunner({
  ...(memoryLimit === undefined ? {} : { memoryLimit }),
  ...(stateDirectory === undefined ? {} : { stateDirectory }),
});

const started = process.hrtime.bigint();
const before = process.cpuUsage();
await pipeline.run(runner);
const { user, system } = process.cpuUsage(before);
const cpuSeconds = (user + system) / 1e6;
console.log(
  JSON.stringify({
    query: query.number,
    name: query.name,
    mode,
    events: configuration.numEvents,
    seconds: Number((Number(process.hrtime.bigint() - started) / 1e9).toFixed(3)),
    cpuSeconds: Number(cpuSeconds.toFixed(3)),
    eventsPerCpuSecond: Math.round(configuration.numEvents / cpuSeconds),
    ...tally.total(),
  }),
);
