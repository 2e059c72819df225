import { expect, expectTypeOf, test } from 'vitest';
import { type PCollection, Pipeline, slidingWindows } from '../../model/index.ts';
import { assertThat, testPipeline } from '../../testing/index.ts';
import { create, partition } from '../../transforms/index.ts';

test('each element goes to the part that is named, and a part may stay empty', () =>
  testPipeline((p) => {
    const parts = p
      .apply(create([1, 2, 3]))
      .apply(partition(['even', 'odd', 'none'], (n) => (n % 2 === 0 ? 'even' : 'odd')));
    expectTypeOf(parts.even).toEqualTypeOf<PCollection<number>>();
    assertThat(parts.even).containsInAnyOrder([2]);
    assertThat(parts.odd).containsInAnyOrder([1, 3]);
    assertThat(parts.none).isEmpty();
  }));

test('a number of parts is counted from 0', () =>
  testPipeline((p) => {
    const parts = p.apply(create([1, 2, 3])).apply(partition(3, (n) => n - 1));
    expect(Object.keys(parts)).toEqual(['0', '1', '2']);
    for (const [i, part] of Object.values(parts).entries()) assertThat(part).containsInAnyOrder([i + 1]);
  }));

test('the parts of no elements are empty', () =>
  testPipeline((p) => {
    const { a, b } = p.apply(create<number>([])).apply(partition(['a', 'b'], () => 'a'));
    assertThat(a).isEmpty();
    assertThat(b).isEmpty();
  }));

test('an element keeps all of its windows', () =>
  testPipeline((p) => {
    const windowed = p.apply(create(['x'], { timestamps: [7] })).windowInto(slidingWindows({ size: 10, period: 5 }));
    // An assertion sees an element once for each of its windows.
    assertThat(windowed.apply(partition(['all'], () => 'all')).all).containsInAnyOrder(['x', 'x']);
  }));

test('a part that does not exist ends the run', async () => {
  const wrong = testPipeline((p) => {
    p.apply(create([7])).apply(partition(2, (n) => n));
  });
  await expect(wrong).rejects.toThrow(
    /^Partition\/Choose: the partition function returned 7, which names none of the parts 0, 1/,
  );
});

test('a part that is not named does not compile', async () => {
  const wrong = testPipeline((p) => {
    // @ts-expect-error: there is no part 'c'.
    p.apply(create([1])).apply(partition(['a', 'b'], () => 'c'));
  });
  await expect(wrong).rejects.toThrow(/returned "c", which names none of the parts a, b/);
});

test('parts that are none, or have one name, are refused', () => {
  expect(() => partition([], () => 'a' as never)).toThrow(/at least one name/);
  expect(() => partition(['a', 'a'], () => 'a')).toThrow(/none of them twice/);
  expect(() => partition(0, () => 0)).toThrow(/at least one name/);
});

test("a part can't have the name of the main output", () => {
  expect(() => new Pipeline().apply(create([1])).apply(partition(['main'], () => 'main'))).toThrow(
    /Choose another tag/,
  );
});
