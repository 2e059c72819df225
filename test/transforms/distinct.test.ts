import { test } from 'vitest';
import { fixedWindows, interval } from '../../model/index.ts';
import { assertThat, testPipeline } from '../../testing/index.ts';
import { create, distinct, distinctBy } from '../../transforms/index.ts';

test('one of each kind of equal elements is left', () =>
  testPipeline((p) => {
    assertThat(p.apply(create(['a', 'b', 'a', 'a'])).apply(distinct())).containsInAnyOrder(['a', 'b']);
  }));

test('elements are equal by content, whatever the order of their fields', () =>
  testPipeline((p) => {
    const rows = p.apply(
      create<unknown>([{ a: 1, b: [2n] }, { b: [2n], a: 1 }, { a: '1', b: [2n] }, 1, '1', 1n, null]),
    );
    assertThat(rows.apply(distinct())).containsInAnyOrder([{ a: 1, b: [2n] }, { a: '1', b: [2n] }, 1, '1', 1n, null]);
  }));

test('nothing of no elements', () =>
  testPipeline((p) => {
    assertThat(p.apply(create<string>([])).apply(distinct())).isEmpty();
    assertThat(p.apply(create<string>([])).apply(distinctBy((text) => text.length))).isEmpty();
  }));

test('each window is on its own', () =>
  testPipeline((p) => {
    const windowed = p
      .apply(create(['a', 'a', 'a'], { timestamps: [1, 2, 11] }))
      .windowInto(fixedWindows({ size: 10 }));
    const left = windowed.apply(distinct());
    assertThat(left).inWindow(interval(0, 10)).containsInAnyOrder(['a']);
    assertThat(left).inWindow(interval(10, 20)).containsInAnyOrder(['a']);
  }));

test('with a key, one element per key is left, also an undefined one', () =>
  testPipeline((p) => {
    const rows = p.apply(
      create([
        { id: 1, at: 'x' },
        { id: 2, at: 'y' },
        { id: 1, at: 'x' },
      ]),
    );
    assertThat(rows.apply(distinctBy((row) => row.id))).containsInAnyOrder([
      { id: 2, at: 'y' },
      { id: 1, at: 'x' },
    ]);
    assertThat(p.apply(create([undefined, undefined])).apply(distinctBy(() => 'k'))).containsInAnyOrder([undefined]);
  }));
