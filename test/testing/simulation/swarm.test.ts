import { expect, test } from 'vitest';
import { runSeed } from './swarm.ts';

const seeds = Array.from({ length: 40 }, (_, index) => index + 1);

test('jobs lose, double and make up nothing through faults that their seeds decide', async () => {
  let counted = 0;
  for (const seed of seeds) {
    const { problems, faults, epochs } = await runSeed(seed);
    expect(problems, `npm run -s simulate -- --seeds 1 --seed ${seed}`).toEqual([]);
    if (faults > 0 && epochs > 0) counted++;
  }
  expect(counted).toBeGreaterThan(25);
}, 120_000);

test('a seed decides all that happens: twice the same log', async () => {
  for (const seed of seeds.slice(0, 10)) {
    const first = await runSeed(seed);
    const second = await runSeed(seed);
    expect(second.log, `seed ${seed}`).toEqual(first.log);
    expect(second.hash).toBe(first.hash);
  }
}, 120_000);
