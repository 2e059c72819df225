import type { Random } from '../model/index.ts';
import { nodeHost } from '../host/index.ts';

/** Values to try laws with: a list (of fast-check's `fc.sample`, say), or a function that makes one from random numbers. */
export type Samples<T> = readonly T[] | ((random: Random) => T);

/** What each set of laws can be asked for. */
export interface LawOptions {
  /** Repeats a check: a broken law tells its seed. Default: a new one each time. */
  readonly seed?: number;
  /** How often each law is tried with other random choices. Default 100. */
  readonly runs?: number;
}

/** A law that does not hold. */
export class LawError extends Error {
  override readonly name = 'LawError';
  /** The law in a few words, the same for each breach of it. */
  readonly law: string;

  constructor(law: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.law = law;
  }
}

/** The randomness and the error of one check of laws. */
export class Trial {
  readonly random: Random;
  readonly runs: number;
  readonly #subject: string;

  constructor(subject: string, { seed, runs = 100 }: LawOptions) {
    this.random = nodeHost(seed === undefined ? {} : { seed }).random;
    this.runs = runs;
    this.#subject = subject;
    if (!(runs >= 1)) throw new RangeError(`${subject}: runs is ${runs}. Nothing would be tried. Pass 1 or more.`);
  }

  /** Ends the check unless `holds`. `facts` says what was seen, `remedy` why it matters and what to do. */
  require(holds: boolean, law: string, facts: () => string, remedy: string, cause?: unknown): void {
    if (holds) return;
    throw new LawError(law, `${this.#subject}: ${law}, but ${facts()}. ${remedy} [seed ${this.random.seed}]`, cause);
  }

  /** A whole number from 0 up to, not including, `end`. */
  below(end: number): number {
    return Math.floor(this.random.next() * end);
  }

  /** A few of the samples: any number up to `most`, in random order, with repetition. */
  some<T>(samples: Samples<T>, most = 20): T[] {
    this.requireSome(samples);
    return Array.from({ length: this.below(most + 1) }, () => this.one(samples) as T); // there is one
  }

  /** One sample; undefined only where the list is empty. */
  one<T>(samples: Samples<T>): T | undefined {
    return typeof samples === 'function' ? samples(this.random) : samples[this.below(samples.length)];
  }

  /** Refuses a list without samples: all laws hold for nothing. */
  requireSome(samples: Samples<unknown>): void {
    if (typeof samples === 'function' || samples.length > 0) return;
    throw new RangeError(`${this.#subject}: there are no samples. All laws hold for nothing. Give at least one.`);
  }

  /** All samples of a list, or `runs` that a function makes. */
  all<T>(samples: Samples<T>): readonly T[] {
    return typeof samples === 'function' ? Array.from({ length: this.runs }, () => samples(this.random)) : samples;
  }

  /** The same values in random order (Fisher-Yates). */
  shuffled<T>(values: readonly T[]): T[] {
    const mixed = [...values];
    for (let i = mixed.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [mixed[i], mixed[j]] = [mixed[j] as T, mixed[i] as T]; // both lie within the array
    }
    return mixed;
  }

  /** The same values, in order, in up to `most` parts, some of them empty. */
  parts<T>(values: readonly T[], most = 5): T[][] {
    const parts: T[][] = Array.from({ length: 1 + this.below(most) }, () => []);
    const edges = parts.map(() => this.below(values.length + 1)).sort((a, b) => a - b);
    edges[edges.length - 1] = values.length;
    return parts.map((_, i) => values.slice(edges[i - 1] ?? 0, edges[i]));
  }
}
