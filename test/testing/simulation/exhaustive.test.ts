import { expect, test } from 'vitest';
import { exhaust, exhaustDamage } from './exhaustive.ts';
import { CRASHED, DAMAGED } from './exhausted-shapes.ts';

test.each(CRASHED)(
  '%s comes out the same whatever the point at which its process ends',
  async (_name, shape) => {
    const { runs, epochs, coverage, problems } = await exhaust(1, shape);
    expect(problems).toEqual([]);
    expect(epochs).toBeGreaterThanOrEqual(3);
    expect(runs).toBeGreaterThan(20);
    // The process has ended at all that a job does, before it and after it.
    const missed = [...coverage.classes].filter(([, { crashed }]) => crashed === 0).map(([name]) => name);
    expect(missed.filter((name) => !isLook(name))).toEqual([]);
    const phases = [...coverage.phases].filter(([, { crashed }]) => crashed > 0).map(([name]) => name);
    expect(phases).toEqual(expect.arrayContaining(['while running', ...(shape.isEndless ? ['while draining'] : [])]));
  },
  120_000,
);

/** What changes nothing may be done again, so no process ends there. */
const isLook = (name: string): boolean => /^(?:disk (?:list|open|read|stat)|table ledger|topic fetch),/.test(name);

test.each(DAMAGED)(
  'a job into %s comes out the same, or refuses by name, whatever of it the disk damages after a kill',
  async (_name, shape) => {
    const { wear, problems } = await exhaustDamage(1, shape);
    expect(problems).toEqual([]);
    expect(wear.get('state')).toMatchObject({ damaged: expect.any(Number), refused: expect.any(Number) });
    expect(wear.get('state')?.refused).toBeGreaterThan(10);
    if (!shape.sinks.includes('files') && !shape.sinks.includes('parquet')) return;
    for (const kept of ['staged file', 'journal', 'manifest']) expect(wear.get(kept)?.damaged, kept).toBeGreaterThan(1);
    expect(wear.get('staged file')?.refused).toBeGreaterThan(5);
  },
  120_000,
);
