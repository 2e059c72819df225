import { directRunner } from '../../../runners/direct/index.ts';
import {
  Chance,
  flipBit,
  type Outcome,
  Swarm,
  type SimulatedProcess,
  type World,
} from '../../../testing/simulation/index.ts';
import { type PipelineResult, StateError } from '../../../model/index.ts';
import { watermarkWatch } from './watermarks.ts';
import { Job } from './job.ts';
import { buildJob } from './pipeline.ts';
import type { Shape } from './shapes.ts';

/** The state directory of a job. */
const STATE = '/state';

/** Virtual milliseconds in which a job must be done once nothing goes wrong any more. */
const DRAIN_WITHIN = 120_000;
/** Processes that may end before faults stop. */
const MOST_STARTS = 8;
/** How often a bit of the state flips between two processes. */
const FLIPS = 0.1;
/** Virtual milliseconds after which faults stop. */
const FAULTY_FOR = 60_000;

/** How one job went. */
export interface Trial {
  readonly problems: readonly string[];
  readonly world: World;
  readonly job: Job;
  readonly starts: number;
  /** How often damaged state was refused. */
  readonly refusals: number;
  readonly epochs: number;
}

/** Runs a job until it is done, a new process each time that one has ended. */
export async function runTrial(world: World, shape: Shape): Promise<Trial> {
  const job = new Job(world, shape);
  const chance = new Chance(world.seed, 'trial');
  const problems: string[] = [];
  world.watch = watermarkWatch(problems);
  const calm = (): void => {
    if (world.faults instanceof Swarm) world.faults.calm();
  };
  world.schedule.plan(FAULTY_FOR, calm, { isBackground: true });
  const flips = new Chance(world.seed, 'flips');
  let starts = 0;
  let mend: (() => void) | undefined;
  let refusals = 0;
  for (;;) {
    if (starts >= MOST_STARTS) calm();
    // A fault of the last calm moment may end a run later.
    const mayFail = world.faults instanceof Swarm && !world.faults.isCalm;
    const process = world.start();
    starts++;
    const before = world.state(STATE).disk.epoch;
    const outcome = await run(world, job, process, chance, problems);
    problems.push(...(await job.problems()));
    world.note(`it is ${outcome.kind}${outcome.kind === 'failed' ? `: ${messageOf(outcome.error)}` : ''}`);
    if (outcome.kind === 'done' && outcome.result.state !== 'STOPPED') {
      problems.push(...(await job.finalProblems()));
      // A run that finds the job finished does nothing.
      const hasRun = world.state(STATE).disk.epoch > before;
      if (shape.isEndless && outcome.result.state === 'DONE' && hasRun)
        problems.push('a job that was drained ends as if it had read all');
      break;
    }
    if (outcome.kind === 'failed' && mend !== undefined && isDamage(outcome.error)) {
      // It is refused by name. Whoever runs the job takes the state from a copy of that epoch.
      refusals++;
      mend();
      mend = undefined;
      continue;
    }
    if (mayFail && mend === undefined && flips.happens(FLIPS)) {
      mend = flipBit(world.state(STATE), flips);
      if (mend !== undefined) world.note('a bit of the state is flipped');
    }
    if (outcome.kind === 'stuck' || outcome.kind === 'late') problems.push(`a run is ${outcome.kind}`);
    if (outcome.kind === 'failed' && !mayFail) problems.push(`a run without faults failed: ${stackOf(outcome.error)}`);
    if (problems.length > 0) break;
  }
  return { problems, world, job, starts, refusals, epochs: world.state(STATE).disk.epoch };
}

async function run(
  world: World,
  job: Job,
  process: SimulatedProcess,
  chance: Chance,
  problems: string[],
): Promise<Outcome<PipelineResult>> {
  const { shape } = job;
  const stop = new AbortController();
  if (world.faults instanceof Swarm && !world.faults.isCalm && chance.happens(0.1)) {
    world.schedule.plan(chance.between(0, 4_000), () => stop.abort(), { owner: process, isBackground: true });
  }
  const drain = new AbortController();
  if (shape.isEndless || chance.happens(0.05)) {
    const at = chance.between(0, shape.isEndless ? shape.span + 3_000 : 4_000);
    const onDrain = (): void => {
      world.note('it is asked to drain');
      drain.abort();
    };
    world.schedule.plan(at, onDrain, { owner: process });
  }
  const runner = directRunner({
    host: process.host,
    stateDirectory: STATE,
    streaming: true,
    epochInterval: chance.pick([100, 100, 400, 1_000]),
    maxFailedShare: 1,
  });
  if (chance.happens(0.2))
    world.schedule.plan(chance.between(0, 1_000), () => void refuseSecond(world, problems), { owner: process });
  const pipeline = buildJob(shape, job.around, process);
  const within = Math.max(0, FAULTY_FOR - world.schedule.now) + DRAIN_WITHIN;
  return world.run(process, pipeline.run(runner, { stop: stop.signal, drain: drain.signal }), within);
}

/** Another process is refused while one has the state open, and changes nothing. */
async function refuseSecond(world: World, problems: string[]): Promise<void> {
  const second = world.start();
  try {
    await second.host.openStateStore(STATE);
    problems.push('two processes have the state open');
  } catch (error) {
    if (!(error instanceof StateError && error.reason === 'locked')) problems.push(`a second process met ${error}`);
  }
  second.end();
}

const isDamage = (error: unknown): boolean =>
  error instanceof Error && ((error instanceof StateError && error.reason === 'damaged') || isDamage(error.cause));

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
const stackOf = (error: unknown): string => (error instanceof Error ? String(error.stack) : String(error));
