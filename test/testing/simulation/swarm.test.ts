import { expect, test } from 'vitest';
import { Coverage } from '../../../testing/simulation/index.ts';
import { runSeed } from './swarm.ts';
import { addWear, type WearSum } from './wear.ts';

const seeds = Array.from({ length: 40 }, (_, index) => index + 1);

test('jobs lose, double and make up nothing through faults that their seeds decide', async () => {
  let counted = 0;
  const covered = new Coverage();
  const worn: WearSum = new Map();
  for (const seed of seeds) {
    const { problems, faults, epochs, coverage, wear } = await runSeed(seed);
    expect(problems, `npm run -s simulate -- --seeds 1 --seed ${seed}`).toEqual([]);
    if (faults > 0 && epochs > 0) counted++;
    covered.add(coverage);
    addWear(worn, wear);
  }
  expect(counted).toBeGreaterThan(25);
  for (const phase of ['restoring', 'running', 'draining']) {
    expect(covered.phases.get(`while ${phase}`)?.crashed, phase).toBeGreaterThan(0);
  }
  for (const kept of ['state', 'staged file', 'journal']) expect(worn.get(kept)?.damaged, kept).toBeGreaterThan(0);
}, 120_000);

test('a seed decides all that happens: twice the same log', async () => {
  for (const seed of seeds.slice(0, 10)) {
    const first = await runSeed(seed);
    const second = await runSeed(seed);
    expect(second.log, `seed ${seed}`).toEqual(first.log);
    expect(second.hash).toBe(first.hash);
  }
}, 120_000);
