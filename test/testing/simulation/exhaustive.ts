import { Chance, type Coverage, crashAt, type FaultPlan, noFaults, World } from '../../../testing/simulation/index.ts';
import type { Shape } from './shapes.ts';
import { runTrial } from './trial.ts';
import { addWear, type Wear, type WearSum } from './wear.ts';

/** What a crash at every point of a job has shown. */
export interface Exhaustion {
  /** Points that the job comes by where nothing goes wrong. */
  readonly calmPoints: number;
  /** Runs in which the process ended at one of them. */
  readonly runs: number;
  /** Epochs of the run without faults. */
  readonly epochs: number;
  readonly coverage: Coverage;
  /** What was damaged when the process had ended, and refused by the next one. */
  readonly wear: WearSum;
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

/** Of what lies on the disk when the process has ended, the n-th; nothing where there are not so many. */
type Damage = (wear: Wear, chance: Chance) => void;
const KEPT = ['staged file', 'journal', 'manifest'] as const;
const nth =
  (number: number): Damage =>
  (wear, chance) => {
    const path = KEPT.flatMap((kept) => wear.files(kept))[number];
    if (path !== undefined) wear.damageFile(path, chance);
  };
const stateDamage: Damage = (wear, chance) => wear.damageState(chance);
/** Of each sort that a job keeps at one time more would be more of the same. */
const MOST_FILES = 2;

/** Nothing is damaged. */
const none: Damage = () => undefined;

/**
 * Runs a job once without faults, then once for each point at which it reaches outside: the process ends there, by a kill or a
 * loss of power, and another goes on.
 */
export async function exhaust(seed: number, shape: Shape): Promise<Exhaustion> {
  const all = await calm(seed, shape);
  for (let point = 0; point < all.calmPoints && all.problems.length < 20; point++) {
    for (const { crash, loss, again } of crashesOf(shape)) {
      const numbers = again ? [point, point + 1 + ((point * 7) % 16)] : [point];
      await all.run(crashAt(numbers, crash, { loss }, new Chance(seed, 'faults')), `point ${point}, ${crash}, ${loss}`);
    }
  }
  return all;
}

/**
 * The same where the disk damages something after the process has ended, each of what it keeps in a run of its own: a bit of the
 * state; a bit, or the rest, of a staged file, a journal, a manifest.
 */
export async function exhaustDamage(seed: number, shape: Shape): Promise<Exhaustion> {
  const all = await calm(seed, shape);
  for (let point = 0; point < all.calmPoints && all.problems.length < 20; point++) {
    const faults = (): FaultPlan => crashAt([point], 'kill', { loss: 0 }, new Chance(seed, 'faults'));
    await all.run(faults(), `point ${point}, then the state`, once(stateDamage));
    for (let number = 0; number < MOST_FILES; number++) {
      const { wear } = await all.run(faults(), `point ${point}, then file ${number}`, once(nth(number)));
      if (wear.counts.size === 0) break;
    }
  }
  return all;
}

/** Damages something when the first process has ended, and nothing after that. */
function once(damage: Damage): Damage {
  let isDone = false;
  return (wear, chance) => {
    if (!isDone) damage(wear, chance);
    isDone = true;
  };
}

/** A run without faults, and what runs with faults add to it. */
async function calm(seed: number, shape: Shape) {
  const first = await runTrial(new World({ seed }, noFaults(new Chance(seed, 'faults'))), shape, none);
  const { coverage, points: calmPoints } = first.world;
  return {
    calmPoints,
    runs: 0,
    epochs: first.epochs,
    coverage,
    wear: new Map() as WearSum,
    problems: first.problems.map((problem) => `without faults: ${problem}`),
    async run(faults: FaultPlan, where: string, damage = none) {
      const trial = await runTrial(new World({ seed }, faults), shape, damage);
      this.runs++;
      coverage.add(trial.world.coverage);
      addWear(this.wear, trial.wear.counts);
      const crash = trial.world.log.lines.find((line) => /^\S+ (?:kill|power loss) /.test(line)) ?? 'no crash';
      this.problems.push(...trial.problems.map((problem) => `${where} (${crash}): ${problem}`));
      return trial;
    },
  };
}
