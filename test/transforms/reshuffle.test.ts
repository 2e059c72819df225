import { test } from 'vitest';
import { fixedWindows, kv, type PCollection, type PTransform } from '../../model/index.ts';
import { assertThat, testPipeline } from '../../testing/index.ts';
import {
  create,
  redistributeArbitrarily,
  redistributeByKey,
  type ReifiedValue,
  reifyWindows,
  reshuffle,
} from '../../transforms/index.ts';

type Pairs = PCollection<{ readonly key: string; readonly value: number }>;

test.each<[string, () => PTransform<Pairs, Pairs>]>([
  ['reshuffle', reshuffle],
  ['redistributeArbitrarily', redistributeArbitrarily],
  ['redistributeByKey', redistributeByKey],
])('%s keeps elements, timestamps, windows and panes', async (_, transform) => {
  await testPipeline((p) => {
    const pairs = p
      .apply(create([kv('a', 1), kv('a', 1), kv('b', 2)], { timestamps: [1, 2, 11] }))
      .windowInto(fixedWindows({ size: 10 }));
    const before: ReifiedValue<{ key: string; value: number }>[] = [];
    pairs.apply(reifyWindows()).map((one) => void before.push(one));
    assertThat(pairs.apply(transform()).apply(reifyWindows())).satisfies((after) => {
      const texts = (all: readonly unknown[]): string => String(all.map((one) => JSON.stringify(one)).sort());
      return after.length === 3 && texts(after) === texts(before);
    });
    assertThat(p.apply(create<{ key: string; value: number }>([])).apply(transform())).isEmpty();
  });
});
