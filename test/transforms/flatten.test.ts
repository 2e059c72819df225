import { expect, test } from 'vitest';
import { fixedWindows, interval, minutes, Pipeline, sessions } from '../../model/index.ts';
import { assertThat, testPipeline } from '../../testing/index.ts';
import { create, flatten, flattenIterables } from '../../transforms/index.ts';

test('several collections become one, and one that is given twice counts twice', () =>
  testPipeline((p) => {
    const one = p.apply(create([1, 2]));
    const two = p.apply(create([2]));
    assertThat(flatten([one, two, one])).containsInAnyOrder([1, 2, 2, 1, 2]);
  }));

test('one collection is itself, and none is empty', () =>
  testPipeline((p) => {
    assertThat(flatten([p.apply(create([1]))])).containsInAnyOrder([1]);
    assertThat(flatten<number>([], { pipeline: p })).isEmpty();
  }));

test('a diamond gives every element twice', () =>
  testPipeline((p) => {
    const numbers = p.apply(create([1, 2]));
    const both = flatten([numbers.map((n) => n + 10), numbers.map((n) => n + 20)]);
    assertThat(both).containsInAnyOrder([11, 12, 21, 22]);
  }));

test('elements keep their windows', () =>
  testPipeline((p) => {
    const windowed = p.apply(create(['a', 'b'], { timestamps: [1, 11] })).windowInto(fixedWindows({ size: 10 }));
    const both = flatten([windowed, windowed.map((letter) => letter.toUpperCase())]);
    assertThat(both).inWindow(interval(10, 20)).containsInAnyOrder(['b', 'B']);
  }));

test('collections of different windows are refused', () => {
  const p = new Pipeline();
  const numbers = p.apply(create([1]));
  expect(() => flatten([numbers.windowInto(sessions({ gap: minutes(1) })), numbers])).toThrow(
    /Call windowInto with the same/,
  );
});

test('iterables come apart, empty ones to nothing', () =>
  testPipeline((p) => {
    const nested = p.apply(create<Iterable<number>>([[1, 2], new Set([3]), []]));
    assertThat(nested.apply(flattenIterables())).containsInAnyOrder([1, 2, 3]);
  }));

test('the values of a group come apart in its window', () =>
  testPipeline((p) => {
    const letters = p.apply(create(['a', 'b'], { timestamps: [1, 2] })).windowInto(fixedWindows({ size: 10 }));
    const groups = letters
      .keyBy(() => 0)
      .groupByKey()
      .map(({ value }) => value);
    assertThat(groups.apply(flattenIterables())).inWindow(interval(0, 10)).containsInAnyOrder(['a', 'b']);
  }));

test('collections that are not in an array are refused', () => {
  const p = new Pipeline();
  const numbers = p.apply(create([1]));
  // @ts-expect-error programs without types are told at run time.
  expect(() => flatten(numbers, numbers)).toThrow(
    /^flatten was given no array\. .* Pass flatten\(\[first, second\]\)\.$/,
  );
});
