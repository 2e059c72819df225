import { describe, expect, test } from 'vitest';
import { asList, flatten, type PCollection, Pipeline } from '../../../model/index.ts';
import { planBounded } from '../../../runners/plan/index.ts';
import { create } from '../../../transforms/index.ts';
import { bothPaths } from '../../helpers/runners.ts';

const STEPS = 3_000;

/** A collection after many steps, each made by `next`. */
function longChain(p: Pipeline, next: (c: PCollection<number>, i: number) => PCollection<number>): PCollection<number> {
  let end = p.apply(create([1]));
  for (let i = 0; i < STEPS; i++) end = next(end, i);
  return end;
}

const kinds: Readonly<Record<string, (c: PCollection<number>, i: number) => PCollection<number>>> = {
  'map steps': (c) => c.map((n) => n),
  'steps with many outputs': (c) => c.flatMap((n) => [n]),
  'steps of all kinds': (c, i) => (i % 2 === 0 ? c.filter(() => true) : c.keyBy((n) => n).map(({ value }) => value)),
  diamonds: (c, i) => (i % 100 === 0 ? flatten([c.filter((n) => n > 0), c.filter((n) => n < 0)]) : c.map((n) => n)),
};

describe.each(bothPaths)('$path', ({ runner }) => {
  test.each(Object.entries(kinds))('%s may be thousands', async (_, next) => {
    const p = new Pipeline();
    const seen: number[] = [];
    longChain(p, next).map((n) => void seen.push(n));
    await p.run(runner());
    expect(seen).toEqual([1]);
  });

  test('a step far from its source waits for its side input', async () => {
    const p = new Pipeline();
    const seen: unknown[] = [];
    const end = longChain(p, (c, i) => {
      if (i % 40 !== 0) return c.map((n) => n);
      const side = asList(p.apply(create([i], { name: `Side${i}` })).map((n) => n + 1));
      return c.map((n, { sideInputs }) => n + sideInputs.side.length, { sideInputs: { side } });
    });
    end.map((n) => void seen.push(n));
    await p.run(runner());
    expect(seen).toEqual([1 + STEPS / 40]);
  });
});

test('stages end where they would be too deep, and say so', () => {
  const p = new Pipeline();
  longChain(p, (c) => c.map((n) => n));
  const { stages } = planBounded(p.graph);
  expect(stages).toHaveLength(STEPS / 200);
  expect(stages[1]?.reason).toBe('200 steps lead to it');
});
