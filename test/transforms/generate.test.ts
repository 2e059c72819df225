import { expect, test } from 'vitest';
import { count, max, sum } from '../../model/index.ts';
import { assertSourceLaws, assertThat, testPipeline } from '../../testing/index.ts';
import { combineAll, generate, reifyTimestamps } from '../../transforms/index.ts';
import { Pipeline, type Source } from '../../model/index.ts';

test('each number makes one element, over many batches', () =>
  testPipeline((p) => {
    const numbers = p.apply(generate({ count: 10_001, element: (i) => i }));
    const facts = numbers.combineGlobally(combineAll({ n: count, total: sum, last: max }));
    assertThat(facts).containsInAnyOrder([{ n: 10_001, total: 50_005_000, last: 10_000 }]);
  }));

test('timestamps follow the number', () =>
  testPipeline((p) => {
    const stamped = p.apply(generate({ count: 3, element: (i) => `e${i}`, timestamp: (i) => 10 * i }));
    assertThat(stamped.apply(reifyTimestamps())).containsInAnyOrder([
      { value: 'e0', timestamp: 0 },
      { value: 'e1', timestamp: 10 },
      { value: 'e2', timestamp: 20 },
    ]);
  }));

test('none make an empty collection', () =>
  testPipeline((p) => {
    assertThat(p.apply(generate({ count: 0, element: (i) => i }))).isEmpty();
  }));

test('the source keeps the laws', async () => {
  const p = new Pipeline();
  p.apply(generate({ count: 4_500, element: (i) => i }));
  const [step] = p.graph.steps;
  // The step was just made by generate, whose elements are numbers.
  const source = step?.primitive.kind === 'Read' ? (step.primitive.source as Source<number>) : undefined;
  if (source === undefined) throw new Error('generate makes no Read');
  await assertSourceLaws(source, { seed: 1 });
});

test.each([-1, 1.5, Number.NaN, 2 ** 60])('a count of %d is refused', (size) => {
  expect(() => generate({ count: size, element: (i) => i })).toThrow(/Pass e\.g\. 1_000/);
});
