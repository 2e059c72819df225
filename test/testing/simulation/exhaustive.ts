import { Chance, type Coverage, crashAt, noFaults, World } from '../../../testing/simulation/index.ts';
import type { Shape } from './shapes.ts';
import { runTrial } from './trial.ts';

/** What a crash at every point of a job has shown. */
export interface Exhaustion {
  /** Points at which the process ended, each in a run of its own. */
  readonly points: number;
  /** Epochs of the run without faults. */
  readonly epochs: number;
  readonly coverage: Coverage;
  readonly problems: readonly string[];
}

/** How processes end at a point: where files are written power is lost, too, and lost again while the next one recovers. */
const CRASHES = [
  { crash: 'kill', loss: 0, again: false },
  { crash: 'power loss', loss: 1, again: false },
  { crash: 'power loss', loss: 0.5, again: false },
  { crash: 'kill', loss: 1, again: true },
  { crash: 'power loss', loss: 0.5, again: true },
] as const;

/** Parquet is published as other files are: a crash of each kind is enough. */
function crashesOf({ sinks }: Shape): readonly (typeof CRASHES)[number][] {
  if (sinks.includes('files')) return CRASHES;
  return sinks.includes('parquet') ? [CRASHES[0], CRASHES[2]] : [CRASHES[0]];
}

/**
 * Runs a job once without faults, then once for each point at which it reaches outside: the process ends there, by a kill or a
 * loss of power, and another goes on.
 */
export async function exhaust(seed: number, shape: Shape): Promise<Exhaustion> {
  const calm = await runTrial(new World({ seed }, noFaults(new Chance(seed, 'faults'))), shape);
  const problems = calm.problems.map((problem) => `without faults: ${problem}`);
  const { coverage, points } = calm.world;
  const crashes = crashesOf(shape);
  let runs = 0;
  for (let point = 0; point < points && problems.length < 20; point++) {
    for (const { crash, loss, again } of crashes) {
      const numbers = again ? [point, point + 1 + ((point * 7) % 16)] : [point];
      const faults = crashAt(numbers, crash, { loss }, new Chance(seed, 'faults'));
      const trial = await runTrial(new World({ seed }, faults), shape);
      runs++;
      coverage.add(trial.world.coverage);
      const where = trial.world.log.lines.find((line) => line.includes(crash)) ?? `no ${crash}`;
      problems.push(...trial.problems.map((problem) => `point ${point} (${where}, ${loss}): ${problem}`));
    }
  }
  return { points: runs, epochs: calm.epochs, coverage, problems };
}
