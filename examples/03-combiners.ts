// A combiner says how many values become one. Several of them go over the values once, and own ones are plain objects.
import { combineAll, type CombineFn, count, create, max, mean, Pipeline } from 'viga';
import { directRunner } from 'viga/runners/direct';

interface Spread {
  low: number;
  high: number;
}

/** The distance between the smallest and the largest value. */
const range: CombineFn<number, Spread, number> = {
  name: 'range',
  createAccumulator: () => ({ low: Number.POSITIVE_INFINITY, high: Number.NEGATIVE_INFINITY }),
  addInput: ({ low, high }, value) => ({ low: Math.min(low, value), high: Math.max(high, value) }),
  mergeAccumulators: (accumulators) => {
    const all = [...accumulators];
    return { low: Math.min(...all.map(({ low }) => low)), high: Math.max(...all.map(({ high }) => high)) };
  },
  extractOutput: ({ low, high }) => Math.max(0, high - low),
};

const pipeline = new Pipeline();

pipeline
  .apply(create([18, 21, 19, 25, 17]))
  .combineGlobally(combineAll({ days: count, average: mean, warmest: max, range }))
  .map(({ days, average, warmest, range }) =>
    console.log(`${days} days, mean ${average}, max ${warmest}, range ${range}`),
  );

await pipeline.run(directRunner());
