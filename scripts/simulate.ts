// npm run -s simulate -- [--seeds N] [--seed S] [--exhaustive 1]: runs N jobs through crashes, losses of power, full disks, lost
// answers and damaged files, each decided by a seed of its own, from S on. Default: 100 seeds from 1.
//
// With --exhaustive 1 it first runs jobs of three epochs, for each class of sinks, through a crash at every point. With one
// seed it prints all that happened. Exits with 1 if anything was lost, doubled, made up or stuck.
import { Coverage } from '../testing/simulation/index.ts';
import { runSeed, type SeedResult } from '../test/testing/simulation/swarm.ts';
import { addWear, type WearSum } from '../test/testing/simulation/wear.ts';
import { numbersOf } from './numbers.ts';
import { printExhaustive } from './simulate/exhaustive.ts';
import { shownWear } from './simulate/shown.ts';

const numbers = numbersOf('simulate', process.argv.slice(2), ['seeds', 'seed', 'exhaustive']);
const { seeds = 100, seed: first = 1, exhaustive = 0 } = numbers;
const unlike = exhaustive > 0 ? await printExhaustive() : 0;
const coverage = new Coverage();
const failed: SeedResult[] = [];
let counted = 0;
let epochs = 0;
let starts = 0;
let spilled = 0;
const wear: WearSum = new Map();
const begin = performance.now();

for (let seed = first; seed < first + seeds; seed++) {
  const result = await runSeed(seed);
  coverage.add(result.coverage);
  if (result.faults > 0 && result.epochs > 0) counted++;
  epochs += result.epochs;
  starts += result.starts;
  spilled += result.spilledBytes;
  addWear(wear, result.wear);
  if (seeds === 1) for (const line of result.log) console.log(line);
  if (result.problems.length === 0) continue;
  failed.push(result);
  console.log(`seed ${seed} failed (npm run -s simulate -- --seeds 1 --seed ${seed}):`);
  for (const problem of result.problems.slice(0, 5)) console.log(`  ${problem}`);
}

if (seeds > 0) for (const line of coverage.table()) console.log(line);
for (const line of shownWear(wear)) console.log(line);
console.log(`put on disk as memory was short: ${(spilled / 2 ** 20).toFixed(1)} MB`);
const elapsed = ((performance.now() - begin) / 1_000).toFixed(1);
console.log(
  `${seeds} seeds, ${counted} counted (faults injected and epochs committed), ${starts} processes, ${epochs} epochs, ${coverage.faults} faults, ${elapsed} s`,
);
console.log(
  failed.length === 0 ? 'no seed failed' : `${failed.length} failed: ${failed.map(({ seed }) => seed).join(', ')}`,
);
process.exit(failed.length === 0 && unlike === 0 ? 0 : 1);
