import { expect, test } from 'vitest';
import { assertCombineFnLaws, LawError } from '../../testing/index.ts';
import { combineAll, selectInput } from '../../transforms/index.ts';
import { type Coder, type CombineFn, count, max, mean, min, sum, sumBigint } from '../../model/index.ts';

const digit = (random: { next(): number }): number => Math.floor(random.next() * 10);

/** The inputs in the order in which they came: a combiner that no runner can keep. */
const sequence: CombineFn<number, number[], readonly number[]> = {
  name: 'sequence',
  createAccumulator: () => [],
  addInput: (all, input) => [...all, input],
  mergeAccumulators: (parts) => [...parts].flat(),
  extractOutput: (all) => all,
};

const sorted: CombineFn<number, number[], readonly number[]> = {
  ...sequence,
  name: 'sorted',
  extractOutput: (all) => all.toSorted((a, b) => a - b),
};

function brokenLaw<I, A, O>(fn: CombineFn<I, A, O>, inputs: (random: { next(): number }) => I): string | undefined {
  try {
    assertCombineFnLaws(fn, { inputs, seed: 1 });
    return undefined;
  } catch (error) {
    if (error instanceof LawError) return error.law;
    throw error;
  }
}

test("the model's own combiners keep the laws", () => {
  for (const fn of [sum, count, max, min]) assertCombineFnLaws(fn, { inputs: digit });
  assertCombineFnLaws(mean, { inputs: digit });
  assertCombineFnLaws(sumBigint, { inputs: [0n, -1n, 2n ** 70n] });
  assertCombineFnLaws(sorted, { inputs: digit });
});

test('an output that depends on the order of inputs breaks a law, and the message tells inputs and seed', () => {
  expect(brokenLaw(sequence, digit)).toBe('the order of the inputs does not count');
  expect(() => assertCombineFnLaws(sequence, { inputs: digit, seed: 7 })).toThrow(
    /the combiner sequence: .* but of \[.*\] it gave .* \[seed 7\]/,
  );
});

test('a merge that forgets a part breaks a law', () => {
  const forgetful = { ...sorted, mergeAccumulators: (parts: Iterable<number[]>) => [...parts][0] ?? [] };
  expect(brokenLaw(forgetful, digit)).toBe('parts can be merged in any order');
});

test('a merge that cannot take nothing breaks a law', () => {
  const demanding = {
    ...sorted,
    mergeAccumulators(parts: Iterable<number[]>) {
      const all = [...parts];
      return all.length === 0 ? [99] : all.flat();
    },
  };
  expect(brokenLaw(demanding, digit)).toBe('merging nothing is as good as a new accumulator');
});

test('a compact that loses something breaks a law', () => {
  const lossy = { ...sorted, compact: (all: number[]) => all.slice(0, 3) };
  expect(['compact changes no output', 'parts can be merged in any order']).toContain(brokenLaw(lossy, digit));
});

test('an accumulator that keys would share breaks a law', () => {
  const shared: number[] = [];
  const sharing = {
    ...sorted,
    createAccumulator: () => shared,
    addInput(all: number[], input: number) {
      all.push(input);
      return all;
    },
  };
  expect(brokenLaw(sharing, digit)).toBe('the order of the inputs does not count');
});

test('an accumulator coder that loses something breaks a law', () => {
  const coder: Coder<number[]> = {
    name: 'first',
    isDeterministic: true,
    encode: (all, writer) => writer.writeFloat64(all[0] ?? 0),
    decode: (reader) => [reader.readFloat64()],
  };
  expect(brokenLaw({ ...sorted, accumulatorCoder: coder }, digit)).toBe('the accumulator coder changes no output');
});

test('a combiner that changes its inputs breaks a law', () => {
  const changing: CombineFn<{ n: number }, number, number> = {
    name: 'changing',
    createAccumulator: () => 0,
    addInput(total, input) {
      input.n = 1;
      return total + 1;
    },
    mergeAccumulators: (parts) => [...parts].reduce((a, b) => a + b, 0),
    extractOutput: (total) => total,
  };
  expect(brokenLaw(changing, () => ({ n: 5 }))).toBe('inputs are left as they were');
});

test('laws that are tried on nothing are refused', () => {
  expect(() => assertCombineFnLaws(sum, { inputs: [] })).toThrow(/there are no samples/);
  expect(() => assertCombineFnLaws(sum, { inputs: [1], runs: 0 })).toThrow(/Pass 1 or more/);
});

test('functions that give promises break a law of their own', () => {
  const later = { ...sorted, extractOutput: (async () => 1) as never };
  expect(brokenLaw(later, digit)).toBe('all functions are synchronous');
});

test('a combiner may be an object of a class', () => {
  class Total implements CombineFn<number, number, number> {
    readonly name = 'Total';
    readonly #zero = 0;
    createAccumulator(): number {
      return this.#zero;
    }
    addInput(all: number, input: number): number {
      return all + input + this.#zero;
    }
    mergeAccumulators(all: Iterable<number>): number {
      return [...all].reduce((a, b) => this.addInput(a, b), this.#zero);
    }
    extractOutput(all: number): number {
      return all + this.#zero;
    }
    compact(all: number): number {
      return all + this.#zero;
    }
  }
  assertCombineFnLaws(new Total(), { inputs: digit });
  assertCombineFnLaws(
    selectInput((text: string) => text.length, new Total()),
    { inputs: ['a', 'bc'] },
  );
  assertCombineFnLaws(combineAll({ total: new Total() }), { inputs: digit });
});
