import { directRunner } from '../../../runners/direct/index.ts';
import { Chance, type Outcome, Swarm, type SimulatedProcess, type World } from '../../../testing/simulation/index.ts';
import { type PipelineResult, StateError } from '../../../model/index.ts';
import { memoryWatch } from './memory.ts';
import { watermarkWatch } from './watermarks.ts';
import { Job } from './job.ts';
import { buildJob } from './pipeline.ts';
import type { Shape } from './shapes.ts';
import { Wear } from './wear.ts';

/** The state directory of a job. */
const STATE = '/state';

/** Virtual milliseconds in which a job must be done once nothing goes wrong any more. */
const DRAIN_WITHIN = 120_000;
/** Processes that may end before faults stop. */
const MOST_STARTS = 8;
/** How often something is damaged between two processes, where there is something. */
const WEAR = { state: 0.1, 'staged file': 0.3, journal: 0.5, manifest: 0.05 } as const;
/** Bytes of memory that a process may have where elements are large: less than they take. */
const ROOM = 4 << 20;
/** Virtual milliseconds after which faults stop. */
const FAULTY_FOR = 60_000;

/** How one job went. */
export interface Trial {
  readonly problems: readonly string[];
  readonly world: World;
  readonly job: Job;
  readonly starts: number;
  /** What was damaged between processes. */
  readonly wear: Wear;
  /** What went to disk as memory was short, in processes that came to their end. */
  readonly spilledBytes: number;
  readonly epochs: number;
}

/**
 * Runs a job until it is done, a new process each time that one has ended. `damage` is asked between two processes; without,
 * chance damages what is there.
 */
export async function runTrial(
  world: World,
  shape: Shape,
  damage: (wear: Wear, chance: Chance) => void = wearOff,
): Promise<Trial> {
  const job = new Job(world, shape);
  const chance = new Chance(world.seed, 'trial');
  const problems: string[] = [];
  const memory = memoryWatch(problems);
  world.watch = { ...watermarkWatch(problems), ...memory };
  const calm = (): void => {
    if (world.faults instanceof Swarm) world.faults.calm();
  };
  world.schedule.plan(FAULTY_FOR, calm, { isBackground: true });
  const flips = new Chance(world.seed, 'flips');
  const wear = new Wear(world, STATE);
  let starts = 0;
  let spilledBytes = 0;
  for (;;) {
    if (starts >= MOST_STARTS) calm();
    // A fault of the last calm moment may end a run later.
    const mayFail = world.faults instanceof Swarm && !world.faults.isCalm;
    const process = world.start();
    starts++;
    const before = world.state(STATE).disk.epoch;
    memory.limit = shape.padding > 0 ? ROOM : undefined;
    const outcome = await run({ world, job, process, chance, problems, memoryLimit: memory.limit });
    if (outcome.kind === 'done') spilledBytes += outcome.result.spilledBytes;
    problems.push(...(await job.problems()));
    world.note(`it is ${outcome.kind}${outcome.kind === 'failed' ? `: ${messageOf(outcome.error)}` : ''}`);
    if (outcome.kind === 'done' && outcome.result.state !== 'STOPPED') {
      // A run that finds the job finished does nothing.
      const hasRun = world.state(STATE).disk.epoch > before;
      // A side input of the global window is kept as long as its run.
      const held = shape.hasSideInput ? [] : memory.finalProblems(process);
      problems.push(...wear.problems(), ...held);
      problems.push(...(await job.finalProblems(starts === 1 ? outcome.result.steps : undefined)));
      if (shape.isEndless && outcome.result.state === 'DONE' && hasRun)
        problems.push('a job that was drained ends as if it had read all');
      break;
    }
    if (outcome.kind === 'failed' && wear.refuses(outcome.error)) continue;
    if (!wear.isPending && (mayFail || damage !== wearOff)) damage(wear, flips);
    if (outcome.kind === 'stuck' || outcome.kind === 'late') problems.push(`a run is ${outcome.kind}`);
    if (outcome.kind === 'failed' && !mayFail) problems.push(`a run without faults failed: ${stackOf(outcome.error)}`);
    if (problems.length > 0) break;
  }
  return { problems, world, job, starts, wear, spilledBytes, epochs: world.state(STATE).disk.epoch };
}

/** Of files the rarest first: each is there for a short while only. */
function wearOff(wear: Wear, chance: Chance): void {
  if (chance.happens(WEAR.state)) return wear.damageState(chance);
  for (const kept of ['journal', 'staged file', 'manifest'] as const) {
    const [first, ...more] = wear.files(kept);
    if (first !== undefined && chance.happens(WEAR[kept]))
      return wear.damageFile(chance.pick([first, ...more]), chance);
  }
}

/** One process of a trial. */
interface Run {
  readonly world: World;
  readonly job: Job;
  readonly process: SimulatedProcess;
  readonly chance: Chance;
  readonly problems: string[];
  readonly memoryLimit: number | undefined;
}

async function run({ world, job, process, chance, problems, memoryLimit }: Run): Promise<Outcome<PipelineResult>> {
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
      process.enter('draining');
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
    ...(memoryLimit !== undefined && { memoryLimit }),
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

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
const stackOf = (error: unknown): string => (error instanceof Error ? String(error.stack) : String(error));
