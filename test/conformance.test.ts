import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { Pipeline } from '../index.ts';
import { directRunner } from '../runners/direct/index.ts';
import { conformancePipeline } from './conformance/definition.ts';
import { itemId } from './conformance/item.ts';
import { ledgerOf } from './conformance/ledger.ts';
import { registry } from './conformance/registry.ts';
import { report } from './conformance/report.ts';
import { runItem } from './conformance/run-item.ts';
import { bothPaths } from './helpers/runners.ts';

/** How many items the checklist has. */
const ITEMS = 164;

const ledger = ledgerOf('direct', 'batch');

test('every item of the checklist is there, once, in order', () => {
  expect(registry.map(({ id }) => id)).toEqual(Array.from({ length: ITEMS }, (_, i) => itemId(i + 1)));
});

test('titles are sentences, and no two are the same', () => {
  expect(registry.map(({ title }) => title).filter((title) => !/^\p{Lu}.*[.]$/u.test(title))).toEqual([]);
  expect(new Set(registry.map(({ title }) => title)).size).toBe(ITEMS);
});

test('the ledger excuses items of the registry only, and what the batch engine must do is not on it', () => {
  const required = registry.slice(0, 91).filter(({ id }) => !['7.2/037', '7.2/040', '7.2/077'].includes(id));
  const alsoRequired = [147, 148, 154, 155, 156].map(itemId);
  expect([...ledger.keys()].filter((id) => !registry.some((item) => item.id === id))).toEqual([]);
  expect([...required.map(({ id }) => id), ...alsoRequired].filter((id) => ledger.has(id))).toEqual([]);
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
  ['7.2/099', 'model/trigger.ts', 'Fires when the first of `triggers` does.'],
  ['7.2/099', 'model/trigger.ts', 'Fires when all of `triggers` have.'],
  ['7.2/099', 'model/trigger.ts', 'Fires as the first of `triggers`, then as the second, and so on.'],
  ['7.2/099', 'model/trigger.ts', 'Fires as `trigger` until `until` fires, which is then the last firing.'],
])('what %s takes from the documentation stands in %s: %s', (_id, file, sentence) => {
  expect(readFileSync(path.join(import.meta.dirname, '..', file), 'utf8')).toContain(sentence);
});

describe.each([
  ...bothPaths.map(({ path, runner }) => ({ how: `on the ${path} path`, runner })),
  {
    how: 'with no memory to spare, so that groups and buffers go to disk',
    runner: () => directRunner({ memoryLimit: 1 }),
  },
])('in batch, $how, the direct runner conforms:', ({ runner }) => {
  test.each(registry.filter(({ id }) => !ledger.has(id)))('$id $title', async (item) => {
    const { status, reason, assertions } = await report(item, runner(), ledger);
    expect({ status, reason }).toEqual({ status: 'pass', reason: undefined });
    expect(assertions).toBeGreaterThan(0);
  });

  const excused = registry.filter(({ id, cases }) => ledger.has(id) && cases.length > 0);
  test.each(excused)('$id is on the ledger, and does not pass', async (item) => {
    expect(await report(item, runner(), ledger)).toMatchObject({ status: 'ledger', reason: ledger.get(item.id) });
  });

  test('what needs state or timers is refused at the start, in words', async () => {
    const refusals = excused.filter(({ id }) => /needs (state|timers)/.test(ledger.get(id) ?? ''));
    for (const item of refusals) expect((await runItem(item, runner())).problem).toMatch(/state or timers/);
  });
});
