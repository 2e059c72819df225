import { test } from 'vitest';
import { fixedWindows, interval, kv, NO_FIRING, type PCollection, type PTransform } from '../../model/index.ts';
import { assertThat, testPipeline } from '../../testing/index.ts';
import { create, redistributeArbitrarily, redistributeByKey, reifyWindows, reshuffle } from '../../transforms/index.ts';

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
    assertThat(pairs.apply(transform()).apply(reifyWindows())).containsInAnyOrder([
      { value: kv('a', 1), timestamp: 1, window: interval(0, 10), pane: NO_FIRING },
      { value: kv('a', 1), timestamp: 2, window: interval(0, 10), pane: NO_FIRING },
      { value: kv('b', 2), timestamp: 11, window: interval(10, 20), pane: NO_FIRING },
    ]);
    assertThat(p.apply(create<{ key: string; value: number }>([])).apply(transform())).isEmpty();
  });
});
