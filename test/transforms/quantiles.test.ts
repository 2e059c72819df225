import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CombineFn, fixedWindows, interval } from '../../model/index.ts';
import { assertCombineFnLaws, assertThat, testPipeline } from '../../testing/index.ts';
import { create, quantiles } from '../../transforms/index.ts';

test('few elements have exact quantiles: minimum, quartiles, maximum', () =>
  testPipeline((p) => {
    const numbers = p.apply(create([9, 2, 7, 4, 5, 6, 3, 8, 1]));
    assertThat(numbers.combineGlobally(quantiles(5))).containsInAnyOrder([[1, 3, 5, 7, 9]]);
    assertThat(numbers.combineGlobally(quantiles(2))).containsInAnyOrder([[1, 9]]);
  }));

test('of no elements there are none, of one it is all of them', () =>
  testPipeline((p) => {
    assertThat(p.apply(create<number>([])).combineGlobally(quantiles(3))).containsInAnyOrder([[]]);
    assertThat(p.apply(create(['x'])).combineGlobally(quantiles(3))).containsInAnyOrder([['x', 'x', 'x']]);
  }));

test('each window has quantiles of its own', () =>
  testPipeline((p) => {
    const numbers = p
      .apply(create([1, 2, 3, 40], { timestamps: [1, 2, 3, 11] }))
      .windowInto(fixedWindows({ size: 10 }));
    const medians = numbers.combineGlobally(quantiles(3), { withoutDefaults: true });
    assertThat(medians)
      .inWindow(interval(0, 10))
      .containsInAnyOrder([[1, 2, 3]]);
    assertThat(medians)
      .inWindow(interval(10, 20))
      .containsInAnyOrder([[40, 40, 40]]);
  }));

test('a comparator gives another order', () =>
  testPipeline((p) => {
    const words = p.apply(create(['ccc', 'a', 'bb']));
    const byLength = quantiles<string>(3, { compare: (a, b) => b.length - a.length });
    assertThat(words.combineGlobally(byLength)).containsInAnyOrder([['ccc', 'bb', 'a']]);
  }));

test('exact quantiles keep the laws', () => {
  assertCombineFnLaws(quantiles<number>(4), { inputs: (random) => Math.floor(random.next() * 50) });
});

/** Combines numbers in parts of one size, merging as it goes. */
function inParts<A, O>(fn: CombineFn<number, A, O>, numbers: readonly number[], size: number): O {
  let all = fn.createAccumulator();
  for (let i = 0; i < numbers.length; i += size) {
    all = fn.mergeAccumulators([all, numbers.slice(i, i + size).reduce(fn.addInput, fn.createAccumulator())]);
  }
  return fn.extractOutput(all);
}

test('many elements, in any order and parts: monotone, ends exact, ranks within the error', () => {
  const error = 0.05;
  const n = 21;
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 30_000 }),
      fc.integer({ min: 1, max: 5_000 }),
      fc.nat(),
      (length, size, salt) => {
        // A permutation of 0..length-1 in steps that share no factor with a prime above any length.
        const numbers = Array.from({ length: 30_011 }, (_, i) => (i * (1 + (salt % 30_010))) % 30_011).filter(
          (x) => x < length,
        );
        const result = inParts(quantiles<number>(n, { error }), numbers, size);
        expect(result).toHaveLength(n);
        expect(result[0]).toBe(0);
        expect(result.at(-1)).toBe(length - 1);
        for (const [i, value] of result.entries()) {
          // The value is its own rank.
          const rank = Math.floor((i * (length - 1)) / (n - 1));
          expect(Math.abs(value - rank)).toBeLessThanOrEqual(error * length + 1);
          expect(value).toBeGreaterThanOrEqual(result[i - 1] ?? 0);
        }
      },
    ),
    { numRuns: 40 },
  );
});

test('memory grows with the logarithm of the number of inputs', () => {
  const fn = quantiles<number>(3, { error: 0.1 });
  let accumulator = fn.createAccumulator();
  for (let i = 0; i < 200_000; i++) accumulator = fn.addInput(accumulator, (i * 7919) % 200_003);
  expect(accumulator.levels.flat().length).toBeLessThan(8_000);
});

test('wrong arguments are refused with the fix', () => {
  expect(() => quantiles(1)).toThrow(/Pass 3 for a median/);
  expect(() => quantiles(3, { error: 0 })).toThrow(/Pass e\.g\. 0\.01/);
});
