import { expect, test } from 'vitest';
import { count, fixedWindows, interval, kv, max, mean, min, sum } from '../../model/index.ts';
import { assertCombineFnLaws, assertThat, testPipeline } from '../../testing/index.ts';
import { combineAll, combineGroupedValues, create, selectInput, toList } from '../../transforms/index.ts';

const oneToTen = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

test('sum, count, mean, min and max of 1 to 10', () =>
  testPipeline((p) => {
    const numbers = p.apply(create(oneToTen));
    assertThat(numbers.combineGlobally(sum)).containsInAnyOrder([55]);
    assertThat(numbers.combineGlobally(count)).containsInAnyOrder([10]);
    assertThat(numbers.combineGlobally(mean)).containsInAnyOrder([5.5]);
    assertThat(numbers.combineGlobally(min)).containsInAnyOrder([1]);
    assertThat(numbers.combineGlobally(max)).containsInAnyOrder([10]);
  }));

test('of nothing there is the value of nothing in the global window, or nothing if asked for', () =>
  testPipeline((p) => {
    const none = p.apply(create<number>([]));
    assertThat(none.combineGlobally(sum)).containsInAnyOrder([0]);
    assertThat(none.combineGlobally(mean)).containsInAnyOrder([Number.NaN]);
    assertThat(none.combineGlobally(sum, { withoutDefaults: true })).isEmpty();
    assertThat(none.keyBy((n) => n).combinePerKey(sum)).isEmpty();
  }));

test('other windows have no value of nothing, and combining them globally must say so', () =>
  testPipeline((p) => {
    const windowed = p.apply(create([1, 2], { timestamps: [1, 21] })).windowInto(fixedWindows({ size: 10 }));
    expect(() => windowed.combineGlobally(sum)).toThrow(/Pass \{ withoutDefaults: true \}/);
    const sums = windowed.combineGlobally(sum, { withoutDefaults: true });
    assertThat(sums).inWindow(interval(0, 10)).containsInAnyOrder([1]);
    assertThat(sums).inWindow(interval(10, 20)).isEmpty();
    assertThat(sums).inWindow(interval(20, 30)).containsInAnyOrder([2]);
  }));

test('fan-out for hot keys changes no result', () =>
  testPipeline((p) => {
    const pairs = p.apply(create(oneToTen)).keyBy((n) => n % 2);
    const expected = [kv(0, 6), kv(1, 5)];
    assertThat(pairs.combinePerKey(mean)).containsInAnyOrder(expected);
    assertThat(pairs.combinePerKey(mean, { hotKeyFanout: 3 })).containsInAnyOrder(expected);
    assertThat(p.apply(create(oneToTen)).combineGlobally(mean, { fanout: 4 })).containsInAnyOrder([5.5]);
  }));

test('several combiners look at one input together', () =>
  testPipeline((p) => {
    const orders = p.apply(create([kv('ana', { amount: 3 }), kv('ana', { amount: 5 }), kv('eva', { amount: 1 })]));
    const amount = (order: { amount: number }): number => order.amount;
    const totals = orders.combinePerKey(
      combineAll({ n: count, total: selectInput(amount, sum), most: selectInput(amount, max) }),
    );
    assertThat(totals).containsInAnyOrder([
      kv('ana', { n: 2, total: 8, most: 5 }),
      kv('eva', { n: 1, total: 1, most: 1 }),
    ]);
  }));

test('several combiners have values of nothing together', () =>
  testPipeline((p) => {
    const none = p.apply(create<number>([]));
    assertThat(none.combineGlobally(combineAll({ n: count, total: sum }))).containsInAnyOrder([{ n: 0, total: 0 }]);
    assertThat(none.combineGlobally(combineAll({ n: count }), { withoutDefaults: true })).isEmpty();
  }));

test('several combiners keep the laws, with and without compact', () => {
  const digit = (random: { next(): number }): number => Math.floor(random.next() * 10);
  assertCombineFnLaws(combineAll({ n: count, mean, most: max }), { inputs: digit });
  const compacting = { ...mean, compact: (a: { sum: number; count: number }) => ({ ...a }) };
  assertCombineFnLaws(combineAll({ n: count, mean: compacting }), { inputs: digit });
});

test('a name like __proto__ is a name like any other', () => {
  const all = combineAll({ ['__proto__']: count });
  const output = all.extractOutput(all.addInput(all.createAccumulator(), 1));
  expect(Object.keys(output)).toEqual(['__proto__']);
});

test('a list holds all inputs; of none it is empty', () =>
  testPipeline((p) => {
    const list = p.apply(create([2, 1, 2])).combineGlobally(toList());
    assertThat(list.map((numbers) => numbers.toSorted((a, b) => a - b))).containsInAnyOrder([[1, 2, 2]]);
    assertThat(p.apply(create<number>([])).combineGlobally(toList())).containsInAnyOrder([[]]);
  }));

test('a list keeps the laws but for the order of its items', () => {
  const text = (list: readonly number[]): string => String(list.toSorted((a, b) => a - b));
  assertCombineFnLaws(toList<number>(), { inputs: [1, 2, 3], equals: (a, b) => text(a) === text(b) });
});

test('grouped values are combined in their window', () =>
  testPipeline((p) => {
    const numbers = p.apply(create([1, 2, 3], { timestamps: [1, 2, 11] })).windowInto(fixedWindows({ size: 10 }));
    const sums = numbers
      .keyBy(() => 'k')
      .groupByKey()
      .apply(combineGroupedValues(sum));
    assertThat(sums)
      .inWindow(interval(0, 10))
      .containsInAnyOrder([kv('k', 3)]);
    assertThat(sums)
      .inWindow(interval(10, 20))
      .containsInAnyOrder([kv('k', 3)]);
  }));

test('combining grouped values is combining per key', () =>
  testPipeline((p) => {
    const pairs = p.apply(create(oneToTen)).keyBy((n) => n % 3);
    const expected = [kv(0, 6), kv(1, 5.5), kv(2, 5)];
    assertThat(pairs.groupByKey().apply(combineGroupedValues(mean))).containsInAnyOrder(expected);
    assertThat(pairs.combinePerKey(mean)).containsInAnyOrder(expected);
  }));
