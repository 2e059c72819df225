import type { Chance } from './chance.ts';
import type { Damage } from './files.ts';
import type { Phase } from './process.ts';

/** A moment at which a process may end or a call may fail: before something outside of it has happened, or after. */
export interface Point {
  /** What is called: `commit`, `disk rename`, `table deliver`. */
  readonly kind: string;
  readonly moment: 'before' | 'after';
  /** What the process was doing. */
  readonly phase: Phase;
  /** Which of all points of changes it is, from 0; calls that only look have none. */
  readonly number: number | undefined;
}

/**
 * What happens at a point. `kill` ends the process: what it wrote stays. `power loss` ends it, and files lose what was not
 * synced. `fail` lets the call fail: before, nothing has happened; after, only the answer is lost.
 */
export type Verdict = 'go on' | 'kill' | 'power loss' | 'fail';

/** Decides what goes wrong. */
export interface FaultPlan {
  decide(point: Point): Verdict;
  /** Milliseconds that a call takes. */
  latency(kind: string): number;
  /** Milliseconds that pass each time the clock is looked at: work takes time. */
  readonly lookCost: number;
  /** What a power loss takes of what was not synced. */
  readonly damage: Damage;
  /** How far the wall clock is from where it was at first; the monotonic one never jumps. */
  clockOffset(): number;
}

/** Nothing goes wrong; calls take a millisecond or so. */
export function noFaults(chance: Chance): FaultPlan {
  return {
    decide: () => 'go on',
    latency: () => chance.between(0.1, 2),
    lookCost: 0,
    damage: { loss: 0 },
    clockOffset: () => 0,
  };
}

/** A crash at each of the points with these numbers, the first as it says, those after it a loss of power. */
export function crashAt(
  numbers: readonly number[],
  crash: 'kill' | 'power loss',
  damage: Damage,
  chance: Chance,
): FaultPlan {
  let done = 0;
  return {
    ...noFaults(chance),
    damage,
    decide({ number }) {
      if (number === undefined || number !== numbers[done]) return 'go on';
      return done++ === 0 ? crash : 'power loss';
    },
  };
}

/** How often something goes wrong, as probabilities at a point. */
export interface FaultRates {
  readonly crash: number;
  /** Of crashes, how many are a loss of power. */
  readonly power: number;
  readonly commitFails: number;
  readonly diskFails: number;
  readonly peerFails: number;
  readonly clockJumps: number;
  /** The longest latency of a call, in milliseconds. */
  readonly slowest: number;
  readonly lookCost: number;
  readonly damage: Damage;
}

/** Rates of a seed: some runs are harmless in one way and hard in another. */
export function drawRates(chance: Chance): FaultRates {
  return {
    crash: chance.pick([0.002, 0.005, 0.01, 0.03]),
    power: chance.pick([0, 0.5, 1]),
    commitFails: chance.pick([0, 0, 0.02, 0.1]),
    diskFails: chance.pick([0, 0, 0.005, 0.02]),
    peerFails: chance.pick([0, 0.02, 0.1, 0.3]),
    clockJumps: chance.pick([0, 0, 0.01]),
    slowest: chance.pick([2, 20, 200]),
    lookCost: chance.pick([0, 0.01, 0.3]),
    damage: { loss: chance.pick([0.2, 0.8, 0.9, 1]) },
  };
}

/** Things go wrong by their rates, until `calm` is called. */
export class Swarm implements FaultPlan {
  readonly #chance: Chance;
  readonly #rates: FaultRates;
  #isCalm = false;
  #offset = 0;

  constructor(rates: FaultRates, chance: Chance) {
    this.#rates = rates;
    this.#chance = chance;
  }

  /** From now on nothing goes wrong. */
  calm(): void {
    this.#isCalm = true;
  }

  get isCalm(): boolean {
    return this.#isCalm;
  }

  get lookCost(): number {
    return this.#rates.lookCost;
  }

  get damage(): Damage {
    return this.#rates.damage;
  }

  clockOffset(): number {
    return this.#offset;
  }

  latency(): number {
    return this.#chance.between(0.05, this.#isCalm ? 2 : this.#rates.slowest);
  }

  decide({ kind, number }: Point): Verdict {
    if (this.#isCalm) return 'go on';
    const { crash, power, clockJumps } = this.#rates;
    if (this.#chance.happens(clockJumps)) this.#offset += this.#chance.pick([-3_600_000, -1_000, 1_000, 3_600_000]);
    if (number !== undefined && this.#chance.happens(crash)) return this.#chance.happens(power) ? 'power loss' : 'kill';
    return this.#chance.happens(this.#failureRate(kind)) ? 'fail' : 'go on';
  }

  #failureRate(kind: string): number {
    if (kind === 'commit') return this.#rates.commitFails;
    return kind.startsWith('disk ') ? this.#rates.diskFails : this.#rates.peerFails;
  }
}
