// One key with half of all values: how often the run looks at its memory meanwhile. What memory becomes then is measured by
// `npm run -s many-keys -- --kind hot`.
import { expect, test } from 'vitest';
import { nodeHost } from '../../../host/index.ts';
import { generate, Pipeline } from '../../../index.ts';
import { directRunner } from '../../../runners/direct/index.ts';

const COUNT = 60_000;
const PAD = 'x'.repeat(200);
/** What it writes of the hot key's values, in megabytes. */
const HOT_MB = ((COUNT / 2) * PAD.length) / 2 ** 20;

test('a function that goes through the values of a hot key on disk is looked after meanwhile, and so is the way there', async () => {
  const host = nodeHost();
  let looks = 0;
  const rss = (): number => {
    looks += 1;
    return host.memory.rss();
  };
  const seen: { key: string; count: number; before: number; meanwhile: number }[] = [];
  let atEnd = 0;
  const p = new Pipeline();
  p.apply(
    generate({
      count: COUNT,
      element: (i) => ({ key: i % 2 === 0 ? 'hot' : `k${i % 1_001}`, value: `${PAD}${i}` }),
    }),
  )
    .groupByKey({ name: 'Group' })
    .map(({ key, value }) => {
      const before = looks;
      let count = 0;
      for (const one of value) if (one.startsWith(PAD)) count += 1;
      seen.push({ key, count, before: before - atEnd, meanwhile: looks - before });
      atEnd = looks;
    });
  await p.run(directRunner({ memoryLimit: 1, host: { ...host, memory: { ...host.memory, rss } } }));
  expect(seen.reduce((sum, { count }) => sum + count, 0)).toBe(COUNT);
  const hot = seen.find(({ key }) => key === 'hot');
  expect(hot?.count).toBe(COUNT / 2);
  expect(hot?.meanwhile).toBeGreaterThanOrEqual(HOT_MB);
  expect(hot?.before).toBeGreaterThanOrEqual(HOT_MB);
});
