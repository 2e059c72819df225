import { type CombineFn, type KV, type PCollection, type PTransform, ptransform, toList } from 'viga';
import { type Case, isDeath } from '../cases/index.ts';

/** How many cases there are and how many of them died of covid. */
export interface Tally {
  readonly cases: number;
  readonly deaths: number;
}

/** The tallies of all keys that occur, in no order. */
export type Tallies = readonly KV<string, Tally>[];

export const noCases: Tally = { cases: 0, deaths: 0 };

export function addTallies(a: Tally, b: Tally): Tally {
  return { cases: a.cases + b.cases, deaths: a.deaths + b.deaths };
}

/** Counts cases and deaths per key, called `name`; gives one list of all keys, also where there are no cases. */
export function tallyPer(
  name: string,
  key: (case_: Case) => string,
): PTransform<PCollection<Case>, PCollection<Tallies>> {
  return ptransform(`TallyPer${name}`, (cases: PCollection<Case>) =>
    cases.keyBy(key).combinePerKey(tally).combineGlobally(toList<KV<string, Tally>>()),
  );
}

interface MutableTally {
  cases: number;
  deaths: number;
}

const tally: CombineFn<Case, MutableTally, Tally> = {
  name: 'tally',
  createAccumulator: () => ({ cases: 0, deaths: 0 }),
  addInput(tally, case_) {
    tally.cases++;
    if (isDeath(case_)) tally.deaths++;
    return tally;
  },
  mergeAccumulators: (tallies) => [...tallies].reduce<MutableTally>(addTallies, { cases: 0, deaths: 0 }),
  extractOutput: (tally) => tally,
};
