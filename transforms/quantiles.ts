import { type CombineFn, PipelineError } from '../model/index.ts';
import { checkedOrder, type Comparable, type Comparator, naturalOrder } from './natural-order.ts';

// A stack of buffers. The values of level l stand for 2^l inputs each. A level that holds `capacity` values is sorted and
// every second value goes up, the others are forgotten; which half goes alternates. So an accumulator holds at most
// `capacity` values per level and there are log2(inputs / capacity) levels.
//
// Error: each such halving moves a rank by at most the weight of one value, 2^l, and uses up `capacity` * 2^l inputs; over
// all levels that makes at most log2(N / capacity) / capacity of N, and a result may stand anywhere within the weight of one
// value of the highest level, N / capacity. Accumulators are merged level by level, and the bound holds for the merged one,
// since it counts halvings only.

/** What quantiles are computed from: see the top of the file. */
export interface QuantilesAccumulator<T> {
  count: number;
  readonly levels: T[][];
  /** Which half of a level goes up next. */
  readonly odd: boolean[];
  /** The least and the greatest input, exactly; none or one each. */
  least: readonly T[];
  greatest: readonly T[];
}

/** What {@link quantiles} can be asked for. */
export interface QuantilesOptions<T> {
  /** Default: the order of numbers, texts, bigints, booleans and dates. */
  readonly compare?: Comparator<T>;
  /** How far the rank of a result may be off, as a part of the number of inputs. Default 0.01. */
  readonly error?: number;
}

/** The error bound is computed for this many inputs; more make it a little larger. */
const MOST_INPUTS = 2 ** 40;

/**
 * A combiner: approximate quantiles. `quantiles(5)` gives the minimum, the three quartiles and the maximum, in order.
 *
 * With up to 1/`error` inputs the result is exact, as are minimum and maximum in any case; beyond, the rank of each result
 * is off by at most `error` times the number of inputs. Which values come out within that bound depends on the order of the
 * inputs. Of no inputs there are none. Memory: some thousand inputs, growing with the logarithm of their number.
 *
 * Source: merging and halving of equal buffers, J. I. Munro and M. S. Paterson, "Selection and sorting with limited
 * storage", 1980; that it survives any order of merges: P. K. Agarwal et al., "Mergeable summaries", PODS 2012.
 *
 * @throws PipelineError if `n` is not a whole number of 2 or more, or `error` not between 0 and 1.
 * @example
 * import { create, Pipeline, quantiles } from 'viga';
 * import { directRunner } from 'viga/runners/direct';
 * import { assertThat } from 'viga/testing';
 * const p = new Pipeline();
 * const quartiles = p.apply(create([5, 1, 4, 2, 3])).combineGlobally(quantiles(5));
 * assertThat(quartiles).containsInAnyOrder([[1, 2, 3, 4, 5]]);
 * await p.run(directRunner());
 */
export function quantiles<T extends Comparable>(
  n: number,
  options?: { readonly error?: number },
): CombineFn<T, QuantilesAccumulator<T>, readonly T[]>;
export function quantiles<T>(
  n: number,
  options: QuantilesOptions<T> & { readonly compare: Comparator<T> },
): CombineFn<T, QuantilesAccumulator<T>, readonly T[]>;
export function quantiles<T>(
  n: number,
  options: QuantilesOptions<T> = {},
): CombineFn<T, QuantilesAccumulator<T>, readonly T[]> {
  // Without a comparator T is Comparable: the first signature says so.
  const { error = 0.01 } = options;
  const compare = checkedOrder<T>(options.compare ?? (naturalOrder as Comparator<unknown>));
  checkArguments(n, error);
  const capacity = capacityFor(error);
  return {
    name: 'quantiles',
    createAccumulator: empty,
    addInput(accumulator, input) {
      const { least, greatest } = accumulator;
      accumulator.count++;
      // The casts below: each holds a value where it is not empty.
      if (least.length === 0 || compare(input, least[0] as T) < 0) accumulator.least = [input];
      if (greatest.length === 0 || compare(input, greatest[0] as T) > 0) accumulator.greatest = [input];
      push(accumulator, 0, [input], capacity, compare);
      return accumulator;
    },
    mergeAccumulators(accumulators) {
      const all = empty<T>();
      for (const one of accumulators) mergeInto(all, one, capacity, compare);
      return all;
    },
    extractOutput: (accumulator) => evenRanks(accumulator, n, compare),
  };
}

const empty = <T>(): QuantilesAccumulator<T> => ({ count: 0, levels: [], odd: [], least: [], greatest: [] });

function checkArguments(n: number, error: number): void {
  if (!Number.isInteger(n) || n < 2) {
    throw new PipelineError(
      undefined,
      `quantiles: n is ${n} but must be a whole number of 2 or more. The first is the minimum and the last the maximum. Pass 3 for a median, 5 for quartiles.`,
    );
  }
  if (!(error > 0 && error < 1)) {
    throw new PipelineError(
      undefined,
      `quantiles: error is ${error} but must lie between 0 and 1. It is a part of the number of inputs. Pass e.g. 0.01.`,
    );
  }
}

/** The least power of two with which the bound holds. */
function capacityFor(error: number): number {
  let capacity = 8;
  while ((Math.log2(MOST_INPUTS / capacity) + 1) / capacity > error) capacity *= 2;
  return capacity;
}

function push<T>(
  accumulator: QuantilesAccumulator<T>,
  level: number,
  values: readonly T[],
  capacity: number,
  compare: Comparator<T>,
): void {
  accumulator.levels[level] ??= [];
  const buffer = accumulator.levels[level];
  for (const value of values) buffer.push(value);
  if (buffer.length < capacity) return;
  buffer.sort(compare);
  // Of an odd number the greatest stays behind, so that no weight is lost.
  const stays = buffer.length % 2 === 1 ? buffer.splice(-1) : [];
  const start = accumulator.odd[level] ? 1 : 0;
  accumulator.odd[level] = start === 0;
  const half = buffer.filter((_, i) => i % 2 === start);
  accumulator.levels[level] = stays;
  push(accumulator, level + 1, half, capacity, compare);
}

function mergeInto<T>(
  all: QuantilesAccumulator<T>,
  one: QuantilesAccumulator<T>,
  capacity: number,
  compare: Comparator<T>,
): void {
  all.count += one.count;
  all.least = [...all.least, ...one.least].sort(compare).slice(0, 1);
  all.greatest = [...all.greatest, ...one.greatest].sort(compare).slice(-1);
  for (const [level, values] of one.levels.entries()) push(all, level, values, capacity, compare);
}

/** The values at `n` ranks that are evenly spaced from the least to the greatest. */
function evenRanks<T>(accumulator: QuantilesAccumulator<T>, n: number, compare: Comparator<T>): readonly T[] {
  const { count, levels, least, greatest } = accumulator;
  if (count === 0) return [];
  const weighted = levels.flatMap((values, level) => values.map((value) => ({ value, weight: 2 ** level })));
  weighted.sort((a, b) => compare(a.value, b.value));
  const result: T[] = [...least];
  let passed = 0;
  let at = 0;
  for (let i = 1; i < n - 1; i++) {
    const rank = Math.floor((i * (count - 1)) / (n - 1));
    // All weights together are `count`, so the rank is found before the values end.
    for (let next = weighted[at]; next !== undefined && passed + next.weight <= rank; next = weighted[++at]) {
      passed += next.weight;
    }
    result.push((weighted[at] ?? { value: greatest[0] as T }).value);
  }
  return [...result, ...greatest];
}
