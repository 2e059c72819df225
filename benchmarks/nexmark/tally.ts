import type { PaneInfo, Sink } from 'viga';
import { everyResult, type NexmarkQuery, type Seen } from './query.ts';

/** How many facts there are, and the sum of their weights: what runs of a query are compared by. */
export interface Total {
  readonly out: number;
  readonly check: number;
}

/** Sums stay exact and their order does not matter. */
const MODULUS = 2 ** 52;

/** The total of all facts of a query. */
export function totalOf<F>({ weigh }: { weigh(fact: F): number }, facts: readonly F[]): Total {
  return { out: facts.length, check: facts.reduce((sum, fact) => (sum + weigh(fact)) % MODULUS, 0) };
}

/** Takes the results of a query. They are not kept where each is a fact of its own. */
export class Tally<R, F> {
  readonly #query: NexmarkQuery<R, F>;
  readonly #kept: Seen<R>[] = [];
  #out = 0;
  #check = 0;

  constructor(query: NexmarkQuery<R, F>) {
    this.#query = query;
  }

  total(): Total {
    const query = this.#query;
    const kept = totalOf(query, query.facts(this.#kept));
    return { out: this.#out + kept.out, check: (this.#check + kept.check) % MODULUS };
  }

  /** Where the query's output goes. */
  sink(): Sink<R> {
    const { facts, weigh } = this.#query;
    const isKept = facts !== everyResult;
    return {
      kind: 'sink',
      name: 'Tally',
      guarantee: 'append',
      open: async () => ({
        write: ({ values, panes }) => {
          if (isKept) return this.#keep(values, panes);
          // Each result is a fact.
          for (const fact of values as readonly unknown[] as readonly F[])
            this.#check = (this.#check + weigh(fact)) % MODULUS;
          this.#out += values.length;
        },
        prepare: async () => null,
        abort: async () => undefined,
      }),
      commit: async () => undefined,
    };
  }

  #keep(values: readonly R[], panes: PaneInfo | readonly PaneInfo[]): void {
    values.forEach((value, i) => {
      // There is one for each value, or one for all.
      const pane = Array.isArray(panes) ? (panes[i] as PaneInfo) : (panes as PaneInfo);
      this.#kept.push({ value, pane });
    });
  }
}
