import { test } from 'vitest';
import { fixedWindows, interval, kv, sessions } from '../../model/index.ts';
import { assertThat, testPipeline } from '../../testing/index.ts';
import { countGlobally, countPerElement, countPerKey, create } from '../../transforms/index.ts';

test('elements are counted each, per key, and all together', () =>
  testPipeline((p) => {
    const words = p.apply(create(['to', 'be', 'to']));
    assertThat(words.apply(countPerElement())).containsInAnyOrder([kv('to', 2), kv('be', 1)]);
    assertThat(words.keyBy((word) => word.length).apply(countPerKey())).containsInAnyOrder([kv(2, 3)]);
    assertThat(words.apply(countGlobally())).containsInAnyOrder([3]);
  }));

test('of no elements there are 0 in all, and no counts per element or key', () =>
  testPipeline((p) => {
    const none = p.apply(create<string>([]));
    assertThat(none.apply(countGlobally())).containsInAnyOrder([0]);
    assertThat(none.apply(countPerElement())).isEmpty();
    assertThat(none.keyBy((word) => word).apply(countPerKey())).isEmpty();
  }));

test('each window has counts of its own', () =>
  testPipeline((p) => {
    const letters = p.apply(create(['a', 'a', 'b'], { timestamps: [1, 2, 11] })).windowInto(fixedWindows({ size: 10 }));
    assertThat(letters.apply(countGlobally())).inWindow(interval(0, 10)).containsInAnyOrder([2]);
    assertThat(letters.apply(countGlobally())).inWindow(interval(10, 20)).containsInAnyOrder([1]);
    assertThat(letters.apply(countPerElement()))
      .inWindow(interval(0, 10))
      .containsInAnyOrder([kv('a', 2)]);
  }));

test('a session has one count', () =>
  testPipeline((p) => {
    const clicks = p.apply(create(['ana', 'ana', 'ana'], { timestamps: [0, 5, 20] })).windowInto(sessions({ gap: 10 }));
    const counts = clicks.apply(countPerElement());
    assertThat(counts)
      .inWindow(interval(0, 15))
      .containsInAnyOrder([kv('ana', 2)]);
    assertThat(counts)
      .inWindow(interval(20, 30))
      .containsInAnyOrder([kv('ana', 1)]);
  }));
