// npm run -s simulate -- [--seeds N] [--seed S]: runs N jobs through crashes, losses of power, full disks and lost answers, each
// decided by a seed of its own, from S on. Default: 100 seeds from 1.
//
// With one seed it prints all that happened. Exits with 1 if anything was lost, doubled, made up or stuck.
import { Coverage } from '../testing/simulation/index.ts';
import { runSeed, type SeedResult } from '../test/testing/simulation/swarm.ts';
import { numbersOf } from './numbers.ts';

const { seeds = 100, seed: first = 1 } = numbersOf('simulate', process.argv.slice(2), ['seeds', 'seed']);
const coverage = new Coverage();
const failed: SeedResult[] = [];
let counted = 0;
let epochs = 0;
let starts = 0;
let refusals = 0;
const begin = performance.now();

for (let seed = first; seed < first + seeds; seed++) {
  const result = await runSeed(seed);
  coverage.add(result.coverage);
  if (result.faults > 0 && result.epochs > 0) counted++;
  epochs += result.epochs;
  starts += result.starts;
  refusals += result.refusals;
  if (seeds === 1) for (const line of result.log) console.log(line);
  if (result.problems.length === 0) continue;
  failed.push(result);
  console.log(`seed ${seed} failed (npm run -s simulate -- --seeds 1 --seed ${seed}):`);
  for (const problem of result.problems.slice(0, 5)) console.log(`  ${problem}`);
}

for (const line of coverage.table()) console.log(line);
const elapsed = ((performance.now() - begin) / 1_000).toFixed(1);
console.log(
  `${seeds} seeds, ${counted} counted (faults injected and epochs committed), ${starts} processes, ${epochs} epochs, ${coverage.faults} faults, ${refusals} refusals of state with a flipped bit, ${elapsed} s`,
);
console.log(
  failed.length === 0 ? 'no seed failed' : `${failed.length} failed: ${failed.map(({ seed }) => seed).join(', ')}`,
);
process.exit(failed.length === 0 ? 0 : 1);
