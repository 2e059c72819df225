import { test } from 'vitest';
import { fixedWindows, interval, kv } from '../../model/index.ts';
import { assertThat, testPipeline } from '../../testing/index.ts';
import { create, iterablesToStrings, kvsToStrings, toStrings } from '../../transforms/index.ts';

test('elements of all kinds become text', () =>
  testPipeline((p) => {
    const all = p.apply(create<unknown>(['a', 1.5, -0, 2n ** 70n, true, null, undefined, new Date(0), { b: [1n] }]));
    assertThat(all.apply(toStrings())).containsInAnyOrder([
      'a',
      '1.5',
      '0',
      '1180591620717411303424',
      'true',
      'null',
      'undefined',
      '1970-01-01T00:00:00.000Z',
      '{"b":["1"]}',
    ]);
  }));

test('pairs and iterables become text with a delimiter', () =>
  testPipeline((p) => {
    const pairs = p.apply(create([kv('a', 1)]));
    assertThat(pairs.apply(kvsToStrings())).containsInAnyOrder(['a,1']);
    assertThat(pairs.apply(kvsToStrings('\t'))).containsInAnyOrder(['a\t1']);
    const lists = p.apply(create<Iterable<number>>([[1, 2], new Set([3])]));
    assertThat(lists.apply(iterablesToStrings())).containsInAnyOrder(['1,2', '3']);
  }));

test('windows are kept, and nothing stays nothing', () =>
  testPipeline((p) => {
    const all = p.apply(create([1, 2], { timestamps: [1, 11] })).windowInto(fixedWindows({ size: 10 }));
    assertThat(all.apply(toStrings())).inWindow(interval(0, 10)).containsInAnyOrder(['1']);
    assertThat(p.apply(create([])).apply(toStrings())).isEmpty();
  }));
