// node benchmarks/nexmark/run.mjs QUERY MODE EVENTS GENERATORS: one query once, one line of JSON.
//
// Counted is what the run costs, in all threads of the process: making the events too, but not loading the modules, which
// takes longer than a small run.
import { rmSync } from 'node:fs';
import { Pipeline, write } from 'viga';
import { directRunner } from 'viga/runners/direct';
import { cacheFolder } from '../data.mjs';
import { configurationOf, contextOf, queries } from './setup.mjs';
import { readEvents } from './source.ts';
import { Tally } from './tally.ts';

const [number, mode, size, generators] = process.argv.slice(2);
const query = queries[Number(number)];
const configuration = configurationOf({ size: Number(size), generators: Number(generators) });
const folder = cacheFolder(`nexmark-${number}-${mode}`);
rmSync(folder, { recursive: true, force: true });

const tally = new Tally(query);
const pipeline = new Pipeline();
const events = pipeline.apply(readEvents(configuration, { isBounded: mode === 'batch' }));
query.expand(events, contextOf(configuration, folder)).apply(write(tally.sink(), { name: 'Tally' }));

const started = process.hrtime.bigint();
const before = process.cpuUsage();
await pipeline.run(directRunner());
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
