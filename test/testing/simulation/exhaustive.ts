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

/** What a power loss takes here: all that it can, and half of it. */
const DAMAGES = [1, 0.5] as const;

/**
 * Runs a job once without faults, then once for each point at which it reaches outside: the process ends there, by a kill or a
 * loss of power, and another goes on.
 */
export async function exhaust(seed: number, shape: Shape): Promise<Exhaustion> {
  const calm = await runTrial(new World({ seed }, noFaults(new Chance(seed, 'faults'))), shape);
  const problems = calm.problems.map((problem) => `without faults: ${problem}`);
  const { coverage, points } = calm.world;
  const losesFiles = shape.sinks.includes('files');
  const crashes = [
    { crash: 'kill', loss: 0 } as const,
    ...(losesFiles ? DAMAGES : []).map((loss) => ({ crash: 'power loss', loss }) as const),
  ];
  let runs = 0;
  for (let point = 0; point < points && problems.length < 20; point++) {
    for (const { crash, loss } of crashes) {
      const faults = crashAt(point, crash, { loss }, new Chance(seed, 'faults'));
      const trial = await runTrial(new World({ seed }, faults), shape);
      runs++;
      coverage.add(trial.world.coverage);
      const where = trial.world.log.lines.find((line) => line.includes(crash)) ?? `no ${crash}`;
      problems.push(...trial.problems.map((problem) => `point ${point} (${where}, ${loss}): ${problem}`));
    }
  }
  return { points: runs, epochs: calm.epochs, coverage, problems };
}
