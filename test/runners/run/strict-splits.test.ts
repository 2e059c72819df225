import { describe, expect, test } from 'vitest';
import {
  generate,
  generateStream,
  impulse,
  type OffsetRange,
  OffsetTracker,
  Pipeline,
  type RestrictionReader,
  splittableParDo,
} from '../../../index.ts';
import { directRunner } from '../../../runners/direct/index.ts';
import { assertThat } from '../../../testing/index.ts';

const SEEDS = Array.from({ length: 25 }, (_, i) => i + 1);
const parts = { bundleSizes: true, encode: true, mutation: true, permute: true };

const modes = [
  { mode: 'batch', streaming: false },
  { mode: 'streaming', streaming: true },
];

/** The numbers below a hundred, each with the first of the part that it was read in. */
const inParts = (
  isHeedful: boolean,
): RestrictionReader<Uint8Array, readonly [number, number], OffsetRange, number> => ({
  name: 'InParts',
  initialRestriction: () => ({ from: 0, to: 100 }),
  createTracker: (range) => new OffsetTracker(range),
  async read(_, tracker, output) {
    const { from, to } = tracker.currentRestriction();
    for (let i = from; i < to; i++) {
      if (!tracker.tryClaim(i) && isHeedful) return undefined;
      await output.emit({ values: [[i, from]] });
    }
    return undefined;
  },
});

describe.each(modes)('a strict run splits what is read while it is read, in $mode:', ({ streaming }) => {
  const runner = (seed: number) => directRunner({ streaming, strict: { seed, ...parts } });

  test.each(SEEDS)('each element is there once, read in several parts (seed %i)', async (seed) => {
    const p = new Pipeline();
    const read = p.apply(impulse()).apply(splittableParDo(inParts(true)));
    assertThat(read.map(([n]) => n)).containsInAnyOrder(Array.from({ length: 100 }, (_, i) => i));
    assertThat(read.filter(([n, from]) => n === from)).satisfies((firsts) => firsts.length > 1);
    await p.run(runner(seed));
  });

  test('a reader that goes on when a claim was refused is found out', async () => {
    const p = new Pipeline();
    const read = p.apply(impulse()).apply(splittableParDo(inParts(false)));
    assertThat(read).hasCount(100);
    await expect(p.run(runner(1))).rejects.toThrow(/100 expected|was claimed after/);
  });

  test('sources of numbers are split as well', async () => {
    const p = new Pipeline();
    assertThat(p.apply(generate({ count: 5_000, element: (i) => i }))).hasCount(5_000);
    if (streaming) {
      const stream = generateStream({ element: (i) => i, timestamp: (i) => i, maxElements: 5_000 });
      assertThat(p.apply(stream)).hasCount(5_000);
    }
    await p.run(runner(7));
  });
});
