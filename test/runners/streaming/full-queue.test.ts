import { expect, test } from 'vitest';
import { afterCount, create, globalWindows, Pipeline, repeatedly } from '../../../index.ts';
import { directRunner } from '../../../runners/direct/index.ts';
import { virtualHost } from '../../helpers/virtual-host.ts';

test('a bundle that gives more than a queue has room for loses nothing of it', async () => {
  const each = { trigger: repeatedly(afterCount(1)), accumulationMode: 'discarding' } as const;
  const seen: number[] = [];
  const p = new Pipeline();
  p.apply(create(Array.from({ length: 1_000 }, (_, i) => i)))
    .flatMap((i) => Array.from({ length: 20 }, (_, j) => i * 20 + j))
    .windowInto(globalWindows(), each)
    .keyBy(() => 'all')
    // Each element fires a pane, in the middle of the bundle.
    .groupByKey()
    .map(({ value }) => seen.push(...value));
  await p.run(directRunner({ host: virtualHost(), streaming: true }));
  expect(seen).toEqual(Array.from({ length: 20_000 }, (_, i) => i));
});
