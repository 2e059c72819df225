import type { CombineFn } from '../model/index.ts';

/** Combiners over one type of input, by the names that their outputs get. */
// oxlint-disable-next-line typescript/no-explicit-any -- accumulators of any type; each is only given back to its own combiner.
export type CombineFns<I> = Readonly<Record<string, CombineFn<I, any, any>>>;

/** The outputs of combiners, by name. */
export type CombinedAll<F> = {
  // oxlint-disable-next-line typescript/no-explicit-any -- as above.
  readonly [N in keyof F]: F[N] extends CombineFn<any, any, infer O> ? O : never;
};

/**
 * A combiner made of several: each gets all inputs, and the output is a record of their outputs.
 *
 * Use {@link selectInput} where a combiner is to see a part of the input. All of them go over the elements together, in one
 * shuffle.
 *
 * @example
 * import { combineAll, count, create, Pipeline, selectInput, sum } from 'viga';
 * import { directRunner } from 'viga/runners/direct';
 * import { assertThat } from 'viga/testing';
 * interface Order { readonly amount: number }
 * const p = new Pipeline();
 * const orders = p.apply(create<Order>([{ amount: 3 }, { amount: 4 }]));
 * const totals = orders.combineGlobally(combineAll({ n: count, total: selectInput((order: Order) => order.amount, sum) }));
 * assertThat(totals).containsInAnyOrder([{ n: 2, total: 7 }]);
 * await p.run(directRunner());
 */
export function combineAll<I, const F extends CombineFns<I>>(
  combiners: F & CombineFns<I>,
): CombineFn<I, readonly unknown[], CombinedAll<F>> {
  const names = Object.keys(combiners);
  const fns = Object.values<CombineFn<I, unknown, unknown>>(combiners);
  return {
    name: `combineAll(${names.join(', ')})`,
    createAccumulator: () => fns.map((fn) => fn.createAccumulator()),
    addInput(accumulators, input) {
      // Made by createAccumulator or mergeAccumulators of this combiner, as arrays of its own.
      const all = accumulators as unknown[];
      for (let i = 0; i < fns.length; i++) all[i] = fns[i]?.addInput(all[i], input);
      return all;
    },
    mergeAccumulators(parts) {
      const all = [...parts];
      return fns.map((fn, i) => fn.mergeAccumulators(all.map((accumulators) => accumulators[i])));
    },
    extractOutput: (accumulators) =>
      // Each name gets the output of its own combiner, which is what CombinedAll says.
      Object.fromEntries(fns.map((fn, i) => [names[i], fn.extractOutput(accumulators[i])])) as CombinedAll<F>,
    compact: fns.some((fn) => fn.compact !== undefined)
      ? (accumulators) => fns.map((fn, i) => (fn.compact === undefined ? accumulators[i] : fn.compact(accumulators[i])))
      : undefined,
  };
}

/**
 * A combiner that sees what `select` gives of each input.
 *
 * @example
 * import { create, max, Pipeline, selectInput } from 'viga';
 * import { directRunner } from 'viga/runners/direct';
 * import { assertThat } from 'viga/testing';
 * const p = new Pipeline();
 * const longest = p.apply(create(['to', 'question'])).combineGlobally(selectInput((word: string) => word.length, max));
 * assertThat(longest).containsInAnyOrder([8]);
 * await p.run(directRunner());
 */
export const selectInput = <T, I, A, O>(select: (input: T) => I, fn: CombineFn<I, A, O>): CombineFn<T, A, O> => ({
  // One by one: the combiner may be an object of a class, whose functions a spread would leave behind.
  name: fn.name,
  createAccumulator: () => fn.createAccumulator(),
  addInput: (accumulator, input) => fn.addInput(accumulator, select(input)),
  mergeAccumulators: (accumulators) => fn.mergeAccumulators(accumulators),
  extractOutput: (accumulator) => fn.extractOutput(accumulator),
  // It is there where this function is.
  compact: fn.compact === undefined ? undefined : (accumulator) => fn.compact?.(accumulator) as A,
  accumulatorCoder: fn.accumulatorCoder,
});
