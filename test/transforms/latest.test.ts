import { test } from 'vitest';
import { fixedWindows, interval, kv } from '../../model/index.ts';
import { assertThat, testPipeline } from '../../testing/index.ts';
import { create, latestGlobally, latestPerKey } from '../../transforms/index.ts';

test('the latest element is the one with the latest timestamp', () =>
  testPipeline((p) => {
    const prices = p.apply(create([1, 2, 3], { timestamps: [10, 30, 20] }));
    assertThat(prices.apply(latestGlobally())).containsInAnyOrder([2]);
  }));

test('each key, and each window, has a latest value', () =>
  testPipeline((p) => {
    const prices = p.apply(create([kv('a', 1), kv('a', 2), kv('b', 3), kv('a', 4)], { timestamps: [5, 1, 2, 11] }));
    const latest = prices.windowInto(fixedWindows({ size: 10 })).apply(latestPerKey());
    assertThat(latest)
      .inWindow(interval(0, 10))
      .containsInAnyOrder([kv('a', 1), kv('b', 3)]);
    assertThat(latest)
      .inWindow(interval(10, 20))
      .containsInAnyOrder([kv('a', 4)]);
  }));

test('of equal timestamps the greatest content is the latest, whatever came first', () =>
  testPipeline((p) => {
    assertThat(p.apply(create(['b', 'c', 'a'])).apply(latestGlobally())).containsInAnyOrder(['c']);
  }));

test('nothing of no elements, and an undefined element is an element', () =>
  testPipeline((p) => {
    assertThat(p.apply(create([])).apply(latestGlobally())).isEmpty();
    assertThat(p.apply(create<ReturnType<typeof kv<string, number>>>([])).apply(latestPerKey())).isEmpty();
    assertThat(p.apply(create([undefined])).apply(latestGlobally())).containsInAnyOrder([undefined]);
  }));
