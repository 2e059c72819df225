// Sessions of one key with more in them than memory should hold. What memory becomes then is measured by
// `npm run -s many-keys -- --kind hot-session`.
import { describe, expect, test } from 'vitest';
import { generate, minutes, Pipeline, seconds, sessions, sum, type TimestampCombiner } from '../../../index.ts';
import { directRunner } from '../../../runners/direct/index.ts';

const COUNT = 40_000;
const PAD = 'x'.repeat(60);
/** So little that all that can go to disk does. */
const TINY = 1;

interface Case {
  /** When each comes; those of a key are not in order. */
  readonly timestampOf: (index: number) => number;
  readonly timestampCombiner?: TimestampCombiner;
}

/** In no order, and each once: the stride has nothing to do with the number of events. */
const shuffled = (index: number): number => (index * 7_919) % COUNT;

const CASES: Readonly<Record<string, Case>> = {
  'one long session': { timestampOf: (index) => shuffled(index) * 10 },
  'very many sessions': { timestampOf: (index) => shuffled(index) * minutes(1) },
  'sessions that only touch': { timestampOf: (index) => shuffled(index) * seconds(1) },
  'some sessions, with the time of their last element': {
    timestampOf: (index) => shuffled(index) * 10 + Math.floor(shuffled(index) / 9_000) * minutes(5),
    timestampCombiner: 'latest',
  },
};

/** Half of all values are of one key. */
const keyOf = (index: number): string => (index % 2 === 0 ? 'hot' : `k${index % 1_001}`);

async function outcomes({ timestampOf, timestampCombiner = 'end-of-window' }: Case, memoryLimit?: number) {
  const out: string[] = [];
  const p = new Pipeline();
  const pairs = p
    .apply(generate({ count: COUNT, element: (index) => ({ key: keyOf(index), value: { index, pad: PAD } }) }))
    .withTimestamps(({ value: { index } }) => timestampOf(index))
    .windowInto(sessions({ gap: seconds(1) }), { timestampCombiner });
  pairs.groupByKey({ name: 'Group' }).map(({ key, value }, { timestamp, window }) => {
    const [once, again] = [0, 0].map(() => [...value].reduce((total, { index }) => total + index, 0));
    out.push([key, once, again, timestamp, window.maxTimestamp].join());
  });
  pairs
    .mapValues(({ index }) => index)
    .combinePerKey(sum, { name: 'Sum' })
    .map(({ key, value }, { timestamp, window }) => {
      out.push(['sum', key, value, timestamp, window.maxTimestamp].join());
    });
  const options = memoryLimit === undefined ? {} : { memoryLimit };
  const { spilledBytes } = await p.run(directRunner(options));
  return { out: out.sort(), spilledBytes };
}

describe.each(Object.entries(CASES))('a key with half of all values in %s', (_name, one) => {
  test('comes out alike whether it has room in memory or not', async () => {
    const roomy = await outcomes(one);
    const tight = await outcomes(one, TINY);
    expect(tight.spilledBytes).toBeGreaterThan(COUNT * PAD.length);
    expect(roomy.spilledBytes).toBe(0);
    expect(tight.out).toEqual(roomy.out);
  });
});

test('a session that is larger than memory may hold is read from disk each time, and values without bytes are among it', async () => {
  const seen: { isArray: boolean; counts: number[]; functions: number }[] = [];
  const warnings: string[] = [];
  const p = new Pipeline();
  p.apply(
    generate({ count: COUNT, element: (index) => ({ key: 'hot', value: index === 7 ? () => index : PAD + index }) }),
  )
    .windowInto(sessions({ gap: seconds(1) }))
    .groupByKey({ name: 'Group' })
    .map(({ value }) => {
      const counts = [0, 0].map(() => [...value].length);
      const functions = [...value].filter((one) => typeof one === 'function').length;
      seen.push({ isArray: Array.isArray(value), counts, functions });
    });
  await p.run(directRunner({ memoryLimit: TINY }), { onWarning: (warning) => warnings.push(warning) });
  expect(seen).toEqual([{ isArray: false, counts: [COUNT, COUNT], functions: 1 }]);
  expect(warnings.join()).toMatch(/stays in memory/);
});
