import { expect, test } from 'vitest';
import { fixedWindows, interval, kv } from '../../model/index.ts';
import { assertCombineFnLaws, assertThat, testPipeline } from '../../testing/index.ts';
import { create, largest, smallest } from '../../transforms/index.ts';

test('the largest come first, the smallest too', () =>
  testPipeline((p) => {
    const numbers = p.apply(create([3, 10, 7, 9, 1, 10]));
    assertThat(numbers.combineGlobally(largest(3))).containsInAnyOrder([[10, 10, 9]]);
    assertThat(numbers.combineGlobally(smallest(2))).containsInAnyOrder([[1, 3]]);
  }));

test('there are fewer where there are not as many', () =>
  testPipeline((p) => {
    assertThat(p.apply(create([1])).combineGlobally(largest(3))).containsInAnyOrder([[1]]);
    assertThat(p.apply(create<number>([])).combineGlobally(largest(3))).containsInAnyOrder([[]]);
  }));

test('each key, and each window, has its own', () =>
  testPipeline((p) => {
    const scores = p.apply(create([kv('a', 1), kv('a', 5), kv('b', 2), kv('a', 9)], { timestamps: [1, 2, 3, 11] }));
    const best = scores.windowInto(fixedWindows({ size: 10 })).combinePerKey(largest(1));
    assertThat(best)
      .inWindow(interval(0, 10))
      .containsInAnyOrder([kv('a', [5]), kv('b', [2])]);
    assertThat(best)
      .inWindow(interval(10, 20))
      .containsInAnyOrder([kv('a', [9])]);
  }));

test('a comparator says what is large; ties are broken by content, not by what came first', () =>
  testPipeline((p) => {
    const words = p.apply(create(['bb', 'a', 'aa', 'cc', 'b']));
    const byLength = (a: string, b: string): number => a.length - b.length;
    assertThat(words.combineGlobally(largest(2, byLength))).containsInAnyOrder([['cc', 'bb']]);
    assertThat(words.combineGlobally(smallest(1, byLength))).containsInAnyOrder([['a']]);
  }));

test('texts, dates, bigints and NaN have an order', () =>
  testPipeline((p) => {
    assertThat(p.apply(create(['b', 'c', 'a'])).combineGlobally(largest(1))).containsInAnyOrder([['c']]);
    assertThat(p.apply(create([new Date(2), new Date(9)])).combineGlobally(smallest(1))).containsInAnyOrder([
      [new Date(2)],
    ]);
    assertThat(p.apply(create([2n ** 70n, 1n])).combineGlobally(largest(1))).containsInAnyOrder([[2n ** 70n]]);
    assertThat(p.apply(create([Number.NaN, 1])).combineGlobally(largest(2))).containsInAnyOrder([[1, Number.NaN]]);
  }));

test('they keep the laws', () => {
  const some = (random: { next(): number }): number =>
    random.next() < 0.1 ? Number.NaN : Math.floor(random.next() * 20);
  assertCombineFnLaws(largest<number>(3), { inputs: some });
  assertCombineFnLaws(smallest<number>(3), { inputs: some });
  const byNothing = largest<{ readonly n: number }>(2, () => 0);
  assertCombineFnLaws(byNothing, { inputs: (random) => ({ n: Math.floor(random.next() * 5) }) });
});

test('the result is that of sorting all', () => {
  const numbers = Array.from({ length: 500 }, (_, i) => (i * 7919) % 1009);
  const fn = largest<number>(50);
  const result = fn.extractOutput(numbers.reduce(fn.addInput, fn.createAccumulator()));
  expect(result).toEqual(numbers.toSorted((a, b) => b - a).slice(0, 50));
});

test('a comparator that gives no order, and values that have none, end the run with the step', async () => {
  const wrong = testPipeline((p) => {
    p.apply(create([1, 2])).combineGlobally(
      largest(1, () => Number.NaN),
      { name: 'Best' },
    );
  });
  await expect(wrong).rejects.toThrow(/^Best\/.*the comparator returned .*NaN.* for (2 and 1|1 and 2)/);
  const mixed = testPipeline((p) => {
    p.apply(create<number | string>([1, '2'])).combineGlobally(largest(1), { name: 'Best' });
  });
  await expect(mixed).rejects.toThrow(/"2" and 1 have no order|1 and "2" have no order/);
});

test.each([0, -1, 1.5, Number.NaN])('%d results are refused', (n) => {
  expect(() => largest(n)).toThrow(/^largest: n is .* Pass e\.g\. largest\(10\)/);
  expect(() => smallest(n)).toThrow(/^smallest: n is/);
});
