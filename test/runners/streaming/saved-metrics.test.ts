// What a job has counted goes on when it is started again.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { counter, distribution, fixedWindows, Pipeline, read, seconds, stringSet } from '../../../index.ts';
import { directRunner } from '../../../runners/direct/index.ts';
import { virtualHost } from '../../helpers/virtual-host.ts';
import { type Action, listSource } from './list-source.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'viga-metrics-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const seen = counter('test', 'seen');
const sizes = distribution('test', 'sizes');
const kinds = stringSet('test', 'kinds');

/** Twenty elements a second apart, with an epoch after each; the last is long behind time. */
const actions: readonly Action<number>[] = [
  ...Array.from({ length: 20 }, (_, i) => [
    { give: [[i, i * 1_000] as const] },
    { watermark: i * 1_000 },
    { rest: 100 },
  ]).flat(),
  { give: [[99, 0]] },
];

function counting(failsAt: number | undefined) {
  const p = new Pipeline();
  p.apply(read(listSource(actions), { isBounded: false }))
    .map((value) => {
      seen.inc();
      sizes.update(value);
      kinds.add(value % 2 === 0 ? 'even' : 'odd');
      if (value === failsAt) throw new Error('it breaks here');
      return value;
    })
    .windowInto(fixedWindows({ size: seconds(5) }))
    .keyBy(() => 'all')
    .groupByKey({ name: 'Group' });
  const runner = directRunner({ host: virtualHost(), stateDirectory: path.join(folder, 'state'), epochInterval: 10 });
  return p.run(runner, { onWarning: () => undefined });
}

test('metrics and drops go on after a failure, and what is done again is counted once', async () => {
  await expect(counting(7)).rejects.toThrow('it breaks here');
  await expect(counting(13)).rejects.toThrow('it breaks here');
  const result = await counting(undefined);
  const told = (of: typeof result) => [
    of.metric(seen).committed,
    of.metric(sizes).committed,
    [...of.metric(kinds).committed].sort(),
  ];
  const all = [21, { count: 21, sum: 190 + 99, min: 0, max: 99 }, ['even', 'odd']];
  expect(told(result)).toEqual(all);
  expect(result.metric(seen).attempted).toBe(21);
  const dropped = ({ steps }: typeof result) => steps.find(({ step }) => step === 'Group')?.droppedLate;
  expect(dropped(result)).toBe(1);
  expect(told(await counting(undefined))).toEqual(all);
});
