import { expect, test } from 'vitest';
import { fixedWindows, interval } from '../../model/index.ts';
import { assertCombineFnLaws, assertThat, testPipeline } from '../../testing/index.ts';
import { create, sample, sampleAny, type SampleAccumulator } from '../../transforms/index.ts';

/** The sample of some inputs as one accumulator gives it. */
function sampleOf<T>(fn: ReturnType<typeof sample<T>>, inputs: readonly T[]): readonly T[] {
  return fn.extractOutput(inputs.reduce<SampleAccumulator<T>>(fn.addInput, fn.createAccumulator()));
}

test('a sample holds n different elements of the collection', () =>
  testPipeline((p) => {
    const ten = p.apply(create(Array.from({ length: 100 }, (_, i) => i))).combineGlobally(sample(10));
    assertThat(ten).satisfies(([numbers = []]) => {
      expect(new Set(numbers).size).toBe(10);
      expect(numbers.every((n) => n >= 0 && n < 100)).toBe(true);
    });
  }));

test('a sample of few elements, or none, is all of them', () =>
  testPipeline((p) => {
    assertThat(p.apply(create([1])).combineGlobally(sample(10))).containsInAnyOrder([[1]]);
    assertThat(p.apply(create<number>([])).combineGlobally(sample(10))).containsInAnyOrder([[]]);
  }));

test('each window is sampled on its own', () =>
  testPipeline((p) => {
    const letters = p.apply(create(['a', 'b', 'c'], { timestamps: [1, 2, 11] })).windowInto(fixedWindows({ size: 10 }));
    const sizes = letters.combineGlobally(sample(1), { withoutDefaults: true }).map((one) => one.length);
    assertThat(sizes).inWindow(interval(0, 10)).containsInAnyOrder([1]);
    assertThat(sizes).inWindow(interval(10, 20)).containsInAnyOrder([1]);
  }));

test('the same seed gives the same sample, another seed another', () => {
  const numbers = Array.from({ length: 1_000 }, (_, i) => i);
  const of = (seed: number): string => String(sampleOf(sample<number>(20, { seed }), numbers));
  expect(of(1)).toBe(of(1));
  expect(of(1)).not.toBe(of(2));
});

test('each element has the same chance', () => {
  const numbers = Array.from({ length: 50 }, (_, i) => i);
  const hits = new Array<number>(50).fill(0);
  const rounds = 4_000;
  for (let seed = 0; seed < rounds; seed++) {
    for (const n of sampleOf(sample<number>(5, { seed }), numbers)) hits[n] = (hits[n] ?? 0) + 1;
  }
  // 400 each are expected, with a standard deviation of 19; chi squared with 49 degrees of freedom is below 94 but for 1 in 10,000.
  const chi = hits.reduce((total, hit) => total + (hit - 400) ** 2 / 400, 0);
  expect(chi).toBeLessThan(94);
});

test('equal elements are drawn apart', () => {
  const flips = Array.from({ length: 10_000 }, (_, i) => (i % 2 === 0 ? 'heads' : 'tails'));
  const heads = sampleOf(sample<string>(1_000), flips).filter((side) => side === 'heads').length;
  // 500 are expected, with a standard deviation of 15.
  expect(Math.abs(heads - 500)).toBeLessThan(75);
});

test('with an id the sample does not depend on order or parts', () => {
  const inputs = Array.from({ length: 30 }, (_, id) => ({ id }));
  assertCombineFnLaws(sample<{ id: number }>(4, { by: ({ id }) => id }), { inputs });
});

test('without an id the sample has the right size in any order and parts', () => {
  const fn = sample<number>(3);
  const size = { ...fn, extractOutput: (a: SampleAccumulator<number>) => fn.extractOutput(a).length };
  assertCombineFnLaws(size, { inputs: [1, 2, 3, 4, 5] });
});

test('any n are some of the elements, no more than n', () => {
  const fn = sampleAny<number>(3);
  assertCombineFnLaws({ ...fn, extractOutput: (kept) => fn.extractOutput(kept).length }, { inputs: [1, 2, 3, 4, 5] });
  return testPipeline((p) => {
    const some = p.apply(create([1, 2, 3, 4, 5])).combineGlobally(sampleAny(2));
    assertThat(some).satisfies(([numbers = []]) => {
      expect(numbers).toHaveLength(2);
      expect(numbers.every((n) => n >= 1 && n <= 5)).toBe(true);
    });
  });
});

test('a sample of nothing is refused', () => {
  expect(() => sample(0)).toThrow(/Pass e\.g\. sample\(100\)/);
  expect(() => sampleAny(0.5)).toThrow(/Pass e\.g\. sampleAny\(10\)/);
});
