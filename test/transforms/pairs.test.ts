import { expect, expectTypeOf, test } from 'vitest';
import { fixedWindows, interval, type KV, kv, type PCollection, Pipeline } from '../../model/index.ts';
import { directRunner } from '../../runners/direct/index.ts';
import { assertThat, testPipeline } from '../../testing/index.ts';
import { create, flatMapValues, keys, mapKeys, swap, values, withKeys } from '../../transforms/index.ts';

test('keys and values of pairs, and pairs the other way round', () =>
  testPipeline((p) => {
    const pairs = p.apply(create([kv('a', 1), kv('b', 2), kv('a', 1)]));
    assertThat(pairs.apply(keys())).containsInAnyOrder(['a', 'b', 'a']);
    assertThat(pairs.apply(values())).containsInAnyOrder([1, 2, 1]);
    assertThat(pairs.apply(swap())).containsInAnyOrder([kv(1, 'a'), kv(2, 'b'), kv(1, 'a')]);
    expectTypeOf(pairs.apply(swap())).toEqualTypeOf<PCollection<KV<number, string>>>();
  }));

test('keys are constant or computed', () =>
  testPipeline((p) => {
    const words = p.apply(create(['a', 'bb']));
    assertThat(words.apply(withKeys('k'))).containsInAnyOrder([kv('k', 'a'), kv('k', 'bb')]);
    assertThat(words.apply(withKeys((word: string) => word.length))).containsInAnyOrder([kv(1, 'a'), kv(2, 'bb')]);
  }));

test('keys are mapped with a look at the value', () =>
  testPipeline((p) => {
    const pairs = p.apply(create([kv('a', 1)])).apply(mapKeys((key, value) => `${key}${value}`));
    assertThat(pairs).containsInAnyOrder([kv('a1', 1)]);
  }));

test('a value becomes any number of values under its key', () =>
  testPipeline((p) => {
    const pairs = p.apply(create([kv('a', 2), kv('b', 0)]));
    const counted = pairs.apply(flatMapValues((n, key) => Array.from({ length: n }, (_, i) => `${key}${i}`)));
    assertThat(counted).containsInAnyOrder([kv('a', 'a0'), kv('a', 'a1')]);
  }));

test('windows are kept, and of no pairs there is nothing', () =>
  testPipeline((p) => {
    const pairs = p
      .apply(create([kv('a', 1), kv('b', 2)], { timestamps: [1, 11] }))
      .windowInto(fixedWindows({ size: 10 }));
    assertThat(pairs.apply(keys())).inWindow(interval(0, 10)).containsInAnyOrder(['a']);
    assertThat(pairs.apply(values())).inWindow(interval(10, 20)).containsInAnyOrder([2]);
    assertThat(pairs.apply(swap()))
      .inWindow(interval(0, 10))
      .containsInAnyOrder([kv(1, 'a')]);
    assertThat(p.apply(create<KV<string, number>>([])).apply(swap())).isEmpty();
  }));

test('values that are none are an error, also as a promise', async () => {
  const p = new Pipeline();
  p.apply(create([kv('a', 1)])).apply(flatMapValues((async () => [1]) as never));
  await expect(p.run(directRunner())).rejects.toThrow(
    /^FlatMapValues\/Values: its function returned \[promise\], .* Return an array/,
  );
});
