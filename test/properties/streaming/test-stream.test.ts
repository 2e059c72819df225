import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { root } from '../../house/tree.ts';
import { CASE_TIMEOUT, PATIENCE, runs } from '../modes.ts';
import { build } from './build.ts';
import { type Case, cases } from './cases.ts';
import { actual, expected } from './compare.ts';

/** Runs a case both ways; where they differ the error holds a program that shows it. */
async function check(one: Case): Promise<void> {
  const outcome = await actual(build(one));
  try {
    expect(outcome).toEqual(expected(build(one)));
  } catch (error) {
    throw new Error(`${(error as Error).message}\n\n${build(one).program}`, { cause: error });
  }
}

test(
  'a random pipeline gives under a random test stream, pane for pane, what the model says',
  async () => {
    await fc.assert(fc.asyncProperty(cases, check), { numRuns: runs(100), timeout: CASE_TIMEOUT });
  },
  PATIENCE,
);

test('random pipelines reach what they are for', () => {
  const reached = new Set<string>();
  for (const one of fc.sample(cases, { numRuns: 400, seed: 4 })) {
    const { lines, drops } = expected(build(one));
    const all = lines.flat();
    for (const word of ['EARLY', 'ON_TIME', 'LATE', ' first last', ' LATE 0/0 first', '[]']) {
      if (all.some((line) => line.includes(word))) reached.add(word);
    }
    if (Object.values(drops).some((count) => count > 0)) reached.add('drops');
    for (const { op } of one.ops) reached.add(op);
  }
  const wanted = ['EARLY', 'ON_TIME', 'LATE', ' first last', ' LATE 0/0 first', 'drops'];
  expect([...reached]).toEqual(
    expect.arrayContaining([...wanted, 'window', 'grouping', 'keyed', 'plain', 'flatten', 'side']),
  );
});

test('a case is printed as a program that gives the same', async () => {
  const rich = fc.sample(cases, { numRuns: 200, seed: 7 }).find((one) => one.ops.length > 6 && one.events.length > 8);
  const { program } = build(rich ?? { events: [], ops: [] });
  const file = path.join(root, 'test/properties/streaming', `printed-${process.pid}.ts`);
  writeFileSync(file, program);
  try {
    const { stdout, stderr } = spawnSync(process.execPath, [file], { encoding: 'utf8' });
    const names = ['a', 'b', ...(rich?.ops.map((_, i) => `c${i + 2}`) ?? [])];
    const { lines } = await actual(build(rich ?? { events: [], ops: [] }));
    expect([stderr, stdout.trim().split('\n')]).toEqual([
      expect.any(String),
      lines.flatMap((all, i) => all.map((line) => `${names[i]} ${line}`)),
    ]);
  } finally {
    rmSync(file);
  }
});
