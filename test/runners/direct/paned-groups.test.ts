import { describe, expect, test } from 'vitest';
import {
  afterCount,
  fixedWindows,
  generate,
  minutes,
  Pipeline,
  repeatedly,
  seconds,
  sessions,
  sum,
} from '../../../index.ts';
import type { AnyWindowFn } from '../../../model/index.ts';
import { directRunner, type DirectRunnerOptions } from '../../../runners/direct/index.ts';

const KEYS = 6_000;
/** So little that all that can go to disk does. */
const TINY = 32 * 2 ** 20;

interface Grouped {
  readonly panes: readonly string[];
  readonly spilledBytes: number;
}

/** Three numbers of each key, in panes of two; what came out, in no order. */
async function grouped(windowFn: AnyWindowFn, options: DirectRunnerOptions, of = (n: number): unknown => n) {
  const panes: string[] = [];
  const warnings: string[] = [];
  const p = new Pipeline();
  const numbers = p
    .apply(generate({ count: 3 * KEYS, element: (index) => index }))
    .withTimestamps((index) => Math.floor(index / KEYS) * 10)
    .windowInto(windowFn, { trigger: repeatedly(afterCount(2)), accumulationMode: 'discarding' })
    .keyBy((index) => `k${index % KEYS}`);
  numbers.combinePerKey(sum, { name: 'Sum' }).map(({ key, value }, { pane }) => {
    panes.push(`${key} sum ${value} ${pane.index} ${pane.isLast}`);
  });
  numbers
    .mapValues((index) => of(index))
    .groupByKey({ name: 'Group' })
    .map(({ key, value }, { pane }) => {
      panes.push(`${key} all ${[...value].map(String).join()} ${pane.index} ${pane.isLast}`);
    });
  const { spilledBytes } = await p.run(directRunner(options), { onWarning: (warning) => warnings.push(warning) });
  return { panes: panes.sort(), spilledBytes, warnings } satisfies Grouped & { warnings: readonly string[] };
}

const windowFns: readonly (readonly [string, AnyWindowFn])[] = [
  ['fixed windows', fixedWindows({ size: minutes(1) })],
  ['sessions', sessions({ gap: seconds(1) })],
];

describe.each(windowFns)('groups with a trigger in %s', (_, windowFn) => {
  test('that have no room in memory go to disk, and come out alike', async () => {
    const roomy = await grouped(windowFn, {});
    const tight = await grouped(windowFn, { memoryLimit: TINY });
    expect(roomy.panes).toHaveLength(4 * KEYS);
    expect(roomy.spilledBytes).toBe(0);
    expect(tight.spilledBytes).toBeGreaterThan(1_000);
    expect(tight.panes).toEqual(roomy.panes);
  });

  test('that have no bytes stay in memory, as is told', async () => {
    const asFunction = (n: number): unknown => Object.assign(() => n, { toString: () => String(n) });
    const roomy = await grouped(windowFn, {}, asFunction);
    const tight = await grouped(windowFn, { memoryLimit: TINY }, asFunction);
    expect(tight.panes).toEqual(roomy.panes);
    expect(tight.warnings.join()).toMatch(/stays in memory/);
  });
});
