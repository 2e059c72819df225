import { Chance, type Coverage, drawRates, Swarm, World } from '../../../testing/simulation/index.ts';
import { drawShape, type Shape } from './shapes.ts';
import { runTrial } from './trial.ts';
import type { Wear } from './wear.ts';

/** How the job of one seed went. */
export interface SeedResult {
  readonly seed: number;
  readonly shape: Shape;
  readonly problems: readonly string[];
  /** Faults that were injected and epochs that were committed: without both, the seed shows nothing. */
  readonly faults: number;
  readonly epochs: number;
  readonly starts: number;
  /** What was damaged between processes, and refused. */
  readonly wear: Wear['counts'];
  readonly spilledBytes: number;
  readonly coverage: Coverage;
  /** What happened, line by line, and a name for all of it. */
  readonly log: readonly string[];
  readonly hash: string;
}

/** Runs the job of a seed through the faults of the seed, until faults stop and it is done. */
export async function runSeed(seed: number): Promise<SeedResult> {
  const rates = drawRates(new Chance(seed, 'rates'));
  const shape = drawShape(new Chance(seed, 'shape'));
  const world = new World({ seed }, new Swarm(rates, new Chance(seed, 'faults')));
  world.note(`seed ${seed}: ${JSON.stringify(shape)}`);
  world.note(`rates: ${JSON.stringify(rates)}`);
  const { problems, epochs, starts, wear, spilledBytes } = await runTrial(world, shape);
  const { coverage, log } = world;
  return {
    seed,
    shape,
    problems,
    faults: coverage.faults,
    epochs,
    starts,
    wear: wear.counts,
    spilledBytes,
    coverage,
    log: log.lines,
    hash: log.hash,
  };
}
