// What a run tells of what it had no room in memory for.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  afterCount,
  bagState,
  fixedWindows,
  generateStream,
  minutes,
  type PCollection,
  Pipeline,
  repeatedly,
  seconds,
  sessions,
  type KV,
} from '../../../index.ts';
import { directRunner } from '../../../runners/direct/index.ts';

/** So little that all that can go to disk does. */
const TINY = 32 * 2 ** 20;
const COUNT = 15_000;

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'viga-spilled-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

type Keep = (input: PCollection<KV<string, string>>) => PCollection<unknown>;

const KEPT: Readonly<Record<string, Keep>> = {
  'groups that fire at the end of their window': (input) =>
    input.windowInto(fixedWindows({ size: minutes(1) })).groupByKey(),
  'groups with a trigger': (input) =>
    input
      .windowInto(sessions({ gap: minutes(1) }), {
        trigger: repeatedly(afterCount(50)),
        accumulationMode: 'accumulating',
      })
      .groupByKey(),
  state: (input) =>
    input.parDo({
      name: 'Keep',
      state: { all: bagState<string>() },
      process({ value }, { state }) {
        state.all.add(value);
      },
    }),
};

async function spilled(keep: Keep, options: { memoryLimit?: number; stateDirectory?: string }): Promise<number> {
  const p = new Pipeline();
  const events = generateStream({
    element: (i) => ({ key: `k${i % 5_000}`, value: 'x'.repeat(200) + i }),
    timestamp: () => 0,
    maxElements: COUNT,
  });
  keep(p.apply(events));
  const { spilledBytes } = await p.run(directRunner({ ...options, streaming: true, epochInterval: seconds(3_600) }));
  return spilledBytes;
}

describe.each(Object.entries(KEPT))('%s', (_name, keep) => {
  test('that have room in memory spill nothing, and otherwise it is told how much', async () => {
    expect(await spilled(keep, {})).toBe(0);
    expect(await spilled(keep, { memoryLimit: TINY })).toBeGreaterThan(COUNT * 150);
  });

  test('in a job with a state directory: what epochs save is not what memory had no room for', async () => {
    expect(await spilled(keep, { stateDirectory: join(directory, 'roomy') })).toBe(0);
    expect(await spilled(keep, { memoryLimit: TINY, stateDirectory: join(directory, 'tight') })).toBeGreaterThan(
      COUNT * 75,
    );
  });
});
