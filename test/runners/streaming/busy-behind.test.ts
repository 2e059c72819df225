import { expect, test } from 'vitest';
import { days, fixedWindows, Pipeline, read, seconds } from '../../../index.ts';
import { directRunner } from '../../../runners/direct/index.ts';
import { type Action, listSource } from './list-source.ts';

test('a window comes out on time, once, while the step behind its grouping is at work', async () => {
  // Each window gets ten elements in time; then, when it is over, one that is late, while panes before are still written.
  const actions: readonly Action<number>[] = Array.from({ length: 8 }, (_, w) => [
    { give: Array.from({ length: 10 }, (__, i) => [i, w * 10_000 + i * 1_000] as const) },
    { watermark: (w + 1) * 10_000 },
    { rest: 1 },
    { give: [[99, w * 10_000] as const] },
  ]).flat();
  const panes: string[] = [];
  const p = new Pipeline();
  p.apply(read(listSource(actions), { isBounded: false }))
    .windowInto(fixedWindows({ size: seconds(10) }), { allowedLateness: days(1) })
    .keyBy(() => 'all')
    .groupByKey()
    .map(
      async ({ value }, { window, pane }) => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        panes.push(`${window.maxTimestamp} ${pane.index} ${pane.timing} ${[...value].length}`);
      },
      { concurrency: 1 },
    );
  await p.run(directRunner());
  expect(panes.sort()).toEqual(
    Array.from({ length: 8 }, (_, w) => [`${w * 10_000 + 9_999} 0 ON_TIME 10`, `${w * 10_000 + 9_999} 1 LATE 1`])
      .flat()
      .sort(),
  );
});
