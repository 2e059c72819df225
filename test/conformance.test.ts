import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { Pipeline } from '../index.ts';
import { directRunner } from '../runners/direct/index.ts';
import { conformancePipeline } from './conformance/definition.ts';
import { itemId } from './conformance/item.ts';
import { ledgerOf, skipsOf } from './conformance/ledger.ts';
import { registry } from './conformance/registry.ts';
import { report } from './conformance/report.ts';
import { bothPaths } from './helpers/runners.ts';

/** How many items the checklist has. */
const ITEMS = 164;

/** What needs Beam's protocols, or is not part of this checklist's runs on the direct runner. */
const WITH_PROTOCOL = [143, 153, 157, 160, 161, 162, 163, 164].map(itemId);

test('every item of the checklist is there, once, in order', () => {
  expect(registry.map(({ id }) => id)).toEqual(Array.from({ length: ITEMS }, (_, i) => itemId(i + 1)));
});

test('titles are sentences, and no two are the same', () => {
  expect(registry.map(({ title }) => title).filter((title) => !/^\p{Lu}.*[.]$/u.test(title))).toEqual([]);
  expect(new Set(registry.map(({ title }) => title)).size).toBe(ITEMS);
});

test('what a mode does not do is what needs the protocols of Beam, and in batch what batch does not have', () => {
  expect([...ledgerOf('direct', 'batch').keys()]).toEqual(WITH_PROTOCOL);
  expect([...skipsOf('batch')]).toEqual([40, 92, 93, 94, 95, 96, 98, 100, 101, 104, 136, 138, 140, 150].map(itemId));
  expect([...ledgerOf('direct', 'streaming').keys()]).toEqual(WITH_PROTOCOL);
  expect([...skipsOf('streaming')]).toEqual([]);
});

test('a pipeline of the registry is built again the same from its options', () => {
  const pathsOf = (item: string, number: number): readonly string[] => {
    const pipeline = new Pipeline();
    const options = { item, case: number, scratch: '/nowhere', runner: 'direct', jobName: 'again' };
    void conformancePipeline.build(pipeline, options);
    return pipeline.graph.steps.map(({ path }) => path);
  };
  for (const { id, cases } of registry) {
    for (const [index, { must }] of cases.entries()) {
      if (must !== 'be refused') expect(pathsOf(id, index + 1)).toEqual(pathsOf(id, index + 1));
    }
  }
  expect(() => pathsOf('7.2/001', 2)).toThrow('7.2/001 has no case 2.');
});

test.each([
  ['7.2/019', 'docs/guide/01-pipelines.md', 'Functions must not change the elements they are given'],
  ['7.2/131', 'model/timer.ts', 'A timer that has not fired when its window expires, at the end of input,'],
  ['7.2/099', 'model/trigger.ts', 'Fires when the first of `triggers` does.'],
  ['7.2/099', 'model/trigger.ts', 'Fires when all of `triggers` have.'],
  ['7.2/099', 'model/trigger.ts', 'Fires as the first of `triggers`, then as the second, and so on.'],
  ['7.2/099', 'model/trigger.ts', 'Fires as `trigger` until `until` fires, which is then the last firing.'],
])('what %s takes from the documentation stands in %s: %s', (_id, file, sentence) => {
  expect(readFileSync(path.join(import.meta.dirname, '..', file), 'utf8')).toContain(sentence);
});

const streaming = { streaming: true };

describe.each([
  ...bothPaths.map(({ path, runner }) => ({ mode: 'batch', how: `on the ${path} path`, runner: () => runner() })),
  {
    mode: 'batch',
    how: 'with no memory to spare, so that groups and buffers go to disk',
    runner: () => directRunner({ memoryLimit: 1 }),
  },
  ...bothPaths.map(({ path, runner }) => ({
    mode: 'streaming',
    how: `on the ${path} path`,
    runner: () => runner(streaming),
  })),
])('in $mode, $how, the direct runner conforms:', ({ mode, runner }) => {
  const ledger = ledgerOf('direct', mode);
  const skips = skipsOf(mode);
  const asked = () => ({ runner: runner(), isDurable: mode === 'streaming', ledger, skips });
  const items = registry.filter(({ id }) => !skips.has(id));

  test.each(items.filter(({ id }) => !ledger.has(id)))('$id $title', async (item) => {
    const { status, reason, assertions } = await report(item, asked());
    expect({ status, reason }).toEqual({ status: 'pass', reason: undefined });
    expect(assertions).toBeGreaterThan(0);
  });

  const excused = items.filter(({ id, cases }) => ledger.has(id) && cases.length > 0);
  test.runIf(excused.length > 0).each(excused)('$id is on the ledger, and does not pass', async (item) => {
    expect(await report(item, asked())).toMatchObject({ status: 'ledger', reason: ledger.get(item.id) });
  });
});
