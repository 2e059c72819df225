import type { StateStore } from '../../model/index.ts';
import { type CommitFault, MemoryDisk } from '../../runners/state/index.ts';
import { Chance } from './chance.ts';
import { Coverage } from './coverage.ts';
import { EventLog } from './event-log.ts';
import type { FaultPlan, Point, Verdict } from './faults.ts';
import { Files } from './files.ts';
import { SimulatedProcess } from './process.ts';
import { Schedule } from './schedule.ts';

/** What can be said of a world before it begins. */
export interface WorldOptions {
  readonly seed: number;
  /** Default 2020-01-01. */
  readonly start?: number;
}

/** A job's state as it outlives processes, and what its next commit does. */
export interface StoredState {
  readonly disk: MemoryDisk;
  fault: CommitFault | undefined;
}

/** Watches over a world: told of each commit, right after it, and of each point, before it is decided what happens there. */
export interface Watch {
  reached?(process: SimulatedProcess): void;
  committed?(store: StateStore, epoch: number): void;
}

/** What is to be known of a point besides what is called. */
interface PointOptions {
  /** Whether something changes by it. */
  readonly isChange: boolean;
  readonly process: SimulatedProcess;
}

/** How a process ended. */
export type Outcome<T> =
  | { readonly kind: 'done'; readonly result: T }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'crashed' }
  /** Nothing is left that could happen, and the process waits. */
  | { readonly kind: 'stuck' }
  | { readonly kind: 'late' };

/** Turns of Node's event loop that a process may be quiet in before it is stuck: an import takes a few. */
const QUIET_TURNS = 50;
/** So many events come to more than any job needs: whoever is not done by then waits for nothing again and again. */
const MOST_STEPS = 200_000;

/**
 * A machine, and what is around it, for processes that come and go: time, files, jobs' states. One seed decides what happens
 * next, how long calls take and what goes wrong; the same seed gives the same log.
 */
export class World {
  readonly seed: number;
  readonly log = new EventLog();
  readonly coverage = new Coverage();
  readonly files = new Files();
  readonly schedule: Schedule;
  /** Decides what a power loss takes, and which requests of a dead process still arrive. */
  readonly chance: Chance;
  faults: FaultPlan;
  watch: Watch = {};
  readonly #start: number;
  readonly #states = new Map<string, StoredState>();
  #processes = 0;
  #points = 0;
  #powerLosses = 0;

  constructor({ seed, start = Date.UTC(2020, 0, 1) }: WorldOptions, faults: FaultPlan) {
    this.seed = seed;
    this.#start = start;
    this.faults = faults;
    this.chance = new Chance(seed, 'damage');
    this.schedule = new Schedule(0, new Chance(seed, 'schedule'));
  }

  /** What the wall clock shows. */
  get wallTime(): number {
    return Math.floor(this.#start + this.schedule.now + this.faults.clockOffset());
  }

  /** Points of changes so far. */
  get points(): number {
    return this.#points;
  }

  /** How often power was lost. */
  get powerLosses(): number {
    return this.#powerLosses;
  }

  /** Begins a process on what is there. */
  start(): SimulatedProcess {
    return new SimulatedProcess(this, ++this.#processes);
  }

  note(line: string): void {
    this.log.add(`${this.schedule.now.toFixed(2)} ${line}`);
  }

  /** What happens at a point that a process has come to. */
  decide(kind: string, moment: Point['moment'], { isChange, process }: PointOptions): Verdict {
    this.watch.reached?.(process);
    const point = { kind, moment, phase: process.phase, number: isChange ? this.#points++ : undefined };
    const verdict = this.faults.decide(point);
    this.coverage.see(point, verdict);
    if (verdict !== 'go on') this.note(`${verdict} ${moment} ${kind}`);
    return verdict;
  }

  /** The state in a directory, made if it is not there. */
  state(directory: string): StoredState {
    let state = this.#states.get(directory);
    if (state === undefined) {
      const made: StoredState = { disk: new MemoryDisk(directory, { faultAt: () => made.fault }), fault: undefined };
      this.#states.set(directory, (state = made));
    }
    return state;
  }

  /** Files lose what was not synced, by chance. */
  losePower(): void {
    this.#powerLosses++;
    this.files.losePower(this.chance, this.faults.damage);
  }

  /** Lets things happen until a process has ended, by itself or otherwise, or until a time in milliseconds from now. */
  async run<T>(process: SimulatedProcess, work: Promise<T>, within: number): Promise<Outcome<T>> {
    const deadline = this.schedule.now + within;
    let outcome: Outcome<T> | undefined;
    work.then(
      (result) => {
        outcome = { kind: 'done', result };
      },
      (error: unknown) => {
        outcome = { kind: 'failed', error };
      },
    );
    for (let quiet = 0, steps = 0; quiet < QUIET_TURNS; steps++) {
      // All that follows from the last event has happened then: nothing in a simulated process waits for the machine.
      await new Promise(setImmediate);
      if (!process.isAlive) return { kind: 'crashed' };
      if (outcome !== undefined) {
        process.end();
        return outcome;
      }
      if (this.schedule.now > deadline || steps > MOST_STEPS) return { kind: 'late' };
      quiet = this.schedule.step() ? 0 : quiet + 1;
    }
    return { kind: 'stuck' };
  }
}
