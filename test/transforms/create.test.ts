import { expect, test } from 'vitest';
import { END_OF_GLOBAL_WINDOW, GLOBAL_WINDOW, MIN_TIMESTAMP, NO_FIRING, Pipeline } from '../../model/index.ts';
import { assertThat, testPipeline } from '../../testing/index.ts';
import { create, reifyWindows } from '../../transforms/index.ts';

test('created elements are at the lowest timestamp, in the global window, and no trigger has fired them', () =>
  testPipeline((p) => {
    assertThat(p.apply(create([1])).apply(reifyWindows())).containsInAnyOrder([
      { value: 1, timestamp: MIN_TIMESTAMP, window: GLOBAL_WINDOW, pane: NO_FIRING },
    ]);
    expect(GLOBAL_WINDOW.maxTimestamp).toBe(END_OF_GLOBAL_WINDOW);
  }));

test('timestamps are given element by element', () =>
  testPipeline((p) => {
    const stamped = p.apply(create(['a', 'b'], { timestamps: [5, 0] })).apply(reifyWindows());
    assertThat(stamped.map(({ value, timestamp }) => `${value}${timestamp}`)).containsInAnyOrder(['a5', 'b0']);
  }));

test('no elements make an empty collection', () =>
  testPipeline((p) => {
    assertThat(p.apply(create([]))).isEmpty();
  }));

test('an option names the step', () => {
  const p = new Pipeline();
  p.apply(create([1], { name: 'Numbers' }));
  expect(p.graph.steps.map(({ path }) => path)).toEqual(['Numbers/Create']);
});

test('more elements than timestamps are refused', () => {
  expect(() => new Pipeline().apply(create([1, 2], { timestamps: [0] }))).toThrow(/2 elements and 1 timestamps/);
});

test('what happens to the array afterwards does not count', () =>
  testPipeline((p) => {
    const numbers = [1];
    assertThat(p.apply(create(numbers))).containsInAnyOrder([1]);
    numbers.push(2);
  }));

test('odd values come through unharmed', () =>
  testPipeline((p) => {
    const values = (): unknown[] => [
      '',
      'ñ😀\ud800',
      Number.NaN,
      -0,
      2n ** 70n,
      null,
      undefined,
      new Map([[1, new Date(0)]]),
    ];
    assertThat(p.apply(create(values()))).containsInAnyOrder(values());
  }));
