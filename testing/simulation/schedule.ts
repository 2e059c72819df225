import type { Timestamp } from '../../model/index.ts';
import type { Chance } from './chance.ts';

/** Milliseconds that anything takes at least: time does not stand still while timers without delay follow each other. */
const STEP = 0.001;

/** Something that is to happen. */
interface Planned {
  readonly at: number;
  /** Who planned it; undefined for the world itself. */
  readonly owner: object | undefined;
  /** Whether a run waits for it: others do not keep a run going. */
  readonly isBackground: boolean;
  readonly happen: () => void;
}

/** What is part of a planned event besides its time. */
export interface PlanOptions {
  readonly owner?: object | undefined;
  readonly isBackground?: boolean;
}

/**
 * Virtual time and what is to happen in it. Time goes on when nothing else is left to be done, at once to the next event; of
 * events that are due together chance takes one.
 */
export class Schedule {
  readonly #chance: Chance;
  #now: number;
  #planned: Planned[] = [];

  constructor(start: Timestamp, chance: Chance) {
    this.#now = start;
    this.#chance = chance;
  }

  get now(): number {
    return this.#now;
  }

  /** Lets time pass without anything happening: work takes it. */
  pass(milliseconds: number): void {
    this.#now += milliseconds;
  }

  /** Plans an event; returns how to take it back. */
  plan(delay: number, happen: () => void, { owner, isBackground = false }: PlanOptions = {}): () => void {
    const planned = { at: this.#now + Math.max(0, delay), owner, isBackground, happen };
    this.#planned.push(planned);
    return () => {
      const index = this.#planned.indexOf(planned);
      if (index !== -1) this.#planned.splice(index, 1);
    };
  }

  /** Takes back all that someone planned. */
  forget(owner: object): void {
    this.#planned = this.#planned.filter((planned) => planned.owner !== owner);
  }

  /** Lets the next event happen. Returns false if none is planned that anyone waits for. */
  step(): boolean {
    if (!this.#planned.some(({ isBackground }) => !isBackground)) return false;
    const first = this.#planned.reduce((least, { at }) => Math.min(least, at), Number.POSITIVE_INFINITY);
    this.#now = Math.max(this.#now + STEP, first);
    const due = this.#planned.filter(({ at }) => at <= this.#now);
    const next = due[this.#chance.below(due.length)];
    if (next === undefined) return false;
    this.#planned.splice(this.#planned.indexOf(next), 1);
    next.happen();
    return true;
  }
}
